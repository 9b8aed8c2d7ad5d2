//! Whole reports, as their reader gets them.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on should say where")]

mod bounds;
mod browser;
mod csaf;
mod cve;
mod hostile;
mod notes;
mod specimen;
mod verdicts;
