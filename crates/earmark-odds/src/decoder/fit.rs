//! MAP-EM: the strategy that best explains what was read, given a set assumed in the coalition.

use libm::log;

use crate::sheet::{Sheet, Split};
use crate::strategy::{COLLUDERS_MAX, Strategy, with_error};

/// Weight of the interleaving attack as the prior, in positions per number of ones.
const PRIOR: f64 = 20.0;
/// What one more colluder must win in log likelihood.
const COLLUDER_COST: f64 = 0.5;
/// Colluders assumed while nobody is known.
const COLLUDERS_UNKNOWN: usize = 4;
/// How many unknown colluders are tried beside the known ones.
const SPAN: usize = 3;
const ROUNDS: usize = 25;
const SETTLED: f64 = 1e-4;

/// Which numbers of colluders a fit may choose from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Scope {
    /// Smallest.
    pub least: usize,
    /// Largest.
    pub most: usize,
}

impl Scope {
    /// For testing `members` further copies beside `known` ones: c = 4 while nobody is known, else from
    /// known + members to min(8, known + 3), at least one choice.
    #[must_use]
    pub fn beside(known: usize, members: usize) -> Self {
        if known == 0 {
            let c = COLLUDERS_UNKNOWN.max(members);
            return Self { least: c, most: c };
        }
        let least = known + members;
        Self { least, most: COLLUDERS_MAX.min(known + SPAN).max(least) }
    }
}

/// A fitted strategy.
#[derive(Debug, Clone, PartialEq)]
pub struct Fit {
    /// The strategy; its length tells c.
    pub strategy: Strategy,
    /// Log likelihood with the prior, less half a unit per colluder.
    pub value: f64,
}

/// One cell-and-ones group in the form the fit needs.
struct Counted {
    cell: usize,
    ones: usize,
    count: f64,
}

/// Fits strategies for every number of colluders in `scope` and returns the best; the fewest on a tie.
///
/// Positions with more than two symbols say nothing about theta (interleaving is assumed there), but their
/// likelihood counts in choosing c.
pub(crate) fn fit(sheet: &Sheet, split: &Split, scope: Scope) -> Fit {
    let known = split.members;
    let (mut two, mut many) = (Vec::new(), Vec::new());
    for group in &split.groups {
        let counted = Counted { cell: group.cell, ones: group.ones, count: f64::from(group.count) };
        let k = sheet.cells.get(group.cell).map_or(2, |cell| cell.k);
        if k == 2 { two.push(counted) } else { many.push(counted) }
    }
    let mut best: Option<Fit> = None;
    for c in scope.least.max(known).max(1)..=scope.most.max(scope.least).max(known) {
        let strategy = expectation_maximization(sheet, &two, known, c);
        let mut value = two_symbols(sheet, &two, known, &strategy) + many_symbols(sheet, &many, known, c);
        value += PRIOR * prior(&strategy) - COLLUDER_COST * c as f64;
        if best.as_ref().is_none_or(|b| value > b.value) {
            best = Some(Fit { strategy, value });
        }
        if scope.least == scope.most {
            break;
        }
    }
    best.unwrap_or_else(|| Fit { strategy: Strategy::interleaving(scope.least), value: 0.0 })
}

fn expectation_maximization(sheet: &Sheet, groups: &[Counted], known: usize, c: usize) -> Strategy {
    let mut theta: Vec<f64> = (0..=c).map(|s| s as f64 / c as f64).collect();
    for _ in 0..ROUNDS {
        let mut seen = [0.0; COLLUDERS_MAX + 5];
        let mut shown = [0.0; COLLUDERS_MAX + 5];
        for group in groups {
            let Some(cell) = sheet.cells.get(group.cell) else { continue };
            let mut posterior = [0.0; COLLUDERS_MAX + 5];
            let mut total = 0.0;
            let draws = cell.draws.row(c - known);
            for (k, (chance, slot)) in draws.iter().zip(posterior.iter_mut()).enumerate() {
                let q = with_error(theta.get(group.ones + k).copied().unwrap_or(1.0), cell.err);
                *slot = chance * if cell.y == 1 { q } else { 1.0 - q };
                total += *slot;
            }
            for (k, share) in posterior.iter().enumerate().take(draws.len()) {
                let s = group.ones + k;
                let t = theta.get(s).copied().unwrap_or(1.0);
                let q = with_error(t, cell.err);
                let weight = group.count * share / total;
                let one = if cell.y == 1 { t * (1.0 - cell.err) / q } else { t * cell.err / (1.0 - q) };
                if let (Some(n), Some(o)) = (seen.get_mut(s), shown.get_mut(s)) {
                    *n += weight;
                    *o += weight * one;
                }
            }
        }
        let mut moved = 0.0f64;
        for (s, t) in theta.iter_mut().enumerate().take(c).skip(1) {
            let (n, o) = (seen.get(s).copied().unwrap_or(0.0), shown.get(s).copied().unwrap_or(0.0));
            let next = (o + PRIOR * (s as f64) / (c as f64)) / (n + PRIOR);
            moved = moved.max((next - *t).abs());
            *t = next;
        }
        if moved < SETTLED {
            break;
        }
    }
    // The ends are the marking assumption's: theta_0 = 0, theta_c = 1.
    Strategy::from_theta(theta).unwrap_or_else(|| Strategy::interleaving(c))
}

fn two_symbols(sheet: &Sheet, groups: &[Counted], known: usize, strategy: &Strategy) -> f64 {
    let mut value = 0.0;
    for group in groups {
        let Some(cell) = sheet.cells.get(group.cell) else { continue };
        let q = with_error(strategy.shows_one(group.ones, known, &cell.draws), cell.err);
        value += group.count * log(if cell.y == 1 { q } else { 1.0 - q });
    }
    value
}

fn many_symbols(sheet: &Sheet, groups: &[Counted], known: usize, c: usize) -> f64 {
    let mut value = 0.0;
    for group in groups {
        let Some(cell) = sheet.cells.get(group.cell) else { continue };
        let miss = cell.err.min(1.0 / f64::from(cell.k));
        let hit = 1.0 - (f64::from(cell.k) - 1.0) * miss;
        let mean = cell.hit * hit + (1.0 - cell.hit) * miss;
        let held = group.ones as f64 * hit + (known - group.ones) as f64 * miss;
        value += group.count * log((held + (c - known) as f64 * mean) / c as f64);
    }
    value
}

fn prior(strategy: &Strategy) -> f64 {
    let c = strategy.colluders();
    let mut value = 0.0;
    for (s, &theta) in strategy.theta().iter().enumerate().take(c).skip(1) {
        let start = s as f64 / c as f64;
        value += start * log(theta) + (1.0 - start) * log(1.0 - theta)
            - (start * log(start) + (1.0 - start) * log(1.0 - start));
    }
    value
}
