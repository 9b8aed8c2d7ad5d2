//! What a replay finds.

use std::fmt;

use crate::document::{Decision, Verdict};

/// One disagreement between a document and its replay.
#[derive(Debug, Clone, PartialEq)]
pub enum Difference {
    /// The recorded verdict does not follow from the recorded tests.
    Verdict {
        /// What was recorded.
        recorded: Verdict,
        /// What follows.
        follows: Verdict,
    },
    /// The recorded score or p of a copy, or of a set, is not what its recorded weights give.
    Numbers {
        /// Whose test.
        recipients: Vec<String>,
    },
    /// Recorded weights are more than 1 away from what the recorded B, theta and c give.
    Weights {
        /// Whose test.
        recipients: Vec<String>,
    },
    /// Growing and fitting again gives another B, another c, or weights more than 1 away; or the test of a
    /// recipient is missing.
    Derivation {
        /// Whose test.
        recipients: Vec<String>,
    },
    /// The recorded suspects or sets are not those of the recorded tests, or deciding again gives others.
    Suspects,
    /// The copies recorded as excluded are not those that follow.
    Excluded,
    /// Deciding again from the beginning gives another verdict than the recorded tests do.
    Rederived {
        /// The verdict from the beginning.
        verdict: Verdict,
    },
    /// The recorded numbers of the verdict `unmarked` are not what the document gives.
    Unmarked,
}

impl fmt::Display for Difference {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let name = |verdict: Verdict| match verdict {
            Verdict::Traced => "traced",
            Verdict::Unmarked => "unmarked",
            Verdict::OursUntraceable => "ours-untraceable",
            Verdict::NotOurs => "not-ours",
        };
        match self {
            Self::Verdict { recorded, follows } => write!(
                f,
                "the recorded verdict is `{}`, and `{}` follows from the recorded tests",
                name(*recorded),
                name(*follows)
            ),
            Self::Numbers { recipients } => {
                write!(
                    f,
                    "the score or p recorded for `{}` is not what its weights give",
                    recipients.join("`, `")
                )
            }
            Self::Weights { recipients } => write!(
                f,
                "the weights recorded for `{}` do not follow from its set and strategy",
                recipients.join("`, `")
            ),
            Self::Derivation { recipients } => {
                write!(f, "deriving the test of `{}` again gives another one", recipients.join("`, `"))
            }
            Self::Suspects => f.write_str("the copies or sets named are not those that the tests name"),
            Self::Excluded => f.write_str("the copies excluded are not those that follow"),
            Self::Rederived { verdict } => {
                write!(f, "deciding from the beginning gives the verdict `{}`", name(*verdict))
            }
            Self::Unmarked => f.write_str("the recorded numbers of `unmarked` are not those of the document"),
        }
    }
}

/// The outcome of a replay.
#[derive(Debug, Clone, PartialEq)]
pub struct ReplayOutcome {
    /// The decision by the recorded B, theta, c and W.
    pub decision: Decision,
    /// The decision from the beginning.
    pub derived: Decision,
    /// What differs; empty if the document holds.
    pub differences: Vec<Difference>,
}

impl ReplayOutcome {
    /// Whether the document holds in every respect.
    #[must_use]
    pub fn agrees(&self) -> bool {
        self.differences.is_empty()
    }
}
