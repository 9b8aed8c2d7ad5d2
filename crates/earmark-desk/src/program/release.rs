//! Firing instants: what is due leaves, once, and never before its instant.
//!
//! The clock of the desk decides, and the ledger once more in the statement that releases. A job wakes a worker; that
//! a job runs twice, late, or after the schedule changed does no harm.

use std::fmt::Display;

use earmark_model::{Slug, UnixMillis};
use earmark_papers::instant_words;
use earmark_store::{
    Delivery, DeliveryState, Disclosure, Embargo, Firing, InstantState, Material, NewJob, NewMessage, Stage,
    StageInstant, StoreError,
};
use serde_json::json;

use super::embargo::{self, Step};
use super::recipients::{self, Addressee};
use super::telling;
use super::timed;
use super::{chase, questions};
use crate::actor::slug;
use crate::desk::Desk;
use crate::error::{DeskError, Kind};
use crate::history;
use crate::policy::facts::{Material as Facts, Moment};
use crate::policy::judge::{self, Judge};
use crate::work::Fired;

/// The kind of job that makes the bundles of a stage that was released, for workers who were given a folder.
pub const BUNDLES: &str = "bundles";

/// The kind of job that wakes somebody for an instant.
pub const KIND: &str = "release";

/// How often an instant is tried again when the disclosure changes under it.
const ATTEMPTS: u32 = 20;

/// The job for an instant; there is one for each.
#[must_use]
pub fn job(disclosure: &Slug, instant: &StageInstant) -> NewJob {
    let subject = subject_of(disclosure, instant);
    NewJob { kind: KIND.to_owned(), unique_key: unique_key(&subject), subject, run_at: instant.at }
}

fn subject_of(disclosure: &Slug, instant: &StageInstant) -> String {
    subject(disclosure, instant.stage, &instant.tier, instant.sequence)
}

/// How a job calls an instant: disclosure, stage, tier, number of the schedule.
pub fn subject(
    disclosure: impl Display,
    stage: impl Display,
    tier: impl Display,
    sequence: impl Display,
) -> String {
    format!("{disclosure} {stage} {tier} {sequence}")
}

/// What makes the job of an instant the only one.
#[must_use]
pub fn unique_key(subject: &str) -> String {
    format!("{KIND} {subject}")
}

/// Reads what [`job`] wrote: disclosure, stage, tier, number of the schedule.
///
/// # Errors
/// A bug when it names no instant.
pub fn parse_subject(text: &str) -> Result<(Slug, Stage, Slug, u32), DeskError> {
    let bug = || DeskError::new(Kind::Bug, format!("`{text}` names no instant"));
    let mut words = text.split(' ');
    let mut word = || words.next().ok_or_else(bug);
    let (id, stage, tier) = (slug(word()?)?, word()?.parse::<Stage>().map_err(|_| bug())?, slug(word()?)?);
    Ok((id, stage, tier, word()?.parse().map_err(|_| bug())?))
}

/// Fires the instant that a job's subject names, if it is due.
///
/// # Errors
/// When the ledger cannot be read or written.
pub async fn fire(desk: &Desk, subject: &str) -> Result<Fired, DeskError> {
    let bug = || DeskError::new(Kind::Bug, format!("`{subject}` names no instant"));
    let (id, stage, tier, sequence) = parse_subject(subject)?;
    for _ in 0..ATTEMPTS {
        let disclosure = desk.ledger().disclosure(&id).await?;
        let instants = desk.ledger().stage_instants(&id).await?;
        let found = instants
            .iter()
            .find(|one| one.stage == stage && one.tier == tier && one.sequence == sequence)
            .ok_or_else(bug)?;
        let now = desk.now();
        match found.state {
            InstantState::Released | InstantState::Superseded => return Ok(Fired::Over),
            InstantState::Held | InstantState::Draft => return Ok(Fired::Held),
            InstantState::Waiting if disclosure.held.is_some() => return Ok(Fired::Held),
            InstantState::Waiting if now < found.at => return Ok(Fired::NotDue(found.at)),
            InstantState::Waiting => {}
        }
        let all = recipients::of(desk, &disclosure).await?;
        let firing = prepare(desk, &all, disclosure, &instants, found.clone(), now, Keys::Given).await?;
        let count = |state| firing.deliveries.iter().filter(|one| one.state == state).count();
        let (received, denied) = (count(DeliveryState::Released), count(DeliveryState::Denied));
        match desk.ledger().fire(&firing, now).await {
            Ok(true) => return Ok(Fired::Done(format!("released to {received}, denied to {denied}"))),
            // Somebody was faster, or something changed: look again.
            Ok(false) | Err(StoreError::Outdated { .. }) => {}
            Err(error) => return Err(error.into()),
        }
    }
    Err(DeskError::new(
        Kind::Unavailable,
        format!("disclosure `{id}` keeps changing; its instant will be tried again"),
    ))
}

