//! What is handed out at a stage, and its corrections: another revision, a recall, who still holds the old one.

use std::collections::BTreeSet;

use earmark_model::{Digest, RecipientId, UnixMillis};
use earmark_store::{DeliveryState, InstantState, Material, Stage};
use serde::Serialize;
use serde_json::json;

use super::matter::{self, Matter};
use super::schedule::{self, parse_instant};
use super::telling;
use crate::actor::{self, Right};
use crate::codes;
use crate::desk::Desk;
use crate::error::{DeskError, Kind};

/// A material to be attached.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewMaterial {
    /// `ASSET` (its latest revision) or `ASSET@REVISION`.
    pub asset: String,
    /// At which stage it goes out.
    pub stage: Stage,
    /// `public`, `indefinite` or an instant; by default `indefinite` for proofs of concept and source.
    pub confidential_until: Option<String>,
    /// Its class under export control.
    pub export_class: Option<String>,
    /// When that class was last looked at, RFC 3339.
    pub screened: Option<String>,
}

/// A copy of a superseded or recalled material that nobody said is deleted.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Outstanding {
    /// Who holds it.
    pub recipient: String,
    /// The stage it was handed out at.
    pub stage: Stage,
    /// `ASSET@DIGEST`.
    pub what: String,
    /// Until when its deletion is to be attested, RFC 3339.
    pub attest_by: Option<String>,
}

/// Attaches a revision to a stage. Where the stage has another revision of the asset, this one takes its place, and goes
/// out at once to the tiers that had the old one.
///
/// # Errors
/// Not found for an asset or revision that is not there, conflict when it is attached already.
pub async fn attach(desk: &Desk, id: &str, new: &NewMaterial) -> Result<Vec<String>, DeskError> {
    let matter = Matter::load(desk, id, Right::Manage).await?;
    let now = desk.now();
    let (name, wanted) = new.asset.split_once('@').map_or((&*new.asset, None), |(name, at)| (name, Some(at)));
    let name = actor::slug(name)?;
    drills_apart(matter.disclosure.exercise, name.as_str())?;
    desk.ledger().asset(&name).await?;
    let revision = match wanted {
        Some(start) => codes::find_revision(desk, &name, start).await?,
        None => desk
            .ledger()
            .revisions_of(&name)
            .await?
            .pop()
            .ok_or_else(|| DeskError::new(Kind::NotFound, format!("asset `{name}` has no revision")))?,
    };
    let material = Material {
        disclosure: matter.disclosure.id.clone(),
        stage: new.stage,
        asset: name.clone(),
        revision: revision.digest,
        confidential_until: confidential_until(new)?,
        export_class: new.export_class.clone(),
        screened: new.screened.as_deref().map(parse_instant).transpose()?,
        added: now,
        superseded: None,
    };
    let what = json!({ "stage": new.stage, "asset": name, "revision": revision.digest.to_string() });
    let mut change = matter.change(desk, "attach", &what);
    let old: Vec<Digest> = desk
        .ledger()
        .materials(&matter.disclosure.id)
        .await?
        .into_iter()
        .filter(|one| one.stage == new.stage && one.asset == name && one.superseded.is_none())
        .filter(|one| one.revision != revision.digest)
        .map(|one| one.revision)
        .collect();
    let mut again = Vec::new();
    if !old.is_empty() {
        change.superseded = old.into_iter().map(|digest| (new.stage, digest)).collect();
        change.disclosure.sequence += 1;
        let had: BTreeSet<_> = matter
            .instants
            .iter()
            .filter(|one| one.stage == new.stage && one.state == InstantState::Released)
            .map(|one| one.tier.clone())
            .collect();
        let open: BTreeSet<_> =
            matter.open().filter(|one| one.stage == new.stage).map(|one| one.tier.clone()).collect();
        let sequence = change.disclosure.sequence;
        for tier in had.into_iter().filter(|tier| !open.contains(tier)) {
            again.push(format!("{}:{tier}", new.stage));
            let instant = schedule::instant(new.stage, tier, sequence, now, InstantState::Waiting);
            matter::arm(&mut change, instant);
        }
    }
    change.materials.push(material);
    desk.ledger().change_disclosure(&change, now).await?;
    Ok(again)
}

/// How the names of assets begin that are handed out in drills, and in nothing else.
pub const EXERCISE: &str = "exercise-";

/// Refuses real material in a drill, and a drill's in what is real. The name of the asset is in every file name.
fn drills_apart(drill: bool, asset: &str) -> Result<(), DeskError> {
    let why = match (drill, asset.starts_with(EXERCISE)) {
        (true, false) => format!("`{asset}` is no material for a drill"),
        (false, true) => format!("`{asset}` is material for drills only"),
        _ => return Ok(()),
    };
    Err(DeskError::new(Kind::Refused, why)
        .hint(format!("a drill hands out assets whose names begin with `{EXERCISE}`, and nothing else does")))
}

