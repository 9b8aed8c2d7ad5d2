//! # If and else exchanged; else after a jump
//!
//! What varies: `if (a == b) x(); else y();` or `if (a != b) y(); else x();`; after a branch that leaves,
//! `if (c) return x; return y;` or `if (c) return x; else return y;`.
//!
//! Why behavior holds: the condition is an equality or an operand, whose opposite is exact; the arms
//! are blocks or simple statements, so that no `else` changes its `if`. What follows a branch that
//! jumps is only reached when the branch was not taken.
//!
//! Example: `if (!p) f(); else g();` / `if (p) g(); else f();`

use earmark_model::Span;

use crate::c::braces::is_simple;
use crate::c::place::{
    begins_statement, blank_between, column, is_directed, is_plain_place, line_column, verbatim,
};
use crate::c::polarity::polarity;
use crate::carrier::{Facts, Rule};
use crate::draft::{Draft, FormOrder, Part};
use crate::rule::RuleCode;
use crate::syntax::Node;

pub(super) const SWAP: Rule = Rule { kinds: &["if_statement"], find: find_swap };
pub(super) const ELSE: Rule = Rule { kinds: &["if_statement"], find: find_else };

struct Arms<'t> {
    condition: Node<'t>,
    first: Node<'t>,
    keyword: Node<'t>,
    second: Node<'t>,
}

fn arms(node: Node<'_>) -> Option<Arms<'_>> {
    let clause = node.field("alternative")?;
    Some(Arms {
        condition: node.field("condition")?,
        first: node.field("consequence")?,
        keyword: clause.children().next()?,
        second: clause.named().last()?,
    })
}

fn find_swap(facts: &Facts, node: Node<'_>, drafts: &mut Vec<Draft>) {
    if let Some(draft) = propose_swap(facts, node) {
        drafts.push(draft);
    }
}

fn propose_swap(facts: &Facts, node: Node<'_>) -> Option<Draft> {
    let Arms { condition, first, keyword, second } = arms(node)?;
    let is_arm = |arm: Node<'_>| arm.kind() == "compound_statement" || is_simple(facts, arm);
    if node.has_error() || !is_plain_place(facts, node) || !is_arm(first) || !is_arm(second) {
        return None;
    }
    if (leaves(first) && lone(facts, second).is_some()) || (leaves(second) && lone(facts, first).is_some()) {
        return None;
    }
    let source = node.source();
    let inner = condition.named().next()?;
    let sides = polarity(facts, inner)?;
    let (start, end) = (node.span().start, node.span().end);
    let lead_first = blank_between(source, condition.span().end, first.span().start)?;
    blank_between(source, keyword.span().end, second.span().start)?;
    blank_between(source, first.span().end, keyword.span().start)?;
    // Behind `else` a bare statement needs a space.
    if lead_first.is_empty() && first.kind() != "compound_statement" {
        return None;
    }
    let arm_first = Part::Child(Span::new(condition.span().end, first.span().end));
    let arm_second = Part::Child(Span::new(keyword.span().end, end));
    let form = |condition_parts: &[Part], one: &Part, two: &Part| {
        let mut parts = vec![verbatim(source, start, inner.span().start)];
        parts.extend_from_slice(condition_parts);
        parts.push(verbatim(source, inner.span().end, condition.span().end));
        parts.push(one.clone());
        parts.push(verbatim(source, first.span().end, keyword.span().end));
        parts.push(two.clone());
        parts
    };
    let (one, two) = if sides.is_positive { (&arm_first, &arm_second) } else { (&arm_second, &arm_first) };
    Some(Draft {
        span: node.span(),
        code: RuleCode(*b"C017"),
        forms: vec![form(&sides.positive, one, two), form(&sides.negative, two, one)],
        labels: vec![0, 1],
        current: u8::from(!sides.is_positive),
        order: FormOrder::Fixed,
        rank: 2,
    })
}

fn is_jump(node: Node<'_>) -> bool {
    node.is(&["return_statement", "break_statement", "continue_statement", "goto_statement"])
}

/// Whether the statement surely leaves by a jump at its end, or in both arms of an `if` there.
pub(super) fn leaves(node: Node<'_>) -> bool {
    let mut at = Some(node);
    while let Some(now) = at {
        if is_jump(now) {
            return true;
        }
        at = match now.kind() {
            "compound_statement" => now.named().last(),
            // One step each way is what the rule of `else` after a jump makes.
            "if_statement" => {
                let first = now.field("consequence");
                let inner = first
                    .filter(|arm| arm.kind() == "compound_statement")
                    .map_or(first, |arm| arm.named().last());
                let second = now.field("alternative").and_then(|clause| clause.named().last());
                if inner.is_some_and(is_jump) { second } else { None }
            }
            _ => None,
        };
    }
    false
}

/// The simple statement that this is, alone or in braces.
fn lone<'t>(facts: &Facts, node: Node<'t>) -> Option<Node<'t>> {
    if node.kind() != "compound_statement" {
        return is_simple(facts, node).then_some(node);
    }
    let mut inside = node.named();
    let only = inside.next().filter(|only| is_simple(facts, *only))?;
    inside.next().is_none().then_some(only)
}

