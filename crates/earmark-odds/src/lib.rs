//! The mathematics of tracing: biases, symbols from a key, decoders, bounds, planning.
#![forbid(unsafe_code)]

pub mod bias;
mod binomial;
pub mod code;
pub mod decoder;
mod laws;
pub mod pvalue;
pub mod sheet;
pub mod strategy;
mod stream;
#[cfg(test)]
mod vectors;
pub mod weights;
