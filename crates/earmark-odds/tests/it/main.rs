//! Whole decisions: documents in, verdicts out.

#![expect(clippy::unwrap_used, clippy::expect_used, reason = "a test fails by panicking")]

mod documents;
mod properties;
mod statistics;
mod verdicts;
