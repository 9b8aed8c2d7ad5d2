use earmark_model::Span;

use crate::c::expression::{is_lone_name_in_parens, operator};
use crate::c::macros::{is_macro_call, is_shouted};
use crate::carrier::Facts;
use crate::draft::Part;
use crate::syntax::Node;

/// Kinds that hold declarations without being one.
pub(super) const CONTAINERS: &[&str] = &[
    "preproc_if",
    "preproc_ifdef",
    "preproc_else",
    "preproc_elif",
    "preproc_elifdef",
    "linkage_specification",
    "declaration_list",
    "ERROR",
];

/// Whether a rule may touch the node: the text is clean, the parser did not guess nearby, and what
/// is around it is plain C: no directive's condition, no macro's argument, no assembler, no
/// attribute.
pub(super) fn is_usable(facts: &Facts, node: Node<'_>) -> bool {
    node.is_clean() && is_plain_place(facts, node)
}

/// As [`is_usable`], but says nothing of the node's own inside.
pub(super) fn is_plain_place(facts: &Facts, node: Node<'_>) -> bool {
    let mut below = node;
    let (mut in_statement, mut in_body) = (false, false);
    // `(T)&x == y` compares a cast address; without types it may parse as `(T) & (x == y)`.
    let mut bare = node.kind() == "binary_expression";
    if bare && may_cast(node) {
        return false;
    }
    for (height, above) in node.ancestors().enumerate() {
        // Among declarations an error that is not right before one is none of its business.
        let is_torn = if CONTAINERS.contains(&above.kind()) || above.parent().is_none() {
            below.follows_error()
        } else {
            above.has_error_child()
        };
        if above.is_error() || (height < 3 && is_torn) {
            return false;
        }
        match above.kind() {
            "call_expression" if below.field_name() == "arguments" && is_macro_call(facts, above) => {
                return false;
            }
            // `type (*name)(void) = NULL;` parses as a call of a call.
            "call_expression" if below.field_name() == "function" => return false,
            "expression_statement" => in_statement = true,
            "compound_statement" => in_body = true,
            "attribute_specifier"
            | "attribute_declaration"
            | "gnu_asm_expression"
            | "preproc_call"
            | "preproc_include"
            | "macro_type_specifier" => return false,
            "binary_expression" if bare && may_cast(above) => return false,
            "linkage_specification" if below.field_name() == "value" => return false,
            "preproc_if" | "preproc_elif" if below.field_name() == "condition" => return false,
            _ => {}
        }
        bare &= above.kind() == "binary_expression";
        below = above;
    }
    // A statement outside of every function is a declaration that the parser did not understand.
    in_body || !in_statement
}

/// Whether what parses as `... (name) & x` may end in a cast of `&x`; the same for `*`, `+`, `-`.
fn may_cast(node: Node<'_>) -> bool {
    matches!(operator(node), b"*" | b"&" | b"+" | b"-") && node.field("left").is_some_and(may_end_in_cast)
}

/// Whether an expression ends in a name in parentheses, so that before a sign it may be a cast of what follows.
pub(super) fn may_end_in_cast(node: Node<'_>) -> bool {
    let mut last = Some(node);
    while let Some(now) = last {
        last = match now.kind() {
            "binary_expression" => now.field("right"),
            "unary_expression" | "pointer_expression" => now.field("argument"),
            "cast_expression" => now.field("value"),
            _ => return is_lone_name_in_parens(now),
        };
    }
    false
}

/// Whether the node's value is only asked whether it is zero.
pub(super) fn is_truth(node: Node<'_>) -> bool {
    let Some(parent) = node.parent() else { return false };
    match parent.kind() {
        "parenthesized_expression" => match parent.parent() {
            Some(above) if above.is(&["if_statement", "while_statement", "do_statement"]) => true,
            Some(above) if above.kind() == "switch_statement" => false,
            Some(above) if above.kind() == "unary_expression" => {
                above.field("operator").is_some_and(|sign| sign.text() == b"!")
            }
            _ => is_truth(parent),
        },
        "binary_expression" => {
            parent.field("operator").is_some_and(|sign| matches!(sign.text(), b"&&" | b"||"))
        }
        "for_statement" => node.field_name() == "condition",
        // In `n ?: 3` it is the value too (GNU C).
        "conditional_expression" => node.field_name() == "condition" && parent.field("consequence").is_some(),
        _ => false,
    }
}

