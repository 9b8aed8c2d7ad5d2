use serde::{Deserialize, Serialize};

use crate::{Digest, Span};

/// How strong a match is, strongest first (a match level, not the evidence of a case).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Level {
    /// The bytes are those of the protected file, or of an issued bundle.
    Hash,
    /// Enough alike that somebody should be woken.
    Alarm,
    /// Enough alike to be shown, with its chance of occurring by accident.
    Evidence,
}

/// A stretch of a sample that aligns with a stretch of one protected file.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Region {
    /// Bytes of the leaf.
    pub sample_span: Span,
    /// Bytes of the protected file.
    pub file_span: Span,
    /// Distinct agreeing fingerprints inside: more is stronger.
    pub score: u32,
}

/// What of one protected file is in one leaf.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Match {
    /// The revision that the file belongs to.
    pub revision: Digest,
    /// Index of the file in the revision's manifest.
    pub file: u32,
    /// The strongest level that any region reaches.
    pub level: Level,
    /// Where, in order of `sample_span`.
    pub regions: Vec<Region>,
}
