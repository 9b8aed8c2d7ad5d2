//! What a partner will receive, when, and by which policy; and what other policies would change for whom.

use std::collections::BTreeMap;
use std::path::Path;

use earmark_model::Slug;
use earmark_store::{Embargo, InstantState, Stage, StageInstant};
use serde::Serialize;

use super::moment::{Moment as Shown, moment};
use super::recipients::{self, Addressee};
use super::release;
use crate::actor::slug;
use crate::desk::Desk;
use crate::error::{DeskError, Kind};
use crate::policy::engine::{Engine, Verdict};
use crate::policy::facts::{Material as Facts, Moment};
use crate::policy::judge::Judge;
use crate::policy::rules;

/// One thing that a recipient would receive, or not.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Line {
    /// The recipient.
    pub recipient: String,
    /// The stage.
    pub stage: Stage,
    /// `ASSET@DIGEST`, or `notice` for a stage without material.
    pub what: String,
    /// When.
    #[serde(flatten)]
    pub due: Shown,
    /// Where the stage stands for the tier.
    pub state: InstantState,
    /// Whether policy lets it go, and which policies decide.
    #[serde(flatten)]
    pub verdict: Verdict,
}

/// A decision that other policies would make otherwise.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Difference {
    /// The disclosure.
    pub disclosure: Slug,
    /// The recipient.
    pub recipient: String,
    /// The stage.
    pub stage: Stage,
    /// `ASSET@DIGEST` or `notice`.
    pub what: String,
    /// The decision today.
    pub now: Verdict,
    /// The decision then.
    pub then: Verdict,
}

/// What the recipients of a partner receive of a disclosure; of every partner, without one.
///
/// # Errors
/// Not found for a partner or disclosure that is not there.
pub async fn explain(desk: &Desk, partner: Option<&str>, id: &str) -> Result<Vec<Line>, DeskError> {
    let id = slug(id)?;
    if let Some(partner) = partner {
        desk.ledger().partner(&slug(partner)?).await?;
    }
    let judge = Judge::open(desk).await?;
    let all = recipients::all(desk).await?;
    let of_partner = |to: &&Addressee| {
        partner.is_none_or(|slug| to.partner.as_ref().is_some_and(|one| one.slug.as_str() == slug))
    };
    let wanted: Vec<&Addressee> = all.iter().filter(of_partner).collect();
    let disclosure = desk.ledger().disclosure(&id).await?;
    let mut lines = Vec::new();
    each(desk, &id, &wanted, |to, instant, facts, at| {
        lines.push(Line {
            recipient: to.recipient.id.to_string(),
            stage: instant.stage,
            what: facts.id.clone(),
            due: moment(instant.at, &disclosure.zone),
            state: instant.state,
            verdict: judge.decide(&to.recipient, facts, at)?,
        });
        Ok(())
    })
    .await?;
    Ok(lines)
}

/// What the policies of `folder` would change, over every disclosure that is not over, for everybody.
///
/// # Errors
/// Malformed when those policies cannot be used.
pub async fn diff(desk: &Desk, folder: &Path) -> Result<Vec<Difference>, DeskError> {
    let now = Judge::open(desk).await?;
    let then = Judge::with(desk, Engine::load(&rules::read(folder)?)?).await?;
    let all = recipients::all(desk).await?;
    let all: Vec<&Addressee> = all.iter().collect();
    let mut differences = Vec::new();
    for disclosure in desk.ledger().disclosures().await? {
        if disclosure.embargo == Embargo::Exited {
            continue;
        }
        each(desk, &disclosure.id, &all, |to, instant, facts, at| {
            let pair = (now.decide(&to.recipient, facts, at)?, then.decide(&to.recipient, facts, at)?);
            if pair.0.allowed != pair.1.allowed {
                differences.push(Difference {
                    disclosure: disclosure.id.clone(),
                    recipient: to.recipient.id.to_string(),
                    stage: instant.stage,
                    what: facts.id.clone(),
                    now: pair.0,
                    then: pair.1,
                });
            }
            Ok(())
        })
        .await?;
    }
    Ok(differences)
}

