//! # Conjuncts and disjuncts, in any order
//!
//! What varies: `a && b && c` in any order of three; the same for `||`.
//!
//! Why behavior holds: none of them has an effect or can panic, so that it does not matter which are
//! evaluated (Rust reference, Lazy boolean operators): no arithmetic, no index, no raw pointer, and of
//! methods only those of the standard library that look.
//!
//! Example: `x.is_empty() || y == 0` / `y == 0 || x.is_empty()`

use crate::carrier::{Facts, Rule};
use crate::draft::Draft;
use crate::order::Runs;
use crate::parts::operator;
use crate::rule::RuleCode;
use crate::rust::binding::{operator_tightness, tightness};
use crate::rust::place::is_usable;
use crate::rust::pure::is_total;
use crate::syntax::Node;

pub(super) const RULE: Rule = Rule { kinds: &["binary_expression"], find };

fn find(_: &Facts, node: Node<'_>, drafts: &mut Vec<Draft>) {
    let sign = operator(node);
    let inner = node.parent().is_some_and(|parent| {
        parent.kind() == "let_chain" || (parent.kind() == "binary_expression" && operator(parent) == sign)
    });
    if !matches!(sign, b"&&" | b"||") || inner || !is_usable(node) {
        return;
    }
    let mut runs = Runs::default();
    for operand in chain(node, sign) {
        let free = tightness(operand) > operator_tightness(sign)
            && !operand.is(&["reference_expression"])
            && is_total(operand);
        if free { runs.push(operand.span()) } else { runs.cut() }
    }
    runs.propose(node.source(), RuleCode(*b"R017"), 25, drafts);
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
