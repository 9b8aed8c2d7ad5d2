//! The one text of a document that commitments bind.

use serde_json::Value;

use crate::error::{DeskError, Kind};

/// The canonical text of a document.
pub(super) fn canonical(document: &Value) -> Result<String, DeskError> {
    earmark_seal::canonical(document)
        .map_err(|source| DeskError::because(Kind::Bug, "a document of the log cannot be written", source))
}
