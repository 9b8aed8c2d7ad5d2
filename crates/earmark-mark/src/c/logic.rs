//! # Conjuncts and disjuncts, either way round
//!
//! What varies: `a && b` or `b && a`; the same for `||`. In a chain the first and second change
//! places, the third and fourth, and so on.
//!
//! Why behavior holds: both sides are without effect and cannot trap, so that it does not matter
//! which is evaluated when the other decides: no arithmetic whose overflow the other side may rule out (C17 6.5p5),
//! and both sides read through exactly the same pointers.
//!
//! Example: `x > 0 && y > 0` / `y > 0 && x > 0`

use std::collections::BTreeSet;

use crate::c::expression::{is_pure, operator, operator_tightness, tightness};
use crate::c::place::{child, is_usable, span_over, verbatim};
use crate::carrier::{Facts, Rule};
use crate::draft::{Draft, FormOrder};
use crate::rule::RuleCode;
use crate::syntax::Node;

pub(super) const RULE: Rule = Rule { kinds: &["binary_expression"], find };

fn find(facts: &Facts, node: Node<'_>, drafts: &mut Vec<Draft>) {
    let sign = operator(node);
    let inner =
        node.parent().is_some_and(|parent| parent.kind() == "binary_expression" && operator(parent) == sign);
    if !matches!(sign, b"&&" | b"||") || inner || !is_usable(facts, node) {
        return;
    }
    let operands = chain(node, sign);
    for pair in operands.chunks_exact(2) {
        let (left, right) = (pair[0], pair[1]);
        let tight = operator_tightness(sign);
        if tightness(left) <= tight
            || tightness(right) <= tight
            || !is_total(facts, left)
            || !is_total(facts, right)
        {
            continue;
        }
        if reads_through(left) != reads_through(right) {
            continue;
        }
        let middle = verbatim(node.source(), left.span().end, right.span().start);
        drafts.push(Draft {
            span: span_over(left, right),
            code: RuleCode(*b"C028"),
            forms: vec![
                vec![child(left), middle.clone(), child(right)],
                vec![child(right), middle, child(left)],
            ],
            labels: Vec::new(),
            current: 0,
            order: FormOrder::Sorted,
            rank: 25,
        });
    }
}

/// The operands of `a && b && c` in order.
fn chain<'t>(node: Node<'t>, sign: &[u8]) -> Vec<Node<'t>> {
    let mut operands = Vec::new();
    let mut at = node;
    while at.kind() == "binary_expression" && operator(at) == sign {
        let (Some(left), Some(right)) = (at.field("left"), at.field("right")) else { return Vec::new() };
        operands.push(right);
        at = left;
    }
    operands.push(at);
    operands.reverse();
    operands
}

fn is_total(facts: &Facts, node: Node<'_>) -> bool {
    is_pure(facts, node)
        && node.subtree().all(|below| {
            let sign = operator(below);
            match below.kind() {
                "binary_expression" => !matches!(sign, b"+" | b"-" | b"*" | b"/" | b"%" | b"<<" | b">>"),
                "unary_expression" => sign != b"-" || below.field("argument").is_some_and(is_number),
                _ => true,
            }
        })
}

fn is_number(node: Node<'_>) -> bool {
    node.kind() == "number_literal"
}

/// What the expression dereferences: for each pointer its tokens, sorted, so that rules at work
/// inside do not show.
fn reads_through(node: Node<'_>) -> BTreeSet<Vec<&[u8]>> {
    node.subtree()
        .filter_map(|below| match below.kind() {
            "pointer_expression" if operator(below) == b"*" => below.field("argument").map(tokens),
            "field_expression" if operator(below) == b"->" => below.field("argument").map(tokens),
            "subscript_expression" => {
                let zero = below.field("index").is_some_and(|index| index.text() == b"0");
                if zero {
                    below.field("argument").map(tokens)
                } else {
                    // Reading the element `a[4]` is not reading through it, which `a[4][0]` does.
                    Some([vec![b"element".as_slice()], tokens(below)].concat())
                }
            }
            _ => None,
        })
        .collect()
}

fn tokens(node: Node<'_>) -> Vec<&[u8]> {
    let mut words: Vec<&[u8]> =
        node.leaves().map(Node::text).filter(|word| !matches!(*word, b"(" | b")")).collect();
    words.sort_unstable();
    words
}
