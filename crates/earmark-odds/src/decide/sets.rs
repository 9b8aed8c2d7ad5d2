//! "One of these": sets of two or three copies of which at least one was used.

use super::singles::{Accusation, CHERNOFF_SLACK_LN, log10_bound, standing_p, weight_rows};
use super::trial::Trial;
use crate::decoder::{Decoder, Weighed};
use crate::document::{OneOf, SetTest};
use crate::pvalue::{LookAlpha, Tail, subsets};

/// From how many of the best copies not accused sets are formed. Any choice is valid: the bound counts all
/// C(n, t) sets.
const PRESELECTED: usize = 10;

/// Tests pairs, then triples that contain no passing pair.
///
/// H_T: no member of T was used. B is grown without all of T, so no symbol of T had a part in the weights.
pub(crate) fn test_sets(
    trial: &Trial,
    decoder: &mut Decoder<'_>,
    tests: &[Accusation],
    alpha: LookAlpha,
    accused: &[usize],
) -> Vec<(OneOf, SetTest)> {
    if alpha.pairs <= 0.0 {
        return Vec::new();
    }
    let mut pool: Vec<&Accusation> = tests.iter().filter(|test| !accused.contains(&test.row)).collect();
    if pool.len() > PRESELECTED {
        pool.select_nth_unstable_by(PRESELECTED, |a, b| {
            a.p.total_cmp(&b.p).then(b.score.cmp(&a.score)).then(a.row.cmp(&b.row))
        });
        pool.truncate(PRESELECTED);
    }
    let mut pool: Vec<usize> = pool.into_iter().map(|test| test.row).collect();
    pool.sort_unstable();
    let mut passed: Vec<(Vec<usize>, OneOf, SetTest)> = Vec::new();
    for (size, share) in [(2, alpha.pairs), (3, alpha.triples)] {
        for set in combinations(&pool, size) {
            if passed.iter().any(|(smaller, _, _)| smaller.iter().all(|row| set.contains(row))) {
                continue;
            }
            if let Some((one_of, test)) = test_set(trial, decoder, &set, share) {
                passed.push((set, one_of, test));
            }
        }
    }
    passed.sort_by(|a, b| a.1.log10_false_accusation_bound.total_cmp(&b.1.log10_false_accusation_bound));
    passed.into_iter().map(|(_, one_of, test)| (one_of, test)).collect()
}

fn test_set(trial: &Trial, decoder: &mut Decoder<'_>, set: &[usize], share: f64) -> Option<(OneOf, SetTest)> {
    let given = decoder.grow(set).members;
    let weighed = Weighed::fitted(&trial.sheet, &given, set.len());
    let score = weighed.integer_score(&trial.sheet, set);
    let mut tail = Tail::new(weighed.lattice());
    let times = subsets(trial.n, set.len() as u32);
    if tail.chernoff(score) + libm::log(times) > libm::log(share) + CHERNOFF_SLACK_LN {
        return None;
    }
    let (log10_p_exact, log10_p_chernoff, p) = standing_p(&mut tail, score);
    if times * p > share {
        return None;
    }
    let one_of =
        OneOf { recipients: trial.name_all(set), log10_false_accusation_bound: log10_bound(times, p) };
    let test = SetTest {
        recipients: trial.name_all(set),
        given: trial.name_all(&given),
        c: weighed.strategy().colluders() as u32,
        theta: weighed.strategy().theta().to_vec(),
        weights: weight_rows(trial, &weighed, set.len()),
        score,
        log10_p_exact,
        log10_p_chernoff,
    };
    Some((one_of, test))
}

/// All subsets of one size, in lexicographic order.
fn combinations(of: &[usize], size: usize) -> Vec<Vec<usize>> {
    let mut all = vec![Vec::new()];
    for _ in 0..size {
        all = all
            .into_iter()
            .flat_map(|set: Vec<usize>| {
                let last = set.last().copied();
                of.iter().filter(move |&&row| last.is_none_or(|l| row > l)).map(move |&row| {
                    let mut more = set.clone();
                    more.push(row);
                    more
                })
            })
            .collect();
    }
    all
}
