//! That somebody will wake for every instant: an instant whose job is gone would never fire, and nobody would say so.

use std::collections::BTreeMap;

use earmark_model::UnixMillis;
use earmark_store::{InstantState, TableRows};
use serde_json::Value;

use crate::program::release;

/// For how long a job may be put off beyond its instant: what is held or failed is looked at again sooner than that.
const PUT_OFF_MILLIS: i64 = 60_000;

/// Columns by name.
struct Row<'a>(&'a TableRows, &'a [Value]);

impl Row<'_> {
    fn cell(&self, column: &str) -> &Value {
        let index = self.0.columns.iter().position(|name| name == column);
        index.and_then(|index| self.1.get(index)).unwrap_or(&Value::Null)
    }

    fn text(&self, column: &str) -> &str {
        self.cell(column).as_str().unwrap_or_default()
    }

    fn number(&self, column: &str) -> Option<i64> {
        self.cell(column).as_i64()
    }
}

fn rows<'a>(all: &'a [TableRows], table: &'a str) -> impl Iterator<Item = Row<'a>> {
    let of_table = all.iter().filter(move |rows| rows.table == table);
    of_table.flat_map(|rows| rows.rows.iter().map(move |row| Row(rows, row)))
}

/// A line for each waiting instant that no open job fires in time.
pub(super) fn check(all: &[TableRows], now: UnixMillis) -> Vec<String> {
    let mut jobs = BTreeMap::new();
    for job in rows(all, "job") {
        jobs.insert(job.text("unique_key").to_owned(), job);
    }
    let mut faults = Vec::new();
    for instant in rows(all, "stage_instant") {
        let disclosure = instant.text("disclosure");
        if instant.text("state") != InstantState::Waiting.word() {
            continue;
        }
        let (stage, tier) = (instant.text("stage"), instant.text("tier"));
        let at = instant.number("at").unwrap_or_default();
        let sequence = instant.number("sequence").unwrap_or_default();
        let subject = release::subject(disclosure, stage, tier, sequence);
        let latest = at.max(now.0).saturating_add(PUT_OFF_MILLIS);
        let fires = jobs.get(&release::unique_key(&subject)).is_some_and(|job| {
            job.text("kind") == release::KIND
                && job.text("subject") == subject
                && job.number("done").is_none()
                && job.number("run_at").is_some_and(|run_at| run_at <= latest)
        });
        if !fires {
            faults.push(format!("nobody will wake for {stage} of `{disclosure}` for tier `{tier}`"));
        }
    }
    faults
}
