//! A breach, in one act: before the public instant the embargo is broken; after it, partners are armed.

use earmark_papers::{CsafVersion, instant_words};
use earmark_store::{DisclosureChange, Exploitation, InstantState, Stage};
use serde::Serialize;
use serde_json::{Value, json};

use super::embargo::{self, Step};
use super::matter::{self, Matter};
use super::{advisory, release, schedule, telling};
use crate::actor::Right;
use crate::approval::{self, Alone, Answer, Waits};
use crate::desk::Desk;
use crate::error::{DeskError, Kind};
use crate::history;

/// What an act against a breach did.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Done {
    /// `early` or `late`.
    pub breach: &'static str,
    /// How many recipients are told.
    pub told: usize,
    /// The matter under which samples of this leak are looked at.
    pub matter: String,
    /// Stages that are held now, as `DISCLOSURE STAGE:TIER`.
    pub held: Vec<String>,
    /// Stages that are due now, as `STAGE:TIER`.
    pub due: Vec<String>,
    /// A statement or bulletin to start from.
    pub draft: String,
    /// What the early publication waits for.
    pub publication: Option<Waits>,
    /// The update of the advisory that says it, in CSAF 2.0; none where the publisher's address is not known yet.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub csaf: Option<Value>,
}

/// Material was seen outside before the public instant: the embargo is broken for all, everybody is told, everything
/// that has not left is held, and the early publication is asked for, which a second person confirms with
/// [`publish`]. One person may do this.
///
/// # Errors
/// Refused where no embargo is in force.
pub async fn early(desk: &Desk, id: &str, seen: &str) -> Result<Done, DeskError> {
    let matter = Matter::load(desk, id, Right::Stop).await?;
    let now = desk.now();
    let disclosure = &matter.disclosure;
    let ended = embargo::advance(&disclosure.id, disclosure.embargo, Step::Break);
    let ended = ended.map_err(|error| error.hint("after the public instant it is a breach `--late`"))?;
    let leak = desk.fresh_matter_id()?;
    let particulars = json!({ "breach": "early", "seen": seen, "matter": leak });
    let mut change = matter.change(desk, "breach", &particulars);
    change.disclosure.embargo = ended;
    change.disclosure.broken = Some(now);
    change.disclosure.exploitation = disclosure.exploitation.max(Exploitation::Likely);
    let mut held = Vec::new();
    for one in matter.open() {
        change.moves.push((one.stage, one.tier.clone(), InstantState::Held));
        held.push(format!("{id} {}:{}", one.stage, one.tier));
    }
    let audience = matter.audience(desk).await?;
    for to in &audience {
        let body = format!(
            "The embargo is broken: material was seen outside at {}.\n\nWhat is known: {seen}\n\n\
             You may deploy protection now. Do not pass material on before the publication, of which you will hear.\n",
            instant_words(now, &disclosure.zone)
        );
        let subject = "the embargo is broken";
        change.messages.push(telling::message(&change.disclosure, to, "breach early", subject, body, None));
    }
    desk.ledger().open_matter(&leak, now).await?;
    desk.ledger().change_disclosure(&change, now).await?;
    let publication = match ask_publication(desk, id).await {
        Ok(Answer::Waits(waits)) => Some(waits),
        Ok(Answer::Given(_)) => None,
        // Whoever may only stop leaves the publication to those who may approve.
        Err(error) if error.kind == Kind::Refused => None,
        Err(error) => return Err(error),
    };
    let draft = statement(&matter, seen, now);
    Ok(Done {
        breach: "early",
        told: audience.len(),
        matter: leak.to_string(),
        held,
        due: Vec::new(),
        draft,
        publication,
        csaf: update(desk, id).await?,
    })
}

/// The advisory as it is after the act. What has been done is not undone because it cannot be written.
async fn update(desk: &Desk, id: &str) -> Result<Option<Value>, DeskError> {
    let wanted = advisory::Wanted { version: CsafVersion::V2_0, public: false, namespace: None };
    match advisory::csaf(desk, id, &wanted).await {
        Ok(written) => Ok(Some(written.document)),
        Err(error) if error.kind == Kind::Refused => Ok(None),
        Err(error) => Err(error),
    }
}

async fn ask_publication(desk: &Desk, id: &str) -> Result<Answer, DeskError> {
    approval::ask(desk, ("disclosure", id, "publish"), &json!({}), Alone::AfterWaiting).await
}

/// Brings the publication of a broken embargo forward to now: advisory and detection guidance go to all tiers, proofs
/// of concept and source stay held. Takes two people; gives what it waits for.
///
/// # Errors
/// Refused where the embargo was not broken, or it is public already.
pub async fn publish(desk: &Desk, id: &str) -> Result<Option<Waits>, DeskError> {
    let matter = Matter::load(desk, id, Right::Approve).await?;
    let now = desk.now();
    let unpublished = matter.open().any(|one| one.stage == Stage::Public);
    if matter.disclosure.broken.is_none() || !unpublished {
        let why = format!("disclosure `{id}` has no broken embargo that waits for its publication");
        return Err(DeskError::new(Kind::Refused, why)
            .hint("an embargo in force is brought forward with `earmark disclosure revise`"));
    }
    let leave = match ask_publication(desk, id).await? {
        Answer::Given(leave) => leave,
        Answer::Waits(waits) => return Ok(Some(waits)),
    };
    let mut change = matter.change(desk, "publish", &json!({ "at": now.rfc3339() }));
    change.disclosure.sequence += 1;
    change.disclosure.public_at = Some(now);
    let sequence = change.disclosure.sequence;
    for one in matter.open() {
        if matches!(one.stage, Stage::Public | Stage::HeadsUp | Stage::Advisory | Stage::DetectionGuidance) {
            let new = schedule::instant(one.stage, one.tier.clone(), sequence, now, InstantState::Waiting);
            matter::arm(&mut change, new);
        }
    }
    desk.ledger().change_disclosure(&change, now).await?;
    approval::close(desk, &leave).await?;
    Ok(None)
}

