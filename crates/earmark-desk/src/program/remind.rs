//! Reminders: a day and an hour before the public instant, everybody who was told is told again.

use std::collections::BTreeSet;

use earmark_model::{RecipientId, Slug, UnixMillis};
use earmark_store::{InstantState, NewJob, Stage, StageInstant};

use super::{recipients, schedule, telling};
use crate::actor::slug;
use crate::desk::Desk;
use crate::error::{DeskError, Kind};
use crate::work::Fired;

/// The kind of job that reminds.
pub const KIND: &str = "remind";

const HOUR: i64 = 3_600_000;

/// How many hours before the public instant.
const LEADS: [i64; 2] = [24, 1];

/// The reminders of an instant; none but the public one has any.
pub(super) fn jobs(disclosure: &Slug, instant: &StageInstant) -> Vec<NewJob> {
    let leads = LEADS.iter().filter(|_| instant.stage == Stage::Public);
    leads
        .map(|hours| {
            let subject = format!("{disclosure} {} {hours}", instant.sequence);
            let run_at = UnixMillis(instant.at.0.saturating_sub(hours * HOUR));
            NewJob { kind: KIND.to_owned(), unique_key: format!("{KIND} {subject}"), subject, run_at }
        })
        .collect()
}

/// Reminds everybody who was told, unless the schedule was superseded or the time for it has passed.
///
/// # Errors
/// When the ledger cannot be read or written.
pub async fn fire(desk: &Desk, subject: &str) -> Result<Fired, DeskError> {
    let bug = || DeskError::new(Kind::Bug, format!("`{subject}` names no reminder"));
    let words: Vec<&str> = subject.split(' ').collect();
    let [id, sequence, hours] = words[..] else { return Err(bug()) };
    let (id, sequence) = (slug(id)?, sequence.parse::<u32>().map_err(|_| bug())?);
    let hours: i64 = hours.parse().map_err(|_| bug())?;
    let disclosure = desk.ledger().disclosure(&id).await?;
    let instants = desk.ledger().stage_instants(&id).await?;
    let public = instants.iter().find(|one| one.stage == Stage::Public && one.sequence == sequence);
    let Some(public) = public.filter(|one| schedule::is_open(one)) else { return Ok(Fired::Over) };
    let (now, due) = (desk.now(), UnixMillis(public.at.0.saturating_sub(hours * HOUR)));
    if disclosure.held.is_some() || public.state == InstantState::Held {
        return Ok(Fired::Held);
    }
    if now < due {
        return Ok(Fired::NotDue(due));
    }
    // A day's reminder that comes an hour before the instant says nothing true.
    if now.0 > due.0 + hours * HOUR / 2 {
        return Ok(Fired::Over);
    }
    let told = recipients::told(desk, &disclosure).await?;
    // Whoever was told a moment ago needs no reminder.
    let deliveries = desk.ledger().deliveries(&id).await?;
    let fresh: BTreeSet<&RecipientId> =
        deliveries.iter().filter(|one| one.at.0 > now.0 - HOUR).map(|one| &one.recipient).collect();
    let messages: Vec<_> = told
        .iter()
        .filter(|to| to.receives() && !fresh.contains(&to.recipient.id))
        .map(|to| {
            let body =
                format!("Your instants:\n{}", telling::instants_text(&disclosure, &instants, to.tier()));
            let calendar = telling::calendar_of(desk, &disclosure, &instants, to.tier(), now);
            let words =
                if hours == 1 { "public in an hour".to_owned() } else { format!("public in {hours} hours") };
            let key = format!("remind {sequence} {hours}");
            telling::message(&disclosure, to, &key, &words, body, Some(calendar))
        })
        .collect();
    desk.ledger().queue_messages(&messages, now).await?;
    Ok(Fired::Done(format!("reminded {}", messages.len())))
}
