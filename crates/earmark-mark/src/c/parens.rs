//! # Parentheses round an operand
//!
//! What varies: `a < b && c` or `(a < b) && c`; `a + b * c` or `a + (b * c)`; `x << 8 | y` or
//! `(x << 8) | y`; `n < a + b` or `n < (a + b)`; `x = a == b` or `x = (a == b)`; `a > b ? x : y` or
//! `(a > b) ? x : y`.
//!
//! Why behavior holds: the parentheses say what precedence says (C17 6.5). Where compilers warn of
//! missing ones (`&&` inside `||`, sums inside shifts and bits, comparisons inside bits) they are left.
//!
//! Example: `if (n > 0 && ok)` / `if ((n > 0) && ok)`

use crate::c::expression::{is_accumulation, operator, operator_tightness, tightness};
use crate::c::macros::is_whole;
use crate::c::place::{blank_between, child, is_usable};
use crate::c::truth::is_zero_test;
use crate::carrier::{Facts, Rule};
use crate::draft::{Draft, FormOrder, Part};
use crate::rule::RuleCode;
use crate::syntax::Node;

pub(super) const RULE: Rule = Rule { kinds: &["binary_expression", "parenthesized_expression"], find };

fn find(facts: &Facts, node: Node<'_>, drafts: &mut Vec<Draft>) {
    let in_parens = node.kind() == "parenthesized_expression";
    let inner = if in_parens { node.named().next() } else { Some(node) };
    let Some(inner) = inner.filter(|inner| inner.kind() == "binary_expression") else { return };
    let Some(code) = node.parent().and_then(|parent| rule_of(node, parent, inner)) else { return };
    if !is_usable(facts, node) || !is_whole(facts, inner) {
        return;
    }
    let source = node.source();
    let (open, close) = if in_parens {
        let open = blank_between(source, node.span().start + 1, inner.span().start);
        let close = blank_between(source, inner.span().end, node.span().end.saturating_sub(1));
        let (Some(open), Some(close)) = (open, close) else { return };
        if open.contains(&b'\n') || close.contains(&b'\n') {
            return;
        }
        ([b"(", open].concat(), [close, b")"].concat())
    } else {
        (b"(".to_vec(), b")".to_vec())
    };
    drafts.push(Draft {
        span: node.span(),
        code: RuleCode(code),
        forms: vec![vec![child(inner)], vec![Part::Literal(open), child(inner), Part::Literal(close)]],
        labels: vec![0, 1],
        current: u8::from(in_parens),
        order: FormOrder::Fixed,
        rank: 5,
    });
}

/// The rule that a binary operand falls under in its parent, if its parentheses mean nothing and
/// no compiler asks for them.
fn rule_of(node: Node<'_>, parent: Node<'_>, inner: Node<'_>) -> Option<[u8; 4]> {
    let own = tightness(inner);
    // `p != 0` comes and goes with the rule of truth spelled out.
    if is_zero_test(inner) && !matches!(parent.kind(), "assignment_expression" | "init_declarator") {
        return None;
    }
    let comparison = matches!(own, 8 | 9);
    match parent.kind() {
        "binary_expression" => {
            let outer = operator_tightness(operator(parent));
            if own <= outer {
                return None;
            }
            // In `x |= (a << b)` nothing tells that the parentheses mean nothing.
            if is_accumulation(parent, parent.field("left")?, parent.field("right")?) {
                return None;
            }
            match outer {
                3 | 4 if comparison => Some(*b"C023"),
                11 if own == 12 => Some(*b"C033"),
                8 | 9 if own >= 11 => Some(*b"C033"),
                5..=7 if own == 10 => Some(*b"C033"),
                _ => None,
            }
        }
        "conditional_expression" if node.field_name() == "condition" && (comparison || own <= 4) => {
            Some(*b"C035")
        }
        // `x += (a == b)` may come to stand as `x = x + (a == b)`, where the parentheses have a meaning.
        "assignment_expression"
            if node.field_name() == "right" && operator(parent) == b"=" && (comparison || own <= 4) =>
        {
            Some(*b"C034")
        }
        "init_declarator" if node.field_name() == "value" && (comparison || own <= 4) => Some(*b"C034"),
        _ => None,
    }
}
