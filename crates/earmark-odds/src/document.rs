//! The reading document: all that a decision rests on, without a key.
//!
//! ```json
//! {"version":1, "alpha":1e-6, "n":2, "levels":[128], "positions":[{"level":0,"y":1},{"level":0,"y":null}],
//!  "codewords":{"acme":"10","umbrella":"01"}}
//! ```
//!
//! `docs/formats/reading.md` describes it in full. [`ReadingDocument::parse`] refuses contradictions with
//! one clear error; [`decide`](crate::decide::decide) checks again, so a document built in memory is safe too.
//!
//! Not here: deciding and replaying ([`crate::decide`], [`crate::replay`]).

mod bounded;
mod check;
mod codewords;
mod decision;
mod error;
mod level;
mod limits;
mod reading;
mod word;

pub use check::Sound;
pub use codewords::Codewords;
pub use decision::{
    Coalition, Decision, Excluded, OneOf, SetTest, Standing, Suspect, Test, Unmarked, Verdict, WeightRow,
};
pub use error::DocumentError;
pub use level::Level;
pub use limits::{POSITIONS_MAX, RECIPIENTS_MAX};
pub use reading::{Class, ERR_LEAST, ERR_UNSTATED, MatchInfo, ORIGINAL, Position, ReadingDocument};
pub use word::Word;
