//! The mathematics of tracing: biases, symbols from a key, decoders, bounds, planning.
#![forbid(unsafe_code)]

pub mod bias;
mod binomial;
pub mod code;
pub mod decide;
pub mod decoder;
pub mod document;
mod laws;
pub mod plan;
pub mod pvalue;
pub mod replay;
pub mod sheet;
pub mod simulate;
pub mod strategy;
mod stream;
#[cfg(test)]
mod vectors;
pub mod weights;
