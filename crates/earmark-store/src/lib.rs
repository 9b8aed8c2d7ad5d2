//! What a vault remembers: the ledger (rows, in SQLite or PostgreSQL) and the blobs (content by its
//! SHA-256), and the folder that holds both.
//!
//! [`Vault`] is the folder; [`Vault::ledger`] answers with one [`Ledger`] whichever database is
//! behind it, whose methods live in one module per noun; [`Vault::blobs`] answers with a [`Blobs`].
//! The order of writing is always: blob first, then the row that names it. What a crash leaves
//! between the two is an orphan, and [`check`] finds and collects it.
//!
//! Instants are the caller's: nothing here reads a clock.
//!
//! Not here: keys and commitments (the caller hands in what it made), marks, the decision whether
//! something may be issued.

#![forbid(unsafe_code)]

#[macro_use]
mod database;

mod admission;
mod asset;
mod blobs;
mod check;
mod code;
mod columns;
mod contact;
mod copy;
mod entry;
mod error;
mod files;
mod holder;
mod kept;
mod local_blobs;
mod matter;
mod memory_blobs;
mod partner;
mod plan;
mod recipient;
mod revision;
mod setting;
mod sighting;
mod vault;

pub use admission::Admission;
pub use asset::Asset;
pub use blobs::{BlobError, BlobFuture, Blobs, StoredBlob};
pub use check::{CheckOptions, CheckReport, Finding, check};
pub use code::{Code, NewCode, NewPosition, Position};
pub use columns::UnknownWord;
pub use contact::{Contact, ContactKey, KeyStatus};
pub use copy::{Bundle, Copy, NewCopy, Recorded};
pub use database::Ledger;
pub use earmark_model::KeyKind;
pub use entry::{Entry, EntryKind};
pub use error::StoreError;
pub use holder::{Holder, NewHolder};
pub use local_blobs::LocalBlobs;
pub use matter::{Look, Matter};
pub use memory_blobs::MemoryBlobs;
pub use partner::{Partner, PartnerStatus};
pub use plan::{NewPlan, Plan};
pub use recipient::{Recipient, RecipientKind};
pub use revision::Revision;
pub use sighting::{NewSighting, Sighting};
pub use vault::{FORMAT, Vault, VaultLock, VaultSettings};
