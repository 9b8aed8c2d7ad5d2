//! Watching: looking for protected material in what was found outside.

pub mod haul;
mod leaves;
pub mod scan;
