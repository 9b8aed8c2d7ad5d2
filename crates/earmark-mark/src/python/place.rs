use crate::syntax::Node;

/// Whether a rule may touch the node: no comment and no parse error inside, no parse error and no
/// string around (the expressions of an f-string stay).
pub(super) fn is_usable(node: Node<'_>) -> bool {
    node.is_clean() && is_plain_place(node)
}

/// As [`is_usable`], but says nothing of the node's own inside.
pub(super) fn is_plain_place(node: Node<'_>) -> bool {
    node.ancestors().enumerate().all(|(height, above)| {
        !(above.is_error() || (height < 3 && above.has_error_child())) && above.kind() != "string"
    })
}

/// Whether a name looks like a constant: `MAX`.
pub(super) fn is_shouted(name: &[u8]) -> bool {
    name.len() > 1
        && name.first().is_some_and(u8::is_ascii_uppercase)
        && name.iter().all(|byte| byte.is_ascii_uppercase() || byte.is_ascii_digit() || *byte == b'_')
}

/// Whether the expression is a literal: number, plain string, `None`, `True`, `False`.
pub(super) fn is_literal(node: Node<'_>) -> bool {
    match node.kind() {
        "integer" | "float" | "none" | "true" | "false" => true,
        "string" => node.children().all(|part| part.kind() != "interpolation"),
        "unary_operator" => node.field("argument").is_some_and(is_literal),
        _ => false,
    }
}

/// Whether evaluating the expression only reads names, attributes and literals.
pub(super) fn is_pure(node: Node<'_>) -> bool {
    node.is_clean()
        && match node.kind() {
            "identifier" => true,
            "attribute" => node.field("object").is_some_and(is_pure),
            "subscript" => node.named().all(is_pure),
            "tuple" | "list" | "parenthesized_expression" => node.named().all(is_pure),
            "dictionary" => node.named().all(|pair| pair.kind() == "pair" && pair.named().all(is_pure)),
            "unary_operator" | "not_operator" => node.field("argument").is_some_and(is_pure),
            "call" => is_length(node),
            _ => is_literal(node),
        }
}

/// Whether evaluating the expression runs nothing of anybody's: it reads names and literals, and builds lists
/// and the like of them. An attribute may be a property, a length and a truth are asked of the object.
pub(super) fn is_inert(node: Node<'_>) -> bool {
    node.is_clean()
        && match node.kind() {
            "identifier" => true,
            "tuple" | "list" | "parenthesized_expression" => node.named().all(is_inert),
            "dictionary" => node.named().all(|pair| {
                pair.kind() == "pair"
                    && pair.field("key").is_some_and(is_literal)
                    && pair.field("value").is_some_and(is_inert)
            }),
            _ => is_literal(node),
        }
}

/// Whether the node compares bare names in a method that says what comparison is: turned round or negated, it
/// could ask the method itself.
pub(super) fn defines_comparison(comparison: Node<'_>) -> bool {
    const METHODS: &[&[u8]] = &[b"__eq__", b"__ge__", b"__gt__", b"__le__", b"__lt__", b"__ne__"];
    let around = comparison.ancestors().filter(|above| above.kind() == "function_definition");
    let mut names = around.filter_map(|function| function.field("name"));
    comparison.named().any(|operand| operand.kind() == "identifier")
        && names.any(|name| METHODS.contains(&name.text()))
}

/// `len(x)`: a number, without effect.
pub(super) fn is_length(node: Node<'_>) -> bool {
    node.kind() == "call"
        && node.field("function").is_some_and(|function| function.text() == b"len")
        && node.field("arguments").is_some_and(|list| list.named().count() == 1 && list.named().all(is_pure))
}

/// How tightly an expression binds: higher is tighter (Python reference, 6.17).
pub(super) fn tightness(node: Node<'_>) -> u8 {
    match node.kind() {
        "boolean_operator" if operator_is(node, b"or") => 2,
        "boolean_operator" => 3,
        "not_operator" => 4,
        "comparison_operator" => 5,
        "binary_operator" => match node.field("operator").map_or(b"".as_slice(), Node::text) {
            b"|" => 6,
            b"^" => 7,
            b"&" => 8,
            b"<<" | b">>" => 9,
            b"+" | b"-" => 10,
            b"**" => 13,
            _ => 11,
        },
        "unary_operator" => 12,
        "identifier"
        | "attribute"
        | "call"
        | "subscript"
        | "integer"
        | "float"
        | "string"
        | "none"
        | "true"
        | "false"
        | "tuple"
        | "list"
        | "dictionary"
        | "set"
        | "parenthesized_expression" => 15,
        _ => 0,
    }
}

fn operator_is(node: Node<'_>, sign: &[u8]) -> bool {
    node.field("operator").is_some_and(|operator| operator.text() == sign)
}
