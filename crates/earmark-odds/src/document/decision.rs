//! What was decided, and everything needed to check it.

use serde::{Deserialize, Serialize};

use super::bounded::at_most;
use super::limits::{GIVEN_MAX, RECIPIENTS_MAX, SET_MAX, SETS_MAX, THETA_MAX, WEIGHT_ROWS_MAX, WEIGHTS_MAX};

/// The four answers.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Verdict {
    /// At least one copy, or one set of copies, was used in making the sample.
    Traced,
    /// No issued copy explains the sample, unless somebody put the original's forms back.
    Unmarked,
    /// The sample is ours, and too little of it was read.
    OursUntraceable,
    /// Nothing of ours was found.
    NotOurs,
}

/// A decision: what it says, then what it rests on.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Decision {
    /// The answer.
    pub verdict: Verdict,
    /// The copies accused, strongest evidence first; empty unless `traced`.
    #[serde(default, deserialize_with = "at_most::<{ RECIPIENTS_MAX }, _, _>")]
    pub suspects: Vec<Suspect>,
    /// Sets of which at least one copy was used.
    #[serde(default, deserialize_with = "at_most::<{ SETS_MAX }, _, _>")]
    pub one_of: Vec<OneOf>,
    /// Copies that were not the only source, if their marks were not altered on purpose: a lead.
    #[serde(default, deserialize_with = "at_most::<{ RECIPIENTS_MAX }, _, _>")]
    pub excluded: Vec<Excluded>,
    /// Everyone who could have been named, in order of id.
    #[serde(default, deserialize_with = "at_most::<{ RECIPIENTS_MAX }, _, _>")]
    pub recipients: Vec<Standing>,
    /// How many more positions read would name a single leaker with 98 %; `None` unless `ours-untraceable`.
    #[serde(default)]
    pub positions_wanted: Option<u64>,
    /// For `unmarked`: the largest coalition the verdict holds for.
    #[serde(default)]
    pub holds_for_coalitions_up_to: Option<u32>,
    /// The coalition as the fit sees it; an estimate without a bound.
    #[serde(default)]
    pub coalition: Option<Coalition>,
    /// One test per recipient; with more than 2,000 recipients only the 1,000 best.
    #[serde(default, deserialize_with = "at_most::<{ RECIPIENTS_MAX }, _, _>")]
    pub tests: Vec<Test>,
    /// The tests of sets that passed.
    #[serde(default, deserialize_with = "at_most::<{ SETS_MAX }, _, _>")]
    pub sets: Vec<SetTest>,
    /// The numbers of the verdict `unmarked`, wherever its bound for one copy holds.
    #[serde(default)]
    pub unmarked: Option<Unmarked>,
}

/// An accused copy.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Suspect {
    /// Whose copy.
    pub recipient: String,
    /// The integer score.
    pub score: i64,
    /// log10 of min(1, n p).
    pub log10_false_accusation_bound: f64,
    /// The copies its test was conditioned on: assumed, not accused.
    #[serde(deserialize_with = "at_most::<{ GIVEN_MAX }, _, _>")]
    pub given: Vec<String>,
}

/// A set of which at least one copy was used; nothing follows for any single one.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct OneOf {
    /// The set.
    #[serde(deserialize_with = "at_most::<{ SET_MAX }, _, _>")]
    pub recipients: Vec<String>,
    /// log10 of min(1, C(n, t) p).
    pub log10_false_accusation_bound: f64,
}

/// A copy that was not the only source.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Excluded {
    /// Whose copy.
    pub recipient: String,
    /// The chance of a reading this far from it, had it been the only source.
    pub beta: f64,
}

/// One recipient's numbers.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Standing {
    /// Whose copy.
    pub recipient: String,
    /// The integer score.
    pub score: i64,
    /// log10 of the exact p; `None` where the table would be too large and Chernoff's bound is what counts.
    pub log10_p_exact: Option<f64>,
    /// log10 of Chernoff's bound.
    pub log10_p_chernoff: f64,
}

/// What the fit says about the coalition.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Coalition {
    /// The copies assumed or accused.
    #[serde(deserialize_with = "at_most::<{ RECIPIENTS_MAX }, _, _>")]
    pub members: Vec<String>,
    /// How many.
    pub c: u32,
    /// P(y = 1) for each number of ones among them.
    #[serde(deserialize_with = "at_most::<{ THETA_MAX }, _, _>")]
    pub theta: Vec<f64>,
    /// The attack that theta is nearest to; `None` for a single copy.
    pub attack: Option<String>,
}

/// The integer weights of one group of positions.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct WeightRow {
    /// Index into `levels`.
    pub level: u32,
    /// The symbol read.
    pub y: u8,
    /// With two symbols: how many of `given` hold 1. With more: how many hold `y`.
    pub s: u8,
    /// Index into `classes`, null where none is stated.
    pub class: Option<u8>,
    /// In a test, per symbol of the recipient. In a set's test, per number of its members that hold 1 (with
    /// more than two symbols: that hold `y`).
    #[serde(deserialize_with = "at_most::<{ WEIGHTS_MAX }, _, _>")]
    pub w: Vec<i64>,
}

/// The test of one copy.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Test {
    /// Whose copy.
    pub recipient: String,
    /// B: the copies assumed to be in the coalition, grown without this one.
    #[serde(deserialize_with = "at_most::<{ GIVEN_MAX }, _, _>")]
    pub given: Vec<String>,
    /// How many colluders the fit chose.
    pub c: u32,
    /// P(y = 1) for s = 0 .. c ones.
    #[serde(deserialize_with = "at_most::<{ THETA_MAX }, _, _>")]
    pub theta: Vec<f64>,
    /// W.
    #[serde(deserialize_with = "at_most::<{ WEIGHT_ROWS_MAX }, _, _>")]
    pub weights: Vec<WeightRow>,
    /// The sum of W over the positions read.
    pub score: i64,
    /// log10 of the exact p, or `None`.
    pub log10_p_exact: Option<f64>,
    /// log10 of Chernoff's bound.
    pub log10_p_chernoff: f64,
}

/// The test of a set.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct SetTest {
    /// T.
    #[serde(deserialize_with = "at_most::<{ SET_MAX }, _, _>")]
    pub recipients: Vec<String>,
    /// B, grown without all of T.
    #[serde(deserialize_with = "at_most::<{ GIVEN_MAX }, _, _>")]
    pub given: Vec<String>,
    /// How many colluders the fit chose.
    pub c: u32,
    /// P(y = 1) for s = 0 .. c ones.
    #[serde(deserialize_with = "at_most::<{ THETA_MAX }, _, _>")]
    pub theta: Vec<f64>,
    /// V.
    #[serde(deserialize_with = "at_most::<{ WEIGHT_ROWS_MAX }, _, _>")]
    pub weights: Vec<WeightRow>,
    /// The sum of V over the positions read.
    pub score: i64,
    /// log10 of the exact p, or `None`.
    pub log10_p_exact: Option<f64>,
    /// log10 of Chernoff's bound.
    pub log10_p_chernoff: f64,
}

/// The numbers of the verdict `unmarked`.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct Unmarked {
    /// Eligible positions that do not count as original.
    pub t: u64,
    /// The largest coalition for which both the bound and the codeword check hold.
    pub c: u32,
    /// log10 of the bound for that coalition.
    pub log10_bound: f64,
}
