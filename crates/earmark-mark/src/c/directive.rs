//! # Ifdef or if defined
//!
//! What varies: `#ifdef X` or `#if defined(X)`; `#ifndef X` or `#if !defined(X)`.
//!
//! Why behavior holds: they are the same by definition (C17 6.10.1). A guard round a whole header is
//! left alone: compilers know its look.
//!
//! Example: `#ifdef HAVE_MMAP` / `#if defined(HAVE_MMAP)`

use earmark_model::Span;

use crate::carrier::{Facts, Rule};
use crate::draft::{Draft, FormOrder, Part};
use crate::rule::RuleCode;
use crate::syntax::Node;

pub(super) const RULE: Rule = Rule { kinds: &["preproc_ifdef", "preproc_if"], find };

fn find(_: &Facts, node: Node<'_>, drafts: &mut Vec<Draft>) {
    if let Some(draft) = propose(node) {
        drafts.push(draft);
    }
}

fn propose(node: Node<'_>) -> Option<Draft> {
    let keyword = node.children().next()?;
    let word = keyword.text();
    let (name, end, negative, current) = if node.kind() == "preproc_ifdef" {
        let name = node.field("name")?;
        if is_guard(node, name) {
            return None;
        }
        (name, name.span().end, word.ends_with(b"ifndef"), 0)
    } else {
        let condition = node.field("condition")?;
        let negative = condition.kind() == "unary_expression" && condition.text().starts_with(b"!");
        let defined = if negative { condition.field("argument")? } else { condition };
        if defined.kind() != "preproc_defined" {
            return None;
        }
        (defined.named().next()?, condition.span().end, negative, 1)
    };
    if name.kind() != "identifier" || keyword.is_error() {
        return None;
    }
    let letters = word.iter().rev().take_while(|byte| byte.is_ascii_alphabetic()).count();
    let hash = word.get(..word.len() - letters)?;
    let span = Span::new(keyword.span().start, end);
    let text = node.source().get(span.range())?;
    if !hash.starts_with(b"#") || text.contains(&b'\n') || text.windows(2).any(|pair| pair == b"/*") {
        return None;
    }
    // In a template more of the name may follow: `#ifndef _@PREFIX@_STDLIB_H`.
    let rest = node.source().get(end as usize..)?.split(|byte| *byte == b'\n').next()?.trim_ascii();
    if !rest.is_empty() && !rest.starts_with(b"/*") && !rest.starts_with(b"//") {
        return None;
    }
    let (short, long): (&[u8], &[u8]) =
        if negative { (b"ifndef ", b"if !defined(") } else { (b"ifdef ", b"if defined(") };
    let mut forms = vec![[hash, short, name.text()].concat(), [hash, long, name.text(), b")"].concat()];
    forms[usize::from(current)] = text.to_vec();
    Some(Draft {
        span,
        code: RuleCode(*b"C031"),
        forms: forms.into_iter().map(|form| vec![Part::Literal(form)]).collect(),
        labels: vec![0, 1],
        current,
        order: FormOrder::Fixed,
        rank: 10,
    })
}

/// Whether this is `#ifndef X` with `#define X` right inside.
fn is_guard(node: Node<'_>, name: Node<'_>) -> bool {
    let next = node.named().find(|child| child.id() != name.id());
    next.is_some_and(|next| {
        next.kind() == "preproc_def" && next.field("name").is_some_and(|own| own.text() == name.text())
    })
}
