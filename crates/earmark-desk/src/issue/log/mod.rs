//! The transparency log of a vault: what is recorded, published, proved and verified.
//!
//! Every plan, copy, key, receipt and erasure is an entry of one gapless sequence, and an entry shows a hiding
//! commitment and nothing else. [`publish`] pads the sequence to a fixed step, binds every field of its rows, signs a
//! head and writes the static files; [`verify`] replays all of it; [`prove`] opens one entry to somebody.
//!
//! Not here: trees, tiles and signatures (`earmark-log`), when a head is due in a running server (a job's clock).

pub mod accounts;
mod canonical;
mod due_work;
pub mod erase;
pub mod fairness;
mod handover;
mod identity;
pub mod listing;
mod messages;
pub mod partner_keys;
pub mod person;
pub mod prove;
pub mod publish;
pub mod receipts;
pub mod retention;
pub mod rotation;
mod rows;
mod state;
mod statements;
pub mod verify;
pub mod witnesses;

pub use identity::{Settings, own_trust, parse_trust, settings};
