//! The copies accused, without everybody else's numbers.

use std::collections::BTreeMap;

use libm::log;

use super::singles::{CHERNOFF_SLACK_LN, standing_p};
use super::trial::Trial;
use crate::decoder::Decoder;
use crate::document::{DocumentError, ReadingDocument};
use crate::pvalue::Tail;

/// Chernoff's bound this far (as ln) below the threshold accuses: the exact p is never above it.
const SURE_LN: f64 = 1e-6;

/// Names the copies that [`decide`](super::decide()) would accuse alone, ascending; sets are not looked for.
///
/// For counting over many trials: p rises as the score falls, so under one set of weights the exact p is computed
/// from the highest score down to the first that is not enough, and not at all where Chernoff's bound settles it.
///
/// # Errors
/// [`DocumentError`] for a document that contradicts itself.
pub(crate) fn accused_alone(document: &ReadingDocument) -> Result<Vec<String>, DocumentError> {
    let trial = Trial::open(document)?;
    let mut decoder = Decoder::new(&trial.sheet, trial.n);
    let full = decoder.grow(&[]);
    let mut rows_given: BTreeMap<Vec<usize>, Vec<usize>> = BTreeMap::new();
    for row in 0..trial.names.len() {
        let given = decoder.given_for(&full, row);
        match rows_given.get_mut(&given) {
            Some(rows) => rows.push(row),
            None => {
                rows_given.insert(given, vec![row]);
            }
        }
    }
    let n = trial.n as f64;
    let alpha = trial.sound.alpha.singles;
    let threshold = log(alpha) - log(n);
    let mut accused = Vec::new();
    for (given, rows) in rows_given {
        let weighed = decoder.weighed(&given);
        let mut scored: Vec<(i64, usize)> =
            rows.into_iter().map(|row| (weighed.integer_score(&trial.sheet, &[row]), row)).collect();
        scored.sort_unstable_by(|a, b| b.cmp(a));
        let mut tail = Tail::new(weighed.lattice());
        for (score, row) in scored {
            let chernoff = tail.chernoff(score);
            if chernoff > threshold + CHERNOFF_SLACK_LN {
                break;
            }
            if chernoff > threshold - SURE_LN && n * standing_p(&mut tail, score).2 > alpha {
                break;
            }
            accused.push(row);
        }
    }
    accused.sort_unstable();
    Ok(trial.name_all(&accused))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::bias::BiasSet;
    use crate::decide::decide;
    use crate::simulate::{Attack, Scene};

    /// Lengths at which somebody is named in some trials and nobody in others.
    #[test]
    fn the_same_copies_are_accused_as_by_deciding() {
        let mut named = 0;
        for (set, colluders, positions, trials) in [
            (BiasSet::GL2, 1, 24, 20),
            (BiasSet::A64, 2, 90, 20),
            (BiasSet::A64, 3, 190, 10),
            (BiasSet::E8, 8, 900, 2),
        ] {
            for seed in 0..trials {
                let attack = if seed % 2 == 0 { Attack::Interleaving } else { Attack::Majority };
                let scene = Scene { positions, ..Scene::new(set, colluders, attack) };
                let document = scene.play(seed).document;
                let mut names: Vec<String> =
                    decide(&document).unwrap().suspects.into_iter().map(|one| one.recipient).collect();
                names.sort();
                assert_eq!(accused_alone(&document).unwrap(), names, "{set} {colluders} {seed}");
                named += usize::from(!names.is_empty());
            }
        }
        assert!((10..45).contains(&named), "{named}");
    }
}
