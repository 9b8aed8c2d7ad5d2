//! Proofs to be carried away, after C2SP's `tlog-proof`.
//!
//! ```text
//! c2sp.org/tlog-proof@v1
//! extra eyJub25jZSI6...                          what the caller adds; proved by nothing in this file
//! index 17
//! gSKyXoYZUgZ6jduWYrkDOARinOMGJveXjgMkBTcdPlQ=   the way from the leaf to the root
//!
//! log.example/engine                             the checkpoint, as it was published
//! ...
//! ```

use std::fmt;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;

use crate::checkpoint::{Checkpoint, CheckpointError};
use crate::note::{Note, NoteError};
use crate::proof::{ProofError, check_inclusion};
use crate::trust::{Opened, Trust};
use crate::{Hash, Tree};

const FIRST_LINE: &str = "c2sp.org/tlog-proof@v1";

/// The longest way in a tree of 2^64 leaves.
const LONGEST_WAY: usize = 64;

/// That one entry is in a log, checkable without the log.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LogProof {
    /// What the caller adds.
    pub extra: Option<Vec<u8>>,
    /// The entry's index.
    pub index: u64,
    /// The way from the leaf to the root.
    pub way: Vec<Hash>,
    /// The checkpoint.
    pub checkpoint: Note,
}

/// A text is no such proof, or proves nothing.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum LogProofError {
    /// A line is not what it should be.
    #[error("line {0} of the proof is malformed")]
    Line(usize),
    /// The checkpoint is no note.
    #[error(transparent)]
    Note(#[from] NoteError),
    /// The checkpoint is not to be trusted.
    #[error(transparent)]
    Checkpoint(#[from] CheckpointError),
    /// The way does not lead from the entry to the checkpoint's root.
    #[error("the entry is not in the log: {0}")]
    Proof(#[from] ProofError),
}

impl LogProof {
    /// The proof for entry `index` under a checkpoint of this tree, or `None` when the tree is smaller than the
    /// checkpoint says or the entry is not below it.
    #[must_use]
    pub fn new(tree: &Tree, index: u64, checkpoint: Note, extra: Option<Vec<u8>>) -> Option<Self> {
        let size = Checkpoint::parse(checkpoint.text()).ok()?.size;
        Some(Self { extra, index, way: tree.inclusion(index, size).ok()?, checkpoint })
    }

    /// Reads a proof; checks nothing.
    ///
    /// # Errors
    /// [`LogProofError::Line`] or [`LogProofError::Note`].
    pub fn parse(text: &str) -> Result<Self, LogProofError> {
        let (head, note) = text.split_once("\n\n").ok_or(LogProofError::Line(1))?;
        let mut lines = head.split('\n').zip(1..).peekable();
        if lines.next().map(|(line, _)| line) != Some(FIRST_LINE) {
            return Err(LogProofError::Line(1));
        }
        let mut extra = None;
        if let Some((line, number)) = lines.peek()
            && let Some(encoded) = line.strip_prefix("extra ")
        {
            extra = Some(STANDARD.decode(encoded).map_err(|_| LogProofError::Line(*number))?);
            lines.next();
        }
        let (line, number) = lines.next().ok_or(LogProofError::Line(2))?;
        let digits = line.strip_prefix("index ").ok_or(LogProofError::Line(number))?;
        let index: u64 = digits.parse().map_err(|_| LogProofError::Line(number))?;
        if index.to_string() != digits {
            return Err(LogProofError::Line(number));
        }
        let mut way = Vec::new();
        for (line, number) in lines {
            if way.len() == LONGEST_WAY {
                return Err(LogProofError::Line(number));
            }
            way.push(line.parse().map_err(|_| LogProofError::Line(number))?);
        }
        Ok(Self { extra, index, way, checkpoint: Note::parse(note)? })
    }

    /// Checks that `entry` is in the log.
    ///
    /// # Errors
    /// [`LogProofError`], the first reason why not.
    pub fn check(&self, entry: &[u8], trust: &Trust) -> Result<Opened, LogProofError> {
        let opened = trust.open(&self.checkpoint)?;
        let Checkpoint { size, root, .. } = opened.checkpoint;
        check_inclusion(Hash::of_leaf(entry), self.index, size, &self.way, root)?;
        Ok(opened)
    }
}

impl fmt::Display for LogProof {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "{FIRST_LINE}")?;
        if let Some(extra) = &self.extra {
            writeln!(f, "extra {}", STANDARD.encode(extra))?;
        }
        writeln!(f, "index {}", self.index)?;
        for step in &self.way {
            writeln!(f, "{step}")?;
        }
        write!(f, "\n{}", self.checkpoint)
    }
}
