//! The use cases: a program is run, assets are protected and issued, samples are scanned and traced.
//!
//! One folder for each word of the house, in this order of dependence: [`program`], [`issue`], [`watch`], [`trace`].
//! Each use case is a function over an open [`desk::Desk`] that takes a request and gives the answer that the
//! command line prints as JSON. Data falls through the desk: the crates below never call one another.
//!
//! Not here: arguments, terminals, HTML, SQL, and the choice of backends (the binary's `wiring`).

#![forbid(unsafe_code)]

pub mod actor;
pub mod approval;
pub mod backup;
pub mod caged;
pub mod clock;
mod codes;
mod cooling;
pub mod desk;
pub mod error;
pub mod history;
pub mod issue;
pub mod job;
pub mod mail;
pub mod odds;
pub mod policy;
mod pool;
pub mod program;
mod refusals;
mod setting;
pub mod trace;
pub mod watch;
pub mod work;
