//! # Conjuncts and disjuncts, in any order
//!
//! What varies: in a condition `a and b and c` in any order of three; the same for `or`.
//!
//! Why behavior holds: only whether the whole is true is asked; the operands read names and compare them for identity or
//! with literals, or ask `isinstance`, none of which fails or has an effect.
//!
//! Example: `if a is None and not b:` / `if not b and a is None:`

use crate::carrier::{Facts, Rule};
use crate::draft::Draft;
use crate::order::Runs;
use crate::python::place::{is_literal, is_usable};
use crate::rule::RuleCode;
use crate::syntax::Node;

pub(super) const RULE: Rule = Rule { kinds: &["boolean_operator"], find };

fn find(_: &Facts, node: Node<'_>, drafts: &mut Vec<Draft>) {
    if !is_condition(node) || !is_usable(node) {
        return;
    }
    let sign = node.field("operator").map_or(b"".as_slice(), Node::text);
    let is_same = |node: Node<'_>| {
        node.kind() == "boolean_operator" && node.field("operator").is_some_and(|own| own.text() == sign)
    };
    if node.parent().is_some_and(is_same) {
        return;
    }
    let mut operands = Vec::new();
    let mut at = node;
    while is_same(at) {
        let (Some(left), Some(right)) = (at.field("left"), at.field("right")) else { return };
        operands.push(right);
        at = left;
    }
    operands.push(at);
    let mut runs = Runs::default();
    for operand in operands.into_iter().rev() {
        if is_total(operand, 0) { runs.push(operand.span()) } else { runs.cut() }
    }
    runs.propose(node.source(), RuleCode(*b"P012"), 25, drafts);
}

/// Whether only the truth of the value is asked.
fn is_condition(node: Node<'_>) -> bool {
    let Some(parent) = node.parent() else { return false };
    match parent.kind() {
        "if_statement" | "elif_clause" | "while_statement" => node.field_name() == "condition",
        "boolean_operator" | "parenthesized_expression" => is_condition(parent),
        "not_operator" => true,
        "conditional_expression" => parent.named().nth(1).is_some_and(|test| test.id() == node.id()),
        _ => false,
    }
}

fn is_total(node: Node<'_>, depth: usize) -> bool {
    if depth > 10 {
        return false;
    }
    match node.kind() {
        "identifier" | "true" | "false" | "none" => true,
        "not_operator" => node.field("argument").is_some_and(|inner| is_total(inner, depth + 1)),
        "parenthesized_expression" => node
            .named()
            .next()
            .is_some_and(|inner| inner.kind() != "boolean_operator" && is_total(inner, depth + 1)),
        "comparison_operator" => {
            let parts: Vec<Node<'_>> = node.children().collect();
            let [left, sign, right] = parts.as_slice() else { return false };
            let is_name = |node: Node<'_>| node.kind() == "identifier" || is_literal(node);
            is_name(*left) && is_name(*right) && sign.is(&["==", "!=", "is", "is not"])
        }
        "call" => {
            let name = node.field("function").map_or(b"".as_slice(), Node::text);
            name == b"isinstance"
                && node.field("arguments").is_some_and(|arguments| {
                    arguments.named().all(|argument| {
                        argument.kind() == "identifier"
                            || (argument.kind() == "tuple"
                                && argument.named().all(|kind| kind.kind() == "identifier"))
                    })
                })
        }
        _ => false,
    }
}
