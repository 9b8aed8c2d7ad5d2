//! Reminders: a day and an hour before the public instant, or when the disclosure says, everybody who was told is told
//! again.

use std::collections::{BTreeMap, BTreeSet};

use earmark_model::{RecipientId, Slug, UnixMillis};
use earmark_store::{InstantState, NewJob, Stage, StageInstant};

use serde_json::json;

use super::matter::Matter;
use super::recipients::{self, Addressee};
use super::rhythm::{self, Rhythm};
use super::{schedule, telling};
use crate::actor::{Right, slug};
use crate::desk::Desk;
use crate::error::{DeskError, Kind};
use crate::work::Fired;

/// The kind of job that reminds.
pub const KIND: &str = "remind";

const MINUTE: i64 = 60_000;

/// Longest lead and wait that anybody would want: 90 days, in minutes.
const LONGEST_MINUTES: u32 = 90 * 1_440;

/// Most reminders and askings.
const MOST: usize = 10;

/// What shall be otherwise; what is not given stays.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Wanted {
    /// Reminders.
    pub remind_minutes: Option<Vec<u32>>,
    /// The wait for a word.
    pub ask_minutes: Option<u32>,
    /// Askings.
    pub askings: Option<u32>,
}

/// The reminders of an instant; none but the public one has any.
pub(super) fn jobs(disclosure: &Slug, instant: &StageInstant, leads: &[u32]) -> Vec<NewJob> {
    let leads = leads.iter().filter(|_| instant.stage == Stage::Public);
    leads
        .map(|minutes| {
            let subject = format!("{disclosure} {} {minutes}m", instant.sequence);
            let run_at = UnixMillis(instant.at.0.saturating_sub(i64::from(*minutes) * MINUTE));
            NewJob { kind: KIND.to_owned(), unique_key: format!("{KIND} {subject}"), subject, run_at }
        })
        .collect()
}

/// The lead of a reminder in minutes; earlier releases wrote hours.
fn parse_lead(text: &str) -> Option<i64> {
    let minutes = match text.strip_suffix('m') {
        Some(minutes) => minutes.parse::<u32>().ok()?,
        None => text.parse::<u32>().ok()?.checked_mul(60)?,
    };
    Some(i64::from(minutes))
}

fn lead_words(minutes: i64) -> String {
    match minutes {
        60 => "an hour".to_owned(),
        _ if minutes % 60 == 0 => format!("{} hours", minutes / 60),
        _ => format!("{minutes} minutes"),
    }
}

/// Reminds everybody who was told, unless the schedule was superseded or the time for it has passed.
///
/// # Errors
/// When the ledger cannot be read or written.
pub async fn fire(desk: &Desk, subject: &str) -> Result<Fired, DeskError> {
    let bug = || DeskError::new(Kind::Bug, format!("`{subject}` names no reminder"));
    let words: Vec<&str> = subject.split(' ').collect();
    let [id, sequence, lead] = words[..] else { return Err(bug()) };
    let (id, sequence) = (slug(id)?, sequence.parse::<u32>().map_err(|_| bug())?);
    let minutes = parse_lead(lead).ok_or_else(bug)?;
    let disclosure = desk.ledger().disclosure(&id).await?;
    let instants = desk.ledger().stage_instants(&id).await?;
    let public = instants.iter().find(|one| one.stage == Stage::Public && one.sequence == sequence);
    let Some(public) = public.filter(|one| schedule::is_open(one)) else { return Ok(Fired::Over) };
    let (now, due) = (desk.now(), UnixMillis(public.at.0.saturating_sub(minutes * MINUTE)));
    if disclosure.held.is_some() || public.state == InstantState::Held {
        return Ok(Fired::Held);
    }
    if now < due {
        return Ok(Fired::NotDue(due));
    }
    // A day's reminder that comes an hour before the instant says nothing true.
    if now.0 > due.0 + minutes * MINUTE / 2 {
        return Ok(Fired::Over);
    }
    let told = recipients::told(desk, &disclosure).await?;
    // Whoever was told a moment ago needs no reminder.
    let deliveries = desk.ledger().deliveries(&id).await?;
    let fresh: BTreeSet<&RecipientId> =
        deliveries.iter().filter(|one| one.at.0 > now.0 - 60 * MINUTE).map(|one| &one.recipient).collect();
    let mut wanted = BTreeMap::new();
    for to in &told {
        if !wanted.contains_key(to.tier()) {
            let rhythm = rhythm::of(desk, &id, Some(to.tier())).await?;
            wanted.insert(to.tier(), rhythm.remind_minutes.iter().any(|lead| i64::from(*lead) == minutes));
        }
    }
    let is_wanted = |to: &Addressee| wanted.get(to.tier()).copied().unwrap_or(false);
    let messages: Vec<_> = told
        .iter()
        .filter(|to| to.receives() && is_wanted(to) && !fresh.contains(&to.recipient.id))
        .map(|to| {
            let body =
                format!("Your instants:\n{}", telling::instants_text(&disclosure, &instants, to.tier()));
            let calendar = telling::calendar_of(desk, &disclosure, &instants, to.tier(), now);
            let words = format!("public in {}", lead_words(minutes));
            let key = format!("remind {sequence} {lead}");
            telling::message(&disclosure, to, &key, &words, body, Some(calendar))
        })
        .collect();
    desk.ledger().queue_messages(&messages, now).await?;
    Ok(Fired::Done(format!("reminded {}", messages.len())))
}

/// Sets the rhythm of a disclosure, or of one tier of it; gives it as it is then. Reminders of an instant that is armed
/// already are armed with it; what is due already is not made up for.
///
/// # Errors
/// Malformed for what nobody would want; not found; refused when the actor may not.
pub async fn set(desk: &Desk, id: &str, tier: Option<&str>, wanted: &Wanted) -> Result<Rhythm, DeskError> {
    let matter = Matter::load(desk, id, Right::Manage).await?;
    let tier = tier.map(slug).transpose()?;
    let before = rhythm::of(desk, &matter.disclosure.id, tier.as_ref().map(Slug::as_str)).await?;
    let mut remind_minutes = wanted.remind_minutes.clone().unwrap_or(before.remind_minutes);
    remind_minutes.sort_unstable_by(|a, b| b.cmp(a));
    remind_minutes.dedup();
    let set = Rhythm {
        remind_minutes,
        ask_minutes: wanted.ask_minutes.unwrap_or(before.ask_minutes),
        askings: wanted.askings.unwrap_or(before.askings),
    };
    let waits = set.remind_minutes.iter().chain([&set.ask_minutes]);
    let too_many = set.remind_minutes.len() > MOST || set.askings as usize > MOST;
    if too_many || waits.into_iter().any(|minutes| !(1..=LONGEST_MINUTES).contains(minutes)) {
        let why = "a wait has 1 minute to 90 days, and there are at most ten reminders and askings";
        return Err(DeskError::new(Kind::Malformed, why));
    }
    let particulars = json!({
        "tier": tier, "remind_minutes": set.remind_minutes, "ask_minutes": set.ask_minutes,
        "askings": set.askings,
    });
    let mut change = matter.change(desk, rhythm::VERB, &particulars);
    for instant in matter.open() {
        change.jobs.extend(jobs(&matter.disclosure.id, instant, &set.remind_minutes));
    }
    desk.ledger().change_disclosure(&change, desk.now()).await?;
    Ok(set)
}
