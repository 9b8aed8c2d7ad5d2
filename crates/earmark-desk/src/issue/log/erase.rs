//! Erasing a row lawfully: the nonce goes with it, and the log says that it was erased, and why.

use earmark_store::EntryKind;
use serde::Serialize;

use super::rows::{Row, Rows};
use super::statements;
use crate::desk::Desk;
use crate::error::{DeskError, Kind};
use crate::program::legal_hold;

/// What was erased.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Answer {
    /// The entry whose row is gone.
    pub entry: u64,
    /// The entry that says so.
    pub said_by: u64,
    /// The ground.
    pub basis: String,
}

/// Erases what opens `entry`: a copy's record or a receipt. The entry stays, and nobody can open it any more.
///
/// A copy's record is what a trace compares with: afterwards a leak of that copy names nobody.
///
/// # Errors
/// Refused for other kinds: a plan names nobody, a key's row is kept elsewhere too, and the rest hold the log
/// together.
pub async fn erase(desk: &Desk, entry: u64, basis: &str) -> Result<Answer, DeskError> {
    statements::require_ground(basis)?;
    let rows = Rows::read(desk).await?;
    let Some(row) = rows.entry(entry) else {
        return Err(DeskError::new(Kind::NotFound, format!("the log has no entry {entry}")));
    };
    if rows.erased.contains_key(&entry) {
        return Err(DeskError::new(Kind::Conflict, format!("the row of entry {entry} was erased before")));
    }
    let may = match rows.of.get(&entry) {
        Some(Row::Copy(_)) => true,
        Some(Row::Statement(_)) => matches!(row.kind, EntryKind::Receipt | EntryKind::Again),
        _ => false,
    };
    if !may {
        let message = format!("the row of entry {entry} ({}) cannot be erased", row.kind.word());
        return Err(
            DeskError::new(Kind::Refused, message).hint("only records of copies and receipts can be erased")
        );
    }
    match rows.of.get(&entry) {
        Some(Row::Copy(copy)) => legal_hold::refuse(desk, copy.copy.recipient.as_str()).await?,
        Some(Row::Statement(statement)) => {
            let document: serde_json::Value = serde_json::from_str(&statement.document).unwrap_or_default();
            legal_hold::refuse(desk, document["recipient"].as_str().unwrap_or_default()).await?;
        }
        _ => {}
    }
    let tombstone = statements::tombstone(desk, &rows, entry, basis)?;
    let said_by = desk.ledger().erase(entry, &tombstone).await?;
    Ok(Answer { entry, said_by, basis: basis.to_owned() })
}