/// Whether the node begins a statement of its own in its block: the statement before it is closed. Behind a macro
/// that is the head of a loop or a condition, `foreach(i, n) x = i;`, it is not, though the parser sees a call there
/// that lacks its semicolon.
pub(super) fn begins_statement(node: Node<'_>) -> bool {
    let mut before = node.previous_sibling();
    while let Some(comment) = before.filter(|before| before.is_comment()) {
        before = comment.previous_sibling();
    }
    before.is_none_or(|before| {
        (before.kind().starts_with("preproc_") && !before.has_error())
            || before.text().trim_ascii_end().last().is_some_and(|byte| b";{}:".contains(byte))
    })
}

/// Whether a block is surely one of statements: a function's body, or where a statement stands. Behind a macro,
/// `STRUCT(name) { int a; char b; };`, it may hold the fields of a structure.
pub(super) fn is_code(facts: &Facts, block: Node<'_>) -> bool {
    block.parent().is_some_and(|parent| match parent.kind() {
        "function_definition" => {
            parent.field("declarator").is_some_and(|declarator| {
                declarator.subtree().any(|below| below.kind() == "function_declarator")
            }) && function_name(parent)
                .is_some_and(|name| !is_shouted(name) && !facts.function_macros.contains(name))
        }
        "compound_statement" | "case_statement" => begins_statement(block),
        kind => kind.ends_with("_statement") || kind == "else_clause" || kind == "parenthesized_expression",
    })
}

/// The name of the function that a definition or a prototype declares.
pub(super) fn function_name(function: Node<'_>) -> Option<&[u8]> {
    let mut at = function.field("declarator")?;
    while at.kind() != "identifier" {
        at = at.field("declarator").or_else(|| at.named().next())?;
    }
    Some(at.text())
}

/// Whether the statement is the last of a statement expression, `({ f(); x; })`, whose value it gives (GNU C).
pub(super) fn is_value_of_block(statement: Node<'_>) -> bool {
    let mut statement = statement;
    while let Some(label) = statement.parent().filter(|above| above.kind() == "labeled_statement") {
        statement = label;
    }
    let block = statement.parent().filter(|block| block.kind() == "compound_statement");
    block.is_some_and(|block| {
        block.parent().is_some_and(|above| above.kind() == "parenthesized_expression")
            && block
                .named()
                .filter(|child| !child.is_comment())
                .last()
                .is_some_and(|last| last.id() == statement.id())
    })
}

/// The column of what stands first on its line, tabs taken for eight; `None` for what does not stand first.
pub(super) fn column(source: &[u8], at: usize) -> Option<usize> {
    let before = source.get(..at)?;
    let start = before.iter().rposition(|byte| *byte == b'\n').map_or(0, |end| end + 1);
    before[start..].iter().try_fold(0, |column, byte| match byte {
        b'\t' => Some(column / 8 * 8 + 8),
        b' ' => Some(column + 1),
        _ => None,
    })
}

/// The column of what stands first on the line of a byte.
pub(super) fn line_column(source: &[u8], at: usize) -> Option<usize> {
    let start = source.get(..at)?.iter().rposition(|byte| *byte == b'\n').map_or(0, |end| end + 1);
    let blanks = source[start..].iter().take_while(|byte| matches!(byte, b' ' | b'\t')).count();
    column(source, start + blanks)
}

/// Whether the node stands right below a directive like `#pragma`, which means it and not its neighbor.
pub(super) fn is_directed(node: Node<'_>) -> bool {
    let mut before = node.previous_sibling();
    while let Some(comment) = before.filter(|before| before.is_comment()) {
        before = comment.previous_sibling();
    }
    before.is_some_and(|before| {
        before.kind().starts_with("preproc_") && before.subtree().any(|below| below.kind() == "preproc_call")
    })
}

/// The bytes between two positions, if they are nothing but white space.
pub(super) fn blank_between(source: &[u8], from: u32, to: u32) -> Option<&[u8]> {
    let gap = source.get(from as usize..to as usize)?;
    gap.iter().all(u8::is_ascii_whitespace).then_some(gap)
}

/// A child part of the node.
pub(super) fn child(node: Node<'_>) -> Part {
    Part::Child(node.span())
}

/// A literal part with the text from one position to another.
pub(super) fn verbatim(source: &[u8], from: u32, to: u32) -> Part {
    Part::Literal(source.get(from as usize..to as usize).unwrap_or_default().to_vec())
}

/// The span from the start of one node to the end of another.
pub(super) fn span_over(first: Node<'_>, last: Node<'_>) -> Span {
    Span::new(first.span().start, last.span().end)
}
