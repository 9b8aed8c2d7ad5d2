//! Policy: who receives what and how early, as Cedar policies that an auditor can read.
//!
//! The policies are data: `default/*.cedar` until others are put in force, each with an `@id` by which a denial
//! names it. What they may ask about stands in `schema.cedarschema`. Whatever goes wrong in deciding is a denial.

pub mod engine;
pub mod facts;
pub mod judge;
pub mod rules;
