//! The bundles of a stage, made by a worker: at its instant, or some time before, sealed to a key that leaves at the
//! instant.

use std::path::Path;

use earmark_model::{Digest, UnixMillis};
use earmark_store::{Disclosure, InstantState, Material, NewJob, StageInstant};

use super::copies::{self, Request};
use crate::desk::Desk;
use crate::error::{DeskError, Kind};
use crate::policy::judge::Judge;
use crate::program::explain::may_issue;
use crate::program::release::{self, parse_subject};
use crate::program::{recipients, telling, timed};
use crate::work::Fired;

/// What the subject of a job ends in that makes bundles before their instant.
const EARLY: &str = " early";

/// What a worker made and what it could not.
#[derive(Default)]
struct Made {
    bundles: usize,
    /// Bundles that travelled early: their recipients got the key.
    travelled: usize,
    refused: Vec<String>,
}

/// Asks for the early bundles of every armed stage whose instant is at most `lead_millis` away; gives how many stages.
///
/// # Errors
/// When the ledger cannot be read or written.
pub async fn ask_early(desk: &Desk, lead_millis: i64) -> Result<usize, DeskError> {
    let (now, mut asked) = (desk.now(), 0);
    for disclosure in desk.ledger().disclosures().await?.iter().filter(|one| one.public_at.is_some()) {
        let instants = desk.ledger().stage_instants(&disclosure.id).await?;
        let soon = |one: &&StageInstant| {
            one.state == InstantState::Waiting
                && one.at > now
                && one.at.0.saturating_sub(lead_millis) <= now.0
        };
        let soon: Vec<&StageInstant> = instants.iter().filter(soon).collect();
        if soon.is_empty() {
            continue;
        }
        let materials = desk.ledger().materials(&disclosure.id).await?;
        for instant in soon {
            let whole = |one: &&Material| one.stage == instant.stage && one.superseded.is_none();
            let Some(newest) = materials.iter().filter(whole).map(|one| one.added).max() else { continue };
            let subject =
                release::subject(&disclosure.id, instant.stage, &instant.tier, instant.sequence) + EARLY;
            // Other material is other bundles.
            let unique_key = format!("{} {subject} {}", release::BUNDLES, newest.0);
            let job = NewJob { kind: release::BUNDLES.to_owned(), unique_key, subject, run_at: now };
            asked += usize::from(desk.ledger().add_job(&job, now).await?);
        }
    }
    Ok(asked)
}

/// Makes the bundles of an instant for everybody it was released to, or will be, in `folder/DISCLOSURE`. Who cannot have
/// one (no key is good any more) keeps nobody else from theirs, and the staff hears of it. Who has an early bundle gets
/// no second one: the stage's message brought its key.
///
/// # Errors
/// When the ledger cannot be read, or the disk refuses.
pub async fn fire(desk: &Desk, subject: &str, folder: &Path) -> Result<Fired, DeskError> {
    let (id, stage, tier, sequence) = parse_subject(subject)?;
    let early = subject.ends_with(EARLY);
    let disclosure = desk.ledger().disclosure(&id).await?;
    if disclosure.held.is_some() {
        return Ok(Fired::Held);
    }
    let instants = desk.ledger().stage_instants(&id).await?;
    let mine = instants.iter().find(|one| one.stage == stage && one.tier == tier && one.sequence == sequence);
    let wanted = if early { InstantState::Waiting } else { InstantState::Released };
    let Some(instant) = mine.filter(|one| one.state == wanted) else { return Ok(Fired::Over) };
    let mut made = Made::default();
    for material in desk.ledger().materials(&id).await? {
        if material.stage == stage && material.superseded.is_none() {
            let mut whose = match instant.fired {
                Some(fired) => released(desk, &disclosure, &material, fired).await?,
                None => members(desk, &disclosure, &material, tier.as_str()).await?,
            };
            made.travelled += without_early(desk, instant, &disclosure, &material, &mut whose).await?;
            make(desk, &material, &whose, early, &folder.join(id.as_str()), &mut made).await?;
        }
    }
    if !made.refused.is_empty() {
        let body = format!("No bundle was made where one was due:\n\n  {}\n", made.refused.join("\n  "));
        telling::staff(desk, &disclosure, &format!("bundles {subject}"), "bundles are missing", &body)
            .await?;
    }
    let Made { bundles, travelled, refused } = made;
    let mut said = format!("made {bundles} bundles, {} refused", refused.len());
    if travelled > 0 {
        said += &format!(", {travelled} had travelled early");
    }
    Ok(Fired::Done(said))
}

