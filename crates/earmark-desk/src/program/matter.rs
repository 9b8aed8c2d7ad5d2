//! What every act on a disclosure begins and ends with.

use earmark_model::{Slug, UnixMillis};
use earmark_store::{Disclosure, DisclosureChange, NewJob, Stage, StageInstant};
use serde_json::Value;

use super::recipients::{self, Addressee};
use super::schedule::{self, EVERYBODY};
use super::{preflight, release, telling};
use crate::actor::{self, Right};
use crate::desk::Desk;
use crate::error::DeskError;
use crate::history;

/// A disclosure with its instants, as read.
pub(super) struct Matter {
    pub(super) disclosure: Disclosure,
    pub(super) instants: Vec<StageInstant>,
}

impl Matter {
    /// Reads a disclosure for an act that needs `right`.
    pub(super) async fn load(desk: &Desk, id: &str, right: Right) -> Result<Self, DeskError> {
        actor::require(desk, right).await?;
        let id = actor::slug(id)?;
        let disclosure = desk.ledger().disclosure(&id).await?;
        Ok(Self { instants: desk.ledger().stage_instants(&id).await?, disclosure })
    }

    /// The instants that may still fire.
    pub(super) fn open(&self) -> impl Iterator<Item = &StageInstant> {
        self.instants.iter().filter(|one| schedule::is_open(one))
    }

    /// A change of nothing yet, that the history will call `verb`.
    pub(super) fn change(&self, desk: &Desk, verb: &str, particulars: &Value) -> DisclosureChange {
        let act = history::act(desk, "disclosure", self.disclosure.id.as_str(), verb, particulars);
        DisclosureChange::new(self.disclosure.clone(), act)
    }

    /// Everybody who receives today in one of the disclosure's tiers.
    pub(super) async fn audience(&self, desk: &Desk) -> Result<Vec<Addressee>, DeskError> {
        let tiers = release::tiers(&self.instants);
        let all = recipients::of(desk, &self.disclosure).await?;
        Ok(all.into_iter().filter(|to| to.receives() && tiers.contains(&to.tier())).collect())
    }

    /// Those who were told of it already: to others even its existence is a secret.
    pub(super) async fn told(&self, desk: &Desk) -> Result<Vec<Addressee>, DeskError> {
        recipients::told(desk, &self.disclosure).await
    }
}

/// Sets an instant under the change's schedule, with the jobs that wake somebody for it.
pub(super) fn arm(change: &mut DisclosureChange, new: StageInstant) {
    change.jobs.extend(jobs(&change.disclosure.id, &new));
    change.instants.push(new);
}

/// The jobs of an instant: its release, and a look at everything a day before.
pub(super) fn jobs(disclosure: &Slug, instant: &StageInstant) -> Vec<NewJob> {
    vec![release::job(disclosure, instant), preflight::job(disclosure, instant)]
}

/// The tier of the public instant.
pub(super) fn everybody() -> Result<Slug, DeskError> {
    actor::slug(EVERYBODY)
}

/// Tells `audience` of the new schedule, each the instants of their tier, with the calendar that replaces the old.
pub(super) fn tell_schedule(
    desk: &Desk,
    matter: &Matter,
    change: &mut DisclosureChange,
    audience: &[Addressee],
    subject: &str,
    why: &str,
) {
    let now = desk.now();
    let after = after(&matter.instants, change);
    for to in audience {
        let mut body = format!("{why}\n\nYour instants now, in place of all earlier ones:\n");
        body += &telling::instants_text(&change.disclosure, &after, to.tier());
        let calendar = telling::calendar_of(desk, &change.disclosure, &after, to.tier(), now);
        let key = format!("schedule {}", change.disclosure.sequence);
        let message = telling::message(&change.disclosure, to, &key, subject, body, Some(calendar));
        change.messages.push(message);
    }
}

/// The instants as they will be after a change.
fn after(before: &[StageInstant], change: &DisclosureChange) -> Vec<StageInstant> {
    let replaced = |one: &&StageInstant| {
        change.instants.iter().any(|new| (new.stage, &new.tier) == (one.stage, &one.tier))
            && schedule::is_open(one)
    };
    let moved = |one: &StageInstant| {
        let state = change.moves.iter().find(|(stage, tier, _)| (*stage, tier) == (one.stage, &one.tier));
        match state {
            Some((_, _, state)) if schedule::is_open(one) => StageInstant { state: *state, ..one.clone() },
            _ => one.clone(),
        }
    };
    let kept = before.iter().filter(|one| !replaced(one)).map(moved);
    kept.chain(change.instants.iter().cloned()).collect()
}

/// The public instant as a row.
pub(super) fn public(
    at: UnixMillis,
    sequence: u32,
    state: earmark_store::InstantState,
) -> Result<StageInstant, DeskError> {
    Ok(schedule::instant(Stage::Public, everybody()?, sequence, at, state))
}
