//! Protecting assets and issuing copies.

pub mod advisory_feed;
mod bundles;
pub mod certify;
pub mod copies;
pub mod dealer;
mod declarations;
mod documents;
mod enclosures;
pub mod log;
pub mod plan;
pub mod protect;
pub mod receivers;
pub mod signing;
pub mod staged;
pub mod staging;
pub mod traceability;
pub mod tree;
mod upstream;
pub mod writing;