fn what(material: &Material) -> String {
    format!("{}@{}", material.asset, material.revision)
}

/// Those to whom a material was released at `fired`.
async fn released(
    desk: &Desk,
    disclosure: &Disclosure,
    material: &Material,
    fired: UnixMillis,
) -> Result<Vec<String>, DeskError> {
    let what = what(material);
    let deliveries = desk.ledger().deliveries(&disclosure.id).await?.into_iter();
    let whose = deliveries.filter(|one| {
        one.stage == material.stage
            && one.what == what
            && one.at == fired
            && one.state == earmark_store::DeliveryState::Released
    });
    Ok(whose.map(|one| one.recipient.to_string()).collect())
}

/// Those in a tier whom a material will be released to, as policy is today.
async fn members(
    desk: &Desk,
    disclosure: &Disclosure,
    material: &Material,
    tier: &str,
) -> Result<Vec<String>, DeskError> {
    let judge = Judge::open(desk).await?;
    let mut theirs = Vec::new();
    let all = recipients::of(desk, disclosure).await?.into_iter();
    for to in all.filter(|to| to.receives() && to.tier() == tier) {
        match may_issue(desk, &judge, &to, material.asset.as_str(), &material.revision, true).await {
            Ok(_) => theirs.push(to.recipient.id.to_string()),
            Err(error) if error.kind == Kind::Refused => {}
            Err(error) => return Err(error),
        }
    }
    Ok(theirs)
}

/// Takes those away who have a bundle of this stage sealed before its instant; gives how many.
async fn without_early(
    desk: &Desk,
    instant: &StageInstant,
    disclosure: &Disclosure,
    material: &Material,
    whose: &mut Vec<String>,
) -> Result<usize, DeskError> {
    if timed::made(desk, &disclosure.id, instant.stage, &instant.tier)?.is_none() {
        return Ok(0);
    }
    let plan = desk.ledger().plans_of(&material.revision).await?.pop().map(|plan| plan.plan.id);
    let until = instant.fired.unwrap_or(instant.at);
    let bundles = desk.ledger().bundles().await?;
    let have = |id: &String, plan: &Digest| {
        bundles.iter().any(|one| {
            one.recipient.as_str() == id
                && one.plan == *plan
                && one.sealed >= material.added
                && one.sealed < until
        })
    };
    let before = whose.len();
    whose.retain(|id| plan.as_ref().is_none_or(|plan| !have(id, plan)));
    Ok(before - whose.len())
}

async fn make(
    desk: &Desk,
    material: &Material,
    whose: &[String],
    early: bool,
    out: &Path,
    made: &mut Made,
) -> Result<(), DeskError> {
    if whose.is_empty() {
        return Ok(());
    }
    let request =
        |to: String| Request { asset: what(material), to, out: out.to_owned(), plain: false, early };
    match copies::issue(desk, &request(whose.join(","))).await {
        Ok(answer) => made.bundles += answer.copies.len(),
        Err(error) if error.kind == Kind::Refused => {
            for one in whose {
                match copies::issue(desk, &request(one.clone())).await {
                    Ok(answer) => made.bundles += answer.copies.len(),
                    Err(error) if error.kind == Kind::Refused => made.refused.push(error.to_string()),
                    Err(error) => return Err(error),
                }
            }
        }
        Err(error) => return Err(error),
    }
    Ok(())
}
