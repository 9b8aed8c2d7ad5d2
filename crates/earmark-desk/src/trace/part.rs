//! What one code has of a matter: leaves that match it, and what was read of them.

use earmark_mark::FileReading;
use earmark_model::{AssetName, Digest, Match};
use serde::{Deserialize, Serialize};

use super::answer::Answer;
use crate::watch::haul::Found;

/// One epoch of one asset.
pub(super) type CodeName = (AssetName, u32);

/// What was read of one match: kept with the look, so that a further look takes it in again.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(super) struct MatchReading {
    /// The leaf, as a path into the sample.
    pub sample: String,
    /// SHA-256 of the leaf.
    pub leaf: Digest,
    /// The match.
    pub matched: Match,
    /// What the reader found; none where it died.
    pub reading: Option<FileReading>,
}

/// What one code has of a sample, and of earlier looks at the same matter.
#[derive(Debug, Default)]
pub(super) struct Part {
    /// Leaves with matches of this code alone.
    pub found: Vec<Found>,
    /// What earlier looks read.
    pub earlier: Vec<MatchReading>,
}

/// What came of one code.
pub(super) struct Traced {
    /// What is answered.
    pub answer: Answer,
    /// What was read, for further looks.
    pub read: Vec<MatchReading>,
    /// The reading document.
    pub document: String,
}
