//! Questions and answers: hub and spoke. An answer goes to everybody who has the stage, at one instant, and nobody
//! learns who asked.

use earmark_model::{Slug, UnixMillis};
pub use earmark_store::Question;
use earmark_store::{Delivery, DeliveryState, DisclosureChange, NewJob, Stage, StoreError};
use serde_json::json;

use super::schedule::parse_instant;
use super::{recipients, telling};
use crate::actor::{self, Right, slug};
use crate::desk::Desk;
use crate::error::{DeskError, Kind};
use crate::history;
use crate::work::Fired;

/// The kind of job that publishes an answer.
pub const KIND: &str = "answer";

/// Records a question of a recipient; gives its number. `stage` says whom the answer concerns: without one, everybody
/// who has the first stage that the asker has.
///
/// # Errors
/// Refused when the asker has nothing of the disclosure, or not that stage.
pub async fn ask(
    desk: &Desk,
    id: &str,
    from: &str,
    stage: Option<Stage>,
    body: &str,
) -> Result<u64, DeskError> {
    actor::require(desk, Right::Stop).await?;
    if body.trim().is_empty() {
        return Err(DeskError::new(Kind::Malformed, "the question is empty"));
    }
    let disclosure = desk.ledger().disclosure(&slug(id)?).await?;
    let deliveries = desk.ledger().deliveries(&disclosure.id).await?;
    let theirs = |one: &&Delivery| one.recipient.as_str() == from && one.state != DeliveryState::Denied;
    let mut theirs: Vec<&Delivery> = deliveries.iter().filter(theirs).collect();
    theirs.sort_by_key(|one| one.stage);
    let found = theirs.iter().find(|one| stage.is_none_or(|stage| one.stage == stage)).ok_or_else(|| {
        let what = stage.map_or_else(|| "nothing".to_owned(), |stage| format!("no {stage}"));
        DeskError::new(Kind::Refused, format!("`{from}` has {what} of `{id}`, and no answer would reach it"))
    })?;
    let act =
        history::act(desk, "disclosure", id, "question", &json!({ "from": from, "stage": found.stage }));
    let key = format!("question {from} {}", desk.now().0);
    let text = format!("{from} asks about {}:\n\n{body}\n", found.stage);
    let staff = telling::to_staff(desk, &disclosure, &key, "a question", &text).await?;
    let who = (&disclosure.id, found.stage, &found.recipient);
    Ok(desk.ledger().add_question(who, body, &staff, &act).await?)
}

/// Sets the answer to a question, to go out at `at`, or now. `wording` is the question as all may read it; without it
/// the answer stands alone, since the asker's own words may tell who asked.
///
/// # Errors
/// Not found for a question that is not there or is answered; refused for an instant that has passed.
pub async fn answer(
    desk: &Desk,
    id: &str,
    number: u64,
    text: &str,
    wording: Option<&str>,
    at: Option<&str>,
) -> Result<UnixMillis, DeskError> {
    actor::require(desk, Right::Manage).await?;
    if text.trim().is_empty() {
        return Err(DeskError::new(Kind::Malformed, "the answer is empty"));
    }
    let question = desk.ledger().question(number).await?;
    if question.disclosure.as_str() != id {
        return Err(DeskError::new(Kind::NotFound, format!("`{id}` has no question {number}")));
    }
    let now = desk.now();
    let at = at.map(parse_instant).transpose()?.unwrap_or(now);
    if at < now {
        let why = format!("the answer would go out at {}, which has passed", at.rfc3339());
        return Err(DeskError::new(Kind::Refused, why));
    }
    let particulars = json!({ "question": number, "at": at.rfc3339() });
    let act = history::act(desk, "disclosure", id, "answer", &particulars);
    let unique_key = format!("{KIND} {number} {}", at.0);
    let job = NewJob { kind: KIND.to_owned(), subject: number.to_string(), unique_key, run_at: at };
    desk.ledger().answer_question(number, (wording, text, at), &job, &act).await?;
    Ok(at)
}

/// Publishes the answer that a job names, if it is due: all who have the stage are told in one transaction.
///
/// # Errors
/// When the ledger cannot be read or written.
pub async fn fire(desk: &Desk, subject: &str) -> Result<Fired, DeskError> {
    let number =
        subject.parse().map_err(|_| DeskError::new(Kind::Bug, format!("`{subject}` is no question")))?;
    let question = desk.ledger().question(number).await?;
    let (Some(at), None) = (question.answer_at, question.published) else { return Ok(Fired::Over) };
    let disclosure = desk.ledger().disclosure(&question.disclosure).await?;
    let now = desk.now();
    if now < at {
        return Ok(Fired::NotDue(at));
    }
    if disclosure.held.is_some() {
        return Ok(Fired::Held);
    }
    let deliveries = desk.ledger().deliveries(&disclosure.id).await?;
    let has = |to: &recipients::Addressee| {
        let theirs = |one: &Delivery| one.recipient == to.recipient.id && one.stage == question.stage;
        deliveries.iter().any(|one| theirs(one) && one.state != DeliveryState::Denied)
    };
    let told = recipients::told(desk, &disclosure).await?;
    let act = history::act(
        desk,
        "disclosure",
        disclosure.id.as_str(),
        "publish answer",
        &json!({ "question": number }),
    );
    let mut change = DisclosureChange::new(disclosure, act);
    for to in told.iter().filter(|to| to.receives() && has(to)) {
        let key = format!("answer {number}");
        let body = text_of(&question);
        change.messages.push(telling::message(&change.disclosure, to, &key, "an answer", body, None));
    }
    change.answers.push(number);
    match desk.ledger().change_disclosure(&change, now).await {
        Ok(()) => Ok(Fired::Done(format!("answered to {}", change.messages.len()))),
        // A stage may have been released meanwhile, to recipients who would miss the answer: look again at once.
        Err(StoreError::Outdated { .. }) => Ok(Fired::NotDue(now)),
        Err(error) => Err(error.into()),
    }
}

/// The answers that went out to a stage so far, for whoever has it from now on; empty where there are none.
///
/// # Errors
/// When the ledger cannot be read.
pub(super) async fn answers(desk: &Desk, disclosure: &Slug, stage: Stage) -> Result<String, DeskError> {
    let questions = desk.ledger().questions(disclosure).await?;
    let published = questions.iter().filter(|one| one.stage == stage && one.published.is_some());
    let texts: Vec<String> = published.map(text_of).collect();
    Ok(if texts.is_empty() { String::new() } else { format!("\nAnswers so far:\n\n{}", texts.join("\n")) })
}

fn text_of(question: &Question) -> String {
    let asked = question.wording.as_deref().map(|text| format!("Question: {text}\n\n")).unwrap_or_default();
    format!("{asked}{}\n", question.answer.as_deref().unwrap_or_default())
}
