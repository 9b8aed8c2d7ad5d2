//! # For or while; endless loops
//!
//! What varies: `while (x)` or `for (; x; )`; `while (1)` or `for (;;)`.
//!
//! Why behavior holds: a `for` without first and last clause is that `while`, `continue` included (C17
//! 6.8.5.3); without a condition it has a nonzero constant for one.
//!
//! Example: `while (*s)` / `for (; *s; )`

use earmark_model::Span;

use crate::c::place::{child, is_plain_place, verbatim};
use crate::carrier::{Facts, Rule};
use crate::draft::{Draft, FormOrder, Part};
use crate::rule::RuleCode;
use crate::syntax::Node;

pub(super) const RULE: Rule = Rule { kinds: &["while_statement", "for_statement"], find };

fn find(facts: &Facts, node: Node<'_>, drafts: &mut Vec<Draft>) {
    if let Some(draft) = propose(facts, node) {
        drafts.push(draft);
    }
}

fn propose(facts: &Facts, node: Node<'_>) -> Option<Draft> {
    let body = node.field("body")?;
    let head: Vec<Node<'_>> = node.children().take_while(|child| child.id() != body.id()).collect();
    let clean = head.iter().all(|child| child.is_clean());
    // `while (x);` may be the end of a `do` that directives cut in two.
    if !clean || !is_plain_place(facts, body) || body.text() == b";" {
        return None;
    }
    let (keyword, last) = (head.first()?, head.last()?);
    let span = Span::new(keyword.span().start, last.span().end);
    let source = node.source();
    let text = source.get(span.range())?;
    if text.contains(&b'\n') {
        return None;
    }
    let is_while = node.kind() == "while_statement";
    let condition = if is_while { node.field("condition")?.named().next() } else { node.field("condition") };
    if !is_while && (node.field("initializer").is_some() || node.field("update").is_some()) {
        return None;
    }
    let space: &[u8] = if text.contains(&b' ') { b" " } else { b"" };
    let endless = condition.is_none_or(|condition| condition.text() == b"1");
    let (code, mut forms) = if endless {
        if !is_while && condition.is_some() {
            return None;
        }
        let say = |text: &[u8]| vec![Part::Literal(text.to_vec())];
        (b"C026", vec![say(&[b"while", space, b"(1)"].concat()), say(&[b"for", space, b"(;;)"].concat())])
    } else {
        let condition = condition?;
        if condition.kind() == "comma_expression" {
            return None;
        }
        let around = |before: &[u8], after: &[u8]| {
            vec![Part::Literal(before.to_vec()), child(condition), Part::Literal(after.to_vec())]
        };
        let forms = vec![
            around(&[b"while", space, b"("].concat(), b")"),
            around(&[b"for", space, b"(; "].concat(), b"; )"),
        ];
        (b"C025", forms)
    };
    let current = u8::from(!is_while);
    forms[usize::from(current)] = match condition.filter(|_| !endless) {
        None => vec![verbatim(source, span.start, span.end)],
        Some(condition) => vec![
            verbatim(source, span.start, condition.span().start),
            child(condition),
            verbatim(source, condition.span().end, span.end),
        ],
    };
    Some(Draft {
        span,
        code: RuleCode(*code),
        forms,
        labels: vec![0, 1],
        current,
        order: FormOrder::Fixed,
        rank: 8,
    })
}
