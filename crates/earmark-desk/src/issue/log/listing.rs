//! The log's entries with what they stand for, as only the vault knows it.

use earmark_store::EntryKind;
use serde::Serialize;
use serde_json::Value;

use super::rows::{Row, Rows};
use crate::desk::Desk;
use crate::error::DeskError;

/// One entry.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Listed {
    /// Its index.
    pub entry: u64,
    /// Its kind.
    pub kind: &'static str,
    /// When it was added.
    pub at: String,
    /// For whom or of what it is, in a word or two.
    pub about: String,
    /// The head that first covers it.
    pub checkpoint: Option<u64>,
}

/// All entries but padding, bells and batches, in order; with `all` those too.
///
/// # Errors
/// When the ledger cannot be read.
pub async fn list(desk: &Desk, all: bool) -> Result<Vec<Listed>, DeskError> {
    let rows = Rows::read(desk).await?;
    let heads = desk.ledger().heads().await?;
    let quiet = [EntryKind::Padding, EntryKind::Bell, EntryKind::Batch];
    let shown = rows.entries.iter().filter(|entry| all || !quiet.contains(&entry.kind));
    let listed = shown.map(|entry| Listed {
        entry: entry.log_index,
        kind: entry.kind.word(),
        at: entry.added.rfc3339(),
        about: about(&rows, entry.log_index),
        checkpoint: heads.iter().map(|head| head.size).find(|size| *size > entry.log_index),
    });
    Ok(listed.collect())
}

fn about(rows: &Rows, index: u64) -> String {
    if rows.erased.contains_key(&index) {
        return "lawfully erased".to_owned();
    }
    match rows.of.get(&index) {
        None => "unexplained".to_owned(),
        Some(Row::Plan(plan)) => format!("{}@{}", plan.plan.asset, plan.plan.revision.short()),
        Some(Row::Copy(copy)) => copy.copy.recipient.to_string(),
        Some(Row::Statement(statement)) => {
            let document: Value = serde_json::from_str(&statement.document).unwrap_or_default();
            let text = |name: &str| document.get(name).and_then(Value::as_str).unwrap_or_default();
            let words = ["recipient", "partner", "event", "fingerprint", "erased"].map(text);
            words.iter().filter(|word| !word.is_empty()).copied().collect::<Vec<_>>().join(" ")
        }
    }
}
