//! # First element; sizeof with or without parentheses
//!
//! What varies: `*p` or `p[0]`; `sizeof *p` or `sizeof(*p)`.
//!
//! Why behavior holds: `E1[E2]` is `*((E1)+(E2))` (C17 6.5.2.1); the operand is a name or a field of one, is
//! not called and not under `&`. `sizeof` takes an expression in parentheses or not (6.5.3.4); what is
//! measured is surely an expression, not a type.
//!
//! Example: `if (*s == '-')` / `if (s[0] == '-')`

use crate::c::expression::{is_path, operator};
use crate::c::macros::is_whole;
use crate::c::place::{child, is_usable};
use crate::carrier::{Facts, Rule};
use crate::draft::{Draft, FormOrder, Part};
use crate::rule::RuleCode;
use crate::syntax::Node;

pub(super) const FIRST: Rule =
    Rule { kinds: &["pointer_expression", "subscript_expression"], find: find_first };
pub(super) const SIZEOF: Rule = Rule { kinds: &["sizeof_expression"], find: find_sizeof };

fn find_first(facts: &Facts, node: Node<'_>, drafts: &mut Vec<Draft>) {
    let star = node.kind() == "pointer_expression";
    let fits = if star {
        operator(node) == b"*"
    } else {
        node.field("index").is_some_and(|index| index.text() == b"0")
    };
    let Some(base) = node.field("argument").filter(|base| fits && is_path(*base)) else { return };
    // `*P` and `P[0]` differ where `P` stands for `(T)q`.
    if !is_whole(facts, base) {
        return;
    }
    let Some(parent) = node.parent() else { return };
    let around_fits = match parent.kind() {
        // `(*f)(x)` may call through a pointer to a function, `&*p` and `sizeof` may not evaluate.
        "pointer_expression" => false,
        "parenthesized_expression" => parent.parent().is_some_and(|above| {
            !(above.kind() == "call_expression" && parent.field_name() == "function")
                && above.kind() != "sizeof_expression"
        }),
        "call_expression" => node.field_name() != "function",
        "sizeof_expression" | "subscript_expression" | "field_expression" | "update_expression" => false,
        _ => true,
    };
    if !around_fits
        || !is_usable(facts, node)
        || node.text().len() != base.text().len() + if star { 1 } else { 3 }
    {
        return;
    }
    drafts.push(Draft {
        span: node.span(),
        code: RuleCode(*b"C030"),
        forms: vec![vec![Part::text("*"), child(base)], vec![child(base), Part::text("[0]")]],
        labels: vec![0, 1],
        current: u8::from(!star),
        order: FormOrder::Fixed,
        rank: 35,
    });
}

fn find_sizeof(facts: &Facts, node: Node<'_>, drafts: &mut Vec<Draft>) {
    let Some(value) = node.field("value").filter(|_| is_usable(facts, node)) else { return };
    let in_parens = value.kind() == "parenthesized_expression";
    let inner = if in_parens { value.named().next() } else { Some(value) };
    let Some(inner) = inner else { return };
    let sure = match inner.kind() {
        "field_expression" => true,
        "pointer_expression" => operator(inner) == b"*" && inner.field("argument").is_some_and(is_path),
        _ => false,
    };
    let written = inner.text().len() + if in_parens { b"sizeof()".len() } else { b"sizeof ".len() };
    if !sure || !is_whole(facts, inner) || node.text().len() != written {
        return;
    }
    drafts.push(Draft {
        span: node.span(),
        code: RuleCode(*b"C027"),
        forms: vec![
            vec![Part::text("sizeof "), child(inner)],
            vec![Part::text("sizeof("), child(inner), Part::text(")")],
        ],
        labels: vec![0, 1],
        current: u8::from(in_parens),
        order: FormOrder::Fixed,
        rank: 35,
    });
}
