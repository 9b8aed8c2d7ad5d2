//! How many positions it takes to name a leaker, before anything has leaked.
//!
//! Exact for one leaker; measured and interpolated for coalitions, as each function says.

mod coalition;
mod single;

pub use coalition::{How, Need, colluders_withstood, positions_needed, power};
pub use single::{named_chance, positions_for_one};

/// The chance of naming a copy that plans aim at.
pub const AIM: f64 = 0.98;
