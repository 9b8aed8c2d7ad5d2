//! # Truth and falsehood spelled out
//!
//! What varies: where only zero or not matters, `p`, `p != 0` or `0 != p`; `!p`, `p == 0` or `0 == p`
//! (with `NULL` where the original has it).
//!
//! Why behavior holds: a condition compares with zero (C17 6.8.4.1, 6.5.13 to 6.5.15), and `!E` is
//! `(0 == E)` by definition (6.5.3.3). The operand binds tighter than the comparison, and is no macro.
//!
//! Example: `if (ptr)` / `if (ptr != NULL)`; `if (!n)` / `if (n == 0)`

use crate::c::expression::{operator, tightness};
use crate::c::macros::{is_loose, is_macro_call, is_shouted, is_whole};
use crate::c::place::{child, is_truth, is_usable, verbatim};
use crate::carrier::{Facts, Rule};
use crate::draft::{Draft, FormOrder, Part};
use crate::rule::RuleCode;
use crate::syntax::Node;

pub(super) const RULE: Rule = Rule {
    kinds: &[
        "identifier",
        "field_expression",
        "subscript_expression",
        "call_expression",
        "pointer_expression",
        "parenthesized_expression",
        "unary_expression",
        "binary_expression",
    ],
    find,
};

const TRUTH: RuleCode = RuleCode(*b"C003");
const FALSEHOOD: RuleCode = RuleCode(*b"C004");

fn find(facts: &Facts, node: Node<'_>, drafts: &mut Vec<Draft>) {
    if !is_truth(node) || !is_usable(facts, node) || !is_whole(facts, node) || is_constant_place(node) {
        return;
    }
    if let Some(draft) = compared(facts, node).or_else(|| negated(facts, node)).or_else(|| plain(facts, node))
    {
        drafts.push(draft);
    }
}

/// Whether the value must be known before the program runs: there an address may be asked for its truth, but not be
/// compared with zero (C17 6.6).
pub(super) fn is_constant_place(node: Node<'_>) -> bool {
    for above in node.ancestors() {
        match above.kind() {
            "compound_statement" | "function_definition" => return false,
            "declaration" if above.children().any(|child| child.text() == b"static") => return true,
            _ => {}
        }
    }
    true
}

/// An operand that may stand bare before `!= 0`.
pub(super) fn is_operand(facts: &Facts, node: Node<'_>) -> bool {
    match node.kind() {
        "identifier" => !is_shouted(node.text()) && !is_loose(facts, node.text()),
        "field_expression" | "subscript_expression" => true,
        "call_expression" => !is_macro_call(facts, node),
        // An address is no question, except in an initializer, which not every compiler computes.
        "pointer_expression" => {
            operator(node) == b"*" && node.field("argument").is_some_and(|inner| is_operand(facts, inner))
        }
        "parenthesized_expression" => {
            node.named().next().is_some_and(|inner| inner.kind() == "assignment_expression")
        }
        _ => false,
    }
}

/// `p == 0`, `0 != p` and the like.
fn compared(facts: &Facts, node: Node<'_>) -> Option<Draft> {
    let sign = operator(node);
    if node.kind() != "binary_expression" || !matches!(sign, b"==" | b"!=") {
        return None;
    }
    let (left, right) = (node.field("left")?, node.field("right")?);
    let (zero, value, current) = if is_zero(right) {
        (right, left, 1)
    } else if is_zero(left) {
        (left, right, 2)
    } else {
        return None;
    };
    let inner = bits_in_parens(value);
    if !is_operand(facts, value) && inner.is_none() {
        return None;
    }
    let source = node.source();
    let middle = source.get(left.span().end as usize..right.span().start as usize)?;
    if middle.contains(&b'\n') {
        return None;
    }
    if inner.is_some() && is_under_not(node) {
        return None;
    }
    let mut draft = build(node, value, inner, sign == b"==", middle, zero.text());
    let text = match (current, inner) {
        (1, None) => vec![child(value), verbatim(source, value.span().end, node.span().end)],
        (1, Some(inner)) => vec![
            verbatim(source, node.span().start, inner.span().start),
            child(inner),
            verbatim(source, inner.span().end, node.span().end),
        ],
        (_, None) => vec![verbatim(source, node.span().start, value.span().start), child(value)],
        (_, Some(inner)) => vec![
            verbatim(source, node.span().start, inner.span().start),
            child(inner),
            verbatim(source, inner.span().end, node.span().end),
        ],
    };
    draft.current = current;
    draft.forms[usize::from(current)] = text;
    Some(draft)
}

