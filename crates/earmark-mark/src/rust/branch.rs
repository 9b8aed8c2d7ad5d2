//! # If and else exchanged
//!
//! What varies: `if a == b { x } else { y }` or `if a != b { y } else { x }`; `if c { x } else { y }` or
//! `if !c { y } else { x }`.
//!
//! Why behavior holds: `!=` is the negation of `==` (Rust reference, `PartialEq`), `!` that of a `bool`; exactly one of
//! the blocks runs, the same one as before.
//!
//! Example: `if done { 0 } else { 1 }` / `if !done { 1 } else { 0 }`

use crate::carrier::{Facts, Rule};
use crate::draft::{Draft, FormOrder, Part};
use crate::parts::{child, operator, verbatim};
use crate::rule::RuleCode;
use crate::rust::binding::tightness;
use crate::rust::place::is_plain_place;
use crate::syntax::Node;

pub(super) const RULE: Rule = Rule { kinds: &["if_expression"], find };

fn find(_: &Facts, node: Node<'_>, drafts: &mut Vec<Draft>) {
    if let Some(draft) = propose(node) {
        drafts.push(draft);
    }
}

fn propose(node: Node<'_>) -> Option<Draft> {
    let condition = node.field("condition")?;
    let yes = node.field("consequence")?;
    let clause = node.field("alternative")?;
    let no = clause.named().last()?;
    let is_chained = node.parent().is_some_and(|parent| parent.kind() == "else_clause");
    let has_comment =
        condition.has_comment() || clause.children().chain(node.children()).any(Node::is_comment);
    if no.kind() != "block" || is_chained || has_comment || node.has_error() || !is_plain_place(node) {
        return None;
    }
    let source = node.source();
    let lead = verbatim(source, node.span().start, condition.span().start);
    let gap = verbatim(source, condition.span().end, yes.span().start);
    let middle = verbatim(source, yes.span().end, no.span().start);
    let form = |test: Vec<Part>, first: Node<'_>, second: Node<'_>| {
        let mut parts = vec![lead.clone()];
        parts.extend(test);
        parts.extend([gap.clone(), child(first), middle.clone(), child(second)]);
        parts
    };
    let sign = operator(condition);
    let (code, positive, negative, current) =
        if condition.kind() == "binary_expression" && matches!(sign, b"==" | b"!=") {
            let (left, right) = (condition.field("left")?, condition.field("right")?);
            let at = condition.field("operator")?.span();
            let test = |sign: &[u8]| {
                let before = source.get(left.span().end as usize..at.start as usize).unwrap_or_default();
                let after = source.get(at.end as usize..right.span().start as usize).unwrap_or_default();
                vec![child(left), Part::Literal([before, sign, after].concat()), child(right)]
            };
            (b"R018", test(b"=="), test(b"!="), u8::from(sign == b"!="))
        } else if condition.kind() == "unary_expression" && condition.text().starts_with(b"!") {
            let inner = condition.named().last()?;
            let sign = verbatim(source, condition.span().start, inner.span().start);
            (is_simple(inner).then_some(b"R019")?, vec![child(inner)], vec![sign, child(inner)], 1)
        } else {
            (
                is_simple(condition).then_some(b"R019")?,
                vec![child(condition)],
                vec![Part::text("!"), child(condition)],
                0,
            )
        };
    let (first, second) = if current == 0 { (yes, no) } else { (no, yes) };
    Some(Draft {
        span: node.span(),
        code: RuleCode(*code),
        forms: vec![form(positive, first, second), form(negative, second, first)],
        labels: vec![0, 1],
        current,
        order: FormOrder::Fixed,
        rank: 10,
    })
}

/// What may have a `!` before it: not itself negated, not one of a pair of opposites, nor what a linter wants to see
/// replaced in one of the two orders.
fn is_simple(condition: Node<'_>) -> bool {
    let name = condition
        .field("function")
        .and_then(|function| function.field("field"))
        .map_or(b"".as_slice(), Node::text);
    tightness(condition) == 14
        && condition.kind() != "parenthesized_expression"
        && !matches!(name, b"is_some" | b"is_none" | b"is_ok" | b"is_err" | b"is_some_and" | b"is_none_or")
        && !matches!(name, b"starts_with" | b"ends_with")
}
