//! The messages whose words are still there.

use earmark_model::UnixMillis;
use earmark_store::TableRows;
use serde_json::Value;

use super::person::MARK;
use crate::desk::Desk;
use crate::error::DeskError;

/// A message whose words are there.
pub(super) struct Words {
    pub(super) id: u64,
    pub(super) recipient: String,
    pub(super) disclosure: Option<String>,
    pub(super) queued: UnixMillis,
}

/// All messages whose words are there.
pub(super) async fn messages(desk: &Desk) -> Result<Vec<Words>, DeskError> {
    // Everything else is read for nothing, but seldom.
    let all = desk.ledger().all_rows(&["position", "entry", "statement", "copy", "bundle", "act"]).await?;
    let mut found = Vec::new();
    for rows in all.iter().filter(|rows| rows.table == "message") {
        for row in &rows.rows {
            let cell = |column: &str| cell(rows, row, column);
            let text = |column: &str| cell(column).as_str().map(str::to_owned);
            if text("body").as_deref() != Some(MARK) {
                found.push(Words {
                    id: cell("id").as_u64().unwrap_or_default(),
                    recipient: text("recipient").unwrap_or_default(),
                    disclosure: text("disclosure"),
                    queued: UnixMillis(cell("queued").as_i64().unwrap_or_default()),
                });
            }
        }
    }
    Ok(found)
}

fn cell<'a>(rows: &TableRows, row: &'a [Value], column: &str) -> &'a Value {
    let index = rows.columns.iter().position(|name| name == column);
    index.and_then(|index| row.get(index)).unwrap_or(&Value::Null)
}