/// The fix is out and material is seen outside that should not be: the stated likelihood of exploitation rises, every
/// recipient gets the detection guidance, later stages of the same kind are held in every disclosure. One person may
/// do this.
///
/// # Errors
/// Refused before the public instant.
pub async fn late(desk: &Desk, id: &str, stage: Stage, seen: &str) -> Result<Done, DeskError> {
    let matter = Matter::load(desk, id, Right::Stop).await?;
    let now = desk.now();
    let released = |one: &&earmark_store::StageInstant| {
        one.stage == Stage::Public && one.state == InstantState::Released
    };
    if !matter.instants.iter().any(|one| released(&one)) {
        return Err(DeskError::new(Kind::Refused, format!("disclosure `{id}` is not public yet"))
            .hint("before the public instant it is a breach `--early`"));
    }
    let leak = desk.fresh_matter_id()?;
    let particulars = json!({ "breach": "late", "stage": stage, "seen": seen, "matter": leak });
    let mut change = matter.change(desk, "breach", &particulars);
    change.disclosure.exploitation = matter.disclosure.exploitation.max(Exploitation::Likely);
    change.disclosure.sequence += 1;
    let due = arm_guidance(&matter, &mut change, now)?;
    let mut held = hold_stage(&matter, &mut change, stage);
    let audience = matter.audience(desk).await?;
    let draft = bulletin(&matter, seen, now);
    for to in &audience {
        let body = format!("{draft}\nDetection guidance follows where there is any.\n");
        let key = format!("breach late {}", change.disclosure.sequence);
        let subject = "material seen outside, exploitation likely";
        change.messages.push(telling::message(&change.disclosure, to, &key, subject, body, None));
    }
    let mut changes = vec![change];
    // A drill holds nothing real, and nothing real holds a drill.
    let kin = |other: &earmark_store::Disclosure| {
        other.id != matter.disclosure.id && other.exercise == matter.disclosure.exercise
    };
    for other in desk.ledger().disclosures().await?.into_iter().filter(kin) {
        let instants = desk.ledger().stage_instants(&other.id).await?;
        let other = Matter { disclosure: other, instants };
        let what = json!({ "stage": stage, "because_of": id });
        let act = history::act(desk, "disclosure", other.disclosure.id.as_str(), "hold stage", &what);
        let mut change = DisclosureChange::new(other.disclosure.clone(), act);
        let stopped = hold_stage(&other, &mut change, stage);
        if !stopped.is_empty() {
            held.extend(stopped);
            changes.push(change);
        }
    }
    desk.ledger().open_matter(&leak, now).await?;
    desk.ledger().change_disclosures(&changes, now).await?;
    Ok(Done {
        breach: "late",
        told: audience.len(),
        matter: leak.to_string(),
        held,
        due,
        draft,
        publication: None,
        csaf: update(desk, id).await?,
    })
}

/// Makes the detection guidance due for every tier that has not had it.
fn arm_guidance(
    matter: &Matter,
    change: &mut DisclosureChange,
    now: earmark_model::UnixMillis,
) -> Result<Vec<String>, DeskError> {
    let stage = Stage::DetectionGuidance;
    let mut due = Vec::new();
    for tier in release::tiers(&matter.instants) {
        let mine = |one: &&earmark_store::StageInstant| one.stage == stage && one.tier.as_str() == tier;
        if matter.instants.iter().filter(mine).any(|one| one.state == InstantState::Released) {
            continue;
        }
        let tier = crate::actor::slug(tier)?;
        due.push(format!("{stage}:{tier}"));
        let sequence = change.disclosure.sequence;
        matter::arm(change, schedule::instant(stage, tier, sequence, now, InstantState::Waiting));
    }
    Ok(due)
}

fn hold_stage(matter: &Matter, change: &mut DisclosureChange, stage: Stage) -> Vec<String> {
    let mut held = Vec::new();
    for one in matter.open().filter(|one| one.stage == stage && one.state == InstantState::Waiting) {
        change.moves.push((one.stage, one.tier.clone(), InstantState::Held));
        held.push(format!("{} {}:{}", matter.disclosure.id, one.stage, one.tier));
    }
    held
}

fn statement(matter: &Matter, seen: &str, now: earmark_model::UnixMillis) -> String {
    let disclosure = &matter.disclosure;
    format!(
        "# Statement on {}\n\nAt {} we learned that confidential material on {} is available outside ({seen}).\n\
         We have told everybody who received it under embargo, and are bringing the publication forward.\n\n\
         Affected: {}\nWhat to do until the fix is out: ...\nNext word from us: ...\n",
        disclosure.title,
        instant_words(now, &disclosure.zone),
        disclosure.title,
        if disclosure.cves.is_empty() { "...".to_owned() } else { disclosure.cves.join(", ") },
    )
}

fn bulletin(matter: &Matter, seen: &str, now: earmark_model::UnixMillis) -> String {
    let disclosure = &matter.disclosure;
    let public = disclosure.public_at.map(|at| instant_words(at, &disclosure.zone)).unwrap_or_default();
    format!(
        "# Update now: {}\n\nThe fix has been out since {public}. At {} we learned that material which helps to use the \
         flaw is available outside ({seen}).\nExploitation is to be expected. Whoever has not updated should do so now.\n",
        disclosure.title,
        instant_words(now, &disclosure.zone),
    )
}
