//! Whole ways through the crate, over generated texts: a fixed seed is a fixed garden.

#![expect(clippy::unwrap_used, reason = "helpers of tests fail loudly")]

mod disguise;
mod garden;
mod hostile;
mod oracle;
mod recall;
mod refine;
mod small;
mod upstream;
