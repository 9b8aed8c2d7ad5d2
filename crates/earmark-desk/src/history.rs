//! The history: one line for everything that was done, by whom and when.

use earmark_store::NewAct;
use serde_json::Value;

use crate::desk::Desk;

/// A line of history in the name of whoever is at the desk, now.
#[must_use]
pub fn act(desk: &Desk, noun: &str, subject: &str, act: &str, particulars: &Value) -> NewAct {
    NewAct {
        noun: noun.to_owned(),
        subject: subject.to_owned(),
        act: act.to_owned(),
        actor: desk.actor().to_owned(),
        at: desk.now(),
        document: particulars.to_string(),
    }
}

/// A line of history as it is shown.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize)]
pub struct Line {
    /// When, RFC 3339.
    pub at: String,
    /// By whom.
    pub actor: String,
    /// What.
    pub act: String,
    /// The particulars.
    pub particulars: Value,
}

/// The history of one subject, in order.
///
/// # Errors
/// When the ledger cannot be read.
pub async fn of(desk: &Desk, noun: &str, subject: &str) -> Result<Vec<Line>, crate::error::DeskError> {
    let line = |one: earmark_store::Act| Line {
        at: one.act.at.rfc3339(),
        actor: one.act.actor,
        act: one.act.act,
        particulars: serde_json::from_str(&one.act.document).unwrap_or(Value::Null),
    };
    Ok(desk.ledger().acts(noun, subject).await?.into_iter().map(line).collect())
}
