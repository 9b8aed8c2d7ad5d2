//! Deciding again from a document: by what it recorded, and from the beginning.
//!
//! A verdict rests on the recorded B, theta, c and W, so a changed library cannot alter it; and they are
//! derived again, so an owner cannot choose convenient weights.

mod outcome;
mod recorded;
mod statement;

pub use outcome::{Difference, ReplayOutcome};
pub use recorded::replay;