fn find_else(facts: &Facts, node: Node<'_>, drafts: &mut Vec<Draft>) {
    if let Some(draft) = propose_else(facts, node) {
        drafts.push(draft);
    }
}

fn propose_else(facts: &Facts, node: Node<'_>) -> Option<Draft> {
    let first = node.field("consequence").filter(|first| leaves(*first))?;
    let in_block = node.parent().is_some_and(|parent| parent.kind() == "compound_statement");
    if !in_block
        || first.has_error()
        || !is_plain_place(facts, node)
        || !begins_statement(node)
        || is_directed(node)
    {
        return None;
    }
    let source = node.source();
    let from = first.span().end;
    let jump;
    let (before, after, current);
    let mut close: &[u8] = b" }";
    if node.field("alternative").is_some() {
        let Arms { keyword, second, .. } = arms(node)?;
        jump = lone(facts, second).filter(|only| is_jump(*only) && only.is_clean())?;
        before = blank_between(source, from, keyword.span().start)?;
        if second.kind() == "compound_statement" {
            blank_between(source, keyword.span().end, second.span().start)?;
            after = blank_between(source, second.span().start + 1, jump.span().start)?;
            blank_between(source, jump.span().end, second.span().end - 1)?;
            close = source.get(jump.span().end as usize..second.span().end as usize)?;
            current = 2;
        } else {
            after = blank_between(source, keyword.span().end, jump.span().start)?;
            current = 1;
        }
    } else {
        jump = node.next_sibling().filter(|next| is_jump(*next) && next.is_clean())?;
        before = blank_between(source, from, jump.span().start)?;
        after = b" ".as_slice();
        current = 0;
    }
    let end = if current == 0 { jump.span().end } else { node.span().end };
    let head = source.get(from as usize..jump.span().start as usize)?;
    // The jump stands on a line of its own, `else` before it or not, right below the `if`: anywhere else it would look
    // like a part of the branch once the `else` is gone, and compilers warn of that.
    if head.get(before.len()..)?.contains(&b'\n') || close.contains(&b'\n') {
        return None;
    }
    let is_below = before.contains(&b'\n')
        && column(before, before.len()) == line_column(source, node.span().start as usize);
    if !is_below {
        return None;
    }
    let own = Part::Child(jump.span());
    let tail = |text: &[u8]| if text.is_empty() { Vec::new() } else { vec![Part::Literal(text.to_vec())] };
    let gap: &[u8] = if current == 0 { b" " } else { after };
    let mut forms = vec![
        vec![Part::Literal(before.to_vec()), own.clone()],
        vec![Part::Literal([before, b"else", gap].concat()), own.clone()],
        vec![Part::Literal([before, b"else {", gap].concat()), own.clone(), Part::Literal(close.to_vec())],
    ];
    let text =
        [vec![Part::Literal(head.to_vec()), own], tail(source.get(jump.span().end as usize..end as usize)?)]
            .concat();
    forms[usize::from(current)] = text;
    Some(Draft {
        span: Span::new(from, end),
        code: RuleCode(*b"C029"),
        forms,
        labels: vec![0, 1, 2],
        current,
        order: FormOrder::Fixed,
        rank: 4,
    })
}
