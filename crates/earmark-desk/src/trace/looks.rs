//! Looks: each decision over a matter spends its part of the matter's alpha, and is on record before anything is read.

use std::collections::BTreeSet;

use earmark_mark::READER_VERSION;
use earmark_model::{Digest, Slug};
use earmark_odds::document::Verdict;
use earmark_odds::pvalue::LookAlpha;
use serde::{Deserialize, Serialize};

use super::part::{MatchReading, Traced};
use crate::desk::Desk;
use crate::error::{DeskError, Kind};
use crate::issue::plan::ALPHA;

/// A look that is on record.
#[derive(Debug, Clone)]
pub(super) struct OpenLook {
    /// Its matter.
    pub matter: Slug,
    /// Its number, from 1.
    pub number: u32,
    /// What it may spend.
    pub alpha: f64,
    /// Whether it repeats an earlier look at the same bytes: then it spends nothing and is not recorded again.
    pub replay: bool,
    /// What earlier looks of the matter read.
    pub earlier: Vec<MatchReading>,
}

/// What is kept of a decided look, beside its reading document.
#[derive(Serialize, Deserialize)]
struct Record {
    verdict: Verdict,
    suspects: Vec<String>,
    reader: u32,
    matches: Digest,
}

/// Opens a look of `matter`, or of a new one, over `samples`.
///
/// # Errors
/// When there is no such matter, or the ledger cannot be written.
pub(super) async fn open(
    desk: &Desk,
    matter: Option<&str>,
    samples: &[Digest],
) -> Result<OpenLook, DeskError> {
    let matter: Slug = match matter {
        Some(id) => {
            let id: Slug = id.parse().map_err(|source: earmark_model::IdError| {
                DeskError::new(Kind::Malformed, source.to_string())
            })?;
            desk.ledger().matter(&id).await?.id
        }
        None => {
            let id = desk.fresh_matter_id()?;
            desk.ledger().open_matter(&id, desk.now()).await?;
            id
        }
    };
    let mut earlier = Vec::new();
    let wanted: BTreeSet<&Digest> = samples.iter().collect();
    for look in desk.ledger().looks(&matter).await? {
        let Some(record) = look.verdict.as_deref().and_then(|text| serde_json::from_str::<Record>(text).ok())
        else {
            continue;
        };
        let same: BTreeSet<&Digest> = look.samples.iter().collect();
        if same == wanted && record.reader == READER_VERSION {
            return Ok(OpenLook { matter, number: look.number, alpha: look.alpha, replay: true, earlier });
        }
        let bytes = desk.get_blob(record.matches).await?;
        let read: Vec<MatchReading> = postcard::from_bytes(&bytes).map_err(|source| {
            DeskError::because(Kind::Unavailable, "an earlier reading is damaged", source)
        })?;
        earlier.extend(read);
    }
    let look = desk
        .ledger()
        .open_look(&matter, samples, desk.now(), |number| LookAlpha::of_look(ALPHA, number))
        .await?;
    Ok(OpenLook { matter, number: look.number, alpha: look.alpha, replay: false, earlier })
}

/// Records what was decided, the answer with most matching lines first.
///
/// # Errors
/// When the vault cannot be written.
pub(super) async fn close(desk: &Desk, look: &OpenLook, done: &[Traced]) -> Result<(), DeskError> {
    let Some(first) = done.first().filter(|_| !look.replay) else { return Ok(()) };
    let read: Vec<&MatchReading> = done.iter().flat_map(|one| &one.read).collect();
    let bytes = postcard::to_stdvec(&read)
        .map_err(|source| DeskError::because(Kind::Bug, "the readings cannot be written", source))?;
    let matches = desk.put_blob(bytes).await?;
    desk.ledger().keep_blob(&matches, "what a look read", desk.now()).await?;
    let reading = desk.put_blob(first.document.clone().into_bytes()).await?;
    let record = Record {
        verdict: first.answer.verdict,
        suspects: first.answer.suspects.iter().map(|suspect| suspect.recipient.clone()).collect(),
        reader: READER_VERSION,
        matches,
    };
    let verdict = serde_json::to_string(&record)
        .map_err(|source| DeskError::because(Kind::Bug, "the verdict cannot be written", source))?;
    desk.ledger().decide_look(&look.matter, look.number, Some(&reading), &verdict, desk.now()).await?;
    Ok(())
}
