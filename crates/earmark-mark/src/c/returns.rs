//! # Parentheses round a returned value
//!
//! What varies: `return x;` or `return (x);`.
//!
//! Why behavior holds: parentheses do not change a value (C17 6.5.1).
//!
//! Example: `return n + 1;` / `return (n + 1);`

use earmark_model::Span;

use crate::c::macros::is_whole;
use crate::c::place::{blank_between, child, is_usable};
use crate::carrier::{Facts, Rule};
use crate::draft::{Draft, FormOrder, Part};
use crate::rule::RuleCode;
use crate::syntax::Node;

pub(super) const RULE: Rule = Rule { kinds: &["return_statement"], find };

fn find(facts: &Facts, node: Node<'_>, drafts: &mut Vec<Draft>) {
    let (Some(keyword), Some(value)) = (node.children().next(), node.named().next()) else { return };
    if !is_usable(facts, node) || value.is(&["comma_expression", "compound_literal_expression"]) {
        return;
    }
    let source = node.source();
    let Some(lead) = blank_between(source, keyword.span().end, value.span().start) else { return };
    let in_parens = value.kind() == "parenthesized_expression";
    let inner = if in_parens { value.named().next() } else { Some(value) };
    let Some(inner) = inner else { return };
    if inner.is(&["parenthesized_expression", "comma_expression", "compound_statement"]) {
        return;
    }
    // `return EMPTY;` has no value to put in parentheses.
    if !is_whole(facts, inner) {
        return;
    }
    let (open, close) = if in_parens {
        let (start, end) = (value.span().start as usize, value.span().end as usize);
        (&source[start..inner.span().start as usize], &source[inner.span().end as usize..end])
    } else {
        (b"(".as_slice(), b")".as_slice())
    };
    let space = if lead.is_empty() { b" ".as_slice() } else { lead };
    let lines = |text: &[u8]| text.iter().copied().filter(|byte| *byte == b'\n').collect::<Vec<_>>();
    let bare_lead = [space, &lines(open)].concat();
    let bare_tail = lines(close);
    let mut bare = vec![Part::Literal(bare_lead), child(inner)];
    if !bare_tail.is_empty() {
        bare.push(Part::Literal(bare_tail));
    }
    let wrapped = vec![Part::Literal([lead, open].concat()), child(inner), Part::Literal(close.to_vec())];
    drafts.push(Draft {
        span: Span::new(keyword.span().end, value.span().end),
        code: RuleCode(*b"C002"),
        forms: vec![bare, wrapped],
        labels: vec![0, 1],
        current: u8::from(in_parens),
        order: FormOrder::Fixed,
        rank: 10,
    });
}
