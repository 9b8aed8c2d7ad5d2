//! What a scan goes through and brings home.

use earmark_model::{Digest, Leaf, Match};
use serde::{Deserialize, Serialize};

/// A leaf in which something was recognized.
#[derive(Debug, Clone)]
pub struct Found {
    /// The way into the sample.
    pub path: String,
    /// SHA-256 of the leaf.
    pub digest: Digest,
    /// The leaf.
    pub bytes: Vec<u8>,
    /// What of ours is in it.
    pub matches: Vec<Match>,
    /// What of our upstream is in it.
    pub upstream: Vec<Match>,
}

/// One file of what was handed in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Sample {
    /// Its name or path.
    pub path: String,
    /// SHA-256 of its bytes.
    pub digest: Digest,
    /// Its length in bytes.
    pub length: u64,
}

/// What a scan went through and found.
#[derive(Debug, Default)]
pub struct Haul {
    /// Samples: the files that were named, or lie in the folders that were named.
    pub samples: Vec<Sample>,
    /// Leaves looked at.
    pub leaves: u64,
    /// Bytes of leaves looked at.
    pub bytes: u64,
    /// Leaves with something in them, by path.
    pub found: Vec<Found>,
    /// Small leaves in which nothing was recognized: an exact search may still find a few lines.
    pub small: Vec<Leaf>,
    /// What could not be opened or read.
    pub unscanned: Vec<Unscanned>,
}

/// Something that could not be looked at: never the same as clean.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Unscanned {
    /// The way into the sample.
    pub path: String,
    /// Why.
    pub why: String,
}
