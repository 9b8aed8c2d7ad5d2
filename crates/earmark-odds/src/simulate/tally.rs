//! Counting what becomes of many trials.

use libm::sqrt;

use super::scene::Scene;
use crate::decide::{accused_alone, decide};
use crate::document::{DocumentError, ReadingDocument};

/// What became of some trials.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Tally {
    /// How many there were.
    pub trials: u64,
    /// In how many at least one colluder was named.
    pub named: u64,
    /// In how many every colluder was named.
    pub all: u64,
    /// In how many somebody was named who had no part in it.
    pub wrong: u64,
}

impl Tally {
    /// The tally of both.
    #[must_use]
    pub fn and(self, other: Self) -> Self {
        Self {
            trials: self.trials + other.trials,
            named: self.named + other.named,
            all: self.all + other.all,
            wrong: self.wrong + other.wrong,
        }
    }

    /// The share of trials in which somebody was named.
    #[must_use]
    pub fn rate(self) -> f64 {
        self.named as f64 / self.trials.max(1) as f64
    }

    /// Wilson's interval (1927) of that share with `deviations` of the normal law, 1.96 for 95 %.
    #[must_use]
    pub fn interval(self, deviations: f64) -> [f64; 2] {
        let (n, z) = (self.trials.max(1) as f64, deviations * deviations);
        let middle = self.rate() + z / (2.0 * n);
        let half = deviations * sqrt(self.rate() * (1.0 - self.rate()) / n + z / (4.0 * n * n));
        [((middle - half) / (1.0 + z / n)).max(0.0), ((middle + half) / (1.0 + z / n)).min(1.0)]
    }
}

/// Plays and decides the trials of these seeds.
///
/// # Errors
/// [`DocumentError`] when the scene makes no sense: no recipients, an alpha that is none.
pub fn tally(scene: &Scene, seeds: std::ops::Range<u64>) -> Result<Tally, DocumentError> {
    let mut tally = Tally::default();
    for seed in seeds {
        let trial = scene.play(seed);
        let (accused, sets) = named_in(&trial.document)?;
        let named = accused.len();
        let right = accused.iter().filter(|one| trial.colluders.contains(one)).count();
        let sets_wrong =
            sets.iter().any(|set| !set.iter().any(|recipient| trial.colluders.contains(recipient)));
        tally.trials += 1;
        tally.named += u64::from(right > 0);
        tally.all += u64::from(right > 0 && right == trial.colluders.len());
        tally.wrong += u64::from(named > right || sets_wrong);
    }
    Ok(tally)
}

/// The copies accused, and the sets of which one was used.
fn named_in(document: &ReadingDocument) -> Result<(Vec<String>, Vec<Vec<String>>), DocumentError> {
    if document.alpha_look.is_none() {
        return Ok((accused_alone(document)?, Vec::new()));
    }
    let decision = decide(document)?;
    let accused = decision.suspects.into_iter().map(|one| one.recipient).collect();
    Ok((accused, decision.one_of.into_iter().map(|set| set.recipients).collect()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::bias::BiasSet;
    use crate::simulate::Attack;

    #[test]
    fn tallies_add_up_and_enough_positions_name() {
        let scene = Scene { positions: 60, ..Scene::new(BiasSet::S4, 1, Attack::Interleaving) };
        let (first, second) = (tally(&scene, 0..10).unwrap(), tally(&scene, 10..30).unwrap());
        let both = tally(&scene, 0..30).unwrap();
        assert_eq!(first.and(second), both);
        assert_eq!((both.trials, both.named, both.wrong), (30, 30, 0));
    }

    #[test]
    fn the_interval_is_wilsons() {
        // R: prop.test(294, 300, correct = FALSE) gives 0.957 to 0.991.
        let [low, high] = Tally { trials: 300, named: 294, all: 0, wrong: 0 }.interval(1.959_964);
        assert!((low - 0.957).abs() < 5e-4 && (high - 0.9908).abs() < 5e-4, "{low} {high}");
        assert_eq!(Tally { trials: 10, named: 10, all: 0, wrong: 0 }.interval(1.96)[1], 1.0);
    }
}
