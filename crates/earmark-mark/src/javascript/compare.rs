//! # Comparisons, products and bits, either way round
//!
//! What varies: `a < b` or `b > a`; `x === 1` or `1 === x`; `a * b` or `b * a`, the same for `&`, `|`, `^`.
//!
//! Why behavior holds: each comparison has its mirror (ECMAScript, 13.10, 13.11), the other operators turn both sides into numbers
//! (13.15.3); both sides only read names and properties. `+` is left alone: it joins text. What comes to stand first may
//! begin an expression, and does not go on with the line before.
//!
//! Example: `if (at < list.length)` / `if (list.length > at)`

use crate::carrier::{Facts, Rule};
use crate::draft::{Draft, FormOrder, Part};
use crate::javascript::place::{is_literal, is_pure, is_shouted, is_usable, operator_tightness, tightness};
use crate::parts::{child, operator};
use crate::rule::RuleCode;
use crate::syntax::Node;

pub(super) const RULE: Rule = Rule { kinds: &["binary_expression"], find };

fn find(_: &Facts, node: Node<'_>, drafts: &mut Vec<Draft>) {
    drafts.extend(propose(node));
}

fn propose(node: Node<'_>) -> Option<Draft> {
    let sign = operator(node);
    let (mirror, fixed_code, code): (&[u8], &[u8; 4], &[u8; 4]) = match sign {
        b"==" | b"!=" | b"===" | b"!==" => (sign, b"J002", b"J003"),
        b"<" => (b">", b"J002", b"J003"),
        b">" => (b"<", b"J002", b"J003"),
        b"<=" => (b">=", b"J002", b"J003"),
        b">=" => (b"<=", b"J002", b"J003"),
        b"*" => (b"*", b"J004", b"J005"),
        b"&" | b"|" | b"^" => (sign, b"J004", b"J005"),
        _ => return None,
    };
    let (left, right) = (node.field("left")?, node.field("right")?);
    let tight = operator_tightness(sign);
    let (fixed_left, fixed_right) = (is_fixed(left), is_fixed(right));
    if tightness(left) <= tight
        || tightness(right) <= tight
        || !is_usable(node)
        || !may_begin(left)
        || !may_begin(right)
        || (begins_statement(node) && (continues(left) || continues(right)))
        || (fixed_left && fixed_right)
    {
        return None;
    }
    // With a literal on one side, the other may do anything: a literal does not notice.
    let literal_side = is_literal(left) || is_literal(right);
    if !(literal_side || (is_pure(left) && is_pure(right))) {
        return None;
    }
    let source = node.source();
    let at = node.field("operator")?.span();
    let before = source.get(left.span().end as usize..at.start as usize)?;
    let after = source.get(at.end as usize..right.span().start as usize)?;
    let as_is = vec![child(left), Part::Literal([before, sign, after].concat()), child(right)];
    let turned = vec![child(right), Part::Literal([before, mirror, after].concat()), child(left)];
    let (code, forms, labels, current, order) = if fixed_right {
        (fixed_code, vec![as_is, turned], vec![0, 1], 0, FormOrder::Fixed)
    } else if fixed_left {
        (fixed_code, vec![turned, as_is], vec![0, 1], 1, FormOrder::Fixed)
    } else {
        (code, vec![as_is, turned], Vec::new(), 0, FormOrder::Sorted)
    };
    Some(Draft { span: node.span(), code: RuleCode(*code), forms, labels, current, order, rank: 30 })
}

/// Whether readers expect it on the right: a literal or a constant.
fn is_fixed(node: Node<'_>) -> bool {
    let name = node.field("property").unwrap_or(node);
    is_literal(node) || (name.is(&["identifier", "property_identifier"]) && is_shouted(name.text()))
}

/// Whether an expression may begin with the operand, wherever it stands: these would begin a declaration, a block
/// or a pattern.
fn may_begin(operand: Node<'_>) -> bool {
    const WORDS: &[&[u8]] = &[b"[", b"async", b"class", b"function", b"let", b"{"];
    operand.leaves().next().is_some_and(|leaf| !WORDS.contains(&leaf.text()))
}

/// Whether a statement begins with the node, or could by another choice of forms.
fn begins_statement(node: Node<'_>) -> bool {
    let around = node.ancestors().find(|above| !above.is(&["binary_expression", "ternary_expression"]));
    around.is_some_and(|above| above.is(&["expression_statement", "sequence_expression"]))
}

/// Whether an operand at the beginning of a line would go on with the line before, if that has no semicolon.
fn continues(operand: Node<'_>) -> bool {
    operand.text().first().is_none_or(|byte| b"(+-/`".contains(byte))
}
