//! What came of one file of a sample.

use earmark_model::Level;
use serde::{Deserialize, Serialize};

use super::haul::Unscanned;

/// One line of the answer.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct MatchLine {
    /// The way into the sample.
    pub sample: String,
    /// The asset.
    pub asset: String,
    /// The revision.
    pub revision: String,
    /// The protected file.
    pub file: String,
    /// Bytes of the leaf, half open.
    pub sample_span: [u32; 2],
    /// Bytes of the protected file, half open.
    pub file_span: [u32; 2],
    /// Agreeing fingerprints.
    pub score: u32,
    /// `hash`, `alarm` or `evidence`.
    pub level: Level,
}

/// What came of one file of the sample.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Outcome {
    /// Samples: one, or none where it could not be read.
    pub samples: u64,
    /// Leaves looked at.
    pub leaves: u64,
    /// Bytes of leaves.
    pub bytes: u64,
    /// What could not be looked at.
    pub unscanned: Vec<Unscanned>,
    /// What was recognized.
    pub matches: Vec<MatchLine>,
}
