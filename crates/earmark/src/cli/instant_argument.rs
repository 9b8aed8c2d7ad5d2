//! An instant among the arguments.

use earmark_desk::error::{DeskError, Kind};
use earmark_model::UnixMillis;

/// The instant that a text in RFC 3339 means.
pub(crate) fn instant(text: &str) -> Result<UnixMillis, DeskError> {
    text.parse().map_err(|_| {
        DeskError::new(Kind::Malformed, format!("`{text}` is no instant"))
            .hint("write it as in RFC 3339, for example `2026-03-01T17:00:00Z`")
    })
}
