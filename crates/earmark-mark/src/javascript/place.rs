use crate::syntax::Node;

/// Whether a rule may touch the node: no comment and no parse error inside, no parse error and no
/// template text around.
pub(super) fn is_usable(node: Node<'_>) -> bool {
    node.is_clean() && is_plain_place(node)
}

/// As [`is_usable`], but says nothing of the node's own inside.
pub(super) fn is_plain_place(node: Node<'_>) -> bool {
    node.ancestors().enumerate().all(|(height, above)| {
        !(above.is_error() || (height < 3 && above.has_error_child())) && above.kind() != "template_string"
    })
}

/// Whether a name looks like a constant: `MAX`.
pub(super) fn is_shouted(name: &[u8]) -> bool {
    name.len() > 1
        && name.first().is_some_and(u8::is_ascii_uppercase)
        && name.iter().all(|byte| byte.is_ascii_uppercase() || byte.is_ascii_digit() || *byte == b'_')
}

/// Whether the expression is a literal.
pub(super) fn is_literal(node: Node<'_>) -> bool {
    match node.kind() {
        "number" | "string" | "true" | "false" | "null" | "undefined" => true,
        "unary_expression" => {
            node.field("operator").is_some_and(|sign| sign.text() == b"-")
                && node.field("argument").is_some_and(|inner| inner.kind() == "number")
        }
        _ => false,
    }
}

/// Whether evaluating the expression only reads names, properties and literals.
pub(super) fn is_pure(node: Node<'_>) -> bool {
    match node.kind() {
        "identifier" | "this" => true,
        "member_expression" => node.field("object").is_some_and(is_pure),
        "subscript_expression" => node.named().all(is_pure),
        "parenthesized_expression" => node.named().next().is_some_and(is_pure),
        "unary_expression" => {
            let sign = node.field("operator").map_or(b"".as_slice(), Node::text);
            matches!(sign, b"-" | b"!" | b"~" | b"typeof") && node.field("argument").is_some_and(is_pure)
        }
        "binary_expression" => {
            node.field("left").is_some_and(is_pure) && node.field("right").is_some_and(is_pure)
        }
        _ => is_literal(node),
    }
}

/// How tightly an expression binds: higher is tighter (ECMAScript, 13).
pub(super) fn tightness(node: Node<'_>) -> u8 {
    match node.kind() {
        "binary_expression" => operator_tightness(node.field("operator").map_or(b"", Node::text)),
        "unary_expression" => 14,
        "identifier"
        | "this"
        | "number"
        | "string"
        | "true"
        | "false"
        | "null"
        | "undefined"
        | "member_expression"
        | "subscript_expression"
        | "call_expression"
        | "parenthesized_expression" => 16,
        _ => 0,
    }
}

/// How tightly a binary operator binds.
pub(super) fn operator_tightness(operator: &[u8]) -> u8 {
    match operator {
        b"*" | b"/" | b"%" => 12,
        b"+" | b"-" => 11,
        b"<<" | b">>" | b">>>" => 10,
        b"<" | b">" | b"<=" | b">=" => 9,
        b"==" | b"!=" | b"===" | b"!==" => 8,
        b"&" => 7,
        b"^" => 6,
        b"|" => 5,
        b"&&" => 4,
        b"||" => 3,
        _ => 0,
    }
}
