//! # Comparisons, sums, products and bits, either way round
//!
//! What varies: `x < y` or `y > x`; `x == 1` or `1 == x`; `a + b` or `b + a`, the same for `*`, `&`,
//! `|`, `^`.
//!
//! Why behavior holds: both sides have no effect, neither moves what the other uses, and they are numbers by their looks (a
//! cast, a length, a literal, arithmetic of those), so that the operator is the language's own, which is symmetric; or
//! both sides are the same field of two values. In a comparison one number is enough, if the tree does not compare
//! types of its own with numbers. Both sides bind tighter than the operator.
//!
//! Example: `at < text.len()` / `text.len() > at`

use crate::carrier::{Facts, Rule};
use crate::draft::{Draft, FormOrder, Part};
use crate::parts::{child, operator};
use crate::rule::RuleCode;
use crate::rust::binding::{ends_with_cast, is_beside_angle, operator_tightness, tightness};
use crate::rust::place::is_usable;
use crate::rust::pure::{are_independent, mentions};
use crate::rust::words::is_shouted;
use crate::syntax::Node;

pub(super) const RULE: Rule = Rule { kinds: &["binary_expression"], find };

fn find(facts: &Facts, node: Node<'_>, drafts: &mut Vec<Draft>) {
    if let Some(draft) = propose(facts, node) {
        drafts.push(draft);
    }
}

fn propose(facts: &Facts, node: Node<'_>) -> Option<Draft> {
    let sign = operator(node);
    let (mirror, code): (&[u8], &[u8; 4]) = match sign {
        b"==" => (b"==", b"R014"),
        b"!=" => (b"!=", b"R014"),
        b"<" => (b">", b"R014"),
        b">" => (b"<", b"R014"),
        b"<=" => (b">=", b"R014"),
        b">=" => (b"<=", b"R014"),
        b"+" | b"*" => (sign, b"R015"),
        b"&" | b"|" | b"^" => (sign, b"R016"),
        _ => return None,
    };
    let (left, right) = (node.field("left")?, node.field("right")?);
    let tight = operator_tightness(sign);
    if tightness(left) <= tight || tightness(right) <= tight || !is_usable(node) {
        return None;
    }
    let has_cast_end = ends_with_cast(left) || ends_with_cast(right);
    if has_cast_end && (matches!(sign, b"<" | b">") || is_beside_angle(node)) {
        return None;
    }
    if !are_independent(&mentions(left)?, &mentions(right)?) {
        return None;
    }
    let (fixed_left, fixed_right) = (is_fixed(left), is_fixed(right));
    let is_comparison = code == b"R014";
    // What can be added to a number, or compared with one by a tree's own rule, may not stand on its right.
    let (is_left, is_right) = (is_number(left), is_number(right));
    let safe = (is_left && is_right)
        || (is_comparison && !facts.has_mixed_numbers && (is_left || is_right))
        || (is_comparison && are_twins(left, right) && !compares_two_types(node))
        || are_flags(sign, left, right);
    if !safe || (fixed_left && fixed_right) || (!is_comparison && (fixed_left || fixed_right)) {
        return None;
    }
    let source = node.source();
    let at = node.field("operator")?.span();
    let before = source.get(left.span().end as usize..at.start as usize)?;
    let after = source.get(at.end as usize..right.span().start as usize)?;
    let as_is = vec![child(left), Part::Literal([before, sign, after].concat()), child(right)];
    let turned = vec![child(right), Part::Literal([before, mirror, after].concat()), child(left)];
    let (code, forms, labels, current, order) = if fixed_right {
        (b"R013", vec![as_is, turned], vec![0, 1], 0, FormOrder::Fixed)
    } else if fixed_left {
        (b"R013", vec![turned, as_is], vec![0, 1], 1, FormOrder::Fixed)
    } else {
        (code, vec![as_is, turned], Vec::new(), 0, FormOrder::Sorted)
    };
    Some(Draft { span: node.span(), code: RuleCode(*code), forms, labels, current, order, rank: 30 })
}

