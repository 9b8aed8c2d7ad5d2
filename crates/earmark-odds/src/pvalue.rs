//! How improbable a score is for a copy that was not used.
//!
//! Given what was read, the biases and everybody else's symbols, an innocent's score is a sum of independent
//! variables with known laws, whatever the leaker did. Three ways to its upper tail:
//!
//! * [`chernoff`]: a proven bound that can be checked by hand, 8 to 18 times too large;
//! * [`saddle`]: Lugannani and Rice 1980, within some ten percent, no bound: for ranking only;
//! * [`Tail`]: exact up to a proven remainder, on integer scores: the rule for accusations.
//!
//! All sums run in a fixed order and use the pure-Rust `libm`, so that a verdict is bit-exact everywhere.

mod alpha;
mod bound;
mod exact;
mod law;
mod normal;

pub use alpha::{LookAlpha, subsets};
pub(crate) use bound::falls_to;
pub use bound::{Ranked, chernoff, rank, saddle, solve_tilt};
pub use exact::{EXACT_FLOOR, Exact, Tail};
pub use law::{LATTICE, Lattice, Law, Moments, TILT_MAX};
