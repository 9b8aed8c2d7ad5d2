//! Checkpoints: the signed heads of a log, after C2SP's `tlog-checkpoint`.
//!
//! ```text
//! log.example/engine                             the log's name, its origin
//! 256                                            how many entries
//! CsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=   the root over them
//!
//! — log.example/engine Az3g...                   the log's Ed25519 key
//! — log.example/engine 8Bq2...                   the log's ML-DSA-44 key
//! — partner.example/w1 jWbP...                   a witness
//! ```

use std::fmt;

use crate::Hash;
use crate::note::NoteError;

/// What a log says of itself at one size.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Checkpoint {
    /// The log's name.
    pub origin: String,
    /// How many entries there are.
    pub size: u64,
    /// The root over them.
    pub root: Hash,
    /// Further lines, which Earmark does not write.
    pub extensions: Vec<String>,
}

/// A note is no checkpoint, or not one to be trusted.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum CheckpointError {
    /// It is no signed note.
    #[error(transparent)]
    Note(#[from] NoteError),
    /// The text is no checkpoint's.
    #[error("line {0} of the checkpoint is malformed")]
    Line(usize),
    /// It is another log's.
    #[error("this is a checkpoint of `{found}`, not of `{wanted}`")]
    Origin {
        /// What it says.
        found: String,
        /// What was expected.
        wanted: String,
    },
    /// A known key's signature does not fit.
    #[error("the signature of `{0}` does not fit")]
    Signature(String),
    /// A key that must sign did not.
    #[error("the checkpoint is not signed by the {kind} key of `{name}`")]
    Unsigned {
        /// The key's name.
        name: String,
        /// The key's kind.
        kind: &'static str,
    },
    /// Fewer witnesses than asked for.
    #[error("{found} of the witnesses signed, and {wanted} are asked for")]
    Witnesses {
        /// How many signed.
        found: usize,
        /// How many are asked for.
        wanted: usize,
    },
}

impl Checkpoint {
    /// Reads a checkpoint's text.
    ///
    /// # Errors
    /// [`CheckpointError::Line`], the first line that is wrong.
    pub fn parse(text: &str) -> Result<Self, CheckpointError> {
        let lines: Vec<&str> = text.strip_suffix('\n').ok_or(CheckpointError::Line(1))?.split('\n').collect();
        let [origin, size, root, extensions @ ..] = lines.as_slice() else {
            return Err(CheckpointError::Line(lines.len()));
        };
        if origin.is_empty() {
            return Err(CheckpointError::Line(1));
        }
        let number: u64 = size.parse().map_err(|_| CheckpointError::Line(2))?;
        if number.to_string() != *size {
            return Err(CheckpointError::Line(2));
        }
        let root = root.parse().map_err(|_| CheckpointError::Line(3))?;
        if let Some(empty) = extensions.iter().position(|line| line.is_empty()) {
            return Err(CheckpointError::Line(empty + 4));
        }
        let extensions = extensions.iter().map(ToString::to_string).collect();
        Ok(Self { origin: (*origin).to_owned(), size: number, root, extensions })
    }
}

impl fmt::Display for Checkpoint {
    /// The note's text, with its last line end.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "{}\n{}\n{}", self.origin, self.size, self.root)?;
        for line in &self.extensions {
            writeln!(f, "{line}")?;
        }
        Ok(())
    }
}
