use crate::c::macros::{is_busy, is_loose};
use crate::carrier::Facts;
use crate::syntax::Node;

/// How tightly an expression binds: higher is tighter (C17 6.5).
pub(super) fn tightness(node: Node<'_>) -> u8 {
    match node.kind() {
        "comma_expression" => 0,
        "assignment_expression" => 1,
        "conditional_expression" => 2,
        "binary_expression" => {
            node.field("operator").map_or(0, |operator| operator_tightness(operator.text()))
        }
        "cast_expression"
        | "unary_expression"
        | "pointer_expression"
        | "update_expression"
        | "sizeof_expression"
        | "alignof_expression"
        | "offsetof_expression" => 13,
        "identifier"
        | "number_literal"
        | "char_literal"
        | "string_literal"
        | "null"
        | "true"
        | "false"
        | "field_expression"
        | "subscript_expression"
        | "call_expression"
        | "parenthesized_expression" => 14,
        "concatenated_string" if is_one_string(node) => 14,
        // Unknown shapes bind so loosely that no rule touches them.
        _ => 0,
    }
}

/// Whether the pieces of a string are literals all, and no macro is among them.
fn is_one_string(node: Node<'_>) -> bool {
    node.named().all(|piece| piece.kind() == "string_literal")
}

/// How tightly a binary operator binds.
pub(super) fn operator_tightness(operator: &[u8]) -> u8 {
    match operator {
        b"*" | b"/" | b"%" => 12,
        b"+" | b"-" => 11,
        b"<<" | b">>" => 10,
        b"<" | b">" | b"<=" | b">=" => 9,
        b"==" | b"!=" => 8,
        b"&" => 7,
        b"^" => 6,
        b"|" => 5,
        b"&&" => 4,
        b"||" => 3,
        _ => 0,
    }
}

/// The operator of a binary or assignment expression.
pub(super) fn operator(node: Node<'_>) -> &[u8] {
    node.field("operator").map_or(b"", Node::text)
}

/// Whether evaluating the expression changes nothing, calls nothing and reads nothing volatile, as far as its text
/// and the tree's macros and declarations tell.
pub(super) fn is_pure(facts: &Facts, node: Node<'_>) -> bool {
    node.is_clean()
        && node.subtree().all(|below| match below.kind() {
            "call_expression"
            | "assignment_expression"
            | "update_expression"
            | "gnu_asm_expression"
            | "compound_statement"
            | "generic_expression"
            | "extension_expression"
            | "compound_literal_expression"
            | "macro_type_specifier" => false,
            "cast_expression" => !is_no_cast(below),
            "concatenated_string" => is_one_string(below),
            "identifier" | "field_identifier" | "type_identifier" => {
                let name = below.text();
                !is_loose(facts, name) && !is_busy(facts, name) && !facts.volatile_names.contains(name)
            }
            _ => true,
        })
}

/// Whether it is a constant by its looks: a literal, a name in capitals, either with a sign.
pub(super) fn is_constant(node: Node<'_>) -> bool {
    match node.kind() {
        "number_literal" | "char_literal" | "null" | "true" | "false" => true,
        "identifier" => super::macros::is_shouted(node.text()),
        "unary_expression" => {
            node.field("operator").is_some_and(|sign| sign.text() == b"-")
                && node.field("argument").is_some_and(is_constant)
        }
        "parenthesized_expression" => node.named().next().is_some_and(is_constant),
        _ => false,
    }
}

/// Whether what parses as a cast surely is none: `(f(x)) && y` for one of the address of a label, `(f(x)) - y` for one
/// of `-y`. No cast is to a function or an array (C17 6.5.4).
pub(super) fn is_no_cast(node: Node<'_>) -> bool {
    let is_type = |kind: Node<'_>| {
        !kind.subtree().any(|below| below.kind() == "macro_type_specifier")
            && kind.field("declarator").is_none_or(|declarator| {
                !declarator.is(&["abstract_function_declarator", "abstract_array_declarator"])
            })
    };
    node.kind() == "cast_expression"
        && (!node.field("type").is_some_and(is_type)
            || node.field("value").is_some_and(|value| value.text().starts_with(b"&&")))
}

/// Whether it is `!x`.
pub(super) fn is_negation(node: Node<'_>) -> bool {
    node.kind() == "unary_expression" && operator(node) == b"!"
}

/// Whether it is a name in parentheses: to a parser that knows no types, `(a) * b` is a cast, and so are
/// `(a[0]) && b` and what another rule makes of it, `(*a) && b`.
pub(super) fn is_lone_name_in_parens(node: Node<'_>) -> bool {
    node.kind() == "parenthesized_expression" && node.named().next().is_some_and(looks_like_a_declarator)
}

fn looks_like_a_declarator(node: Node<'_>) -> bool {
    match node.kind() {
        "identifier" => true,
        "call_expression" => node.field("function").is_some_and(looks_like_a_declarator),
        "subscript_expression" => node.field("argument").is_some_and(looks_like_a_declarator),
        "pointer_expression" => {
            operator(node) == b"*" && node.field("argument").is_some_and(looks_like_a_declarator)
        }
        _ => is_lone_name_in_parens(node),
    }
}

/// Whether what is written and one of the two are the same: `x = x + y` is the compound assignment's business,
/// either way round.
pub(super) fn is_accumulation(node: Node<'_>, left: Node<'_>, right: Node<'_>) -> bool {
    node.parent().is_some_and(|parent| {
        parent.kind() == "assignment_expression"
            && parent.field("left").is_some_and(|target| target.same_as(left) || target.same_as(right))
    })
}

/// Whether it is a name, or fields of one: `a`, `a.b`, `a->b.c`.
pub(super) fn is_path(node: Node<'_>) -> bool {
    match node.kind() {
        "identifier" => true,
        "field_expression" => node.field("argument").is_some_and(is_path),
        _ => false,
    }
}

/// Whether `before` and `after`, written without a space, would run into one another.
pub(super) fn would_glue(before: &[u8], after: &[u8]) -> bool {
    let word = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'_';
    match (before.last(), after.first()) {
        (Some(last), Some(first)) => {
            (last == first && b"+-&|<>".contains(last))
                || (word(*last) && word(*first))
                || (*last == b'/' && *first == b'*')
        }
        _ => false,
    }
}
