//! The index: one immutable segment a revision. Its bytes are described in `docs/formats/index.md`.

mod builder;
mod error;
mod layout;
mod segment;
mod table;

pub use builder::IndexBuilder;
pub use error::IndexError;
pub use segment::Segment;

pub(crate) use layout::{Level, SYMBOLS, TOKENS, known};
