//! Aligning two token streams: anchors, patience, banded gaps.
//!
//! [`align`] answers which token of one stream is which token of the other, for streams that share
//! long stretches: an original and a copy of it that was edited, cut, reformatted or renamed (the
//! caller blinds what may change). It is built for two uses: regions of a leak, and reading marks
//! inside them.
//!
//! ```
//! let pairs = earmark_align::align(&[1, 2, 3, 4, 5], &[1, 2, 9, 4, 5]);
//! assert_eq!(pairs, [(0, 0), (1, 1), (3, 3), (4, 4)]);
//! ```
//!
//! Lower levels, one a module: grams that occur once on either side and the heaviest chain of them
//! (`anchors`), the exact longest common subsequence of a small gap (`exact`), a shortest edit
//! script that gives up early (`edit`).
//!
//! Not here: lexers, moved blocks (a pair list is monotone; call again on what is left), scores.
#![forbid(unsafe_code)]

mod anchors;
mod edit;
mod exact;
mod gaps;

pub use gaps::align;

#[cfg(test)]
mod tests;