/// Calls `look` for every recipient of `wanted`, instant of their tier and material, as it will be at the instant.
async fn each(
    desk: &Desk,
    id: &Slug,
    wanted: &[&Addressee],
    mut look: impl FnMut(&Addressee, &StageInstant, &Facts, &Moment) -> Result<(), DeskError>,
) -> Result<(), DeskError> {
    let disclosure = desk.ledger().disclosure(id).await?;
    let instants = desk.ledger().stage_instants(id).await?;
    let mut materials = BTreeMap::new();
    for stage in Stage::DELIVERED {
        materials.insert(stage, release::current(desk, id, stage).await?);
    }
    let inside = desk.ledger().participants(id).await?;
    for to in wanted.iter().filter(|to| !disclosure.exercise || inside.contains(&to.recipient.id)) {
        let mine = instants
            .iter()
            .filter(|one| one.tier.as_str() == to.tier() && one.state != InstantState::Superseded);
        for instant in mine {
            let at = instant.fired.unwrap_or(instant.at);
            let moment = Moment::of(&disclosure, at);
            for (row, positions) in materials.get(&instant.stage).into_iter().flatten() {
                let facts = Facts::staged(instant.stage, row.as_ref(), *positions, at);
                look(to, instant, &facts, &moment)?;
            }
        }
    }
    Ok(())
}

/// Refuses a revision for a recipient unless policy and, where it is under embargo, its instant let it go.
///
/// A revision that is attached to disclosures goes out by one of them: the stage has fired for the recipient's tier, or
/// with `early` the bundle is sealed to the stage's timed key. Gives that stage, where there is one.
///
/// # Errors
/// Refused, with the policy's name or the instant.
pub async fn may_issue(
    desk: &Desk,
    judge: &Judge,
    to: &Addressee,
    asset: &str,
    revision: &earmark_model::Digest,
    early: bool,
) -> Result<Option<(Slug, Stage, Slug)>, DeskError> {
    let id = &to.recipient.id;
    let attached = desk.ledger().materials_of(revision).await?;
    let positions = crate::policy::judge::positions(desk, revision).await?;
    if attached.is_empty() {
        let facts = Facts::asset(&format!("{asset}@{revision}"), positions);
        let verdict = judge.decide(&to.recipient, &facts, &Moment::undisclosed())?;
        return if verdict.allowed { Ok(None) } else { Err(denied(id, asset, &verdict)) };
    }
    let mut refusal = None;
    for material in attached.iter().filter(|one| one.superseded.is_none()) {
        let disclosure = desk.ledger().disclosure(&material.disclosure).await?;
        if disclosure.exercise && !desk.ledger().participants(&disclosure.id).await?.contains(id) {
            refusal.get_or_insert_with(|| {
                DeskError::new(
                    Kind::Refused,
                    format!("`{id}` takes no part in the drill `{}`", disclosure.id),
                )
            });
            continue;
        }
        let instants = desk.ledger().stage_instants(&disclosure.id).await?;
        let mine = instants.iter().filter(|one| {
            one.stage == material.stage
                && one.tier.as_str() == to.tier()
                && matches!(one.state, InstantState::Released | InstantState::Waiting)
        });
        let Some(instant) = mine.min_by_key(|one| one.state == InstantState::Waiting) else {
            refusal.get_or_insert_with(|| {
                let why =
                    format!("{} of `{}` goes to no tier `{}`", material.stage, disclosure.id, to.tier());
                DeskError::new(Kind::Refused, format!("`{id}` does not receive `{asset}`: {why}"))
            });
            continue;
        };
        let at = instant.fired.unwrap_or(instant.at);
        let facts = Facts::staged(material.stage, Some(material), positions, at);
        let verdict = judge.decide(&to.recipient, &facts, &Moment::of(&disclosure, at))?;
        if !verdict.allowed {
            refusal = Some(denied(id, asset, &verdict));
        } else if disclosure.held.is_some() {
            let why = format!("disclosure `{}` is held; `{asset}` does not leave", disclosure.id);
            refusal = Some(DeskError::new(Kind::Refused, why));
        } else if instant.state == InstantState::Waiting && !early {
            let why = format!("`{asset}` is embargoed until {} for `{id}`", instant.at.rfc3339());
            let hint = "with `--early` it is sealed to a key that leaves at the instant";
            refusal = Some(DeskError::new(Kind::Refused, why).hint(hint));
        } else {
            let sealed = instant.state == InstantState::Waiting;
            return Ok(sealed.then(|| (disclosure.id, material.stage, instant.tier.clone())));
        }
    }
    Err(refusal.unwrap_or_else(|| {
        DeskError::new(Kind::Refused, format!("this revision of `{asset}` was superseded"))
            .hint("`earmark disclosure show` names the one that took its place")
    }))
}

fn denied(id: &earmark_model::RecipientId, asset: &str, verdict: &Verdict) -> DeskError {
    let names: Vec<String> = verdict.policies.iter().map(|name| format!("`{name}`")).collect();
    let error =
        DeskError::new(Kind::Refused, format!("policy {} denies `{asset}` to `{id}`", names.join(", ")));
    verdict.why.iter().filter(|why| !why.is_empty()).fold(error, |error, why| error.hint(why.clone()))
}
