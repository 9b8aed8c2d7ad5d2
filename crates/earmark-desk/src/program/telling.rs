//! What recipients are told: messages with the exact instants, and their calendar.

use earmark_model::{Slug, UnixMillis};
use earmark_papers::{Event, calendar, instant_words};
use earmark_store::{Disclosure, InstantState, NewMessage, Stage, StageInstant};

use super::recipients::{self, Addressee};
use super::schedule::EVERYBODY;
use crate::actor::{self, Right};
use crate::desk::Desk;
use crate::error::DeskError;
use crate::history;

/// A message about a disclosure. `key` makes it one of its kind: telling the same twice is telling once.
#[must_use]
pub fn message(
    disclosure: &Disclosure,
    to: &Addressee,
    key: &str,
    subject: &str,
    body: String,
    calendar: Option<String>,
) -> NewMessage {
    let exercise = if disclosure.exercise { "EXERCISE: " } else { "" };
    NewMessage {
        unique_key: format!("{} {key} {}", disclosure.id, to.recipient.id),
        disclosure: Some(disclosure.id.clone()),
        recipient: to.recipient.id.to_string(),
        mail: to.mail.clone(),
        subject: format!("{exercise}[{}] {}: {subject}", disclosure.tlp, disclosure.id),
        body: format!("{exercise}{}\n\n{body}", disclosure.title),
        calendar,
    }
}

/// The instants in force for a tier, those that were released too, in order.
pub fn for_tier<'a>(instants: &'a [StageInstant], tier: &str) -> Vec<&'a StageInstant> {
    let mut mine: Vec<&StageInstant> = instants
        .iter()
        .filter(|one| one.tier.as_str() == tier || one.stage == Stage::Public)
        .filter(|one| !matches!(one.state, InstantState::Superseded | InstantState::Draft))
        .collect();
    mine.sort_by_key(|one| (one.at, one.stage));
    mine
}

/// A tier's instants as lines, in UTC and in the owner's zone, each with its weekday.
#[must_use]
pub fn instants_text(disclosure: &Disclosure, instants: &[StageInstant], tier: &str) -> String {
    let mut text = String::new();
    for one in for_tier(instants, tier) {
        let state = match one.state {
            InstantState::Released => ", released",
            InstantState::Held => ", held",
            _ => "",
        };
        text += &format!("  {}: {}{state}\n", one.stage, instant_words(one.at, &disclosure.zone));
    }
    let deploy = if disclosure.deploy_early { "You may" } else { "You may not" };
    text += &format!("\n{deploy} deploy protection before the public instant.\n");
    text
}

/// A tier's instants as a calendar: UIDs that never change, SEQUENCE as the number of the schedule.
#[must_use]
pub fn calendar_of(
    desk: &Desk,
    disclosure: &Disclosure,
    instants: &[StageInstant],
    tier: &str,
    stamped: UnixMillis,
) -> String {
    let exercise = if disclosure.exercise { "EXERCISE: " } else { "" };
    let program = desk.address_name();
    let events: Vec<Event> = for_tier(instants, tier)
        .into_iter()
        .map(|one| Event {
            uid: uid(&disclosure.id, one.stage, &one.tier, &program),
            sequence: one.sequence,
            stamped,
            at: one.at,
            summary: format!("{exercise}{}: {}", disclosure.id, one.stage),
            description: format!("{}\n{}", disclosure.title, instant_words(one.at, &disclosure.zone)),
            canceled: one.state == InstantState::Held,
        })
        .collect();
    calendar(&events)
}

fn uid(disclosure: &Slug, stage: Stage, tier: &Slug, program: &str) -> String {
    let tier = if stage == Stage::Public { EVERYBODY } else { tier.as_str() };
    format!("{disclosure}.{stage}.{tier}@{program}.earmark")
}

/// What everybody on the staff is told about a disclosure; whoever has left is not.
///
/// # Errors
/// When the ledger cannot be read.
pub async fn to_staff(
    desk: &Desk,
    disclosure: &Disclosure,
    key: &str,
    subject: &str,
    body: &str,
) -> Result<Vec<NewMessage>, DeskError> {
    let exercise = if disclosure.exercise { "EXERCISE: " } else { "" };
    let staff = desk.ledger().staff().await?.into_iter().filter(|person| person.left.is_none());
    Ok(staff
        .map(|person| NewMessage {
            unique_key: format!("{} {key} staff:{}", disclosure.id, person.name),
            disclosure: Some(disclosure.id.clone()),
            recipient: format!("staff:{}", person.name),
            mail: person.mail,
            subject: format!("{exercise}[{}] {}: {subject}", disclosure.tlp, disclosure.id),
            body: body.to_owned(),
            calendar: None,
        })
        .collect())
}

/// Tells them now, once under a key.
///
/// # Errors
/// When the ledger cannot be read or written.
pub async fn staff(
    desk: &Desk,
    disclosure: &Disclosure,
    key: &str,
    subject: &str,
    body: &str,
) -> Result<(), DeskError> {
    let messages = to_staff(desk, disclosure, key, subject, body).await?;
    Ok(desk.ledger().queue_messages(&messages, desk.now()).await?)
}

/// Lets mail that was given up be tried again, to the addresses that are known today; gives how many.
///
/// # Errors
/// Not found; refused when the actor may not.
pub async fn resend(desk: &Desk, id: &str) -> Result<u64, DeskError> {
    actor::require(desk, Right::Stop).await?;
    let disclosure = desk.ledger().disclosure(&actor::slug(id)?).await?;
    let all = recipients::of(desk, &disclosure).await?.into_iter();
    let mut mails: Vec<(String, Option<String>)> =
        all.map(|to| (to.recipient.id.to_string(), to.mail)).collect();
    let staff = desk.ledger().staff().await?.into_iter();
    mails.extend(staff.map(|person| (format!("staff:{}", person.name), person.mail)));
    let act = history::act(desk, "disclosure", id, "resend", &serde_json::json!({}));
    Ok(desk.ledger().retry_messages(&disclosure.id, &mails, &act).await?)
}
