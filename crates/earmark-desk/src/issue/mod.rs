//! Protecting assets and issuing copies.

pub mod certify;
pub mod copies;
pub mod dealer;
mod declarations;
mod enclosures;
pub mod plan;
pub mod protect;
pub mod staging;
pub mod traceability;
pub mod tree;
mod upstream;
pub mod writing;
