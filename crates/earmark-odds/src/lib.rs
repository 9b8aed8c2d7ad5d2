//! The mathematics of tracing: biases, symbols from a key, decoders, bounds, planning.
