//! The program as people run it: real processes, real files, real peers.

mod bad_input;
mod bench;
mod crashes;
mod demo;
mod sealed;
mod tracing;
