//! How long the lists of a document may be.

/// The most positions a document may list.
pub const POSITIONS_MAX: usize = 1_000_000;
/// The most codewords a document may hold.
pub const RECIPIENTS_MAX: usize = 2_000_000;
pub(super) const LEVELS_MAX: usize = 64;
pub(super) const CLASSES_MAX: usize = 16;
/// Revisions of one asset.
pub(super) const REVISIONS_MAX: usize = 100_000;
/// Sets that a decision may hold; far fewer are ever tried.
pub(super) const SETS_MAX: usize = 10_000;
/// Copies that a test is conditioned on.
pub(super) const GIVEN_MAX: usize = 7;
/// Members of a set.
pub(super) const SET_MAX: usize = 3;
/// Entries of theta: 0 .. 10 colluders.
pub(super) const THETA_MAX: usize = 11;
/// Rows of one test: every level, symbol, class (or none) and number of ones.
pub(super) const WEIGHT_ROWS_MAX: usize = LEVELS_MAX * 8 * (CLASSES_MAX + 1) * (GIVEN_MAX + 1);
/// Weights of one row.
pub(super) const WEIGHTS_MAX: usize = 8;
