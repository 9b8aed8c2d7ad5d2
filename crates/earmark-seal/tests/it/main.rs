//! Sealing and packing, opened with the programs that partners have.

#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

mod agefile;
mod bundle;
mod custody;
mod hybrid;
mod openpgp;
mod peers;
mod receipts;
mod sequoia;
mod signatures;
