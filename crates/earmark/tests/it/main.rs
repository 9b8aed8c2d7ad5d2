//! The program as people run it: real processes, real files, real peers.
#![expect(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

mod advisories;
mod backups;
mod bad_input;
mod bench;
mod crashes;
mod demo;
mod drills;
mod early;
mod log;
mod log_rows;
mod odds;
mod risk;
mod rotation;
mod scanning;
mod sealed;
mod state_rows;
mod tracing;
mod workers;
