//! Tallies that were made, so that a simulation that was stopped goes on.

use std::collections::HashMap;
use std::fs::{self, File};
use std::io::Write;
use std::ops::Range;
use std::path::{Path, PathBuf};

use earmark_odds::simulate::{Scene, Tally, tally};
use serde::{Deserialize, Serialize};

use crate::error::{DeskError, Kind};
use crate::pool;

/// Trials that are played and noted together.
const CHUNK: u64 = 20;

/// Raised whenever the decoder may name others than before in the same trial.
pub(super) const DECODER: u32 = 2;

/// Plays trials, and never the same ones twice.
pub(super) struct Journal {
    known: HashMap<(String, u64), Tally>,
    file: Option<(PathBuf, File)>,
}

#[derive(Serialize, Deserialize)]
struct Line {
    /// The scene with all its parameters, in words.
    scene: String,
    /// The seed of the first of [`CHUNK`] trials.
    seed: u64,
    trials: u64,
    named: u64,
    all: u64,
    wrong: u64,
    /// [`DECODER`] when they were played; lines of another one are not used.
    #[serde(default)]
    decoder: u32,
}

impl Journal {
    /// Opens the journal at `path`, or one that is kept in memory.
    ///
    /// # Errors
    /// When the file cannot be read or written.
    pub(super) fn open(path: Option<&Path>) -> Result<Self, DeskError> {
        let Some(path) = path else { return Ok(Self { known: HashMap::new(), file: None }) };
        let io = |source| DeskError::io("keep tallies in", path, source);
        let text = if path.exists() { fs::read(path).map_err(io)? } else { Vec::new() };
        let mut known = HashMap::new();
        // A line that a stopped run was writing is played again.
        for line in
            text.split(|byte| *byte == b'\n').filter_map(|line| serde_json::from_slice::<Line>(line).ok())
        {
            let tally = Tally { trials: line.trials, named: line.named, all: line.all, wrong: line.wrong };
            if line.decoder == DECODER {
                known.insert((line.scene, line.seed), tally);
            }
        }
        let mut file = fs::OpenOptions::new().create(true).append(true).open(path).map_err(io)?;
        if text.last().is_some_and(|byte| *byte != b'\n') {
            file.write_all(b"\n").map_err(io)?;
        }
        Ok(Self { known, file: Some((path.to_owned(), file)) })
    }

    /// The tally of `trials` trials from `seed` on, rounded up to whole chunks, on at most `threads` threads.
    ///
    /// # Errors
    /// When the scene makes no sense, or the file cannot be written.
    pub(super) fn tally(
        &mut self,
        scene: &Scene,
        seed: u64,
        trials: u64,
        threads: usize,
    ) -> Result<Tally, DeskError> {
        let scene = &scene.with_first_like_it();
        let name = format!("{scene:?}");
        let chunks: Vec<u64> = (0..trials.div_ceil(CHUNK)).map(|chunk| seed + chunk * CHUNK).collect();
        let missing: Vec<u64> =
            chunks.iter().copied().filter(|&seed| !self.known.contains_key(&(name.clone(), seed))).collect();
        let played = pool::map_on(threads, &missing, |&seed| tally(scene, seeds_of(seed)));
        for (seed, tally) in missing.into_iter().zip(played) {
            let tally = tally
                .map_err(|source| DeskError::because(Kind::Malformed, "this cannot be simulated", source))?;
            self.note(&name, seed, tally)?;
        }
        let one = |seed: &u64| self.known.get(&(name.clone(), *seed)).copied().unwrap_or_default();
        Ok(chunks.iter().map(one).fold(Tally::default(), Tally::and))
    }

    fn note(&mut self, scene: &str, seed: u64, tally: Tally) -> Result<(), DeskError> {
        self.known.insert((scene.to_owned(), seed), tally);
        let Some((path, file)) = &mut self.file else { return Ok(()) };
        let Tally { trials, named, all, wrong } = tally;
        let line = Line { scene: scene.to_owned(), seed, trials, named, all, wrong, decoder: DECODER };
        let text = serde_json::to_string(&line)
            .map_err(|source| DeskError::because(Kind::Bug, "a tally cannot be written", source))?;
        writeln!(file, "{text}").map_err(|source| DeskError::io("keep tallies in", path, source))
    }
}

/// The seeds of a chunk.
fn seeds_of(seed: u64) -> Range<u64> {
    seed..seed.saturating_add(CHUNK)
}

#[cfg(test)]
mod tests {
    use earmark_odds::bias::BiasSet;
    use earmark_odds::simulate::Attack;

    use super::*;

    #[test]
    fn a_stopped_simulation_goes_on_with_the_same_trials() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("tallies.jsonl");
        let scene = Scene { positions: 30, recipients: 10, ..Scene::new(BiasSet::S4, 1, Attack::Majority) };
        let whole = Journal::open(None).unwrap().tally(&scene, 5, 60, 2).unwrap();
        Journal::open(Some(&path)).unwrap().tally(&scene, 5, 40, 1).unwrap();
        let mut text = fs::read_to_string(&path).unwrap();
        assert_eq!(text.lines().count(), 2);
        // Killed in the middle of a line: that chunk is played again.
        text.truncate(text.len() - 9);
        fs::write(&path, &text).unwrap();
        assert_eq!(Journal::open(Some(&path)).unwrap().tally(&scene, 5, 60, 2).unwrap(), whole);
        let known = Journal::open(Some(&path)).unwrap();
        assert_eq!(known.known.len(), 3);
        // Another scene shares nothing with it.
        let other = Scene { positions: 31, ..scene };
        assert!(!known.known.contains_key(&(format!("{other:?}"), 5)));
    }
}
