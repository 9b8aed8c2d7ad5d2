//! Whole decisions: documents in, verdicts out.

mod documents;
mod properties;
mod statistics;
mod verdicts;
