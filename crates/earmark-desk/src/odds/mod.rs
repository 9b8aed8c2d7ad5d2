//! Looking ahead: what a code withstands, by simulation and by the figures that `protect` plans with.
//!
//! No vault is needed: nothing here is about anybody.

mod journal;
pub mod plan;
pub mod risk;
pub mod simulate;
pub mod table;

pub use earmark_odds::simulate::{Attack, Scene};
