//! Jobs: due work, done once by whoever is alive.
//!
//! A worker claims a job for a time; if it dies, another one takes the job when that time is over. What a job does is
//! safe to do twice, and an instant fires in one transaction that only one of them can win.

use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use earmark_model::UnixMillis;
use earmark_store::{Job, Ledger};
use serde::Serialize;

use crate::clock::Clock;
use crate::desk::Desk;
use crate::error::{DeskError, Kind};
use crate::issue::staged;
use crate::program::{chase, preflight, questions, release, remind};
use crate::work::Fired;

/// How long a job belongs to whoever claimed it, in milliseconds.
const LEASE_MILLIS: i64 = 10_000;

/// After what time something that is held, or failed, is looked at again, in milliseconds.
const AGAIN_MILLIS: i64 = 10_000;

/// What one job came to.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Event {
    /// What sort of job.
    pub kind: String,
    /// What it was about.
    pub subject: String,
    /// What became of it.
    pub outcome: String,
}

/// What a worker was given beside the vault.
#[derive(Debug, Clone, Default)]
pub struct Means {
    /// The folder that bundles go to, below it one folder per disclosure; without one their jobs are left to workers
    /// that have one.
    pub bundles: Option<PathBuf>,
    /// How long before its instant the bundles of a stage are made, sealed to its key, in milliseconds; without it they
    /// are made at the instant.
    pub early_millis: Option<i64>,
}

impl Means {
    /// The kind of job that this worker leaves to others.
    fn leaves(&self) -> Option<&'static str> {
        self.bundles.is_none().then_some(release::BUNDLES)
    }
}

/// Does everything that is due now, and says of each job what became of it.
///
/// # Errors
/// When the ledger cannot be read or written. A job that fails is tried again later and says so in its event.
pub async fn run_due(desk: &Desk, means: &Means, tell: &mut impl FnMut(Event)) -> Result<(), DeskError> {
    if let (Some(lead), Some(_)) = (means.early_millis, &means.bundles) {
        staged::ask_early(desk, lead).await?;
    }
    loop {
        let now = desk.now();
        let lease = UnixMillis(now.0 + LEASE_MILLIS);
        let Some(job) = desk.ledger().claim_job(now, lease, means.leaves()).await? else { return Ok(()) };
        let outcome = run(desk, means, &job).await?;
        tell(Event { kind: job.job.kind.clone(), subject: job.job.subject.clone(), outcome });
    }
}

async fn run(desk: &Desk, means: &Means, job: &Job) -> Result<String, DeskError> {
    let again = |now: UnixMillis| UnixMillis(now.0 + AGAIN_MILLIS);
    let subject = &job.job.subject;
    let result = match (job.job.kind.as_str(), &means.bundles) {
        (release::KIND, _) => release::fire(desk, subject).await,
        (remind::KIND, _) => remind::fire(desk, subject).await,
        (chase::KIND, _) => chase::fire(desk, subject).await,
        (questions::KIND, _) => questions::fire(desk, subject).await,
        (preflight::KIND, _) => preflight::fire(desk, subject).await,
        (release::BUNDLES, Some(folder)) => {
            // A thousand bundles take longer than a lease.
            let holding = tokio::spawn(hold(desk.ledger().clone(), desk.clock(), job.clone()));
            let result = staged::fire(desk, subject, folder).await;
            holding.abort();
            result
        }
        (other, _) => Err(DeskError::new(Kind::Bug, format!("nobody knows jobs of kind `{other}`"))),
    };
    let now = desk.now();
    Ok(match result {
        Ok(Fired::Done(outcome)) => {
            desk.ledger().finish_job(job, now, &outcome).await?;
            outcome
        }
        Ok(Fired::Over) => {
            desk.ledger().finish_job(job, now, "over").await?;
            "over".to_owned()
        }
        // The clock was put back since the job was claimed.
        Ok(Fired::NotDue(at)) => {
            desk.ledger().postpone_job(job, at).await?;
            "not due".to_owned()
        }
        Ok(Fired::Held) => {
            desk.ledger().postpone_job(job, again(now)).await?;
            "held".to_owned()
        }
        Err(error) => {
            desk.ledger().postpone_job(job, again(now)).await?;
            format!("failed: {error}")
        }
    })
}

/// Keeps a job held until it is told to stop, or the job is lost.
async fn hold(ledger: Ledger, clock: Arc<dyn Clock>, job: Job) {
    let mut held = true;
    while held {
        tokio::time::sleep(Duration::from_millis(LEASE_MILLIS.unsigned_abs() / 3)).await;
        // What cannot be renewed now may be renewed in a moment.
        held = ledger.renew_job(&job, UnixMillis(clock.now().0 + LEASE_MILLIS)).await.unwrap_or(true);
    }
}

/// How long a worker may sleep until something can be due, at most `longest` milliseconds.
///
/// # Errors
/// When the ledger cannot be read.
pub async fn pause_millis(desk: &Desk, means: &Means, longest: i64) -> Result<u64, DeskError> {
    let now = desk.now();
    let next =
        desk.ledger().next_job(now, means.leaves()).await?.map_or(longest, |at| at.0.saturating_sub(now.0));
    // Never long: the clock may be put forward, and another process may add what is due sooner.
    Ok(u64::try_from(next.clamp(20, longest)).unwrap_or(20))
}