/// Whether readers expect it on the right: a literal or a constant.
fn is_fixed(node: Node<'_>) -> bool {
    match node.kind() {
        "integer_literal" | "float_literal" | "char_literal" | "boolean_literal" => true,
        "identifier" => is_shouted(node.text()),
        "scoped_identifier" => node.field("name").is_some_and(|name| is_shouted(name.text())),
        "unary_expression" => node.named().last().is_some_and(is_fixed),
        _ => false,
    }
}

/// Whether the expression is a primitive number by its looks.
fn is_number(node: Node<'_>) -> bool {
    match node.kind() {
        "integer_literal" | "float_literal" | "char_literal" => true,
        "parenthesized_expression" => node.named().next().is_some_and(is_number),
        "type_cast_expression" => node.field("type").is_some_and(|kind| kind.kind() == "primitive_type"),
        "binary_expression" => match operator(node) {
            b"<<" | b">>" => node.field("left").is_some_and(is_number),
            b"+" | b"-" | b"*" | b"/" | b"%" | b"&" | b"|" | b"^" => {
                node.field("left").is_some_and(is_number) && node.field("right").is_some_and(is_number)
            }
            _ => false,
        },
        "call_expression" => {
            node.field("function").and_then(|function| function.field("field")).is_some_and(|name| {
                matches!(name.text(), b"len" | b"count_ones" | b"leading_zeros" | b"trailing_zeros")
            })
        }
        _ => false,
    }
}

/// `a.kind` and `b.kind`.
fn are_twins(left: Node<'_>, right: Node<'_>) -> bool {
    fn name(node: Node<'_>) -> Option<&[u8]> {
        if node.kind() == "field_expression" { node.field("field").map(Node::text) } else { None }
    }
    name(left).is_some() && name(left) == name(right)
}

/// `Flags::A | Flags::B`: a set, whichever crate made it.
fn are_flags(sign: &[u8], left: Node<'_>, right: Node<'_>) -> bool {
    let is_flag = |node: Node<'_>| {
        node.kind() == "scoped_identifier" && node.field("name").is_some_and(|name| is_shouted(name.text()))
    };
    let owner = |node: Node<'_>| node.field("path").map_or(b"".as_slice(), Node::text).to_vec();
    sign == b"|" && is_flag(left) && is_flag(right) && owner(left) == owner(right)
}

/// Whether the text has `impl PartialEq<u8> for ...`, or the like.
pub(super) fn compares_with_numbers(text: &[u8]) -> bool {
    const NUMBERS: &[&[u8]] = &[
        b"char>", b"f32>", b"f64>", b"i128>", b"i16>", b"i32>", b"i64>", b"i8>", b"isize>", b"u128>",
        b"u16>", b"u32>", b"u64>", b"u8>", b"usize>",
    ];
    [b"PartialEq<".as_slice(), b"PartialOrd<"].iter().any(|name| {
        let ends = text.windows(name.len()).enumerate().filter(|(_, word)| word == name);
        let mut kinds = ends.filter_map(|(at, _)| text.get(at + name.len()..));
        kinds.any(|kind| NUMBERS.iter().any(|number| kind.starts_with(number)))
    })
}

/// Whether an item around the node says that it compares values of two types (`V: PartialEq<W>`): that need not hold
/// the other way round.
fn compares_two_types(node: Node<'_>) -> bool {
    let is_mixed = |item: Node<'_>| {
        let body = item.field("body").map_or(item.span().end, |body| body.span().start);
        let header = item.source().get(item.span().start as usize..body as usize).unwrap_or_default();
        [b"PartialEq<".as_slice(), b"PartialOrd<"]
            .iter()
            .any(|name| header.windows(name.len()).any(|word| word == *name))
    };
    node.ancestors().filter(|above| above.is(&["impl_item", "function_item"])).any(is_mixed)
}
