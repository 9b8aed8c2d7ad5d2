//! The fix slips, or comes sooner: one act re-arms everything that has not left.

use earmark_model::UnixMillis;
use earmark_store::InstantState;
use serde_json::json;

use super::embargo::{self, Step};
use super::matter::{self, Matter, tell_schedule};
use super::schedule::not_past;
use super::schedule::{self, StageAt, parse_instant};
use super::{remind, rhythm};
use crate::actor::Right;
use crate::approval::{self, Alone, Answer, Waits};
use crate::desk::Desk;
use crate::error::{DeskError, Kind};

/// What shall be otherwise.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Revision {
    /// Another public instant, RFC 3339; every stage that has not left moves with it.
    pub public: Option<String>,
    /// Stages at instants of their own, or new ones.
    pub stages: Vec<StageAt>,
    /// Why, for those who were told already.
    pub why: String,
}

/// Sets another schedule in place of the one in force: every instant that has not fired is superseded, so that no key
/// goes out by it, and whoever was told is told again, with a calendar that replaces the old one. Anything that would
/// leave *earlier* than before takes two people; gives what it waits for.
///
/// # Errors
/// Refused where no embargo is in force, or an instant has passed.
pub async fn revise(desk: &Desk, id: &str, revision: &Revision) -> Result<Option<Waits>, DeskError> {
    let matter = Matter::load(desk, id, Right::Manage).await?;
    let now = desk.now();
    let old_public = matter.disclosure.public_at;
    let public = revision.public.as_deref().map(parse_instant).transpose()?;
    if public.is_none() && revision.stages.is_empty() {
        return Err(DeskError::new(Kind::Malformed, "nothing is revised")
            .hint("give another public instant with `--public`, or stages with `--stage`"));
    }
    let stages: Vec<String> = revision
        .stages
        .iter()
        .map(|one| {
            Ok(format!("{}:{}={}", one.stage, one.tier, one.resolve(public.or(old_public))?.rfc3339()))
        })
        .collect::<Result<_, DeskError>>()?;
    let values = json!({ "public": public.map(UnixMillis::rfc3339), "stages": stages });
    let particulars = json!({
        "public": public.map(UnixMillis::rfc3339), "stages": stages, "why": revision.why,
        "before": old_public.map(UnixMillis::rfc3339),
    });
    let mut change = matter.change(desk, "revise", &particulars);
    let was = matter.disclosure.embargo;
    change.disclosure.embargo = embargo::advance(&matter.disclosure.id, was, Step::Revise)?;
    change.disclosure.sequence += 1;
    let sequence = change.disclosure.sequence;
    let shift = match (public, old_public) {
        (Some(new), Some(old)) => new.0 - old.0,
        _ => 0,
    };
    if let Some(new) = public {
        not_past(desk, "the public instant", new)?;
        change.disclosure.public_at = Some(new);
    }
    let mut sooner = false;
    for old in matter.open() {
        let own = revision.stages.iter().find(|one| (one.stage, &one.tier) == (old.stage, &old.tier));
        let at = match own {
            Some(one) => {
                let at = one.resolve(change.disclosure.public_at)?;
                not_past(desk, &format!("{} for tier `{}`", old.stage, old.tier), at)?;
                at
            }
            // What moves into the past is due at once.
            None if shift < 0 => UnixMillis((old.at.0 + shift).max(now.0.min(old.at.0))),
            None => UnixMillis(old.at.0.saturating_add(shift)),
        };
        sooner |= at < old.at;
        let state = if old.state == InstantState::Held { InstantState::Held } else { InstantState::Waiting };
        matter::arm(&mut change, schedule::instant(old.stage, old.tier.clone(), sequence, at, state));
    }
    for stage in &revision.stages {
        if change.instants.iter().any(|one| (one.stage, &one.tier) == (stage.stage, &stage.tier)) {
            continue;
        }
        let at = stage.resolve(change.disclosure.public_at)?;
        not_past(desk, &format!("{} for tier `{}`", stage.stage, stage.tier), at)?;
        let new = schedule::instant(stage.stage, stage.tier.clone(), sequence, at, InstantState::Waiting);
        matter::arm(&mut change, new);
    }
    let leads = rhythm::leads(desk, &matter.disclosure.id).await?;
    let reminders: Vec<_> =
        change.instants.iter().flat_map(|one| remind::jobs(&matter.disclosure.id, one, &leads)).collect();
    change.jobs.extend(reminders);
    let mut leave = None;
    if sooner {
        match approval::ask(desk, ("disclosure", id, "revise"), &values, Alone::AfterWaiting).await? {
            Answer::Given(given) => leave = Some(given),
            Answer::Waits(waits) => return Ok(Some(waits)),
        }
    }
    let told = matter.told(desk).await?;
    tell_schedule(desk, &matter, &mut change, &told, "instants changed", &revision.why);
    desk.ledger().change_disclosure(&change, now).await?;
    if let Some(leave) = leave {
        approval::close(desk, &leave).await?;
    }
    Ok(None)
}