fn confidential_until(new: &NewMaterial) -> Result<String, DeskError> {
    let until = match new.confidential_until.as_deref() {
        None if matches!(new.stage, Stage::ProofOfConcept | Stage::Source) => "indefinite",
        None => "public",
        Some(given @ ("public" | "indefinite")) => given,
        Some(given) => return Ok(parse_instant(given)?.rfc3339()),
    };
    Ok(until.to_owned())
}

/// Calls a stage's material back: everybody who has it is told to delete it and say so by `by`.
///
/// # Errors
/// Refused when nobody has anything of that stage.
pub async fn recall(desk: &Desk, id: &str, stage: Stage, by: &str, why: &str) -> Result<usize, DeskError> {
    let matter = Matter::load(desk, id, Right::Manage).await?;
    let by = parse_instant(by)?;
    schedule::not_past(desk, "the end of the recall", by)?;
    let particulars = json!({ "stage": stage, "by": by.rfc3339(), "why": why });
    let mut change = matter.change(desk, "recall", &particulars);
    for one in desk.ledger().deliveries(&matter.disclosure.id).await? {
        if one.stage == stage && one.state == DeliveryState::Released && one.what != "notice" {
            change.recalled.push((stage, one.recipient, one.what, by));
        }
    }
    if change.recalled.is_empty() {
        return Err(DeskError::new(Kind::Refused, format!("nobody has material of {stage} of `{id}`")));
    }
    for material in desk.ledger().materials(&matter.disclosure.id).await? {
        if material.stage == stage && material.superseded.is_none() {
            change.superseded.push((stage, material.revision));
        }
    }
    for one in matter.open().filter(|one| one.stage == stage && one.state == InstantState::Waiting) {
        change.moves.push((stage, one.tier.clone(), InstantState::Held));
    }
    let who: BTreeSet<&RecipientId> = change.recalled.iter().map(|(_, recipient, _, _)| recipient).collect();
    let told = matter.told(desk).await?;
    let mut messages = Vec::new();
    for to in told.iter().filter(|to| who.contains(&to.recipient.id)) {
        let body = format!(
            "{stage} is recalled: {why}\n\nDelete every copy, and say so by {}.\n",
            earmark_papers::instant_words(by, &matter.disclosure.zone)
        );
        let key = format!("recall {stage} {}", by.0);
        messages.push(telling::message(
            &matter.disclosure,
            to,
            &key,
            &format!("{stage} recalled"),
            body,
            None,
        ));
    }
    let recalled = who.len();
    change.messages = messages;
    desk.ledger().change_disclosure(&change, desk.now()).await?;
    Ok(recalled)
}

/// Records that a recipient said they deleted what was recalled or superseded.
///
/// # Errors
/// Not found when they hold nothing of the kind.
pub async fn attest(desk: &Desk, id: &str, recipient: &str) -> Result<usize, DeskError> {
    let matter = Matter::load(desk, id, Right::Manage).await?;
    let mut change = matter.change(desk, "attest", &json!({ "recipient": recipient }));
    for one in outstanding(desk, id).await?.into_iter().filter(|one| one.recipient == recipient) {
        let recipient = one.recipient.parse().map_err(|source: earmark_model::IdError| {
            DeskError::because(Kind::Bug, "a recipient has no id", source)
        })?;
        change.attested.push((one.stage, recipient, one.what));
    }
    if change.attested.is_empty() {
        return Err(DeskError::new(
            Kind::NotFound,
            format!("`{recipient}` holds nothing of `{id}` that was recalled or superseded"),
        ));
    }
    let attested = change.attested.len();
    desk.ledger().change_disclosure(&change, desk.now()).await?;
    Ok(attested)
}

/// Who still holds what was recalled or superseded.
///
/// # Errors
/// Not found when there is no such disclosure.
pub async fn outstanding(desk: &Desk, id: &str) -> Result<Vec<Outstanding>, DeskError> {
    let id = actor::slug(id)?;
    desk.ledger().disclosure(&id).await?;
    let old: BTreeSet<String> = desk
        .ledger()
        .materials(&id)
        .await?
        .into_iter()
        .filter(|one| one.superseded.is_some())
        .map(|one| format!("{}@{}", one.asset, one.revision))
        .collect();
    let deliveries = desk.ledger().deliveries(&id).await?.into_iter();
    Ok(deliveries
        .filter(|one| one.attested.is_none())
        .filter(|one| match one.state {
            DeliveryState::Recalled => true,
            DeliveryState::Released => old.contains(&one.what),
            DeliveryState::Denied => false,
        })
        .map(|one| Outstanding {
            recipient: one.recipient.to_string(),
            stage: one.stage,
            what: one.what,
            attest_by: one.attest_by.map(UnixMillis::rfc3339),
        })
        .collect())
}
