//! Importing partners with a preview: every row is checked before any is written.

use std::collections::BTreeSet;

use serde::Serialize;

use super::partner::{self, NewPartner};
use crate::desk::Desk;
use crate::error::{DeskError, Kind};

/// What an import does, or would do.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct Preview {
    /// Partners that are new.
    pub added: Vec<String>,
    /// Partners that are there with the same name, country and tier.
    pub duplicate: Vec<String>,
    /// Rows that cannot be used, with the reason.
    pub rejected: Vec<Rejected>,
    /// Whether anything was written.
    pub written: bool,
}

/// A row that cannot be used.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Rejected {
    /// Number of the row, from 1, the head not counted.
    pub row: usize,
    /// The partner it is about.
    pub slug: String,
    /// Why.
    pub why: String,
}

/// A row of the CSV form: several keys are separated by `|`.
#[derive(serde::Deserialize)]
struct CsvRow {
    slug: String,
    name: String,
    country: String,
    tier: String,
    #[serde(default)]
    contact: Option<String>,
    #[serde(default)]
    key: Option<String>,
}

/// Adds the partners of `bytes`, a JSON array or CSV with a head, all or none.
///
/// With `dry_run` nothing is written. A rejected row keeps the others from being written too.
///
/// # Errors
/// When the file is neither, or a row was rejected and this is no dry run.
pub async fn import(desk: &Desk, bytes: &[u8], dry_run: bool) -> Result<Preview, DeskError> {
    let rows = parse(bytes)?;
    let mut preview = Preview::default();
    let mut ready = Vec::new();
    let mut seen = BTreeSet::new();
    let there = partner::list(desk).await?;
    for (index, row) in rows.iter().enumerate() {
        let reject = |why: String| Rejected { row: index + 1, slug: row.slug.clone(), why };
        let checked = match partner::check(desk, row) {
            Ok(checked) => checked,
            Err(why) => {
                preview.rejected.push(reject(why.to_string()));
                continue;
            }
        };
        if !seen.insert(row.slug.clone()) {
            preview.rejected.push(reject("the file names this partner twice".to_owned()));
            continue;
        }
        match there.iter().find(|known| known.slug.as_str() == row.slug) {
            Some(known) if known.name == row.name && known.country.eq_ignore_ascii_case(&row.country) => {
                preview.duplicate.push(row.slug.clone());
            }
            Some(known) => {
                preview.rejected.push(reject(format!("`{}` is taken by {}", row.slug, known.name)));
            }
            None => {
                preview.added.push(row.slug.clone());
                ready.push(checked);
            }
        }
    }
    if dry_run {
        return Ok(preview);
    }
    if let Some(first) = preview.rejected.first() {
        let message = format!(
            "{} rows cannot be used, the first is row {}: {}",
            preview.rejected.len(),
            first.row,
            first.why
        );
        return Err(
            DeskError::new(Kind::Malformed, message).hint("`--dry-run` lists every row; nothing was written")
        );
    }
    desk.ledger().admit(&ready).await?;
    preview.written = true;
    Ok(preview)
}

fn parse(bytes: &[u8]) -> Result<Vec<NewPartner>, DeskError> {
    let malformed = |source: Box<dyn std::error::Error + Send + Sync>| DeskError {
        source: Some(source),
        ..DeskError::new(Kind::Malformed, "the import file is neither JSON nor CSV of partners")
            .hint("the head of the CSV form is slug,name,country,tier,contact,key")
    };
    if bytes.trim_ascii_start().starts_with(b"[") {
        return serde_json::from_slice(bytes).map_err(|source| malformed(source.into()));
    }
    let mut rows = Vec::new();
    for row in csv::ReaderBuilder::new().trim(csv::Trim::All).from_reader(bytes).deserialize() {
        let row: CsvRow = row.map_err(|source| malformed(source.into()))?;
        let keys = row.key.as_deref().unwrap_or("").split('|').filter(|key| !key.trim().is_empty());
        rows.push(NewPartner {
            keys: keys.map(str::to_owned).collect(),
            slug: row.slug,
            name: row.name,
            country: row.country,
            tier: row.tier,
            contact: row.contact.filter(|mail| !mail.is_empty()),
            applicant: false,
        });
    }
    Ok(rows)
}
