//! The mathematics of tracing: biases, symbols from a key, decoders, bounds, planning.
//!
//! A *code* gives every recipient of an asset its own secret symbols at the asset's positions. When a copy leaks,
//! a reader recovers some of the symbols; this crate says whose copies were used, with a proven bound on
//! accusing a copy that was not.
//!
//! ```
//! use earmark_odds::bias::BiasSet;
//! use earmark_odds::code::{Code, TracingKey, code_id};
//! use earmark_odds::decide::decide;
//! use earmark_odds::document::{Level, MatchInfo, Position, ReadingDocument, Verdict};
//!
//! let id = code_id("kernel", 1);
//! let code = Code::new(&TracingKey::from_program_key(b"a program key", &id), &id, BiasSet::S4);
//! let positions: Vec<(u32, u8)> = (0..120).map(|number| (number, 2)).collect();
//! let leaked = code.codeword("acme", &positions);
//!
//! let mut document = ReadingDocument::blank(3);
//! document.alpha = Some(1e-6);
//! document.levels = Level::all_of(BiasSet::S4);
//! document.matched = Some(MatchInfo { level: "alarm".to_owned(), chance: None });
//! for (&(number, k), &symbol) in positions.iter().zip(&leaked) {
//!     let level = Level::index_of(BiasSet::S4, code.level(number), k);
//!     document.positions.push(Position { id: Some(number), level, y: Some(symbol), ..Position::default() });
//! }
//! for recipient in ["acme", "initech", "umbrella"] {
//!     document.codewords.insert(recipient, &code.codeword(recipient, &positions));
//! }
//! let decision = decide(&document)?;
//! assert_eq!(decision.verdict, Verdict::Traced);
//! assert_eq!(decision.suspects[0].recipient, "acme");
//! # Ok::<(), earmark_odds::document::DocumentError>(())
//! ```
//!
//! From the top down: [`mod@decide`] and [`mod@replay`] turn a [`document`] into a decision; [`decoder`] fits, grows and
//! leaves out over a [`sheet`] of what was read; [`weights`] and [`strategy`] say what a symbol is worth, [`pvalue`]
//! how improbable a score is; [`code`] and [`bias`] deal the symbols; [`plan`], [`simulate`] and [`risk`] look ahead.
//!
//! What voids the bound is outside this crate: a reader that saw a codeword, sites chosen after seeing scores, a
//! key or rule fixed after the leak.
//!
//! Not here: reading files, keys at rest, storage, clocks; this crate does no I/O and imports nothing of ours.
// Two modules ask the processor for wide registers and argue each use; everything else stays safe.
#![deny(unsafe_code)]

pub mod bias;
mod binomial;
pub mod code;
pub mod decide;
pub mod decoder;
pub mod document;
mod laws;
pub mod plan;
pub mod pvalue;
pub mod replay;
pub mod risk;
pub mod sheet;
pub mod simulate;
pub mod strategy;
mod stream;
#[cfg(test)]
mod vectors;
pub mod weights;
