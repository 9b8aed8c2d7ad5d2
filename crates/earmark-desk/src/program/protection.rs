//! What partners report: whether they are affected, how far their protection is, and who says nothing.

use std::collections::{BTreeMap, BTreeSet};

use earmark_model::UnixMillis;
use earmark_store::{Affected, DeliveryState, Protection, Report};
use serde::Serialize;
use serde_json::json;

use super::recipients;
use super::schedule::parse_instant;
use crate::actor::{self, Right, slug};
use crate::desk::Desk;
use crate::error::{DeskError, Kind};
use crate::history;

/// A report to be recorded; what is left out stays as it was.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct NewReport {
    /// `affected`, `not-affected`, `not-looked`.
    pub affected: Option<String>,
    /// `none`, `building`, `ready`, `live`, `cannot`.
    pub protection: Option<String>,
    /// Since when it is live, RFC 3339; without it, now.
    pub live_at: Option<String>,
    /// Names of signatures or rules.
    pub signatures: Vec<String>,
    /// Anything else.
    pub note: Option<String>,
}

/// What is known of one recipient.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Line {
    /// Who.
    pub recipient: String,
    /// Whether it is affected; none where it did not say.
    pub affected: Option<Affected>,
    /// How far its protection is.
    pub protection: Option<Protection>,
    /// Since when it is live.
    pub live_at: Option<String>,
    /// Names of its signatures.
    pub signatures: Vec<String>,
    /// The last note.
    pub note: Option<String>,
    /// When it last said something; none for the silent.
    pub heard: Option<String>,
}

/// How many of those who were told have live protection at an instant.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Share {
    /// Which instant, in words: `T-24h` or `T-0`.
    pub of: &'static str,
    /// The instant.
    pub at: String,
    /// How many are live then, as far as is known now.
    pub live: usize,
    /// Of how many.
    pub told: usize,
}

/// The standing of everybody who was told.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Standing {
    /// How many say what of being affected; `silent` for those who say nothing.
    pub affected: BTreeMap<String, usize>,
    /// How many say what of their protection; `silent` for those who say nothing.
    pub protection: BTreeMap<String, usize>,
    /// Live protection a day before the public instant and at it.
    pub shares: Vec<Share>,
    /// Each recipient.
    pub recipients: Vec<Line>,
}

/// Records what a recipient says of itself.
///
/// # Errors
/// Refused when it was told nothing of the disclosure; malformed for a word that is none.
pub async fn report(desk: &Desk, id: &str, recipient: &str, new: &NewReport) -> Result<(), DeskError> {
    actor::require(desk, Right::Stop).await?;
    let disclosure = desk.ledger().disclosure(&slug(id)?).await?;
    let deliveries = desk.ledger().deliveries(&disclosure.id).await?;
    let told = deliveries
        .iter()
        .find(|one| one.recipient.as_str() == recipient && one.state != DeliveryState::Denied);
    let told = told
        .ok_or_else(|| DeskError::new(Kind::Refused, format!("`{recipient}` was told nothing of `{id}`")))?;
    let affected: Option<Affected> = new
        .affected
        .as_deref()
        .map(|text| known(text, "affected, not-affected or not-looked"))
        .transpose()?;
    let protection: Option<Protection> = new
        .protection
        .as_deref()
        .map(|text| known(text, "none, building, ready, live or cannot"))
        .transpose()?;
    if affected.is_none() && protection.is_none() && new.note.is_none() && new.signatures.is_empty() {
        return Err(DeskError::new(Kind::Malformed, "the report says nothing"));
    }
    let now = desk.now();
    let live_at = match (&new.live_at, protection) {
        (Some(at), Some(Protection::Live)) => Some(parse_instant(at)?),
        (None, Some(Protection::Live)) => Some(now),
        (Some(_), _) => {
            return Err(DeskError::new(Kind::Malformed, "only protection that is `live` has an instant"));
        }
        (None, _) => None,
    };
    let report = Report {
        disclosure: disclosure.id.clone(),
        recipient: told.recipient.clone(),
        affected,
        protection,
        live_at,
        signatures: new.signatures.clone(),
        note: new.note.clone(),
        at: now,
    };
    let particulars = json!({ "recipient": recipient, "affected": affected, "protection": protection });
    let act = history::act(desk, "disclosure", id, "report", &particulars);
    Ok(desk.ledger().add_report(&report, &act).await?)
}

fn known<T: std::str::FromStr>(text: &str, there: &str) -> Result<T, DeskError> {
    text.parse().map_err(|_| {
        DeskError::new(Kind::Malformed, format!("`{text}` is none of the known words")).hint(there.to_owned())
    })
}

/// Where everybody stands who was told of a disclosure.
///
/// # Errors
/// Not found.
pub async fn standing(desk: &Desk, id: &str) -> Result<Standing, DeskError> {
    let disclosure = desk.ledger().disclosure(&slug(id)?).await?;
    let mut lines: BTreeMap<String, (Line, Option<UnixMillis>)> = BTreeMap::new();
    for to in recipients::told(desk, &disclosure).await? {
        let recipient = to.recipient.id.to_string();
        let line = Line {
            recipient: recipient.clone(),
            affected: None,
            protection: None,
            live_at: None,
            signatures: Vec::new(),
            note: None,
            heard: None,
        };
        lines.insert(recipient, (line, None));
    }
    for one in desk.ledger().reports(&disclosure.id).await? {
        let Some((line, live)) = lines.get_mut(one.recipient.as_str()) else { continue };
        line.affected = one.affected.or(line.affected);
        if one.protection.is_some() {
            line.protection = one.protection;
            *live = one.live_at;
            line.live_at = one.live_at.map(UnixMillis::rfc3339);
        }
        let known: BTreeSet<String> = line.signatures.drain(..).chain(one.signatures).collect();
        line.signatures = known.into_iter().collect();
        line.note = one.note.or(line.note.take());
        line.heard = Some(one.at.rfc3339());
    }
    let told = lines.len();
    let mut shares = Vec::new();
    for (of, before) in [("T-24h", 24 * 3_600_000), ("T-0", 0)] {
        let Some(public) = disclosure.public_at else { continue };
        let at = UnixMillis(public.0 - before);
        let live = lines.values().filter(|(_, live)| live.is_some_and(|live| live <= at)).count();
        shares.push(Share { of, at: at.rfc3339(), live, told });
    }
    let recipients: Vec<Line> = lines.into_values().map(|(line, _)| line).collect();
    let silent = || "silent".to_owned();
    let (mut affected, mut protection) = (BTreeMap::new(), BTreeMap::new());
    for line in &recipients {
        *affected.entry(line.affected.map_or_else(silent, |word| word.to_string())).or_insert(0) += 1;
        *protection.entry(line.protection.map_or_else(silent, |word| word.to_string())).or_insert(0) += 1;
    }
    Ok(Standing { affected, protection, shares, recipients })
}
