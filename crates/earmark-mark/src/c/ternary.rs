//! # Conditional expression flipped
//!
//! What varies: `a == b ? x : y` or `a != b ? y : x`; `p ? x : y` or `!p ? y : x`.
//!
//! Why behavior holds: the condition is an equality or an operand, whose opposite is exact; one of the
//! two values is evaluated either way, and both bind tighter than the expression.
//!
//! Example: `n == 0 ? "none" : "some"` / `n != 0 ? "some" : "none"`

use crate::c::expression::tightness;
use crate::c::macros::is_whole;
use crate::c::place::{child, is_usable, verbatim};
use crate::c::polarity::polarity;
use crate::c::truth::is_constant_place;
use crate::carrier::{Facts, Rule};
use crate::draft::{Draft, FormOrder, Part};
use crate::rule::RuleCode;
use crate::syntax::Node;

pub(super) const RULE: Rule = Rule { kinds: &["conditional_expression"], find };

fn find(facts: &Facts, node: Node<'_>, drafts: &mut Vec<Draft>) {
    if let Some(draft) = propose(facts, node) {
        drafts.push(draft);
    }
}

fn propose(facts: &Facts, node: Node<'_>) -> Option<Draft> {
    let (first, second) = (node.field("consequence")?, node.field("alternative")?);
    if tightness(first) <= 2
        || tightness(second) <= 2
        || !is_usable(facts, node)
        || !is_whole(facts, node)
        || is_constant_place(node)
    {
        return None;
    }
    let condition = node.field("condition")?;
    let in_parens = condition.kind() == "parenthesized_expression";
    let inner = if in_parens { condition.named().next()? } else { condition };
    let sides = polarity(facts, inner)?;
    let source = node.source();
    let form = |parts: &[Part], one: Node<'_>, two: Node<'_>| {
        let mut all = vec![verbatim(source, node.span().start, inner.span().start)];
        all.extend_from_slice(parts);
        all.push(verbatim(source, inner.span().end, first.span().start));
        all.push(child(one));
        all.push(verbatim(source, first.span().end, second.span().start));
        all.push(child(two));
        all.retain(|part| !matches!(part, Part::Literal(text) if text.is_empty()));
        all
    };
    let (one, two) = if sides.is_positive { (first, second) } else { (second, first) };
    Some(Draft {
        span: node.span(),
        code: RuleCode(*b"C024"),
        forms: vec![form(&sides.positive, one, two), form(&sides.negative, two, one)],
        labels: vec![0, 1],
        current: u8::from(!sides.is_positive),
        order: FormOrder::Fixed,
        rank: 3,
    })
}
