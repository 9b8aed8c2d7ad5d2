//! A drill from end to end: harmless material is disclosed to those who take part, one copy is leaked in disguise, and
//! the vault is asked whose it was, against the clock.

use std::fs;
use std::path::Path;
use std::time::{Duration, Instant};

use earmark_desk::actor::{Right, require};
use earmark_desk::desk::Desk;
use earmark_desk::error::{DeskError, Kind};
use earmark_desk::issue::copies::{self, Master};
use earmark_desk::issue::{protect, writing};
use earmark_desk::program::disclosure::{self, NewDisclosure};
use earmark_desk::program::material::{self, NewMaterial};
use earmark_desk::program::recipients;
use earmark_desk::program::release;
use earmark_desk::program::schedule::{EVERYBODY, StageAt, parse_stage};
use earmark_desk::trace::{self, Verdict};
use earmark_desk::work::Fired;
use earmark_disguise::SourceFile;
use earmark_model::{RecipientId, UnixMillis};
use serde::Serialize;

use crate::demo::{leak, material as stories};

/// The asset that drills hand out: the invented advisory and client of the demo.
const ASSET: &str = "exercise-story";

/// From the beginning to the drill's instant, in milliseconds.
const LEAD_MILLIS: i64 = 6_000;

/// From the instant to the drill's end, in milliseconds.
const LENGTH_MILLIS: i64 = 3_600_000;

/// How a drill went.
#[derive(Debug, Serialize)]
pub(crate) struct Answer {
    /// The disclosure that was made for it.
    pub disclosure: String,
    /// Who took part.
    pub participants: Vec<String>,
    /// Milliseconds from the instant until the last message stood in the queue.
    pub told_millis: i64,
    /// Seconds until every bundle was made.
    pub bundles_seconds: f64,
    /// Whose copy was leaked.
    pub leaker: String,
    /// What the trace said.
    pub verdict: Verdict,
    /// Whom it named.
    pub named: Vec<String>,
    /// Whether that is the leaker and nobody else.
    pub right: bool,
    /// Seconds from the sample to the verdict.
    pub trace_seconds: f64,
}

/// Plays a drill with the recipients `with`; bundles, sample and trace lie in `out` afterwards.
///
/// Messages to those who take part are queued as those of any disclosure: a worker sends them, EXERCISE before
/// everything. An hour after its instant the drill ends by itself.
///
/// # Errors
/// Refused while the preflight of the drill is red: somebody has no key, or policy denies them everything.
pub(crate) async fn run(desk: &Desk, with: &[String], out: &Path) -> Result<Answer, DeskError> {
    require(desk, Right::Manage).await?;
    fs::create_dir_all(out).map_err(|source| DeskError::io("make", out, source))?;
    protect_story(desk, out).await?;
    let id = format!("exercise-{}", desk.fresh_matter_id()?);
    let due = UnixMillis((desk.now().0 + LEAD_MILLIS).div_euclid(1000) * 1000);
    announce(desk, &id, with, due).await?;
    let told_millis = fire(desk, &id).await?;
    let begun = Instant::now();
    let request = copies::Request {
        asset: ASSET.to_owned(),
        to: with.join(","),
        out: out.join("bundles"),
        plain: false,
        early: false,
    };
    copies::issue(desk, &request).await?;
    let bundles_seconds = begun.elapsed().as_secs_f64();
    let leaker = leaker(&id, with)?;
    let sample = plant(desk, &leaker, out).await?;
    let begun = Instant::now();
    let request = trace::Request { paths: vec![sample], out: Some(out.join("trace")), ..Default::default() };
    let traced = trace::trace(desk, &request, &|_, _, _| {}).await?;
    let named: Vec<String> = traced.suspects.iter().map(|one| one.recipient.clone()).collect();
    Ok(Answer {
        disclosure: id,
        participants: with.to_vec(),
        told_millis,
        bundles_seconds,
        right: named == [leaker.to_string()],
        leaker: leaker.to_string(),
        verdict: traced.verdict,
        named,
        trace_seconds: begun.elapsed().as_secs_f64(),
    })
}

