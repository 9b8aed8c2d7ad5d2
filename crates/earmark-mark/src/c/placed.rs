//! Tokens that mean something else in another place: numbers of lines, counters, and numbers that swallow a sign.

use crate::c::expression::is_no_cast;
use crate::c::lexicon::LEXICON;
use crate::c::macros::is_behind;
use crate::c::memory::is_vector;
use crate::carrier::Facts;
use crate::draft::{Draft, Part};
use crate::lex::{NAME, lex};
use crate::rule::RuleCode;
use crate::syntax::Syntax;

/// Where such tokens begin in a file, ascending.
#[derive(Debug, Default)]
pub(super) struct Placed {
    /// `__COUNTER__` (GNU C), and macros that stand for it.
    counters: Vec<u32>,
    /// `__LINE__` (C17 6.10.8.1), and macros that stand for it.
    lines: Vec<u32>,
    /// `0xe`: with a sign behind it, it is one token and no number (C17 6.4.8).
    swallowing: Vec<u32>,
    /// Where the parser takes an operand in parentheses for the type of a cast.
    casts: Vec<u32>,
    /// Whether the file may pick elements from vectors, `v[0]`, which no `*` does (GNU C).
    vectors: bool,
}

impl Placed {
    /// Whether the draft leaves each of them where it is, and as it is.
    pub(super) fn spares(&self, draft: &Draft, text: &[u8]) -> bool {
        let holds = |places: &[u32]| {
            let from = places.partition_point(|at| *at < draft.span.start);
            places.get(from).is_some_and(|at| *at < draft.span.end)
        };
        let covered = text.get(draft.span.range()).unwrap_or_default();
        let is_expression = !covered.contains(&b';');
        if holds(&self.swallowing) && is_expression {
            return false;
        }
        if holds(&self.casts) && (is_expression || draft.code == RuleCode(*b"C017")) {
            return false;
        }
        if self.vectors && draft.code == RuleCode(*b"C030") {
            return false;
        }
        let misplaced = holds(&self.counters) || (holds(&self.lines) && covered.contains(&b'\n'));
        !misplaced || !moves(draft)
    }
}

/// Whether the parts of some form stand in another order than those of the text.
pub(super) fn moves(draft: &Draft) -> bool {
    draft.forms.iter().any(|form| {
        let starts = form.iter().filter_map(|part| match part {
            Part::Child(span) => Some(span.start),
            Part::Literal(_) => None,
        });
        !starts.is_sorted()
    })
}

/// The tokens of a file that rules must mind.
pub(super) fn placed(syntax: &Syntax<'_>, facts: &Facts) -> Placed {
    let text = syntax.source();
    let casts = syntax.nodes().filter(|node| is_no_cast(*node)).map(|node| node.span().start).collect();
    let mut placed = Placed { casts, ..Placed::default() };
    for token in lex(text, &LEXICON) {
        let word = text.get(token.span.range()).unwrap_or_default();
        if token.blind == NAME {
            let stands_for = |sought: &[u8]| is_behind(facts, word, &|name| name == sought);
            if stands_for(b"__COUNTER__") {
                placed.counters.push(token.span.start);
            }
            if stands_for(b"__LINE__") {
                placed.lines.push(token.span.start);
            }
            placed.vectors |= is_vector(word) || facts.vector_types.contains(word);
        } else if (word.starts_with(b"0x") || word.starts_with(b"0X"))
            && matches!(word.last(), Some(b'e' | b'E'))
        {
            placed.swallowing.push(token.span.start);
        }
    }
    placed
}
