//! # Conjuncts and disjuncts, in any order
//!
//! What varies: in a condition `a and b and c` in any order of three; the same for `or`.
//!
//! Why behavior holds: only whether the whole is true is asked, and no operand can fail or has an effect, whatever the
//! other would have ruled out: they ask parameters, which are always bound, for identity with `None`, `True` and
//! `False`, or whether they are of a type that Python brings along. Truth and equality are the object's own business
//! (an array's fail), other names may be unbound, and what a name stands for need not be a type.
//!
//! Example: `if a is None and b is not None:` / `if b is not None and a is None:`

use crate::carrier::{Facts, Rule};
use crate::draft::Draft;
use crate::order::Runs;
use crate::python::place::is_usable;
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
        "true" | "false" | "none" => true,
        "not_operator" => node.field("argument").is_some_and(|inner| is_total(inner, depth + 1)),
        "parenthesized_expression" => node
            .named()
            .next()
            .is_some_and(|inner| inner.kind() != "boolean_operator" && is_total(inner, depth + 1)),
        "comparison_operator" => {
            let parts: Vec<Node<'_>> = node.children().collect();
            let [left, sign, right] = parts.as_slice() else { return false };
            let is_fixed = |node: Node<'_>| node.is(&["true", "false", "none"]);
            sign.is(&["is", "is not"])
                && [left, right].iter().all(|side| is_fixed(**side) || is_parameter(**side))
        }
        "call" => {
            let name = node.field("function").map_or(b"".as_slice(), Node::text);
            let Some(arguments) = node.field("arguments") else { return false };
            let arguments: Vec<Node<'_>> = arguments.named().collect();
            let [object, kinds] = arguments.as_slice() else { return false };
            name == b"isinstance"
                && is_parameter(*object)
                && (is_own_type(*kinds) || (kinds.kind() == "tuple" && kinds.named().all(is_own_type)))
        }
        _ => false,
    }
}

/// Whether the node is a type that Python brings along.
fn is_own_type(node: Node<'_>) -> bool {
    node.kind() == "identifier" && OWN_TYPES.contains(&node.text())
}

const OWN_TYPES: &[&[u8]] = &[
    b"bool",
    b"bytearray",
    b"bytes",
    b"complex",
    b"dict",
    b"float",
    b"frozenset",
    b"int",
    b"list",
    b"object",
    b"set",
    b"str",
    b"tuple",
    b"type",
];

/// Whether the node is the name of a parameter of the function around it that no `del` unbinds.
fn is_parameter(node: Node<'_>) -> bool {
    if node.kind() != "identifier" {
        return false;
    }
    let around =
        node.ancestors().find(|above| above.is(&["function_definition", "lambda", "class_definition"]));
    let Some(function) = around.filter(|above| above.kind() != "class_definition") else { return false };
    let is_named = |parameter: Node<'_>| {
        let name = match parameter.kind() {
            "identifier" => Some(parameter),
            "default_parameter" | "typed_default_parameter" => parameter.field("name"),
            _ => parameter.subtree().find(|below| below.kind() == "identifier"),
        };
        name.is_some_and(|name| name.text() == node.text())
    };
    function.field("parameters").is_some_and(|parameters| parameters.named().any(is_named))
        && !function.subtree().any(|below| {
            below.kind() == "delete_statement" && below.leaves().any(|leaf| leaf.text() == node.text())
        })
}
