use earmark_model::{Digest, Span};
use serde::{Deserialize, Serialize};

use crate::rule::RuleCode;

/// A piece of a form.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum Part {
    /// Bytes written as they are.
    Literal(Vec<u8>),
    /// A stretch of the original, written with the forms of the sites inside it.
    Child(Span),
}

impl Part {
    /// A literal of `text`.
    #[must_use]
    pub fn text(text: impl Into<Vec<u8>>) -> Self {
        Self::Literal(text.into())
    }
}

/// What fixes the catalog order of a site's forms.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum FormOrder {
    /// The rule: the forms come in the order that [`crate::RuleInfo::forms`] names.
    Fixed,
    /// The content: forms are sorted by their blinded tokens, then by their text, with every
    /// nested site in its first form. For rules that exchange equals.
    Sorted,
}

/// A site as a rule proposes it.
#[derive(Debug, Clone)]
pub struct Draft {
    /// The bytes it covers.
    pub span: Span,
    /// The rule.
    pub code: RuleCode,
    /// Every form; that of the text included.
    pub forms: Vec<Vec<Part>>,
    /// For each form the number of its kind in [`crate::RuleInfo::forms`]; empty when sorted.
    pub labels: Vec<u8>,
    /// Which form the text has.
    pub current: u8,
    /// What fixes the order.
    pub order: FormOrder,
    /// Of two drafts with one span, the lower is the outer.
    pub rank: u8,
}

impl Draft {
    /// Whether the current form, put together, is the text itself; else the rule is at fault and
    /// the draft is not used.
    #[must_use]
    pub fn reproduces(&self, source: &[u8]) -> bool {
        let Some(form) = self.forms.get(usize::from(self.current)) else { return false };
        let mut at = self.span.start;
        for part in form {
            match part {
                Part::Literal(text) => {
                    let end = at as usize + text.len();
                    if source.get(at as usize..end) != Some(text) {
                        return false;
                    }
                    at = u32::try_from(end).unwrap_or(u32::MAX);
                }
                Part::Child(span) => {
                    if span.start != at {
                        return false;
                    }
                    at = span.end;
                }
            }
        }
        at == self.span.end
    }

    /// Whether every form has as many line ends as the text, so that no line moves.
    #[must_use]
    pub fn keeps_lines(&self, source: &[u8]) -> bool {
        let count = |bytes: &[u8]| bytes.iter().filter(|byte| **byte == b'\n').count();
        let lines = |form: &Vec<Part>| {
            form.iter().fold(0, |sum, part| {
                sum + match part {
                    Part::Literal(text) => count(text),
                    Part::Child(span) => source.get(span.range()).map_or(0, count),
                }
            })
        };
        let own = source.get(self.span.range()).map_or(0, count);
        self.forms.iter().all(|form| lines(form) == own)
    }
}

/// Added to the rank of a draft that is a site only where the predecessor had it: a group of neighbors that
/// does not begin where groups are counted off now.
pub(crate) const SPARE: u8 = 128;

/// What a proposal is to the revision that this one succeeds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Standing {
    /// Its text is new, or there is no such revision.
    New,
    /// It is the site of that revision with this key.
    Inherited(Digest),
    /// Its text is as it was, and was no site: it takes part in keys, and is given up.
    Barred,
}

/// A proposal and its standing.
pub(crate) struct Candidate {
    pub(crate) draft: Draft,
    pub(crate) standing: Standing,
}

/// An accepted site with its place in the nest.
pub(crate) struct Nested {
    pub(crate) draft: Draft,
    pub(crate) standing: Standing,
    /// Index of the site around it.
    pub(crate) parent: Option<usize>,
}