/// `!p`.
fn negated(facts: &Facts, node: Node<'_>) -> Option<Draft> {
    if node.kind() != "unary_expression" || operator(node) != b"!" {
        return None;
    }
    let value = node.field("argument")?;
    let inner = bits_in_parens(value);
    if (!is_operand(facts, value) && inner.is_none()) || value.span().start != node.span().start + 1 {
        return None;
    }
    let source = node.source();
    let mut draft = build(node, value, inner, true, b" == ", b"0");
    draft.forms[0] = match inner {
        None => vec![Part::text("!"), child(value)],
        Some(inner) => vec![
            verbatim(source, node.span().start, inner.span().start),
            child(inner),
            verbatim(source, inner.span().end, node.span().end),
        ],
    };
    Some(draft)
}

/// `p`, or `a & b`.
fn plain(facts: &Facts, node: Node<'_>) -> Option<Draft> {
    if is_bits(node) {
        // `!(a & b)` as a whole is falsehood's.
        return if is_under_not(node) {
            None
        } else {
            Some(build(node, node, Some(node), false, b" != ", b"0"))
        };
    }
    is_operand(facts, node).then(|| build(node, node, None, false, b" != ", b"0"))
}

/// Whether the node is all that `!( )` holds.
fn is_under_not(node: Node<'_>) -> bool {
    let above = node.parent().filter(|parent| parent.kind() == "parenthesized_expression");
    above.and_then(Node::parent).is_some_and(|above| above.kind() == "unary_expression")
}

fn is_bits(node: Node<'_>) -> bool {
    node.kind() == "binary_expression" && operator(node) == b"&" && tightness(node) == 7
}

/// The inside of `(a & b)`.
fn bits_in_parens(node: Node<'_>) -> Option<Node<'_>> {
    (node.kind() == "parenthesized_expression").then(|| node.named().next())?.filter(|inner| is_bits(*inner))
}

/// All three forms, none yet that of the text except where that is the plain one.
fn build(
    node: Node<'_>,
    value: Node<'_>,
    bits: Option<Node<'_>>,
    negative: bool,
    middle: &[u8],
    zero: &[u8],
) -> Draft {
    let part = child(bits.unwrap_or(value));
    let wrapped = |before: &[u8], after: &[u8]| match bits {
        Some(_) => {
            vec![Part::Literal([before, b"("].concat()), part.clone(), Part::Literal([b")", after].concat())]
        }
        None => [
            (!before.is_empty()).then(|| Part::Literal(before.to_vec())),
            Some(part.clone()),
            (!after.is_empty()).then(|| Part::Literal(after.to_vec())),
        ]
        .into_iter()
        .flatten()
        .collect(),
    };
    let shortest = match (negative, bits) {
        (true, _) => wrapped(b"!", b""),
        (false, Some(_)) => vec![part.clone()],
        (false, None) => wrapped(b"", b""),
    };
    let after = wrapped(b"", &[middle, zero].concat());
    let before = wrapped(&[zero, middle].concat(), b"");
    Draft {
        span: node.span(),
        code: if negative { FALSEHOOD } else { TRUTH },
        forms: vec![shortest, after, before],
        labels: vec![0, 1, 2],
        current: 0,
        order: FormOrder::Fixed,
        rank: 20,
    }
}

/// Whether it is a zero: `0`, `NULL` or `'\0'`.
pub(super) fn is_zero(node: Node<'_>) -> bool {
    matches!(node.text(), b"0" | b"NULL" | b"'\\0'")
}

/// Whether it compares something with zero for its truth: this rule's business, not that of others.
pub(super) fn is_zero_test(node: Node<'_>) -> bool {
    node.kind() == "binary_expression"
        && matches!(operator(node), b"==" | b"!=")
        && (node.field("left").is_some_and(is_zero) || node.field("right").is_some_and(is_zero))
}

/// Whether it compares bits in parentheses with zero.
pub(super) fn is_bits_test(node: Node<'_>) -> bool {
    is_zero_test(node)
        && [node.field("left"), node.field("right")]
            .into_iter()
            .flatten()
            .any(|side| bits_in_parens(side).is_some())
}
