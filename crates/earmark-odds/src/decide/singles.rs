//! Testing every copy with the set that was grown without it.

use std::collections::{BTreeMap, HashMap};
use std::rc::Rc;

use libm::log10;

use super::trial::Trial;
use crate::decoder::{Decoder, Grown, Weighed};
use crate::document::{Standing, Test, WeightRow};
use crate::pvalue::Tail;

/// Above this many recipients only the best tests are recorded.
const TESTS_ALL: usize = 2_000;
/// How many then.
const TESTS_BEST: usize = 1_000;
/// Chernoff's bound is at most this factor (as ln) above the exact p of anything that could pass: 8 to 18 times is usual.
pub(super) const CHERNOFF_SLACK_LN: f64 = 7.0;
/// log10 e.
pub(crate) const LOG10_E: f64 = std::f64::consts::LOG10_E;

/// One copy's score and what it is worth.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Accusation {
    pub(crate) row: usize,
    pub(crate) given: Rc<Vec<usize>>,
    pub(crate) score: i64,
    pub(crate) log10_p_exact: Option<f64>,
    pub(crate) log10_p_chernoff: f64,
    /// The p that decides.
    pub(crate) p: f64,
}

/// What a score is worth: log10 of the exact p if there is one, log10 of Chernoff's bound, the p that decides.
type Worth = (Option<f64>, f64, f64);

/// A set that tests are conditioned on, its weights, and the tail of their sum.
struct Conditioned {
    given: Rc<Vec<usize>>,
    weighed: Rc<Weighed>,
    tail: Tail,
    /// Among very many recipients most share their score with others.
    worth: HashMap<i64, Worth>,
}

/// The p that decides: the exact one, else Chernoff's bound.
pub(crate) fn standing_p(tail: &mut Tail, score: i64) -> Worth {
    let chernoff = tail.chernoff(score);
    match tail.exact(score) {
        Some(exact) => (Some(exact.log10()), chernoff * LOG10_E, exact.p),
        None => (None, chernoff * LOG10_E, libm::exp(chernoff) + crate::pvalue::EXACT_FLOOR),
    }
}

/// Tests every recipient, in order of row.
pub(crate) fn test_all(trial: &Trial, decoder: &mut Decoder<'_>, full: &Grown) -> Vec<Accusation> {
    let mut tails: BTreeMap<Vec<usize>, Conditioned> = BTreeMap::new();
    let mut tests = Vec::with_capacity(trial.names.len());
    for row in 0..trial.names.len() {
        let given = decoder.given_for(full, row);
        let at = tails.entry(given).or_insert_with_key(|given| {
            let weighed = decoder.weighed(given);
            let tail = Tail::new(weighed.lattice());
            Conditioned { given: Rc::new(given.clone()), weighed, tail, worth: HashMap::new() }
        });
        let score = at.weighed.integer_score(&trial.sheet, &[row]);
        let tail = &mut at.tail;
        let (log10_p_exact, log10_p_chernoff, p) =
            *at.worth.entry(score).or_insert_with(|| standing_p(tail, score));
        let given = Rc::clone(&at.given);
        tests.push(Accusation { row, given, score, log10_p_exact, log10_p_chernoff, p });
    }
    tests
}

/// Writes the weights of a test, in order of (level, y, class, s).
pub(crate) fn weight_rows(trial: &Trial, weighed: &Weighed, members: usize) -> Vec<WeightRow> {
    let groups = weighed.split.groups.iter().zip(&weighed.integers);
    groups
        .filter_map(|(group, integers)| {
            let cell = trial.sheet.cells.get(group.cell)?;
            let mut w = integers.clone();
            if members == 1 && cell.k > 2 {
                let (miss, hit) = (integers.first().copied()?, integers.get(1).copied()?);
                w = (0..cell.k).map(|x| if x == cell.y { hit } else { miss }).collect();
            }
            Some(WeightRow { level: cell.level as u32, y: cell.y, s: group.ones as u8, class: cell.class, w })
        })
        .collect()
}

/// Writes the tests down: all of them, or the best where there are very many.
pub(crate) fn record(trial: &Trial, decoder: &mut Decoder<'_>, tests: &[Accusation]) -> Vec<Test> {
    let mut kept: Vec<&Accusation> = tests.iter().collect();
    if kept.len() > TESTS_ALL {
        kept.select_nth_unstable_by(TESTS_BEST, |a, b| a.p.total_cmp(&b.p).then(a.row.cmp(&b.row)));
        kept.truncate(TESTS_BEST);
        kept.sort_by_key(|test| test.row);
    }
    let mut rows: BTreeMap<Vec<usize>, Vec<WeightRow>> = BTreeMap::new();
    kept.into_iter()
        .map(|test| {
            let weighed = decoder.weighed(&test.given);
            let weights = rows.entry(test.given.to_vec()).or_insert_with(|| weight_rows(trial, &weighed, 1));
            Test {
                recipient: trial.name(test.row),
                given: trial.name_all(&test.given),
                c: weighed.strategy().colluders() as u32,
                theta: weighed.strategy().theta().to_vec(),
                weights: weights.clone(),
                score: test.score,
                log10_p_exact: test.log10_p_exact,
                log10_p_chernoff: test.log10_p_chernoff,
            }
        })
        .collect()
}

/// Every recipient's numbers.
pub(crate) fn standings(trial: &Trial, tests: &[Accusation]) -> Vec<Standing> {
    tests
        .iter()
        .map(|test| Standing {
            recipient: trial.name(test.row),
            score: test.score,
            log10_p_exact: test.log10_p_exact,
            log10_p_chernoff: test.log10_p_chernoff,
        })
        .collect()
}

/// log10 of min(1, times p).
pub(crate) fn log10_bound(times: f64, p: f64) -> f64 {
    log10((times * p).min(1.0))
}
