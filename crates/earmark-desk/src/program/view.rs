//! A disclosure as it is shown: every instant in UTC, in the owner's zone, with its weekday.

use std::collections::BTreeMap;

use earmark_model::{Slug, UnixMillis};
use earmark_store::{Delivery, Embargo, Exploitation, InstantState, Stage, Tlp};
use serde::Serialize;

use super::material::{self, Outstanding};
pub use super::moment::{Moment, moment};
use crate::actor::slug;
use crate::approval;
use crate::desk::Desk;
use crate::error::DeskError;
use crate::history::{self, Line};

/// A stage of a tier.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct StageLine {
    /// The stage.
    pub stage: Stage,
    /// The tier.
    pub tier: Slug,
    /// Where it stands.
    pub state: InstantState,
    /// When it is due.
    #[serde(flatten)]
    pub due: Moment,
    /// When it fired.
    pub fired: Option<String>,
    /// The schedule that set it.
    pub sequence: u32,
}

/// A disclosure in a list.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Summary {
    /// Its name in addresses.
    pub id: Slug,
    /// Its name for people.
    pub title: String,
    /// The embargo's state.
    pub embargo: Embargo,
    /// Whether it was broken.
    pub broken: bool,
    /// Whether somebody holds it.
    pub held: bool,
    /// A drill.
    pub exercise: bool,
    /// The public instant.
    pub public: Option<Moment>,
    /// What fires next.
    pub next: Option<StageLine>,
}

/// A disclosure with everything about it.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Shown {
    /// What the list says.
    #[serde(flatten)]
    pub summary: Summary,
    /// Severity on the CVSS scale.
    pub severity: Option<f64>,
    /// The vector behind it.
    pub cvss: Option<String>,
    /// How likely it is that the flaw is used.
    pub exploitation: Exploitation,
    /// Whether it can spread by itself.
    pub wormable: bool,
    /// Its label.
    pub tlp: Tlp,
    /// CVE ids.
    pub cves: Vec<String>,
    /// Whether partners may deploy protection early.
    pub deploy_early: bool,
    /// The owner's zone.
    pub zone: String,
    /// Number of the schedule in force.
    pub sequence: u32,
    /// Who holds it and why.
    pub hold: Option<earmark_store::Hold>,
    /// Its stages; superseded instants are left out.
    pub stages: Vec<StageLine>,
    /// What is handed out.
    pub materials: Vec<earmark_store::Material>,
    /// What everybody got, or not, and by which policy.
    pub deliveries: Vec<Delivery>,
    /// What became of the messages.
    pub told: Told,
    /// Copies of superseded or recalled material that nobody said is deleted.
    pub outstanding: Vec<Outstanding>,
    /// What waits for a second person or for time.
    pub requests: Vec<earmark_store::Grave>,
    /// What was done.
    pub history: Vec<Line>,
}

/// What became of the messages about a disclosure.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct Told {
    /// They left.
    pub sent: usize,
    /// They are to leave.
    pub waiting: usize,
    /// They were given up: these were not told.
    pub given_up: Vec<NotTold>,
}

/// Somebody who was not told.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct NotTold {
    /// Who.
    pub recipient: String,
    /// Of what.
    pub subject: String,
    /// What the mail server said.
    pub reply: String,
}

async fn told(desk: &Desk, id: &Slug) -> Result<Told, DeskError> {
    let mut told = Told::default();
    for one in desk.ledger().messages_about(id).await? {
        match (one.sent, one.failed) {
            (Some(_), _) => told.sent += 1,
            (None, None) => told.waiting += 1,
            (None, Some(_)) => told.given_up.push(NotTold {
                recipient: one.message.recipient,
                subject: one.message.subject,
                reply: one.reply.unwrap_or_default(),
            }),
        }
    }
    Ok(told)
}

/// All disclosures, in the order they were added.
///
/// # Errors
/// When the ledger cannot be read.
pub async fn list(desk: &Desk) -> Result<Vec<Summary>, DeskError> {
    let mut all = Vec::new();
    for disclosure in desk.ledger().disclosures().await? {
        all.push(summary(desk, &disclosure).await?.0);
    }
    Ok(all)
}

async fn summary(
    desk: &Desk,
    disclosure: &earmark_store::Disclosure,
) -> Result<(Summary, Vec<StageLine>), DeskError> {
    let instants = desk.ledger().stage_instants(&disclosure.id).await?;
    let mut stages: Vec<(UnixMillis, StageLine)> = instants
        .into_iter()
        .filter(|one| one.state != InstantState::Superseded)
        .map(|one| {
            let due = moment(one.at, &disclosure.zone);
            let fired = one.fired.map(UnixMillis::rfc3339);
            let (stage, tier, state, sequence) = (one.stage, one.tier, one.state, one.sequence);
            (one.at, StageLine { stage, tier, state, due, fired, sequence })
        })
        .collect();
    stages.sort_by(|a, b| (a.0, a.1.stage, &a.1.tier).cmp(&(b.0, b.1.stage, &b.1.tier)));
    let stages: Vec<StageLine> = stages.into_iter().map(|(_, line)| line).collect();
    let summary = Summary {
        id: disclosure.id.clone(),
        title: disclosure.title.clone(),
        embargo: disclosure.embargo,
        broken: disclosure.broken.is_some(),
        held: disclosure.held.is_some(),
        exercise: disclosure.exercise,
        public: disclosure.public_at.map(|at| moment(at, &disclosure.zone)),
        next: stages.iter().find(|line| line.state == InstantState::Waiting).cloned(),
    };
    Ok((summary, stages))
}

/// One disclosure with everything about it.
///
/// # Errors
/// Not found.
pub async fn show(desk: &Desk, id: &str) -> Result<Shown, DeskError> {
    let id = slug(id)?;
    let disclosure = desk.ledger().disclosure(&id).await?;
    let (summary, stages) = summary(desk, &disclosure).await?;
    let requests = approval::open(desk).await?.into_iter();
    Ok(Shown {
        summary,
        severity: disclosure.severity_tenths.map(|tenths| f64::from(tenths) / 10.0),
        cvss: disclosure.cvss,
        exploitation: disclosure.exploitation,
        wormable: disclosure.wormable,
        tlp: disclosure.tlp,
        cves: disclosure.cves,
        deploy_early: disclosure.deploy_early,
        zone: disclosure.zone,
        sequence: disclosure.sequence,
        hold: disclosure.held,
        stages,
        materials: desk.ledger().materials(&id).await?,
        deliveries: desk.ledger().deliveries(&id).await?,
        told: told(desk, &id).await?,
        outstanding: material::outstanding(desk, id.as_str()).await?,
        requests: requests
            .filter(|one| one.asked.noun == "disclosure" && one.asked.subject == id.as_str())
            .collect(),
        history: history::of(desk, "disclosure", id.as_str()).await?,
    })
}

/// How many deliveries are in each state, for a line of prose.
#[must_use]
pub fn counts(deliveries: &[Delivery]) -> BTreeMap<&'static str, usize> {
    let mut counts = BTreeMap::new();
    for one in deliveries {
        *counts.entry(one.state.word()).or_insert(0) += 1;
    }
    counts
}
