//! The weights of one set, and every recipient's score under them.

use crate::decoder::fit::{Scope, fit};
use crate::pvalue::{Lattice, Law, Ranked, falls_to, rank};
use crate::sheet::{Group, Sheet, Split};
use crate::strategy::Strategy;
use crate::weights::{Given, GivenMany, round, tuple, tuple_many};

/// The fitted weights for testing sets of `members` copies, given a set assumed in the coalition.
#[derive(Debug, Clone)]
pub struct Weighed {
    pub(crate) known: Vec<usize>,
    pub(crate) strategy: Strategy,
    pub(crate) split: Split,
    /// Per group of the split: (probability, weight) for 0 .. members set bits.
    pub(crate) tables: Vec<Vec<(f64, f64)>>,
    /// The same rounded.
    pub(crate) integers: Vec<Vec<i64>>,
    laws: Vec<Law>,
}

impl Weighed {
    /// Fits a strategy given `known` (ascending row numbers) and derives the weights for `members` copies.
    pub(crate) fn fitted(sheet: &Sheet, known: &[usize], members: usize) -> Self {
        let split = sheet.split(known);
        let fit = fit(sheet, &split, Scope::beside(known.len(), members));
        Self::with_strategy(sheet, known, split, fit.strategy, members)
    }

    /// Derives the weights from a strategy that is given.
    pub(crate) fn with_strategy(
        sheet: &Sheet,
        known: &[usize],
        split: Split,
        strategy: Strategy,
        members: usize,
    ) -> Self {
        let tables: Vec<Vec<(f64, f64)>> =
            split.groups.iter().map(|group| table(sheet, *group, known.len(), &strategy, members)).collect();
        let integers = tables.iter().map(|t| t.iter().map(|a| round(a.1)).collect()).collect();
        let laws = split
            .groups
            .iter()
            .zip(&tables)
            .map(|(group, table)| Law::many(u64::from(group.count), table))
            .collect();
        Self { known: known.to_vec(), strategy, split, tables, integers, laws }
    }

    /// The rows assumed in the coalition.
    #[must_use]
    pub fn known(&self) -> &[usize] {
        &self.known
    }

    /// The strategy the weights rest on.
    #[must_use]
    pub fn strategy(&self) -> &Strategy {
        &self.strategy
    }

    /// The score of one row as real weights; for ranking.
    pub(crate) fn score(&self, sheet: &Sheet, row: usize) -> f64 {
        let mut score = 0.0;
        sheet.count(&self.split, row, |index, ones| {
            if let (Some(group), Some([(_, w0), (_, w1)])) =
                (self.split.groups.get(index), self.tables.get(index).map(Vec::as_slice))
            {
                score += f64::from(ones) * w1 + f64::from(group.count - ones) * w0;
            }
        });
        score
    }

    /// Chernoff's bound and the saddle point for one row, on real weights.
    pub(crate) fn rank(&self, sheet: &Sheet, row: usize) -> (f64, Ranked) {
        let score = self.score(sheet, row);
        (score, rank(&self.laws, score))
    }

    /// What a set bit adds to the score, group by group.
    pub(crate) fn gains(&self) -> impl Iterator<Item = f64> + '_ {
        self.tables.iter().map(|table| match table.as_slice() {
            [(_, w0), (_, w1)] => w1 - w0,
            _ => 0.0,
        })
    }

    /// The score of a row without a set bit.
    pub(crate) fn floor(&self) -> f64 {
        let groups = self.split.groups.iter().zip(&self.tables);
        groups.map(|(group, table)| f64::from(group.count) * table.first().map_or(0.0, |atom| atom.1)).sum()
    }

    /// The most that set bits can add or take away.
    pub(crate) fn reach(&self) -> f64 {
        self.split
            .groups
            .iter()
            .zip(self.gains())
            .map(|(group, gain)| f64::from(group.count) * gain.abs())
            .sum()
    }

    /// Far more than any score's rounding error.
    pub(crate) fn blur(&self) -> f64 {
        1e-9 * (1.0 + self.reach() + self.floor().abs())
    }

    /// Whether a score below `score` always has a larger saddle-point p than `ln_p`; false if that is not sure.
    pub(crate) fn falls_to(&self, score: f64, ln_p: f64) -> bool {
        falls_to(&self.laws, score, ln_p)
    }

    /// The score of a set of rows in the integers that decide.
    pub(crate) fn integer_score(&self, sheet: &Sheet, rows: &[usize]) -> i64 {
        if let [row] = rows {
            let mut score = 0;
            sheet.count(&self.split, *row, |index, ones| {
                if let (Some(group), Some([w0, w1])) =
                    (self.split.groups.get(index), self.integers.get(index).map(Vec::as_slice))
                {
                    score += i64::from(ones) * w1 + i64::from(group.count - ones) * w0;
                }
            });
            return score;
        }
        sheet
            .joint_counts(&self.split, rows)
            .iter()
            .zip(&self.integers)
            .map(|(counts, weights)| counts.iter().zip(weights).map(|(&n, w)| i64::from(n) * w).sum::<i64>())
            .sum()
    }

    /// The law of an innocent set's integer score.
    pub(crate) fn lattice(&self) -> Vec<Lattice> {
        let groups = self.split.groups.iter().zip(&self.tables).zip(&self.integers);
        groups
            .map(|((group, table), integers)| Lattice {
                count: u64::from(group.count),
                atoms: table.iter().zip(integers).rev().map(|(atom, &w)| (atom.0, w)).collect(),
            })
            .collect()
    }
}

fn table(sheet: &Sheet, group: Group, known: usize, strategy: &Strategy, members: usize) -> Vec<(f64, f64)> {
    let Some(cell) = sheet.cells.get(group.cell) else { return Vec::new() };
    if cell.k == 2 {
        let given = Given { strategy, known, ones: group.ones };
        return tuple(&cell.draws, cell.y, given, members, cell.err);
    }
    let given = GivenMany { colluders: strategy.colluders(), known, matching: group.ones };
    tuple_many(&cell.draws, cell.k, cell.hit, given, members, cell.err)
}
