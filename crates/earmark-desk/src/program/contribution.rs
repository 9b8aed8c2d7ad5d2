//! What partners give back: they tested, they found something, they kept silent. Policies may ask how often.

use std::collections::BTreeMap;

use earmark_model::Slug;
use serde::{Deserialize, Serialize};
use serde_json::json;

use crate::actor::{self, Right, slug};
use crate::desk::Desk;
use crate::error::{DeskError, Kind};
use crate::history;

/// Under what the history has it.
const NOUN: &str = "contribution";

/// What a partner did, or did not.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Contribution {
    /// It tested what it was given, and said so.
    Tested,
    /// It found something: a flaw, a mistake in the advisory, a leak.
    Found,
    /// It was asked and did not answer.
    Silent,
}

impl Contribution {
    /// Every one.
    pub const ALL: [Self; 3] = [Self::Tested, Self::Found, Self::Silent];

    /// The verb for the history.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Self::Tested => "tested",
            Self::Found => "found",
            Self::Silent => "silent",
        }
    }
}

/// How often a partner did what.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize)]
pub struct Tally {
    /// It tested.
    pub tested: i64,
    /// It found something.
    pub found: i64,
    /// It kept silent.
    pub silent: i64,
}

/// A line of the ledger of contributions.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Line {
    /// When, RFC 3339.
    pub at: String,
    /// What.
    pub what: String,
    /// About which disclosure.
    pub disclosure: Option<String>,
    /// What was noted.
    pub note: String,
}

/// A partner's contributions with their sums.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Account {
    /// The partner.
    pub partner: Slug,
    /// The sums.
    #[serde(flatten)]
    pub tally: Tally,
    /// Each of them, in order.
    pub lines: Vec<Line>,
}

/// Notes what a partner did. `note` is about the matter, not about people: it stays for ever.
///
/// # Errors
/// Not found for a partner or disclosure that is not there.
pub async fn note(
    desk: &Desk,
    partner: &str,
    what: Contribution,
    disclosure: Option<&str>,
    note: &str,
) -> Result<Account, DeskError> {
    actor::require(desk, Right::Manage).await?;
    desk.ledger().partner(&slug(partner)?).await?;
    if let Some(id) = disclosure {
        desk.ledger().disclosure(&slug(id)?).await?;
    }
    if note.chars().any(char::is_control) {
        return Err(DeskError::new(Kind::Malformed, "a note is one line"));
    }
    let particulars = json!({ "disclosure": disclosure, "note": note });
    desk.ledger().add_act(&history::act(desk, NOUN, partner, what.word(), &particulars)).await?;
    account(desk, partner).await
}

/// What a partner gave back so far.
///
/// # Errors
/// Not found.
pub async fn account(desk: &Desk, partner: &str) -> Result<Account, DeskError> {
    let partner = slug(partner)?;
    desk.ledger().partner(&partner).await?;
    let lines = history::of(desk, NOUN, partner.as_str()).await?;
    let tally = tallies(desk).await?.remove(partner.as_str()).unwrap_or_default();
    let line = |one: history::Line| Line {
        at: one.at,
        what: one.act,
        disclosure: one.particulars["disclosure"].as_str().map(str::to_owned),
        note: one.particulars["note"].as_str().unwrap_or_default().to_owned(),
    };
    Ok(Account { partner, tally, lines: lines.into_iter().map(line).collect() })
}

/// The sums of all partners that have any.
///
/// # Errors
/// When the ledger cannot be read.
pub(crate) async fn tallies(desk: &Desk) -> Result<BTreeMap<String, Tally>, DeskError> {
    let mut tallies: BTreeMap<String, Tally> = BTreeMap::new();
    for one in desk.ledger().acts_of(NOUN).await? {
        let tally = tallies.entry(one.act.subject.clone()).or_default();
        match one.act.act.as_str() {
            "tested" => tally.tested += 1,
            "found" => tally.found += 1,
            "silent" => tally.silent += 1,
            _ => {}
        }
    }
    Ok(tallies)
}
