//! Trials of one coalition: how often it is named, or how many positions that takes.

use std::path::PathBuf;

use earmark_odds::bias::BiasSet;
use earmark_odds::plan;
use earmark_odds::simulate::{Attack, Scene, TRIALS, Tally, shortest};
use serde::Serialize;

use super::journal::Journal;
use crate::error::{DeskError, Kind};
use crate::pool;

/// What to simulate, and how often.
#[derive(Debug, Clone)]
pub struct Request {
    /// The coalition, but for what `attacks` and `positions` say.
    pub scene: Scene,
    /// The attacks, one after the other.
    pub attacks: Vec<Attack>,
    /// Positions; none: search for the fewest that name somebody in 98 % of trials.
    pub positions: Option<u32>,
    /// Trials of each, rounded up to whole twenties; a search takes at least 300.
    pub trials: u64,
    /// Seed of the first trial; each next one is larger by one.
    pub seed: u64,
    /// Where tallies are kept.
    pub state: Option<PathBuf>,
    /// The most threads to use; none: as many as there are cores.
    pub threads: Option<usize>,
}

/// What became of one attack.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Row {
    /// Its name.
    pub attack: String,
    /// Positions; none where no length up to 20,000 suffices.
    pub positions: Option<u32>,
    /// Trials.
    pub trials: u64,
    /// In how many somebody was named.
    pub named: u64,
    /// In how many all colluders were named.
    pub all: u64,
    /// In how many somebody was named who had no part in it.
    pub wrong: u64,
    /// The share named.
    pub rate: f64,
    /// Its 95 % interval (Wilson).
    pub interval: [f64; 2],
}

/// The answer of `odds simulate`.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Answer {
    /// The bias set.
    pub code: String,
    /// Recipients.
    pub recipients: u32,
    /// Colluders.
    pub colluders: u32,
    /// The bound that is kept.
    pub alpha: f64,
    /// Seed of the first trial.
    pub seed: u64,
    /// One row for each attack.
    pub rows: Vec<Row>,
}

/// Tells what is being tried: attack, positions, trials.
pub type Progress<'a> = dyn Fn(Attack, u32, u64) + 'a;

/// The 97.5 % point of the normal law.
pub(super) const DEVIATIONS: f64 = 1.959_964;

/// Plays the trials of `request`.
///
/// The same request gives the same answer on every machine, also when it was stopped and begun again.
///
/// # Errors
/// When the scene makes no sense, or tallies cannot be kept.
pub fn simulate(request: &Request, progress: &Progress<'_>) -> Result<Answer, DeskError> {
    check(&request.scene)?;
    let mut journal = Journal::open(request.state.as_deref())?;
    let mut rows = Vec::new();
    for &attack in &request.attacks {
        let scene = Scene { attack, ..request.scene.clone() };
        let (positions, tally) = match request.positions {
            Some(positions) => {
                progress(attack, positions, request.trials);
                let scene = Scene { positions, ..scene };
                (Some(positions), journal.tally(&scene, request.seed, request.trials, threads_of(request))?)
            }
            None => search(&mut journal, &scene, request, progress)?,
        };
        rows.push(Row {
            attack: attack.to_string(),
            positions,
            trials: tally.trials,
            named: tally.named,
            all: tally.all,
            wrong: tally.wrong,
            rate: tally.rate(),
            interval: tally.interval(DEVIATIONS),
        });
    }
    let scene = &request.scene;
    Ok(Answer {
        code: scene.bias.to_string(),
        recipients: scene.recipients,
        colluders: scene.colluders,
        alpha: scene.alpha,
        seed: request.seed,
        rows,
    })
}

fn search(
    journal: &mut Journal,
    scene: &Scene,
    request: &Request,
    progress: &Progress<'_>,
) -> Result<(Option<u32>, Tally), DeskError> {
    let trials = request.trials.max(TRIALS);
    let found = shortest(start(scene), trials, |positions, trials| {
        progress(scene.attack, positions, trials.end);
        let (seed, count) = (request.seed + trials.start, trials.end - trials.start);
        journal.tally(&Scene { positions, ..scene.clone() }, seed, count, threads_of(request))
    })?;
    Ok(found.map_or((None, Tally::default()), |length| (Some(length.positions), length.tally)))
}

