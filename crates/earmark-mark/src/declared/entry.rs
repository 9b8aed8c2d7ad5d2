use crate::rule::RuleCode;

/// What an `earmark.toml` declares.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Declarations {
    pub(super) entries: Vec<Entry>,
}

/// One declared place.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Entry {
    /// Its line in `earmark.toml`, from 1.
    pub(super) line: u32,
    pub(super) kind: Kind,
    /// Path below the root of the revision.
    pub(super) file: String,
    /// Ties entries together: those of one name vary as one.
    pub(super) name: Option<String>,
    /// The text in the file, one of the forms; empty for blocks.
    pub(super) text: String,
    /// Only lines that contain this are looked at.
    pub(super) line_has: Option<String>,
    /// Which of several places is meant, from 1.
    pub(super) occurrence: Option<usize>,
    /// The forms, sorted as bytes, so that their order does not depend on how they were listed; for
    /// blocks their texts in the order of the file.
    pub(super) forms: Vec<String>,
    /// What an attack may have there, for `VARIES.md`.
    pub(super) attack_range: String,
    /// Undeclared fields that vary as well.
    pub(super) varies_also: Vec<String>,
}

/// What kind of thing an entry declares.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(super) enum Kind {
    Alternative,
    Parameter,
    Block,
}

impl Kind {
    /// The rule that its sites belong to.
    pub(super) fn code(self) -> RuleCode {
        match self {
            Self::Alternative => RuleCode(*b"D001"),
            Self::Parameter => RuleCode(*b"D002"),
            Self::Block => RuleCode(*b"D003"),
        }
    }

    /// The word in `earmark.toml`.
    pub(super) fn word(self) -> &'static str {
        match self {
            Self::Alternative => "alternative",
            Self::Parameter => "parameter",
            Self::Block => "block",
        }
    }
}

impl Declarations {
    /// How many places are declared.
    #[must_use]
    pub fn len(&self) -> usize {
        self.entries.len()
    }

    /// Whether nothing is declared.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.entries.is_empty()
    }
}
