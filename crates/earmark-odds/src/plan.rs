//! How many positions it takes to name a leaker, before anything has leaked.
//!
//! Exact for one leaker; measured and interpolated for coalitions, as each function says.

mod coalition;
mod measured;
mod need;
mod single;

pub use coalition::{
    colluders_withstood, colluders_withstood_against, positions_against, positions_needed, power,
};
pub use need::{How, Need};
pub use single::{named_chance, positions_for_one};

/// The chance of naming a copy that plans aim at.
pub const AIM: f64 = 0.98;
