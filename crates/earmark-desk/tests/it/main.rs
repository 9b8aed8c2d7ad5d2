//! The use cases on a real vault, in frozen time.

#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

mod advisories;
mod around;
mod bench;
mod breaches;
mod clock;
mod embargo;
mod erased;
mod keys;
mod mail;
mod revisions;
mod standing;
mod tables;
mod terms;
mod two_people;
