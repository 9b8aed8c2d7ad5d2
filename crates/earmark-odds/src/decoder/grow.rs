//! Growing the set assumed to be in the coalition, with and without given copies.

use std::cmp::Ordering;
use std::collections::BTreeMap;
use std::rc::Rc;

use libm::log;

use crate::decoder::pairs::{POOL, best_pair, pair_factor_ln};
use crate::decoder::shortlist::{Field, Shortlist};
use crate::decoder::weigh::Weighed;
use crate::pvalue::Ranked;
use crate::sheet::Sheet;

/// A copy may enter while ln(n p) is below this.
pub const GROW_LN: f64 = -3.0;
/// The most members.
pub const MEMBERS_MAX: usize = 7;
/// How many copies are passed over at once at most: a triple left out, and a single that nobody joined.
const PASSED_OVER_MAX: usize = 4;
/// With fewer rows than this times those wanted, all are ranked: a shortlist would cost more.
const RANK_ALL_BELOW: usize = 8;

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
    /// A single that stood out and that nobody joined, if there was one: then a pair search ran beside it.
    pub(crate) lone: Option<usize>,
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
    field: Option<Field>,
}

impl<'a> Decoder<'a> {
    /// A decoder for `n` recipients considered; the sheet may hold a pseudo-recipient beside them.
    #[must_use]
    pub fn new(sheet: &'a Sheet, n: u64) -> Self {
        let cap = MEMBERS_MAX.min(usize::try_from(n.saturating_sub(2)).unwrap_or(MEMBERS_MAX));
        Self { sheet, n: n as f64, cap, rankings: BTreeMap::new(), field: None }
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
        self.rank_all(&[known.to_vec()]);
        match self.rankings.get(known) {
            Some(ranking) => Rc::clone(ranking),
            // `rank_all` has just put it there.
            None => {
                Rc::new(Ranking { weighed: Rc::new(Weighed::fitted(self.sheet, known, 1)), best: Vec::new() })
            }
        }
    }

    /// Computes the rankings of several sets of one size in one pass over the rows.
    fn rank_all(&mut self, sets: &[Vec<usize>]) {
        let fresh = sets.iter().filter(|known| !self.rankings.contains_key(*known));
        let weighed: Vec<Weighed> = fresh.map(|known| Weighed::fitted(self.sheet, known, 1)).collect();
        let Some(size) = weighed.first().map(|weighed| weighed.known().len()) else { return };
        let keep = PASSED_OVER_MAX + if size == 0 { POOL } else { 1 };
        let lists: Vec<Option<Shortlist>> = if self.sheet.rows() >= RANK_ALL_BELOW * keep {
            let field = self.field.get_or_insert_with(|| Field::new(self.sheet));
            let every: Vec<&Weighed> = weighed.iter().collect();
            field.shortlists(self.sheet, &every, keep).into_iter().map(Some).collect()
        } else {
            vec![None; weighed.len()]
        };
        for (weighed, list) in weighed.into_iter().zip(lists) {
            let best = list
                .and_then(|list| self.shortest(&weighed, &list, keep))
                .unwrap_or_else(|| self.entries(&weighed, 0..self.sheet.rows(), keep));
            let known = weighed.known().to_vec();
            self.rankings.insert(known, Rc::new(Ranking { weighed: Rc::new(weighed), best }));
        }
    }

    /// The `keep` best of a shortlist, if it is sure that nobody else is among them.
    fn shortest(&self, weighed: &Weighed, list: &Shortlist, keep: usize) -> Option<Vec<Entry>> {
        let best = self.entries(weighed, list.rows.iter().copied(), keep);
        let last = best.get(keep - 1)?.ranked.saddle;
        weighed.falls_to(list.below, last).then_some(best)
    }

    /// The `keep` best of some rows, best first.
    fn entries(&self, weighed: &Weighed, rows: impl Iterator<Item = usize>, keep: usize) -> Vec<Entry> {
        let mut best: Vec<Entry> = rows
            .filter(|row| !weighed.known().contains(row))
            .map(|row| {
                let (score, ranked) = weighed.rank(self.sheet, row);
                Entry { row, score, ranked }
            })
            .collect();
        if best.len() > keep {
            best.select_nth_unstable_by(keep - 1, Entry::order);
            best.truncate(keep);
        }
        best.sort_by(Entry::order);
        best
    }

    /// Grows a set from all rows but those left out (at most three).
    ///
    /// Starts from the best single if that stands out and somebody joins it, else from the best pair. A single that
    /// nobody joins stays only where there is no such pair: among innocents one stands out in e^-3 of all cases, and
    /// against attacks that hide single copies it would keep the coalition from ever being found.
    ///
    /// INVARIANT: nothing here reads a symbol of a row left out: rankings keep more entries than are passed
    /// over, and weights depend on the members alone. So the p-value of a row left out is exactly valid.
    pub(crate) fn grow(&mut self, left_out: &[usize]) -> Grown {
        let mut grown = Grown { members: Vec::new(), lone: None, pool: None };
        if self.cap == 0 {
            return grown;
        }
        let singles = self.ranking(&[]);
        let Some(first) = singles.best.iter().find(|e| !left_out.contains(&e.row)) else { return grown };
        if first.ranked.saddle + log(self.n) < GROW_LN {
            grown.members.push(first.row);
            self.extend(&mut grown.members, left_out);
            if grown.members.len() > 1 || self.cap < 2 {
                return grown;
            }
            grown.lone = Some(first.row);
        }
        let passed_over: Vec<usize> = left_out.iter().copied().chain(grown.lone).collect();
        let pool = singles.best.iter().filter(|e| !passed_over.contains(&e.row)).take(POOL);
        let pool: Vec<Entry> = pool.copied().collect();
        let sets: Vec<Vec<usize>> = pool.iter().map(|e| vec![e.row]).collect();
        self.rank_all(&sets);
        let starts = pool.iter().map(|e| (e.row, e.ranked.saddle));
        let pair = best_pair(starts, |a| {
            let given = self.ranking(&[a]);
            given.best.iter().find(|e| !passed_over.contains(&e.row)).map(|e| (e.row, e.ranked.saddle))
        });
        if let Some(pair) = pair
            && pair.ln_p + pair_factor_ln(self.n) < GROW_LN
            && self.cap >= 2
        {
            grown.members = vec![pair.a.min(pair.b), pair.a.max(pair.b)];
            self.extend(&mut grown.members, left_out);
        }
        grown.pool = Some(pool.iter().map(|e| e.row).collect());
        grown
    }

    /// Adds the best given the members while it stands out and there is room; keeps them ascending.
    fn extend(&mut self, members: &mut Vec<usize>, left_out: &[usize]) {
        while members.len() < self.cap {
            let given = self.ranking(members);
            match given.best.iter().find(|e| !left_out.contains(&e.row)) {
                Some(next) if next.ranked.saddle + log(self.n) < GROW_LN => {
                    members.push(next.row);
                    members.sort_unstable();
                }
                _ => break,
            }
        }
    }

    /// The set a row is tested with, given the set grown from everybody.
    ///
    /// The full set stands in only if the row is not in it and, where the pair search ran, neither in its pool nor the
    /// single that nobody joined: then growing without the row takes exactly the same steps.
    pub(crate) fn given_for(&mut self, full: &Grown, row: usize) -> Vec<usize> {
        let in_pool = full.pool.as_ref().is_some_and(|pool| pool.contains(&row));
        if !full.members.contains(&row) && !in_pool && full.lone != Some(row) {
            return full.members.clone();
        }
        self.grow(&[row]).members
    }
}

#[cfg(test)]
mod tests;
