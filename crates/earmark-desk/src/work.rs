//! What becomes of a job that was looked at.

use earmark_model::UnixMillis;

/// What became of a job.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Fired {
    /// It is done now, with this outcome.
    Done(String),
    /// It is not due before then.
    NotDue(UnixMillis),
    /// Somebody holds what it is about.
    Held,
    /// It was done before, or something took its place: it is never done again.
    Over,
}
