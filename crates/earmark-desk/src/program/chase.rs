//! Chasing the silent: who has material and says nothing is asked, day by day or as the disclosure says, and then the
//! staff hears of it.

use std::collections::BTreeSet;

use earmark_model::{RecipientId, Slug, UnixMillis};
use earmark_store::{Disclosure, Embargo, NewJob};

use super::recipients::{self, Addressee};
use super::{rhythm, telling};
use crate::actor::slug;
use crate::desk::Desk;
use crate::error::{DeskError, Kind};
use crate::work::Fired;

/// The kind of job that asks.
pub const KIND: &str = "chase";

/// The job that asks the silent of a tier for the so-manieth time, when they had time for a word.
pub(super) async fn job(
    desk: &Desk,
    disclosure: &Slug,
    tier: &Slug,
    round: u32,
    now: UnixMillis,
) -> Result<NewJob, DeskError> {
    let wait = i64::from(rhythm::of(desk, disclosure, Some(tier.as_str())).await?.ask_minutes) * 60_000;
    let subject = format!("{disclosure} {tier} {round}");
    let run_at = UnixMillis(now.0.saturating_add(wait));
    Ok(NewJob { kind: KIND.to_owned(), unique_key: format!("{KIND} {subject}"), subject, run_at })
}

/// Those who were told and have said nothing: no report, no question.
///
/// # Errors
/// When the ledger cannot be read.
pub async fn silent(desk: &Desk, disclosure: &Disclosure) -> Result<Vec<Addressee>, DeskError> {
    let mut heard: BTreeSet<RecipientId> =
        desk.ledger().reports(&disclosure.id).await?.into_iter().map(|one| one.recipient).collect();
    heard.extend(desk.ledger().questions(&disclosure.id).await?.into_iter().map(|one| one.asker));
    let mut told = recipients::told(desk, disclosure).await?;
    told.retain(|to| to.receives() && !heard.contains(&to.recipient.id));
    Ok(told)
}

/// Asks the silent of a tier, or tells the staff who they are.
///
/// # Errors
/// When the ledger cannot be read or written.
pub async fn fire(desk: &Desk, subject: &str) -> Result<Fired, DeskError> {
    let bug = || DeskError::new(Kind::Bug, format!("`{subject}` names nobody to be asked"));
    let words: Vec<&str> = subject.split(' ').collect();
    let [id, tier, round] = words[..] else { return Err(bug()) };
    let (id, tier, round) = (slug(id)?, slug(tier)?, round.parse::<u32>().map_err(|_| bug())?);
    let disclosure = desk.ledger().disclosure(&id).await?;
    if disclosure.embargo == Embargo::Exited {
        return Ok(Fired::Over);
    }
    if disclosure.held.is_some() {
        return Ok(Fired::Held);
    }
    let now = desk.now();
    let mut silent = silent(desk, &disclosure).await?;
    silent.retain(|to| to.tier() == tier.as_str());
    if silent.is_empty() {
        return Ok(Fired::Done("nobody is silent".to_owned()));
    }
    let askings = rhythm::of(desk, &id, Some(tier.as_str())).await?.askings;
    if round > askings {
        let names: Vec<&str> = silent.iter().map(|to| to.recipient.id.as_str()).collect();
        let body = format!("Asked {askings} times and heard nothing from:\n\n  {}\n", names.join("\n  "));
        let key = format!("silent {tier}");
        telling::staff(desk, &disclosure, &key, "nothing heard", &body).await?;
        return Ok(Fired::Done(format!("the staff is told of {}", silent.len())));
    }
    let messages: Vec<_> = silent
        .iter()
        .map(|to| {
            let body = "We have not heard from you. Are you affected? How far is your protection? Do you need anything \
                        from us?\n\nA word is enough, also that you have not looked yet.\n";
            let key = format!("chase {round}");
            telling::message(&disclosure, to, &key, "your word, please", body.to_owned(), None)
        })
        .collect();
    desk.ledger().queue_messages(&messages, now).await?;
    let next = job(desk, &id, &tier, round + 1, now).await?;
    desk.ledger().add_job(&next, now).await?;
    Ok(Fired::Done(format!("asked {}", messages.len())))
}
