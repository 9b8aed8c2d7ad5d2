//! # Braces round a single statement
//!
//! What varies: `if (x) f();` or `if (x) { f(); }`, after `if`, `else`, `for`, `while`.
//!
//! Why behavior holds: a compound statement of one statement is that statement (C17 6.8.2); simple
//! statements only, so that no `else` changes its `if`; no call of a macro, which might be several
//! statements.
//!
//! Example: `while (*s == ' ') s++;` / `while (*s == ' ') { s++; }`

use earmark_model::Span;

use crate::c::macros::{is_macro_call, is_whole};
use crate::c::place::{blank_between, column, is_plain_place};
use crate::carrier::{Facts, Rule};
use crate::draft::{Draft, FormOrder, Part};
use crate::rule::RuleCode;
use crate::syntax::Node;

pub(super) const RULE: Rule =
    Rule { kinds: &["if_statement", "else_clause", "for_statement", "while_statement"], find };

const CODE: RuleCode = RuleCode(*b"C001");

fn find(facts: &Facts, node: Node<'_>, drafts: &mut Vec<Draft>) {
    let body = match node.kind() {
        "if_statement" => node.field("consequence"),
        "else_clause" => node.named().last(),
        _ => node.field("body"),
    };
    let Some(body) = body else { return };
    // What stands before is no comment: a brace after `// ...` would belong to it.
    let before = node
        .children()
        .take_while(|child| child.id() != body.id())
        .filter(|child| !child.is_comment())
        .last();
    if let Some(before) = before
        && body.is_clean()
        && is_plain_place(facts, body)
        && let Some(draft) = propose(facts, before.span().end, body)
    {
        drafts.push(draft);
    }
}

fn propose(facts: &Facts, from: u32, body: Node<'_>) -> Option<Draft> {
    let source = body.source();
    let lead = blank_between(source, from, body.span().start)?;
    let span = Span::new(from, body.span().end);
    let (bare, braced, inner, current) = if body.kind() == "compound_statement" {
        let mut inside = body.named();
        let inner = inside.next()?;
        if inside.next().is_some() {
            return None;
        }
        let after = blank_between(source, body.span().start + 1, inner.span().start)?;
        let tail = blank_between(source, inner.span().end, body.span().end.checked_sub(1)?)?;
        let braced = ([lead, b"{", after].concat(), [tail, b"}"].concat());
        ((joined(lead, after), bare_tail(tail)), braced, inner, 1)
    } else {
        ((lead.to_vec(), Vec::new()), ([b" {", braced_lead(lead)].concat(), b" }".to_vec()), body, 0)
    };
    if !is_simple(facts, inner) || is_crowded(inner, body.span().end) {
        return None;
    }
    let form = |(before, after): (Vec<u8>, Vec<u8>)| {
        let mut parts = vec![Part::Literal(before), Part::Child(inner.span())];
        if !after.is_empty() {
            parts.push(Part::Literal(after));
        }
        parts
    };
    Some(Draft {
        span,
        code: CODE,
        forms: vec![form(bare), form(braced)],
        labels: vec![0, 1],
        current,
        order: FormOrder::Fixed,
        rank: 10,
    })
}

/// Whether what follows looks like a part of the body once there are no braces: it stands on the line where the body
/// ends, or below it in the same column. Compilers warn of that.
fn is_crowded(inner: Node<'_>, end: u32) -> bool {
    let source = inner.source();
    let mut at = end as usize;
    let mut fresh_line = false;
    loop {
        let rest = source.get(at..).unwrap_or_default();
        let blanks = rest.iter().take_while(|byte| byte.is_ascii_whitespace()).count();
        fresh_line |= rest[..blanks].contains(&b'\n');
        at += blanks;
        let rest = &rest[blanks..];
        let ends: &[u8] = if rest.starts_with(b"/*") {
            b"*/"
        } else if rest.starts_with(b"//") {
            b"\n"
        } else {
            break;
        };
        let length = rest[2..].windows(ends.len()).position(|window| window == ends);
        at += length.map_or(rest.len(), |length| length + 2 + ends.len());
        fresh_line |= ends == b"\n";
    }
    let next = source.get(at..).unwrap_or_default();
    if next.is_empty() || [b"}".as_slice(), b"else", b"#"].iter().any(|word| next.starts_with(word)) {
        return false;
    }
    let (own, below) = (column(source, inner.span().start as usize), column(source, at));
    !fresh_line || (below.is_some() && own == below)
}

pub(super) fn is_simple(facts: &Facts, statement: Node<'_>) -> bool {
    match statement.kind() {
        "return_statement" | "break_statement" | "continue_statement" | "goto_statement" => true,
        // A macro that falls apart may be several statements.
        "expression_statement" => {
            is_whole(facts, statement)
                && statement.named().next().is_some_and(|inner| match inner.kind() {
                    "call_expression" => !is_macro_call(facts, inner),
                    "identifier" => false,
                    _ => true,
                })
        }
        _ => false,
    }
}

/// White space for a statement that loses its opening brace: at least a space, lines kept.
fn joined(lead: &[u8], after: &[u8]) -> Vec<u8> {
    let lines = lead.iter().filter(|byte| **byte == b'\n').count();
    let mut out = if after.contains(&b'\n') { vec![b'\n'; lines] } else { lead.to_vec() };
    out.extend_from_slice(if lead.contains(&b'\n') && !after.contains(&b'\n') { b"" } else { after });
    if out.is_empty() {
        out.push(b' ');
    }
    out
}

/// White space that stays when a closing brace goes: that before it, if lines end there.
fn bare_tail(tail: &[u8]) -> Vec<u8> {
    if tail.contains(&b'\n') { tail.to_vec() } else { Vec::new() }
}

fn braced_lead(lead: &[u8]) -> &[u8] {
    if lead.is_empty() { b" " } else { lead }
}
