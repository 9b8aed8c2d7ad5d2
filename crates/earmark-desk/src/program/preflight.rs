//! Preflight: what should be so before a disclosure leaves, as named checks. Red ones hold it back.

mod check;
mod material;
mod people;
mod schedule;

use earmark_model::{Slug, UnixMillis};
use earmark_store::{NewJob, StageInstant};
use serde::Serialize;

use self::check::Matter;
pub use self::check::{Check, Light};
use super::explain::{self, Line};
use super::recipients::{self, Addressee};
use super::telling;
use crate::actor::slug;
use crate::desk::Desk;
use crate::error::{DeskError, Kind};
use crate::work::Fired;

/// The kind of job that looks again.
pub const KIND: &str = "preflight";

/// How long before an instant it is looked again, in milliseconds: a day.
const BEFORE_MILLIS: i64 = 24 * 3_600_000;

/// All checks of a disclosure.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Preflight {
    /// The disclosure.
    pub disclosure: Slug,
    /// Whether no check is red.
    pub ready: bool,
    /// The checks, always the same ones in the same order.
    pub checks: Vec<Check>,
}

impl Preflight {
    /// The checks that hold it back.
    pub fn red(&self) -> impl Iterator<Item = &Check> {
        self.checks.iter().filter(|check| check.light == Light::Red)
    }
}

/// Checks a disclosure as it stands; changes nothing.
///
/// # Errors
/// Not found; when the ledger cannot be read.
pub async fn preflight(desk: &Desk, id: &str) -> Result<Preflight, DeskError> {
    let disclosure = desk.ledger().disclosure(&slug(id)?).await?;
    let mut instants = desk.ledger().stage_instants(&disclosure.id).await?;
    instants.retain(|one| one.state != earmark_store::InstantState::Superseded);
    let lines = explain::explain(desk, None, id).await?;
    let mut receivers = recipients::of(desk, &disclosure).await?;
    let receives = |to: &Addressee| {
        let theirs = |line: &Line| line.recipient == to.recipient.id.as_str() && line.verdict.allowed;
        lines.iter().any(theirs)
    };
    receivers.retain(|to| to.receives() && receives(to));
    let matter = Matter { disclosure, instants, lines, receivers };
    let mut checks = schedule::checks(desk, &matter);
    checks.extend(material::checks(desk, &matter).await?);
    checks.extend(people::checks(desk, &matter).await?);
    let ready = checks.iter().all(|check| check.light != Light::Red);
    Ok(Preflight { disclosure: matter.disclosure.id, ready, checks })
}

/// The job that looks again a day before an instant.
pub(super) fn job(disclosure: &Slug, instant: &StageInstant) -> NewJob {
    let run_at = UnixMillis(instant.at.0.saturating_sub(BEFORE_MILLIS));
    let unique_key = format!("{KIND} {disclosure} {}", run_at.0);
    NewJob { kind: KIND.to_owned(), unique_key, subject: format!("{disclosure} {}", instant.at.0), run_at }
}

/// Looks again, and tells the staff what is red. Nothing is held back by that: instants were armed by people.
///
/// # Errors
/// When the ledger cannot be read or written.
pub async fn fire(desk: &Desk, subject: &str) -> Result<Fired, DeskError> {
    let bug = || DeskError::new(Kind::Bug, format!("`{subject}` names no preflight"));
    let (id, at) = subject.split_once(' ').ok_or_else(bug)?;
    let at = UnixMillis(at.parse().map_err(|_| bug())?);
    let disclosure = desk.ledger().disclosure(&slug(id)?).await?;
    let open = desk.ledger().stage_instants(&disclosure.id).await?;
    if !open.iter().any(|one| one.at == at && super::schedule::is_open(one)) {
        return Ok(Fired::Over);
    }
    let found = preflight(desk, id).await?;
    let red: Vec<String> = found.red().map(text).collect();
    if !red.is_empty() {
        let body = format!("Before {}:\n\n{}", at.rfc3339(), red.concat());
        telling::staff(desk, &disclosure, &format!("preflight {}", at.0), "preflight is red", &body).await?;
    }
    Ok(Fired::Done(format!("{} red", red.len())))
}

/// A check in words.
#[must_use]
pub fn text(check: &Check) -> String {
    let mark = match check.light {
        Light::Green => "ok",
        Light::Amber => "look",
        Light::Red => "RED",
    };
    let mut text = format!("{mark}\t{}\t{}\n", check.name, check.says);
    for one in check.about.iter().take(SHOWN) {
        text += &format!("\t\t{one}\n");
    }
    if check.about.len() > SHOWN {
        text += &format!("\t\tand {} more\n", check.about.len() - SHOWN);
    }
    text
}

/// How many of those whom a check is about are named in words; JSON has all.
const SHOWN: usize = 12;
