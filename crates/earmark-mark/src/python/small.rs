//! # Small words: returned nothing, parentheses
//!
//! What varies: `return` or `return None`; parentheses round a comparison beside `and` or `or`, and round a product in a sum.
//!
//! Why behavior holds: `return` alone returns `None` (Python reference, 7.6); what is in the parentheses binds tighter than
//! what is around them (6.17).
//!
//! Example: `a == 1 or b == 2` / `(a == 1) or (b == 2)`

use crate::carrier::{Facts, Rule};
use crate::draft::{Draft, FormOrder, Part};
use crate::parts::child;
use crate::python::place::is_usable;
use crate::rule::RuleCode;
use crate::syntax::Node;

pub(super) const RETURN: Rule = Rule { kinds: &["return_statement"], find: find_return };
pub(super) const PARENS: Rule =
    Rule { kinds: &["comparison_operator", "binary_operator"], find: find_parens };

fn find_return(_: &Facts, node: Node<'_>, drafts: &mut Vec<Draft>) {
    let current = match node.text() {
        b"return" => 0,
        b"return None" => 1,
        _ => return,
    };
    // An asynchronous generator may not return a value, not even this one.
    let around = node.ancestors().find(|above| above.is(&["function_definition", "lambda"]));
    let is_generator = around.is_some_and(|function| {
        function.children().next().is_some_and(|word| word.kind() == "async")
            && function.subtree().any(|below| below.kind() == "yield")
    });
    if is_generator || !is_usable(node) {
        return;
    }
    drafts.push(Draft {
        span: node.span(),
        code: RuleCode(*b"P011"),
        forms: vec![vec![Part::text("return")], vec![Part::text("return None")]],
        labels: vec![0, 1],
        current,
        order: FormOrder::Fixed,
        rank: 20,
    });
}

fn find_parens(_: &Facts, node: Node<'_>, drafts: &mut Vec<Draft>) {
    let wrapper = node.parent().filter(|parent| parent.kind() == "parenthesized_expression");
    let operand = wrapper.unwrap_or(node);
    let Some(outer) = operand.parent() else { return };
    if !is_usable(operand) || operand.text().contains(&b'\n') {
        return;
    }
    let sign = |node: Node<'_>| node.field("operator").map_or(b"".to_vec(), |sign| sign.text().to_vec());
    let code = match (node.kind(), outer.kind()) {
        // A negated test may also be spelled without a comparison in front.
        ("comparison_operator", "boolean_operator")
            if node.children().all(|part| !part.is(&["not in", "is not"])) =>
        {
            b"P020"
        }
        ("binary_operator", "binary_operator")
            if matches!(sign(node).as_slice(), b"*" | b"/" | b"//" | b"%")
                && matches!(sign(outer).as_slice(), b"+" | b"-") =>
        {
            b"P021"
        }
        _ => return,
    };
    let source = node.source();
    let wrapped = match wrapper {
        Some(wrapper) => {
            let open =
                source.get(wrapper.span().start as usize..node.span().start as usize).unwrap_or_default();
            let close = source.get(node.span().end as usize..wrapper.span().end as usize).unwrap_or_default();
            vec![Part::text(open), child(node), Part::text(close)]
        }
        None => vec![Part::text("("), child(node), Part::text(")")],
    };
    drafts.push(Draft {
        span: operand.span(),
        code: RuleCode(*code),
        forms: vec![vec![child(node)], wrapped],
        labels: vec![0, 1],
        current: u8::from(wrapper.is_some()),
        order: FormOrder::Fixed,
        rank: 12,
    });
}
