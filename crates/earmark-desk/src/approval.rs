//! Grave acts: two people, or where there are not two, a quarter of an hour in which all are told.
//!
//! The second person runs the same command. What was assented to is the act with its values: a yes to one
//! instant is no yes to another.

use earmark_model::UnixMillis;
pub use earmark_store::Grave;
use earmark_store::{Asked, NewMessage};
use serde::Serialize;
use serde_json::Value;

use crate::actor::{self, Right};
pub use crate::cooling::WAIT_MILLIS;
use crate::desk::Desk;
use crate::error::{DeskError, Kind};
use crate::history;

/// What a team of one may do.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Alone {
    /// It, after the wait.
    AfterWaiting,
    /// Nothing: this is never done by one person.
    Never,
}

/// A grave act that is not done yet, and what it waits for.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Waits {
    /// Number of the request.
    pub request: u64,
    /// What is asked.
    pub act: String,
    /// About what.
    pub subject: String,
    /// Who said yes so far.
    pub assents: Vec<String>,
    /// `a second person`, or `time`.
    pub waits_for: &'static str,
    /// Where time is what it waits for: from when on the same command does it, RFC 3339.
    pub not_before: Option<String>,
}

/// Leave to do a grave act, to be closed when it is done.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Leave {
    grave: Grave,
    /// Who said yes.
    pub assents: Vec<String>,
    /// Whether one person did it after waiting, because there are not two.
    pub small_team: bool,
}

/// The answer to asking.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Answer {
    /// It may be done now.
    Given(Leave),
    /// Not yet.
    Waits(Waits),
}

/// Asks to do something grave, in the name of whoever is at the desk: `act` to the `noun` called `subject`, with
/// these `values`. Whoever asks first opens a request; whoever asks next adds their yes.
///
/// # Errors
/// Refused when the actor may not approve, or is alone where that is never enough.
pub async fn ask(
    desk: &Desk,
    (noun, subject, act): (&str, &str, &str),
    values: &Value,
    alone: Alone,
) -> Result<Answer, DeskError> {
    let who = actor::require(desk, Right::Approve).await?;
    let now = desk.now();
    let asked = Asked {
        noun: noun.to_owned(),
        subject: subject.to_owned(),
        act: act.to_owned(),
        document: values.to_string(),
    };
    actor::require_counted(desk, &who).await?;
    let approvers = actor::approvers(desk).await?;
    let small_team = approvers.len() < 2;
    if small_team && alone == Alone::Never {
        return Err(DeskError::new(
            Kind::Refused,
            format!("`{act}` takes two people, and fewer than two may approve"),
        )
        .hint("add an approver with `earmark staff add NAME --role approver`"));
    }
    let not_before = small_team.then_some(UnixMillis(now.0 + WAIT_MILLIS));
    let grave = desk.ledger().assent(&asked, &who, now, not_before).await?;
    if let Some(after) = grave.not_before.filter(|_| small_team) {
        if now >= after {
            return Ok(Answer::Given(Leave { assents: grave.assents.clone(), small_team, grave }));
        }
        tell_staff(desk, &grave, after).await?;
        return Ok(Answer::Waits(waits(&grave, "time", Some(after))));
    }
    // Whoever said yes and may not any more has said nothing.
    let counts = |who: &&String| approvers.iter().any(|person| person.name.as_str() == who.as_str());
    if grave.assents.iter().filter(counts).count() < 2 {
        return Ok(Answer::Waits(waits(&grave, "a second person", None)));
    }
    Ok(Answer::Given(Leave { assents: grave.assents.clone(), small_team: false, grave }))
}

fn waits(grave: &Grave, waits_for: &'static str, not_before: Option<UnixMillis>) -> Waits {
    Waits {
        request: grave.id,
        act: grave.asked.act.clone(),
        subject: grave.asked.subject.clone(),
        assents: grave.assents.clone(),
        waits_for,
        not_before: not_before.map(UnixMillis::rfc3339),
    }
}

/// Tells everybody on the staff, once a request.
async fn tell_staff(desk: &Desk, grave: &Grave, after: UnixMillis) -> Result<(), DeskError> {
    let staff = desk.ledger().staff().await?;
    let messages: Vec<NewMessage> = staff
        .into_iter()
        .filter(|person| person.left.is_none())
        .map(|person| NewMessage {
            unique_key: format!("request {} staff:{}", grave.id, person.name),
            disclosure: None,
            recipient: format!("staff:{}", person.name),
            mail: person.mail,
            subject: format!("{} `{}` waits until {}", grave.asked.act, grave.asked.subject, after.rfc3339()),
            body: format!(
                "{} asks to {} {} `{}`. There are not two people to approve it, so it may be done from {} on.\n\
                 `earmark staff withdraw {}` stops it.\n",
                grave.assents.join(", "),
                grave.asked.act,
                grave.asked.noun,
                grave.asked.subject,
                after.rfc3339(),
                grave.id
            ),
            calendar: None,
        })
        .collect();
    Ok(desk.ledger().queue_messages(&messages, desk.now()).await?)
}

/// Closes the request of something that is done; the history says who said yes, and if that was one person.
///
/// # Errors
/// When the ledger cannot be written.
pub async fn close(desk: &Desk, leave: &Leave) -> Result<(), DeskError> {
    let particulars = serde_json::json!({ "assents": leave.assents, "small_team": leave.small_team, "request": leave.grave.id });
    let asked = &leave.grave.asked;
    let act =
        history::act(desk, &asked.noun, &asked.subject, &format!("approve {}", asked.act), &particulars);
    desk.ledger().close_grave(leave.grave.id, desk.now(), &act).await?;
    Ok(())
}

/// The open requests.
///
/// # Errors
/// When the ledger cannot be read.
pub async fn open(desk: &Desk) -> Result<Vec<Grave>, DeskError> {
    Ok(desk.ledger().open_graves().await?)
}

/// Withdraws a request; anybody on the staff may.
///
/// # Errors
/// Not found when there is no such open request.
pub async fn withdraw(desk: &Desk, id: u64) -> Result<(), DeskError> {
    actor::require(desk, Right::Stop).await?;
    let missing = || DeskError::new(Kind::NotFound, format!("there is no open request {id}"));
    let grave = open(desk).await?.into_iter().find(|one| one.id == id).ok_or_else(missing)?;
    let act = history::act(
        desk,
        &grave.asked.noun,
        &grave.asked.subject,
        &format!("withdraw {}", grave.asked.act),
        &serde_json::json!({ "request": id }),
    );
    if desk.ledger().close_grave(id, desk.now(), &act).await? { Ok(()) } else { Err(missing()) }
}
