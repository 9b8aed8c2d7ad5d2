//! Watching: looking for protected material in what was found outside.

pub mod haul;
mod journal;
mod leaves;
pub mod outcome;
pub mod scan;
