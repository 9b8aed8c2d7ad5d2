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

mod act;
mod admission;
mod agreement;
mod asset;
mod backup;
mod blobs;
mod catalog;
mod check;
mod checkpoint;
mod code;
mod columns;
mod contact;
mod copy;
mod delivery;
mod digesting;
mod disclosure;
mod disclosure_change;
mod dump;
mod entry;
mod erasure;
mod error;
mod files;
mod grave;
mod holder;
mod job;
mod kept;
mod key_life;
mod load;
mod local_blobs;
mod material;
mod matter;
mod memory_blobs;
mod message;
mod participant;
mod partner;
mod plan;
mod policy_set;
mod question;
mod recipient;
mod report;
mod restore;
mod revision;
mod roster;
mod setting;
mod sighting;
mod staff;
mod stage_instant;
mod statement;
mod vault;
mod whole_file;

pub use act::{Act, NewAct};
pub use admission::{Admission, Intake};
pub use agreement::{Acceptance, Agreement};
pub use asset::Asset;
pub use backup::{BackedUp, back_up};
pub use blobs::{BlobError, BlobFuture, Blobs, Held, StoredBlob};
pub use check::{CheckOptions, CheckReport, Finding, check};
pub use checkpoint::{Cosignature, SignedHead};
pub use code::{Code, NewCode, NewPosition, Position};
pub use columns::UnknownWord;
pub use contact::{Contact, ContactKey, KeyStatus};
pub use copy::{Bundle, Copy, NewCopy, Recorded};
pub use database::Ledger;
pub use delivery::{Delivery, DeliveryState};
pub use disclosure::{Disclosure, Embargo, Exploitation, Hold, Tlp};
pub use disclosure_change::{DisclosureChange, Firing};
pub use dump::TableRows;
pub use earmark_model::KeyKind;
pub use entry::{Entry, EntryKind};
pub use erasure::{PersonErasure, RowErasure};
pub use error::StoreError;
pub use grave::{Asked, Grave};
pub use holder::{Holder, NewHolder};
pub use job::{Job, NewJob};
pub use kept::STATE_BLOBS;
pub use key_life::KeyLife;
pub use local_blobs::LocalBlobs;
pub use material::Material;
pub use matter::{Look, Matter};
pub use memory_blobs::MemoryBlobs;
pub use message::{Message, NewMessage};
pub use partner::{Partner, PartnerStatus};
pub use plan::{NewPlan, Plan};
pub use policy_set::PolicySet;
pub use question::Question;
pub use recipient::{Recipient, RecipientKind};
pub use report::{Affected, Protection, Report};
pub use restore::{Restored, restore};
pub use revision::Revision;
pub use roster::Rostered;
pub use sighting::{NewSighting, Sighting};
pub use staff::{Role, Staff};
pub use stage_instant::{InstantState, Stage, StageInstant};
pub use statement::{NewStatement, Statement};
pub use vault::{FORMAT, Vault, VaultLock, VaultSettings};
pub use whole_file::WholeFile;
