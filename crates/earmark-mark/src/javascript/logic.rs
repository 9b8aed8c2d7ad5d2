//! # Conjuncts and disjuncts, in any order
//!
//! What varies: in a condition `a && b && c` in any order of three; the same for `||`.
//!
//! Why behavior holds: only whether the whole is true is asked; the operands read names, negate them and compare them
//! with names and literals. None of that throws, if the names are surely declared: a global may be missing where
//! another operand says so (`typeof window !== 'undefined' && window`).
//!
//! Example: `if (a === null || !b)` / `if (!b || a === null)`

use crate::carrier::{Facts, Rule};
use crate::draft::Draft;
use crate::javascript::place::{is_literal, is_usable};
use crate::order::Runs;
use crate::parts::operator;
use crate::rule::RuleCode;
use crate::syntax::Node;

pub(super) const RULE: Rule = Rule { kinds: &["binary_expression"], find };

fn find(_: &Facts, node: Node<'_>, drafts: &mut Vec<Draft>) {
    let sign = operator(node);
    let is_same = |node: Node<'_>| node.kind() == "binary_expression" && operator(node) == sign;
    if !matches!(sign, b"&&" | b"||")
        || node.parent().is_some_and(is_same)
        || !is_condition(node)
        || !is_usable(node)
    {
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
    runs.propose(node.source(), RuleCode(*b"J019"), 25, drafts);
}

/// Whether only the truth of the value is asked.
fn is_condition(node: Node<'_>) -> bool {
    let Some(parent) = node.parent() else { return false };
    match parent.kind() {
        "if_statement" | "while_statement" | "do_statement" | "ternary_expression" => {
            node.field_name() == "condition"
        }
        "parenthesized_expression" => is_condition(parent),
        "binary_expression" => matches!(operator(parent), b"&&" | b"||") && is_condition(parent),
        "unary_expression" => operator(parent) == b"!",
        _ => false,
    }
}

fn is_total(node: Node<'_>, depth: usize) -> bool {
    let is_name = |node: Node<'_>| {
        is_literal(node) || node.kind() == "this" || (node.kind() == "identifier" && is_declared(node))
    };
    let is_typeof = |node: Node<'_>| {
        node.kind() == "unary_expression"
            && operator(node) == b"typeof"
            && node.field("argument").is_some_and(|inner| inner.kind() == "identifier")
    };
    match node.kind() {
        "unary_expression" => {
            operator(node) == b"!"
                && depth < 4
                && node.field("argument").is_some_and(|inner| is_total(inner, depth + 1))
        }
        "binary_expression" => {
            let is_side = |name: &str| node.field(name).is_some_and(|side| is_name(side) || is_typeof(side));
            matches!(operator(node), b"===" | b"!==") && is_side("left") && is_side("right")
        }
        _ => is_name(node),
    }
}

/// Whether a name is a parameter of a function around it, or declared above it in a block around it.
fn is_declared(name: Node<'_>) -> bool {
    let is_default = |node: Node<'_>| node.field_name() == "right";
    let declares = |node: Node<'_>| {
        node.subtree().any(|below| {
            below.is(&["identifier", "shorthand_property_identifier_pattern"])
                && below.text() == name.text()
                && !is_default(below)
                && !below.ancestors().take_while(|above| above.id() != node.id()).any(is_default)
        })
    };
    // A function may be called before what stands above it in the text was reached.
    let mut in_function = false;
    name.ancestors().any(|above| {
        let was_in_function = in_function;
        in_function |= above.field("parameters").is_some() || above.kind() == "arrow_function";
        let parameters = above.field("parameters").or_else(|| above.field("parameter"));
        if parameters.is_some_and(declares) {
            return true;
        }
        above.is(&["program", "statement_block"])
            && above.children().any(|statement| match statement.kind() {
                "function_declaration" | "generator_function_declaration" => {
                    statement.field("name").is_some_and(|own| own.text() == name.text())
                }
                "import_statement" => declares(statement),
                "lexical_declaration" if was_in_function => false,
                "lexical_declaration" | "variable_declaration" => {
                    statement.span().end <= name.span().start
                        && statement.named().any(|one| one.field("name").is_some_and(declares))
                }
                _ => false,
            })
    })
}
