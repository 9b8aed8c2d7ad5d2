//! The log against slow and obvious oracles, against damage, and against verifiers that others wrote.
#![expect(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

mod go;
mod mirrors;
mod naive;
mod node;
mod published;
mod trees;