/// Protects the story, unless a drill before did.
async fn protect_story(desk: &Desk, out: &Path) -> Result<(), DeskError> {
    let asset = ASSET
        .parse()
        .map_err(|source| DeskError::because(Kind::Bug, "the drill's asset has no name", source))?;
    match desk.ledger().asset(&asset).await.map_err(DeskError::from) {
        Ok(_) => return Ok(()),
        Err(error) if error.kind == Kind::NotFound => {}
        Err(error) => return Err(error),
    }
    let path = stories::advisory(&out.join("original"))?;
    protect::protect(desk, &protect::Request { path, name: ASSET.to_owned(), ..Default::default() }).await?;
    Ok(())
}

/// Adds the drill's disclosure and arms it.
async fn announce(desk: &Desk, id: &str, with: &[String], due: UnixMillis) -> Result<(), DeskError> {
    let all = recipients::all(desk).await?;
    let mut tiers: Vec<String> = all
        .iter()
        .filter(|to| with.iter().any(|name| name == to.recipient.id.as_str()))
        .map(|to| to.tier().to_owned())
        .collect();
    tiers.sort();
    tiers.dedup();
    let stages: Result<Vec<StageAt>, DeskError> =
        tiers.iter().map(|tier| StageAt::parse(&format!("advisory:{tier}={}", due.rfc3339()))).collect();
    let new = NewDisclosure {
        public: Some(UnixMillis(due.0 + LENGTH_MILLIS).rfc3339()),
        stages: stages?,
        exercise: true,
        participants: with.to_vec(),
        ..NewDisclosure::new(id, "A drill: everything in it is invented")
    };
    disclosure::add(desk, &new).await?;
    let attached = NewMaterial {
        asset: ASSET.to_owned(),
        stage: parse_stage("advisory")?,
        confidential_until: None,
        export_class: None,
        screened: None,
    };
    material::attach(desk, id, &attached).await?;
    disclosure::accept(desk, id).await
}

/// Waits for the drill's instants and fires them, if no worker is faster; gives by how much the last one was late.
async fn fire(desk: &Desk, id: &str) -> Result<i64, DeskError> {
    let id = id.parse().map_err(|source| DeskError::because(Kind::Bug, "the drill has no name", source))?;
    let mut late = 0;
    for instant in desk.ledger().stage_instants(&id).await? {
        // The drill's own end is left to the workers.
        if instant.tier.as_str() == EVERYBODY {
            continue;
        }
        let subject = release::job(&id, &instant).subject;
        loop {
            match release::fire(desk, &subject).await? {
                Fired::Done(_) | Fired::Over => break,
                Fired::Held => {
                    return Err(DeskError::new(Kind::Refused, "somebody holds the drill"));
                }
                Fired::NotDue(_) => tokio::time::sleep(Duration::from_millis(50)).await,
            }
        }
        let after = desk.ledger().stage_instants(&id).await?;
        let fired = after.iter().filter_map(|one| Some(one.fired?.0 - one.at.0)).max();
        late = late.max(fired.unwrap_or(0));
    }
    Ok(late)
}

/// Whose copy is leaked: the last digit of the drill's random name decides.
fn leaker(id: &str, with: &[String]) -> Result<RecipientId, DeskError> {
    let digits = id.rsplit('-').next().unwrap_or_default();
    let number = usize::from_str_radix(digits, 16).unwrap_or(0);
    let name = with.get(number % with.len().max(1)).map_or("", String::as_str);
    name.parse().map_err(|source: earmark_model::IdError| DeskError::new(Kind::Malformed, source.to_string()))
}

/// Writes a web page with the leaker's client on it, renamed, stripped and reformatted.
async fn plant(desk: &Desk, leaker: &RecipientId, out: &Path) -> Result<std::path::PathBuf, DeskError> {
    let master = Master::load(desk, ASSET).await?;
    let copy = master.copy_for(&master.dealer(), leaker)?;
    let texts: Vec<SourceFile> = copy
        .files
        .iter()
        .filter_map(|(entry, bytes)| {
            Some(SourceFile::new(entry.path_text(), String::from_utf8(bytes.to_vec()).ok()?))
        })
        .collect();
    let sample = out.join("EXERCISE-thread.html");
    writing::write_file(&sample, &leak::web_page(&texts, 2012).bytes)?;
    Ok(sample)
}
