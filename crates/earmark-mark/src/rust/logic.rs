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
use crate::rust::pure::{are_independent, is_total, mentions};
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
    let operands = chain(node, sign);
    let uses: Vec<_> = operands.iter().map(|operand| mentions(*operand)).collect();
    // Two bounds that come to stand side by side would be a range to a linter.
    let has_bounds = operands.len() > 2 && operands.iter().filter(|operand| is_bound(**operand)).count() > 1;
    let mut runs = Runs::default();
    for (at, operand) in operands.iter().copied().enumerate() {
        let keeps = uses.iter().enumerate().all(|(other, theirs)| {
            other == at
                || matches!((&uses[at], theirs), (Some(own), Some(theirs)) if are_independent(own, theirs))
                || theirs.is_none()
        });
        let free = tightness(operand) > operator_tightness(sign)
            && !operand.is(&["reference_expression"])
            && keeps
            && !(has_bounds && is_bound(operand))
            && is_total(operand);
        if free { runs.push(operand.span()) } else { runs.cut() }
    }
    runs.propose(node.source(), RuleCode(*b"R017"), 25, drafts);
}

fn is_bound(operand: Node<'_>) -> bool {
    let inner =
        if operand.kind() == "parenthesized_expression" { operand.named().next() } else { Some(operand) };
    inner.is_some_and(|inner| matches!(operator(inner), b"<" | b">" | b"<=" | b">="))
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
