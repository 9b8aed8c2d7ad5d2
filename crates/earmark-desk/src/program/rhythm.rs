//! How often the recipients of a disclosure are reminded, and how soon the silent are asked: data of the disclosure, for
//! all its tiers or for one.

use earmark_model::Slug;
use serde::{Deserialize, Serialize};

use crate::desk::Desk;
use crate::error::DeskError;
use crate::history;

/// The verb of the history.
pub(super) const VERB: &str = "rhythm";

/// When recipients are reminded and asked.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Rhythm {
    /// How many minutes before the public instant they are reminded.
    pub remind_minutes: Vec<u32>,
    /// After how many minutes without a word they are asked, and asked again.
    pub ask_minutes: u32,
    /// How often, before the staff hears of it.
    pub askings: u32,
}

impl Default for Rhythm {
    /// A day and an hour before; after a day, twice.
    fn default() -> Self {
        Self { remind_minutes: vec![1_440, 60], ask_minutes: 1_440, askings: 2 }
    }
}

/// The rhythm of a tier, or where none was set for it, of its disclosure.
///
/// # Errors
/// When the ledger cannot be read.
pub async fn of(desk: &Desk, disclosure: &Slug, tier: Option<&str>) -> Result<Rhythm, DeskError> {
    let set = all(desk, disclosure).await?;
    let newest = |wanted: Option<&str>| set.iter().rfind(|(tier, _)| tier.as_deref() == wanted);
    let own = tier.and_then(|tier| newest(Some(tier)));
    Ok(own.or_else(|| newest(None)).map(|(_, rhythm)| rhythm.clone()).unwrap_or_default())
}

/// Every rhythm that was set, with its tier, the oldest first.
async fn all(desk: &Desk, disclosure: &Slug) -> Result<Vec<(Option<String>, Rhythm)>, DeskError> {
    let lines = history::of(desk, "disclosure", disclosure.as_str()).await?.into_iter();
    let set = lines.filter(|line| line.act == VERB).filter_map(|line| {
        let tier = line.particulars["tier"].as_str().map(str::to_owned);
        Some((tier, serde_json::from_value(line.particulars).ok()?))
    });
    Ok(set.collect())
}

/// How many minutes before the public instant anybody is reminded.
pub(super) async fn leads(desk: &Desk, disclosure: &Slug) -> Result<Vec<u32>, DeskError> {
    let mut leads = Rhythm::default().remind_minutes;
    leads.extend(all(desk, disclosure).await?.into_iter().flat_map(|(_, rhythm)| rhythm.remind_minutes));
    leads.sort_unstable();
    leads.dedup();
    Ok(leads)
}
