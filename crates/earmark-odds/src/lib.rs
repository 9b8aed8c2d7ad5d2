//! The mathematics of tracing: biases, symbols from a key, decoders, bounds, planning.
#![forbid(unsafe_code)]

pub mod bias;
pub mod code;
mod laws;
mod stream;