fn threads_of(request: &Request) -> usize {
    request.threads.unwrap_or_else(pool::threads).max(1)
}

/// Where the search begins: what planning knows, else something in proportion to the square of the coalition.
fn start(scene: &Scene) -> u32 {
    let (bias, recipients) = (scene.bias, u64::from(scene.recipients));
    let need = plan::positions_against(bias, scene.attack, scene.colluders, recipients, scene.alpha);
    let guess = 45 * u64::from(scene.colluders.max(1)).pow(2);
    u32::try_from(need.map_or(guess, |need| need.positions)).unwrap_or(u32::MAX)
}

fn check(scene: &Scene) -> Result<(), DeskError> {
    let shares = [
        ("--err", scene.err),
        ("--erasure", scene.erasure),
        ("--erase-differing", scene.erase_differing),
        ("--one-gives", scene.one_gives.unwrap_or(0.0)),
    ];
    for (name, share) in shares {
        if !(0.0..=1.0).contains(&share) {
            return Err(DeskError::new(
                Kind::Malformed,
                format!("`{name}` is a share from 0 to 1, not {share}"),
            ));
        }
    }
    if scene.classes.len() > MOST_CLASSES || !scene.classes.iter().all(|err| (0.0..=0.5).contains(err)) {
        return Err(DeskError::new(Kind::Malformed, "`--classes` are at most 16 rates, from 0 to 0.5 each"));
    }
    if !(scene.alpha > 0.0 && scene.alpha < 1.0) {
        return Err(DeskError::new(
            Kind::Malformed,
            format!("`--alpha` is a chance between 0 and 1, not {}", scene.alpha),
        ));
    }
    if scene.recipients == 0 || scene.colluders > scene.recipients {
        return Err(DeskError::new(
            Kind::Malformed,
            format!("{} colluders among {} recipients cannot be", scene.colluders, scene.recipients),
        ));
    }
    if scene.colluders > MOST_COLLUDERS {
        return Err(DeskError::new(
            Kind::Malformed,
            format!("at most {MOST_COLLUDERS} colluders can be simulated"),
        ));
    }
    if u64::from(scene.recipients) * u64::from(scene.positions.max(1_000)) > MOST_SYMBOLS {
        return Err(DeskError::new(Kind::Malformed, "so many recipients and positions do not fit in memory")
            .hint("simulate fewer recipients: the length grows with their logarithm"));
    }
    Ok(())
}

/// Reliability classes that a document may have.
const MOST_CLASSES: usize = 16;
/// More copies than this are no coalition but a leak of the program.
const MOST_COLLUDERS: u32 = 64;
/// Symbols of a trial that are held at once.
const MOST_SYMBOLS: u64 = 1 << 30;

/// The bias set that a word names.
///
/// # Errors
/// When it names none.
pub fn bias_set(word: &str) -> Result<BiasSet, DeskError> {
    word.parse().map_err(|source: earmark_odds::bias::UnknownBiasSet| {
        DeskError::new(Kind::Malformed, source.to_string())
    })
}

/// The attacks that a word names: one of the seven, or `all`.
///
/// # Errors
/// When it names none.
pub fn attacks(word: &str) -> Result<Vec<Attack>, DeskError> {
    if word == "all" {
        return Ok(Attack::ALL.to_vec());
    }
    let known = Attack::ALL.map(|attack| format!("`{attack}`")).join(", ");
    let one: Attack = word.parse().map_err(|source: earmark_odds::simulate::UnknownAttack| {
        DeskError::new(Kind::Malformed, source.to_string()).hint(format!("there are `all`, {known}"))
    })?;
    Ok(vec![one])
}
