//! What the errors of the storeys below mean to whoever asked.

use earmark_store::{BlobError, StoreError};

use crate::error::{DeskError, Kind};

impl From<StoreError> for DeskError {
    fn from(source: StoreError) -> Self {
        let (kind, hint) = match &source {
            StoreError::AlreadyThere { .. } => (Kind::Conflict, None),
            StoreError::Differs { .. } => (Kind::Conflict, Some("run `earmark vault check` on this vault")),
            StoreError::Outdated { .. } => {
                (Kind::Conflict, Some("look at it again, then run the command again"))
            }
            StoreError::NotThere { .. } => (Kind::NotFound, None),
            StoreError::Refused { .. } => (Kind::Malformed, None),
            StoreError::NotAVault(_) => (
                Kind::NotFound,
                Some("make one with `earmark init DIR --name NAME`, or name one with `--vault DIR`"),
            ),
            StoreError::NotEmpty(_) => (Kind::Conflict, Some("name a folder that does not exist yet")),
            StoreError::Newer { .. } => {
                (Kind::Unavailable, Some("use that version of earmark: nothing was changed"))
            }
            StoreError::OwnLedger(_) => (
                Kind::Conflict,
                Some("leave `--ledger` out; a vault is made with one by `earmark init --ledger URL`"),
            ),
            StoreError::LedgerInUse => (
                Kind::Conflict,
                Some("name a new and empty database with `--ledger`: nothing is overwritten"),
            ),
            StoreError::Backup { .. } => {
                (Kind::Malformed, Some("take another backup; no vault was made of this one"))
            }
            StoreError::Malformed { .. } => (Kind::Malformed, None),
            StoreError::Damaged(_) => (
                Kind::Unavailable,
                Some(
                    "`earmark vault check` lists what is wrong, as far as it can be read; else restore a backup",
                ),
            ),
            StoreError::Io { source, .. } if is_full(source) => {
                (Kind::Unavailable, Some("free some room and run the same command again: nothing is lost"))
            }
            StoreError::Full | StoreError::Blob(BlobError::Full(_)) => {
                (Kind::Unavailable, Some("free some room and run the same command again: nothing is lost"))
            }
            StoreError::Busy => {
                (Kind::Unavailable, Some("wait for the other process and run the command again"))
            }
            StoreError::Unavailable(_) | StoreError::Blob(_) | StoreError::Io { .. } => {
                (Kind::Unavailable, None)
            }
        };
        let error = Self::new(kind, source.to_string());
        let error = match hint {
            Some(hint) => error.hint(hint),
            None => error,
        };
        Self { source: Some(Box::new(source)), ..error }
    }
}

fn is_full(error: &std::io::Error) -> bool {
    matches!(error.kind(), std::io::ErrorKind::StorageFull | std::io::ErrorKind::QuotaExceeded)
}
