use serde::{Deserialize, Serialize};

use crate::PositionNumber;

/// The choice at a position: 0 is the original's form, below the position's k.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Symbol(pub u8);

/// A reliability class: how often a symbol read in it is wrong.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct ReadClass {
    /// Probability that a symbol of this class is not the one the copy had; at least 0.01 unless measured.
    pub err: f64,
}

/// What was read at one eligible position (one with a site in the matched regions).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PositionReading {
    /// Which position.
    pub position: PositionNumber,
    /// How many symbols the position has.
    pub k: u8,
    /// The symbol, or `None`: erased.
    pub symbol: Option<Symbol>,
    /// Index into [`Reading::classes`].
    pub class: u8,
    /// Code of the rule whose site was read (the first, where several share the position).
    pub rule: String,
    /// Index of the region it was read in, in the order the regions were given.
    pub region: u32,
    /// Whether the rule passes the test of the verdict `unmarked`: both forms occur in the sample,
    /// and the original's rarer form was kept as often as the commoner one.
    pub original_counts: bool,
}

/// The symbols read from the matches of one matter.
///
/// INVARIANT: nothing here can hold, or be derived from, any recipient's symbols; else the bound on
/// false accusation no longer holds.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
pub struct Reading {
    /// At most 16.
    pub classes: Vec<ReadClass>,
    /// In order of position, each position once.
    pub positions: Vec<PositionReading>,
}
