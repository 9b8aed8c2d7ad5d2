//! What new keys and new approvers wait for while an embargo is open.
//!
//! A new key begins at once, or then only after a day and two people's yes; the yes of a new approver counts at once, or
//! then after the quarter of an hour that one person alone would have to wait.

use earmark_model::UnixMillis;
use earmark_store::{ContactKey, Embargo, KeyLife};

use crate::desk::Desk;
use crate::error::DeskError;

/// How long a new key waits while an embargo is open, in milliseconds: a day.
pub const COOLING_OFF_MILLIS: i64 = 86_400_000;

/// How long a grave act of a small team waits, and the yes of a new approver, in milliseconds: 15 minutes.
pub const WAIT_MILLIS: i64 = 15 * 60 * 1000;

/// Whether an embargo is open that a thief of a mailbox would want to read about.
pub(crate) async fn embargo_is_open(desk: &Desk) -> Result<bool, DeskError> {
    let open = |one: &earmark_store::Disclosure| {
        matches!(one.embargo, Embargo::Active | Embargo::Revised) && !one.exercise
    };
    Ok(desk.ledger().disclosures().await?.iter().any(open))
}

/// The life of a new key: in effect from `effective` on, or waiting for people's yes.
pub(crate) fn life(key: &ContactKey, effective: Option<UnixMillis>, expires: Option<UnixMillis>) -> KeyLife {
    KeyLife {
        partner: key.partner.clone(),
        contact: key.contact.clone(),
        fingerprint: key.fingerprint.clone(),
        effective,
        expires,
        proof: None,
        asked: None,
        answered: None,
    }
}

/// The lives of keys that come with a new partner while an embargo is open: they wait.
pub(crate) fn waiting(keys: Vec<ContactKey>) -> Vec<(ContactKey, KeyLife)> {
    keys.into_iter()
        .map(|key| {
            let life = life(&key, None, None);
            (key, life)
        })
        .collect()
}
