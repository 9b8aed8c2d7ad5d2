//! Making statements: documents with their commitments, ready for the ledger.

use earmark_log::Opening;
use earmark_model::{Commitment, Digest, UnixMillis};
use earmark_store::{EntryKind, NewStatement};
use serde_json::Value;

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

/// The canonical text of a document.
pub(super) fn canonical(document: &Value) -> Result<String, DeskError> {
    earmark_seal::canonical(document)
        .map_err(|source| DeskError::because(Kind::Bug, "a document of the log cannot be written", source))
}
