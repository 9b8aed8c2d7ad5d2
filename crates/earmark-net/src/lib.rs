//! Fetching from the network: files of bounded length below one address, over HTTP and HTTPS, each within bounded time.
//!
//! Not here: what the files mean, and whether they may be believed.

#![forbid(unsafe_code)]

mod site;

pub use site::{FetchError, Site};
