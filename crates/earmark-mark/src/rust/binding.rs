use crate::parts::operator;
use crate::syntax::Node;

/// How tightly an expression binds: higher is tighter (Rust reference, Expression precedence). Shapes
/// that no rule should touch bind loosest.
pub(super) fn tightness(node: Node<'_>) -> u8 {
    match node.kind() {
        "binary_expression" => operator_tightness(operator(node)),
        "type_cast_expression" => 12,
        "unary_expression" | "reference_expression" => 13,
        "identifier"
        | "self"
        | "scoped_identifier"
        | "integer_literal"
        | "float_literal"
        | "char_literal"
        | "string_literal"
        | "boolean_literal"
        | "field_expression"
        | "index_expression"
        | "call_expression"
        | "parenthesized_expression" => 14,
        _ => 0,
    }
}

/// How tightly a binary operator binds.
pub(super) fn operator_tightness(operator: &[u8]) -> u8 {
    match operator {
        b"*" | b"/" | b"%" => 11,
        b"+" | b"-" => 10,
        b"<<" | b">>" => 9,
        b"&" => 8,
        b"^" => 7,
        b"|" => 6,
        b"==" | b"!=" | b"<" | b">" | b"<=" | b">=" => 5,
        b"&&" => 4,
        b"||" => 3,
        _ => 0,
    }
}

/// Whether the expression ends with a cast, so that a `<` after it would open the type's arguments.
pub(super) fn ends_with_cast(node: Node<'_>) -> bool {
    match node.kind() {
        "type_cast_expression" => true,
        "binary_expression" => node.field("right").is_some_and(ends_with_cast),
        "unary_expression" | "reference_expression" => node.named().last().is_some_and(ends_with_cast),
        _ => false,
    }
}

/// Whether the node is an operand, at any depth but not through parentheses, of `<`, `>` or a shift.
pub(super) fn is_beside_angle(node: Node<'_>) -> bool {
    node.ancestors()
        .take_while(|above| above.is(&["binary_expression", "unary_expression", "type_cast_expression"]))
        .any(|above| matches!(operator(above), b"<" | b">" | b"<<" | b">>"))
}
