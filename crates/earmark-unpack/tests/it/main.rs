//! The crate from outside.

#![expect(
    clippy::unwrap_used,
    clippy::panic,
    reason = "helpers of tests are test code, which the lints do not see"
)]

mod bombs;
mod chaos;
mod coats;
mod collect;
mod damage;
mod folders;
mod owners;
