use serde::{Deserialize, Serialize};

/// One unopenable thing found inside a sample: bytes and how to get to them.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Leaf {
    /// The way in, `!` between containers: `a.zip!b.tar.gz!src/x.c`. Bytes that are no UTF-8 are
    /// shown as U+FFFD.
    pub path: String,
    /// The content.
    pub bytes: Vec<u8>,
    /// Whether the content is known to be incomplete (a damaged or truncated container).
    pub partial: bool,
}

/// Something that could not be opened or read, and why.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Loss {
    /// The way in, as in [`Leaf::path`].
    pub path: String,
    /// What was wrong, in the grammar of error messages: lower case, no full stop.
    pub why: String,
}

/// Whether whoever pushes should go on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Flow {
    /// More, please.
    Continue,
    /// Enough: stop as soon as possible.
    Stop,
}

/// Takes what an opener finds.
pub trait Sink {
    /// Takes one leaf.
    fn leaf(&mut self, leaf: Leaf) -> Flow;
    /// Takes notice of something that could not be opened or read.
    fn loss(&mut self, loss: Loss) -> Flow;
}

/// What opening one sample may cost. Reaching a limit is a [`Loss`], never an error.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Limits {
    /// Containers inside containers.
    pub depth: u32,
    /// Leaves in all.
    pub leaves: u64,
    /// Bytes that come out, in all.
    pub bytes: u64,
    /// Bytes that come out of one leaf; the rest of a longer one is cut off and noted.
    pub leaf_bytes: u64,
    /// Bytes out per byte in, of one compressed stream (checked once more than a mebibyte is out).
    pub ratio: u64,
    /// Wall-clock seconds.
    pub seconds: u64,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            depth: 16,
            leaves: 1_000_000,
            bytes: 16 << 30,
            leaf_bytes: 64 << 20,
            ratio: 2_000,
            seconds: 3_600,
        }
    }
}
