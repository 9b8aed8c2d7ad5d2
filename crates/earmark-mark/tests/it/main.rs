//! The whole way through the crate, with the disguises of a leaker who shares no code with it.

#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

mod closure;
mod declared;
mod generated;
mod marks;
mod readback;
mod spec;
mod succession;
