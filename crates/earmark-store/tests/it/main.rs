//! The store against real databases, real folders and real deaths.

#![expect(clippy::unwrap_used, clippy::panic, reason = "a test fails by panicking")]

#[macro_use]
mod conformance;
mod backup;
mod crash;
mod full;
mod jobs;
mod log;
mod material;
mod program;
mod vault;
