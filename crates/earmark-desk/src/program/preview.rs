//! Preview as partner: the very messages that one recipient will get, and when, made by the code that will send them.

use earmark_model::UnixMillis;
use earmark_store::{DeliveryState, Embargo, InstantState, Stage, StageInstant};
use serde::Serialize;

use super::moment::{Moment, moment};
use super::recipients::{self, Addressee};
use super::release::{self, Keys};
use crate::actor::slug;
use crate::desk::Desk;
use crate::error::{DeskError, Kind};

/// What one recipient gets at one instant.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Planned {
    /// The stage.
    pub stage: Stage,
    /// When.
    #[serde(flatten)]
    pub due: Moment,
    /// The message's subject.
    pub subject: String,
    /// Its text.
    pub body: String,
    /// The calendar with it.
    pub calendar: Option<String>,
    /// What may be fetched from then on, `ASSET@DIGEST`.
    pub material: Vec<String>,
}

/// Everything that `recipient` will get of a disclosure if nothing changes, in order, as if its terms were accepted. Where policy denies a whole stage
/// there is nothing, as there will be.
///
/// # Errors
/// Not found for a disclosure or recipient that is not there, or whom the disclosure does not reach.
pub async fn of_recipient(desk: &Desk, id: &str, recipient: &str) -> Result<Vec<Planned>, DeskError> {
    let mut disclosure = desk.ledger().disclosure(&slug(id)?).await?;
    if matches!(disclosure.embargo, Embargo::None | Embargo::Proposed) {
        disclosure.embargo = Embargo::Active;
    }
    let all = recipients::of(desk, &disclosure).await?;
    let who: Vec<Addressee> = all.into_iter().filter(|to| to.recipient.id.as_str() == recipient).collect();
    let Some(to) = who.first() else {
        let why = format!("`{id}` does not reach a recipient `{recipient}`");
        return Err(DeskError::new(Kind::NotFound, why)
            .hint("`earmark partner list` shows the partners; one with a roster receives per person"));
    };
    let mut instants = desk.ledger().stage_instants(&disclosure.id).await?;
    instants.retain(|one| {
        let mine = one.tier.as_str() == to.tier() || one.stage == Stage::Public;
        mine && matches!(one.state, InstantState::Draft | InstantState::Waiting | InstantState::Released)
    });
    instants.sort_by_key(|one| (one.at, one.stage));
    let mut planned = Vec::new();
    for due in instants.iter().filter(|one| one.state != InstantState::Released) {
        let then = as_of(&instants, due.at);
        let firing =
            release::prepare(desk, &who, disclosure.clone(), &then, due.clone(), due.at, Keys::Withheld)
                .await?;
        let material = firing.deliveries.iter().filter(|one| one.state == DeliveryState::Released);
        let material: Vec<String> =
            material.filter(|one| one.what != "notice").map(|one| one.what.clone()).collect();
        planned.extend(firing.messages.into_iter().map(|message| Planned {
            stage: due.stage,
            due: moment(due.at, &disclosure.zone),
            subject: message.subject,
            body: message.body,
            calendar: message.calendar,
            material: material.clone(),
        }));
    }
    Ok(planned)
}

/// The instants as they will stand at `at`: armed, and those before it released.
fn as_of(instants: &[StageInstant], at: UnixMillis) -> Vec<StageInstant> {
    let then = |one: &StageInstant| {
        let released = one.state == InstantState::Released || one.at < at;
        let state = if released { InstantState::Released } else { InstantState::Waiting };
        StageInstant { state, fired: released.then_some(one.fired.unwrap_or(one.at)), ..one.clone() }
    };
    instants.iter().map(then).collect()
}
