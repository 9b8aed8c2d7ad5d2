//! # Braces round a single statement
//!
//! What varies: `if (x) f();` or `if (x) { f(); }`, after `if`, `else`, `for`, `while`.
//!
//! Why behavior holds: a block of one statement is that statement (ECMAScript, 14.2); simple statements only, so that no
//! `else` changes its `if`, ended by a semicolon, so that none need be inserted.
//!
//! Example: `while (x) i++;` / `while (x) { i++; }`

use earmark_model::Span;

use crate::carrier::{Facts, Rule};
use crate::draft::{Draft, FormOrder, Part};
use crate::javascript::place::is_plain_place;
use crate::parts::{blank_between, child};
use crate::rule::RuleCode;
use crate::syntax::Node;

pub(super) const RULE: Rule = Rule {
    kinds: &["if_statement", "else_clause", "for_statement", "for_in_statement", "while_statement"],
    find,
};

const SIMPLE: &[&str] =
    &["return_statement", "break_statement", "continue_statement", "throw_statement", "expression_statement"];

fn find(_: &Facts, node: Node<'_>, drafts: &mut Vec<Draft>) {
    let body = match node.kind() {
        "if_statement" => node.field("consequence"),
        "else_clause" => node.named().last(),
        _ => node.field("body"),
    };
    let Some(body) = body else { return };
    let before = node.children().take_while(|child| child.id() != body.id()).last();
    if let Some(before) = before
        && body.is_clean()
        && is_plain_place(body)
    {
        drafts.extend(propose(before.span().end, body));
    }
}

/// The simple statement that a body is, with or without braces.
pub(super) fn single_statement(body: Node<'_>) -> Option<Node<'_>> {
    let inner = if body.kind() == "statement_block" {
        let mut inside = body.named();
        inside.next().filter(|_| inside.next().is_none())?
    } else {
        body
    };
    (inner.is(SIMPLE) && inner.text().ends_with(b";") && body.is_clean()).then_some(inner)
}

fn propose(from: u32, body: Node<'_>) -> Option<Draft> {
    let source = body.source();
    let lead = blank_between(source, from, body.span().start)?;
    let braced = body.kind() == "statement_block";
    let inner = single_statement(body)?;
    let lines = |text: &[u8]| vec![b'\n'; text.iter().filter(|byte| **byte == b'\n').count()];
    let (short, long) = if braced {
        let after = blank_between(source, body.span().start + 1, inner.span().start)?;
        let tail = blank_between(source, inner.span().end, body.span().end.checked_sub(1)?)?;
        // What stood between the brackets keeps the lines; an `else` stays apart.
        let kept = if after.contains(&b'\n') { lines(lead) } else { lead.to_vec() };
        let bare = [kept.as_slice(), after].concat();
        let bare = if bare.is_empty() { b" ".to_vec() } else { bare };
        ((bare, lines(tail)), ([lead, b"{", after].concat(), [tail, b"}"].concat()))
    } else {
        let gap = if lead.is_empty() { b" ".as_slice() } else { lead };
        ((lead.to_vec(), Vec::new()), ([b" {", gap].concat(), b" }".to_vec()))
    };
    let form = |(before, after): (Vec<u8>, Vec<u8>)| {
        let parts = [Part::Literal(before), child(inner), Part::Literal(after)];
        parts.into_iter().filter(|part| *part != Part::Literal(Vec::new())).collect::<Vec<_>>()
    };
    Some(Draft {
        span: Span::new(from, body.span().end),
        code: RuleCode(*b"J001"),
        forms: vec![form(short), form(long)],
        labels: vec![0, 1],
        current: u8::from(braced),
        order: FormOrder::Fixed,
        rank: 10,
    })
}