/// Whether messages bring the keys of what was sealed early.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Keys {
    /// They do.
    Given,
    /// This is a preview: a line says where the key will stand.
    Withheld,
}

/// Works out who of `all` receives what at `now`; writes nothing.
pub(super) async fn prepare(
    desk: &Desk,
    all: &[Addressee],
    disclosure: Disclosure,
    instants: &[StageInstant],
    instant: StageInstant,
    now: UnixMillis,
    keys: Keys,
) -> Result<Firing, DeskError> {
    let mut firing = Firing {
        act: history::act(
            desk,
            "disclosure",
            disclosure.id.as_str(),
            "release",
            &json!({
                "stage": instant.stage, "tier": instant.tier, "sequence": instant.sequence,
                "due": instant.at.rfc3339(), "fired": now.rfc3339(),
            }),
        ),
        disclosure,
        instant,
        deliveries: Vec::new(),
        messages: Vec::new(),
        jobs: Vec::new(),
    };
    if firing.instant.stage == Stage::Public {
        if let Some(ended) = embargo::next(firing.disclosure.embargo, Step::Exit) {
            firing.disclosure.embargo = ended;
        }
        let tiers = tiers(instants);
        for to in all.iter().filter(|to| to.receives() && tiers.contains(&to.tier())) {
            firing.messages.push(public_message(&firing.disclosure, to, &firing.instant, now));
        }
        return Ok(firing);
    }
    let materials = current(desk, &firing.disclosure.id, firing.instant.stage).await?;
    let judge = Judge::open(desk).await?;
    let key = timed::made(desk, &firing.disclosure.id, firing.instant.stage, &firing.instant.tier)?;
    let key = key.map(|key| match keys {
        Keys::Given => key.secret_text(),
        Keys::Withheld => "(here the key will stand)".to_owned().into(),
    });
    let answers = questions::answers(desk, &firing.disclosure.id, firing.instant.stage).await?;
    let moment = Moment::of(&firing.disclosure, now);
    for to in all.iter().filter(|to| to.tier() == firing.instant.tier.as_str() && is_member(to)) {
        let mut received = Vec::new();
        for (row, positions) in &materials {
            let facts = Facts::staged(firing.instant.stage, row.as_ref(), *positions, now);
            let verdict = judge.decide(&to.recipient, &facts, &moment)?;
            if verdict.allowed {
                received.push(row.as_ref());
            }
            firing.deliveries.push(Delivery {
                disclosure: firing.disclosure.id.clone(),
                stage: firing.instant.stage,
                recipient: to.recipient.id.clone(),
                what: facts.id,
                state: if verdict.allowed { DeliveryState::Released } else { DeliveryState::Denied },
                policies: verdict.policies,
                at: now,
                attest_by: None,
                attested: None,
            });
        }
        if !received.is_empty() {
            let secret = key.as_ref().map(|key| key.as_str());
            firing.messages.push(stage_message(
                desk,
                &firing,
                instants,
                to,
                &received,
                (secret, &answers),
                now,
            ));
        }
    }
    if firing.deliveries.iter().any(|one| one.state == DeliveryState::Released) {
        firing.jobs.push(chase::job(desk, &firing.disclosure.id, &firing.instant.tier, 1, now).await?);
        if firing.deliveries.iter().any(|one| one.what != "notice") {
            let subject = subject_of(&firing.disclosure.id, &firing.instant);
            let unique_key = format!("{BUNDLES} {subject}");
            firing.jobs.push(NewJob { kind: BUNDLES.to_owned(), unique_key, subject, run_at: now });
        }
    }
    Ok(firing)
}

