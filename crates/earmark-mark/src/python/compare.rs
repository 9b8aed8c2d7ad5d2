//! # Comparisons, either way round; negated tests
//!
//! What varies: `a < b` or `b > a`; `x == 1` or `1 == x`; `n * 2` or `2 * n`; `x not in y` or `not x in y`, the same for `is`.
//!
//! Why behavior holds: comparison asks either operand (Python reference, 3.3.1, reflected methods), and both only read
//! names; in the methods that say what comparison is, names are not turned round; both sides of a product are numbers;
//! `x not in y` is defined as `not x in y` (6.10.2).
//!
//! Example: `if start > len(text):` / `if len(text) < start:`

use crate::carrier::{Facts, Rule};
use crate::draft::{Draft, FormOrder, Part};
use crate::parts::{child, verbatim};
use crate::python::place::{
    defines_comparison, is_length, is_literal, is_pure, is_shouted, is_usable, tightness,
};
use crate::rule::RuleCode;
use crate::syntax::Node;

pub(super) const RULE: Rule = Rule { kinds: &["comparison_operator", "binary_operator"], find };
pub(super) const NEGATED: Rule = Rule { kinds: &["comparison_operator", "not_operator"], find: find_negated };

fn find(facts: &Facts, node: Node<'_>, drafts: &mut Vec<Draft>) {
    if let Some(draft) = propose(facts, node) {
        drafts.push(draft);
    }
}

fn propose(facts: &Facts, node: Node<'_>) -> Option<Draft> {
    let parts: Vec<Node<'_>> = node.children().collect();
    let [left, at, right] = parts.as_slice() else { return None };
    let is_product = node.kind() == "binary_operator";
    let sign = at.text();
    let mirror: &[u8] = match sign {
        b"*" if is_product => b"*",
        b"==" | b"!=" if !is_product => sign,
        b"<" => b">",
        b">" => b"<",
        b"<=" => b">=",
        b">=" => b"<=",
        _ => return None,
    };
    let tight = tightness(node);
    if tightness(*left) <= tight
        || tightness(*right) <= tight
        || !is_usable(node)
        || !is_pure(*left)
        || !is_pure(*right)
    {
        return None;
    }
    let is_fixed = |operand: Node<'_>| {
        let name = operand.field("attribute").unwrap_or(operand);
        is_literal(operand) || (name.kind() == "identifier" && is_shouted(name.text()))
    };
    let (fixed_left, fixed_right) = (is_fixed(*left), is_fixed(*right));
    // A vector may be multiplied by a number and a number not by it.
    let is_number = |operand: Node<'_>| operand.is(&["integer", "float"]) || is_length(operand);
    if (fixed_left && fixed_right)
        || (is_product && !(is_number(*left) && is_number(*right)))
        || (!is_product && defines_comparison(node))
    {
        return None;
    }
    // Of two objects with an order of their own, the left one's method is asked.
    let is_order = matches!(sign, b"<" | b">" | b"<=" | b">=");
    let is_name = |operand: Node<'_>| operand.kind() == "identifier" && !is_fixed(operand);
    if is_order && facts.has_orderings && is_name(*left) && is_name(*right) {
        return None;
    }
    let source = node.source();
    let before = source.get(left.span().end as usize..at.span().start as usize)?;
    let after = source.get(at.span().end as usize..right.span().start as usize)?;
    let as_is = vec![child(*left), Part::Literal([before, sign, after].concat()), child(*right)];
    let turned = vec![child(*right), Part::Literal([before, mirror, after].concat()), child(*left)];
    let named: &[u8; 4] = if is_product { b"P010" } else { b"P007" };
    let (code, forms, labels, current, order) = if fixed_right {
        (named, vec![as_is, turned], vec![0, 1], 0, FormOrder::Fixed)
    } else if fixed_left {
        (named, vec![turned, as_is], vec![0, 1], 1, FormOrder::Fixed)
    } else if is_product {
        return None;
    } else {
        (b"P008", vec![as_is, turned], Vec::new(), 0, FormOrder::Sorted)
    };
    Some(Draft { span: node.span(), code: RuleCode(*code), forms, labels, current, order, rank: 30 })
}

fn find_negated(_: &Facts, node: Node<'_>, drafts: &mut Vec<Draft>) {
    let inside = node.parent().is_some_and(|parent| parent.kind() == "not_operator");
    let test = if node.kind() == "not_operator" { node.field("argument") } else { Some(node) };
    let Some(test) = test.filter(|test| test.kind() == "comparison_operator") else { return };
    let parts: Vec<Node<'_>> = test.children().collect();
    let [left, sign, right] = parts.as_slice() else { return };
    if inside || !is_usable(node) {
        return;
    }
    let negated = node.kind() == "not_operator";
    let word: &[u8] = match (negated, sign.kind()) {
        (false, "not in") | (true, "in") => b"in",
        (false, "is not") | (true, "is") => b"is",
        _ => return,
    };
    // `a == not b in c` is no Python.
    let Some(parent) = node.parent() else { return };
    if parent.is(&["comparison_operator", "binary_operator", "unary_operator", "await"]) {
        return;
    }
    // Where an else hangs on the test, exchanging the two is another rule's business.
    if parent.kind() == "conditional_expression" || parent.field("alternative").is_some() {
        return;
    }
    let source = node.source();
    let gap = |from: u32, to: u32| source.get(from as usize..to as usize).unwrap_or_default();
    let before = gap(left.span().end, sign.span().start);
    let after = gap(sign.span().end, right.span().start);
    let joined: &[u8] = if word == b"in" { b"not in" } else { b"is not" };
    let mut short = vec![child(*left), Part::Literal([before, joined, after].concat()), child(*right)];
    let mut long =
        vec![Part::text("not "), child(*left), Part::Literal([before, word, after].concat()), child(*right)];
    if negated {
        long[0] = verbatim(source, node.span().start, left.span().start);
        if source
            .get(node.span().start as usize..left.span().start as usize)
            .is_some_and(|lead| lead.contains(&b'\n'))
        {
            return;
        }
    } else {
        short[1] = verbatim(source, left.span().end, right.span().start);
    }
    drafts.push(Draft {
        span: node.span(),
        code: RuleCode(*b"P009"),
        forms: vec![short, long],
        labels: vec![0, 1],
        current: u8::from(negated),
        order: FormOrder::Fixed,
        rank: 20,
    });
}
