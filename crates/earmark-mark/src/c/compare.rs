//! # Comparisons, either way round
//!
//! What varies: `x < y` or `y > x`; `x == 1` or `1 == x`.
//!
//! Why behavior holds: each comparison has its mirror (C17 6.5.8, 6.5.9). Neither side has an effect, so
//! that the order of evaluation cannot show; with a constant on one side the other may be anything.
//! Both sides bind tighter than the operator.
//!
//! Example: `if (len > avail)` / `if (avail < len)`

use crate::c::expression::{is_constant, is_negation, is_pure, operator, operator_tightness, tightness};
use crate::c::macros::is_whole;
use crate::c::place::{child, is_truth, is_usable, may_end_in_cast};
use crate::c::truth::is_zero_test;
use crate::carrier::{Facts, Rule};
use crate::draft::{Draft, FormOrder, Part};
use crate::rule::RuleCode;
use crate::syntax::Node;

pub(super) const RULE: Rule = Rule { kinds: &["binary_expression"], find };

fn find(facts: &Facts, node: Node<'_>, drafts: &mut Vec<Draft>) {
    if let Some(draft) = propose(facts, node) {
        drafts.push(draft);
    }
}

fn propose(facts: &Facts, node: Node<'_>) -> Option<Draft> {
    let sign = operator(node);
    let mirror: &[u8] = match sign {
        b"==" => b"==",
        b"!=" => b"!=",
        b"<" => b">",
        b">" => b"<",
        b"<=" => b">=",
        b">=" => b"<=",
        _ => return None,
    };
    let (left, right) = (node.field("left")?, node.field("right")?);
    let tight = operator_tightness(sign);
    if tightness(left) <= tight || tightness(right) <= tight || !is_usable(facts, node) {
        return None;
    }
    let (fixed_left, fixed_right) = (is_constant(left), is_constant(right));
    let with_constant = fixed_left != fixed_right;
    // Comparing with zero where only truth matters is the business of another rule.
    if is_truth(node) && is_zero_test(node) {
        return None;
    }
    if with_constant {
        let constant = if fixed_left { left } else { right };
        if !is_pure(facts, constant) {
            return None;
        }
    } else if (fixed_left && fixed_right) || !is_pure(facts, left) || !is_pure(facts, right) {
        return None;
    }
    // Before a comparison `!x == y` looks like `!(x == y)`, and compilers ask what is meant.
    if is_negation(left) || is_negation(right) {
        return None;
    }
    if !is_whole(facts, node) || may_end_in_cast(left) || may_end_in_cast(right) {
        return None;
    }
    let source = node.source();
    let operator = node.field("operator")?.span();
    let before = source.get(left.span().end as usize..operator.start as usize)?;
    let after = source.get(operator.end as usize..right.span().start as usize)?;
    let as_is = vec![child(left), Part::Literal([before, sign, after].concat()), child(right)];
    let turned = vec![child(right), Part::Literal([before, mirror, after].concat()), child(left)];
    let (code, forms, labels, current, order) = if with_constant && fixed_right {
        (b"C005", vec![as_is, turned], vec![0, 1], 0, FormOrder::Fixed)
    } else if with_constant {
        (b"C005", vec![turned, as_is], vec![0, 1], 1, FormOrder::Fixed)
    } else {
        (b"C006", vec![as_is, turned], Vec::new(), 0, FormOrder::Sorted)
    };
    Some(Draft { span: node.span(), code: RuleCode(*code), forms, labels, current, order, rank: 30 })
}
