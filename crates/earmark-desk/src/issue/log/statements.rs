//! Making statements: documents with their commitments, ready for the ledger.

use earmark_log::Opening;
use earmark_model::{Commitment, Digest, UnixMillis};
use earmark_store::{EntryKind, NewStatement};
use serde_json::{Value, json};

use super::canonical::canonical;
use super::rows::Rows;
use crate::desk::Desk;
use crate::error::{DeskError, Kind};

/// A statement under a fresh nonce. The document's `kind` is that of its entry.
pub(super) fn fresh(
    desk: &Desk,
    kind: EntryKind,
    document: &Value,
    added: UnixMillis,
) -> Result<NewStatement, DeskError> {
    // The nonce is all that is wanted; the commitment is reckoned over the very text that is kept.
    let nonce = desk.commit(document)?.nonce;
    with_nonce(nonce, kind, document, added)
}

/// A statement under a nonce that somebody else can derive too.
pub(super) fn with_nonce(
    nonce: [u8; 32],
    kind: EntryKind,
    document: &Value,
    added: UnixMillis,
) -> Result<NewStatement, DeskError> {
    let document = canonical(document)?;
    let digest = Digest(Opening { nonce, document: document.clone() }.commitment());
    Ok(NewStatement { kind, document, commitment: Commitment { digest, nonce }, added })
}

/// What stands for the row of an entry that is erased on a ground, which fits in a line.
pub(super) fn tombstone(
    desk: &Desk,
    rows: &Rows,
    entry: u64,
    basis: &str,
) -> Result<NewStatement, DeskError> {
    let now = desk.now();
    let document = json!({
        "at": now.rfc3339(),
        "basis": basis,
        "erased": entry.to_string(),
        "kind": "erasure",
        "row": rows.row_digest(entry)?,
    });
    fresh(desk, EntryKind::Erasure, &document, now)
}

/// Refuses to erase without a ground in one line.
pub(super) fn require_ground(basis: &str) -> Result<(), DeskError> {
    if basis.trim().is_empty() || basis.chars().any(char::is_control) {
        return Err(DeskError::new(Kind::Malformed, "erasing needs a ground, in one line")
            .hint("for example `--basis \"GDPR Art. 17, request of 2026-03-01\"`"));
    }
    Ok(())
}
