//! Watching: looking for protected material in what was found outside.

pub mod leaves;
pub mod scan;
