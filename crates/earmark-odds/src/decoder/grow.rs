//! Growing the set assumed to be in the coalition, with and without given copies.

use std::cmp::Ordering;
use std::collections::BTreeMap;
use std::rc::Rc;

use libm::log;

use crate::decoder::pairs::{POOL, best_pair, pair_factor_ln};
use crate::decoder::weigh::Weighed;
use crate::pvalue::Ranked;
use crate::sheet::Sheet;

/// A copy may enter while ln(n p) is below this.
pub const GROW_LN: f64 = -3.0;
/// The most members.
pub const MEMBERS_MAX: usize = 7;
/// How many copies are left out at once at most (a triple).
const LEFT_OUT_MAX: usize = 3;

/// One recipient's place in a ranking.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Entry {
    pub(crate) row: usize,
    pub(crate) score: f64,
    pub(crate) ranked: Ranked,
}

impl Entry {
    /// Smaller saddle-point p first; ties: higher score, then lower index.
    fn order(&self, other: &Self) -> Ordering {
        let by_p = self.ranked.saddle.total_cmp(&other.ranked.saddle);
        by_p.then(other.score.total_cmp(&self.score)).then(self.row.cmp(&other.row))
    }
}

/// The weights given one set, and the best copies under them.
#[derive(Debug)]
pub(crate) struct Ranking {
    pub(crate) weighed: Rc<Weighed>,
    /// The best, best first; longer than anything that is left out.
    pub(crate) best: Vec<Entry>,
}

/// A set grown, and what it depends on.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Grown {
    /// Ascending.
    pub(crate) members: Vec<usize>,
    /// The singles a pair search started from, if one ran.
    pub(crate) pool: Option<Vec<usize>>,
}

/// Grows sets over one sheet, keeping what was computed.
#[derive(Debug)]
pub struct Decoder<'a> {
    sheet: &'a Sheet,
    n: f64,
    cap: usize,
    rankings: BTreeMap<Vec<usize>, Rc<Ranking>>,
}

impl<'a> Decoder<'a> {
    /// A decoder for `n` recipients considered; the sheet may hold a pseudo-recipient beside them.
    #[must_use]
    pub fn new(sheet: &'a Sheet, n: u64) -> Self {
        let cap = MEMBERS_MAX.min(usize::try_from(n.saturating_sub(2)).unwrap_or(MEMBERS_MAX));
        Self { sheet, n: n as f64, cap, rankings: BTreeMap::new() }
    }

    /// The set grown from everybody, ascending row numbers.
    pub fn members(&mut self) -> Vec<usize> {
        self.grow(&[]).members
    }

    /// The set a row is tested with: grown without it, whenever its symbols could have had a part.
    pub fn members_without(&mut self, row: usize) -> Vec<usize> {
        self.grow(&[row]).members
    }

    /// The weights given a set, for testing one copy.
    pub(crate) fn weighed(&mut self, known: &[usize]) -> Rc<Weighed> {
        Rc::clone(&self.ranking(known).weighed)
    }

    pub(crate) fn ranking(&mut self, known: &[usize]) -> Rc<Ranking> {
        if let Some(ranking) = self.rankings.get(known) {
            return Rc::clone(ranking);
        }
        let weighed = Weighed::fitted(self.sheet, known, 1);
        let mut best: Vec<Entry> = (0..self.sheet.rows())
            .filter(|row| !known.contains(row))
            .map(|row| {
                let (score, ranked) = weighed.rank(self.sheet, row);
                Entry { row, score, ranked }
            })
            .collect();
        let keep = LEFT_OUT_MAX + if known.is_empty() { POOL } else { 1 };
        if best.len() > keep {
            best.select_nth_unstable_by(keep - 1, Entry::order);
            best.truncate(keep);
        }
        best.sort_by(Entry::order);
        let ranking = Rc::new(Ranking { weighed: Rc::new(weighed), best });
        self.rankings.insert(known.to_vec(), Rc::clone(&ranking));
        ranking
    }

    /// Grows a set from all rows but those left out (at most three).
    ///
    /// INVARIANT: nothing here reads a symbol of a row left out: rankings keep more entries than are left
    /// out, and weights depend on the members alone. So the p-value of a row left out is exactly valid.
    pub(crate) fn grow(&mut self, left_out: &[usize]) -> Grown {
        let mut grown = Grown { members: Vec::new(), pool: None };
        if self.cap == 0 {
            return grown;
        }
        let singles = self.ranking(&[]);
        let mut pool = singles.best.iter().filter(|e| !left_out.contains(&e.row)).take(POOL).copied();
        let Some(first) = pool.next() else { return grown };
        if first.ranked.saddle + log(self.n) < GROW_LN {
            grown.members.push(first.row);
        } else {
            let pool: Vec<Entry> = std::iter::once(first).chain(pool).collect();
            grown.pool = Some(pool.iter().map(|e| e.row).collect());
            let starts = pool.iter().map(|e| (e.row, e.ranked.saddle));
            let pair = best_pair(starts, |a| {
                let given = self.ranking(&[a]);
                given.best.iter().find(|e| !left_out.contains(&e.row)).map(|e| (e.row, e.ranked.saddle))
            });
            match pair {
                Some(pair) if pair.ln_p + pair_factor_ln(self.n) < GROW_LN && self.cap >= 2 => {
                    grown.members = vec![pair.a.min(pair.b), pair.a.max(pair.b)];
                }
                _ => return grown,
            }
        }
        while grown.members.len() < self.cap {
            let given = self.ranking(&grown.members);
            match given.best.iter().find(|e| !left_out.contains(&e.row)) {
                Some(next) if next.ranked.saddle + log(self.n) < GROW_LN => {
                    grown.members.push(next.row);
                    grown.members.sort_unstable();
                }
                _ => break,
            }
        }
        grown
    }

    /// The set a row is tested with, given the set grown from everybody.
    ///
    /// The full set stands in only if the row is not in it and, where the pair search ran, not in its pool:
    /// then growing without the row takes exactly the same steps.
    pub(crate) fn given_for(&mut self, full: &Grown, row: usize) -> Vec<usize> {
        let in_pool = full.pool.as_ref().is_some_and(|pool| pool.contains(&row));
        if !full.members.contains(&row) && !in_pool {
            return full.members.clone();
        }
        self.grow(&[row]).members
    }
}

#[cfg(test)]
mod tests;
