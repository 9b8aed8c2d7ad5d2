//! The nouns that every storey above shares: ids, digests, spans, manifests, leaves,
//! regions, readings. One word for one thing; the words are those of `docs/words.md`.
//!
//! Not here: anything that reads a file, opens a socket or waits. A type lives here when two
//! crates of one storey must agree on it without importing each other.

mod commitment;
mod digest;
mod id;
mod instant;
mod key_kind;
mod layer;
mod leaf;
mod manifest;
mod reading;
mod region;
mod span;

pub use commitment::Commitment;
pub use digest::{Digest, DigestError};
pub use id::{AssetName, IdError, PositionNumber, RecipientId, Slug};
pub use instant::{InstantError, UnixMillis};
pub use key_kind::{KeyKind, UnknownKeyKind};
pub use layer::{Layer, RuleClass};
pub use leaf::{Flow, Leaf, Limits, Loss, Sink};
pub use manifest::{Entry, EntryKind, Manifest};
pub use reading::{PositionReading, ReadClass, Reading, Symbol};
pub use region::{Level, Match, Region};
pub use span::Span;