/// The materials that a stage hands out today, with their positions; one empty place for a stage without any.
///
/// # Errors
/// When the ledger cannot be read.
pub async fn current(
    desk: &Desk,
    id: &Slug,
    stage: Stage,
) -> Result<Vec<(Option<Material>, i64)>, DeskError> {
    let mut current = Vec::new();
    for row in desk.ledger().materials(id).await? {
        if row.stage == stage && row.superseded.is_none() {
            let positions = judge::positions(desk, &row.revision).await?;
            current.push((Some(row), positions));
        }
    }
    if current.is_empty() {
        current.push((None, 0));
    }
    Ok(current)
}

/// The tiers that a disclosure has instants for.
#[must_use]
pub fn tiers(instants: &[StageInstant]) -> Vec<&str> {
    let mut tiers: Vec<&str> = instants
        .iter()
        .filter(|one| one.stage != Stage::Public && one.state != InstantState::Superseded)
        .map(|one| one.tier.as_str())
        .collect();
    tiers.sort_unstable();
    tiers.dedup();
    tiers
}

/// Whether a delivery, or its denial, is worth a row: applicants and those who left are no members.
fn is_member(to: &Addressee) -> bool {
    use earmark_store::PartnerStatus::{Applicant, Removed};
    to.partner.as_ref().is_none_or(|partner| !matches!(partner.status, Applicant | Removed))
}

fn public_message(
    disclosure: &Disclosure,
    to: &Addressee,
    instant: &StageInstant,
    now: UnixMillis,
) -> NewMessage {
    let broken = if disclosure.broken.is_some() {
        "\nThe embargo was broken; this is the early publication.\n"
    } else if disclosure.embargo == Embargo::Exited {
        "\nThe embargo is over. Material that is confidential for longer stays confidential.\n"
    } else {
        ""
    };
    let body = format!("Public since {}.\n{broken}", instant_words(now, &disclosure.zone));
    telling::message(disclosure, to, &format!("public {}", instant.sequence), "public now", body, None)
}

fn stage_message(
    desk: &Desk,
    firing: &Firing,
    instants: &[StageInstant],
    to: &Addressee,
    received: &[Option<&Material>],
    (secret, answers): (Option<&str>, &str),
    now: UnixMillis,
) -> NewMessage {
    let (disclosure, instant) = (&firing.disclosure, &firing.instant);
    let mut body = format!("Released: {}, {}.\n\n", instant.stage, instant_words(now, &disclosure.zone));
    for material in received.iter().flatten() {
        let until = match material.confidential_until.as_str() {
            "public" => "until the public instant".to_owned(),
            "indefinite" => "indefinitely".to_owned(),
            other => format!("until {other}"),
        };
        body +=
            &format!("  {} (revision {}), confidential {until}\n", material.asset, material.revision.short());
    }
    if !disclosure.cves.is_empty() {
        body += &format!("  {}\n", disclosure.cves.join(", "));
    }
    body += "\nYour instants:\n";
    body += &telling::instants_text(disclosure, instants, to.tier());
    if let Some(secret) = secret.filter(|_| received.iter().any(Option::is_some)) {
        body += &format!(
            "\nThe key of what you hold already, for `age -d -i FILE`, after your own:\n\n{secret}\n"
        );
    }
    body += answers;
    let calendar = telling::calendar_of(desk, disclosure, instants, to.tier(), now);
    let key = format!("{} {} {}", instant.stage, instant.tier, instant.sequence);
    telling::message(disclosure, to, &key, instant.stage.word(), body, Some(calendar))
}
