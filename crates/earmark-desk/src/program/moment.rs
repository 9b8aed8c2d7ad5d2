//! An instant as it is shown.

use earmark_model::UnixMillis;
use earmark_papers::instant_words;
use serde::Serialize;

/// An instant as it is shown.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Moment {
    /// RFC 3339, UTC.
    pub at: String,
    /// In words: UTC, the owner's zone, the weekday.
    pub words: String,
}

/// An instant in words.
#[must_use]
pub fn moment(at: UnixMillis, zone: &str) -> Moment {
    Moment { at: at.rfc3339(), words: instant_words(at, zone) }
}
