//! Whole decisions: documents in, verdicts out.

#![expect(clippy::unwrap_used, clippy::expect_used, reason = "a test fails by panicking")]

mod documents;
mod hostile;
mod properties;
mod second_verifier;
mod statistics;
mod verdicts;
