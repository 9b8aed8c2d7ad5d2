//! The sheet's bits turned on their side, to score all rows at once.
//!
//! One word holds one position of 64 rows, so a group's set bits are counted for 256 rows together.
//!
//! Not here: which rows such a score leaves in the running ([`crate::decoder`]).

use super::counting::{BLOCK_ROWS, LANES, Lane, Width};
use super::squares::turn;
use super::{Sheet, Split};

/// All rows by position: block by block of 256 rows, within it position by position.
#[derive(Debug, Clone)]
pub(crate) struct Slices {
    lanes: Vec<Lane>,
    columns: usize,
    rows: usize,
    /// Per word of a row, the column of its lowest bit.
    first: Vec<u32>,
}

/// Whole-number weights for one split: what a set bit adds, group by group.
#[derive(Debug, Clone)]
pub(crate) struct Plan {
    groups: Vec<(Vec<u32>, i32)>,
}

impl Slices {
    /// Turns a sheet.
    pub(crate) fn new(sheet: &Sheet) -> Self {
        let mut first = vec![0u32; sheet.width];
        let mut columns = 0usize;
        for cell in &sheet.cells {
            for (word, column) in cell.words.clone().zip((columns..).step_by(64)) {
                if let Some(slot) = first.get_mut(word) {
                    *slot = column as u32;
                }
            }
            columns += cell.count as usize;
        }
        let full = sheet.full();
        let blocks = sheet.rows.div_ceil(BLOCK_ROWS);
        let mut lanes = vec![[0u64; LANES]; blocks * columns];
        let mut square = [0u64; 64];
        for (index, block) in lanes.chunks_exact_mut(columns.max(1)).enumerate() {
            for lane in 0..LANES {
                let base = index * BLOCK_ROWS + lane * 64;
                for (word, (&column, mask)) in first.iter().zip(&full).enumerate() {
                    for (row, slot) in square.iter_mut().enumerate() {
                        *slot = sheet.row(base + row).get(word).copied().unwrap_or(0);
                    }
                    turn(&mut square);
                    let used = mask.count_ones() as usize;
                    let to = block.get_mut(column as usize..).unwrap_or_default();
                    for (to, from) in to.iter_mut().zip(&square).take(used) {
                        if let Some(slot) = to.get_mut(lane) {
                            *slot = *from;
                        }
                    }
                }
            }
        }
        Self { lanes, columns, rows: sheet.rows, first }
    }

    /// Lays out whole-number weights for [`Self::score`]: `weights[g]` is what a set bit in group g adds.
    ///
    /// The sums of a row must stay within 31 bits.
    pub(crate) fn plan(&self, sheet: &Sheet, split: &Split, weights: &[i32]) -> Plan {
        let groups = split.groups.iter().zip(weights).map(|(group, &weight)| {
            let words = sheet.cells.get(group.cell).map_or(0..0, |cell| cell.words.clone());
            let masks = split.masks.get(group.ones).and_then(|m| m.get(words.clone())).unwrap_or_default();
            let firsts = self.first.get(words).unwrap_or_default();
            let mut columns = Vec::with_capacity(group.count as usize);
            for (&mask, &first) in masks.iter().zip(firsts) {
                let mut left = mask;
                while left != 0 {
                    columns.push(first + left.trailing_zeros());
                    left &= left - 1;
                }
            }
            (columns, weight)
        });
        Plan { groups: groups.collect() }
    }

    /// Scores every row under every plan: `each(plan, first row, sums)`, 256 rows at a time (the last ones fewer).
    ///
    /// A block stays in the nearest cache while all plans pass over it.
    pub(crate) fn score(&self, plans: &[Plan], each: impl FnMut(usize, usize, &[i32])) {
        self.score_in(Width::widest(), plans, each);
    }

    /// The same in registers of one width.
    fn score_in(&self, width: Width, plans: &[Plan], mut each: impl FnMut(usize, usize, &[i32])) {
        let mut sums = [0i32; BLOCK_ROWS];
        for (index, block) in self.lanes.chunks_exact(self.columns.max(1)).enumerate() {
            let base = index * BLOCK_ROWS;
            let rows = BLOCK_ROWS.min(self.rows - base);
            for (number, plan) in plans.iter().enumerate() {
                sums.fill(0);
                for (columns, weight) in &plan.groups {
                    width.add_group(&mut sums, block, columns, *weight);
                }
                each(number, base, sums.get(..rows).unwrap_or_default());
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sheet::{ReadPosition, SheetBuilder};
    use crate::stream::Dice;

    #[test]
    fn all_rows_at_once_agree_with_one_row_after_the_other() {
        for (seed, rows, positions) in [(1, 700, 333), (2, 256, 64), (3, 1, 1), (4, 300, 0), (5, 65, 1_100)] {
            let mut dice = Dice::new(seed, 2);
            let laws = vec![vec![128, 128], vec![100, 100, 56]];
            let read: Vec<ReadPosition> = (0..positions)
                .map(|_| {
                    let level = dice.below(2) as usize;
                    let y = dice.below(2 + level as u32) as u8;
                    ReadPosition { level, y, class: Some(dice.below(2) as u8), err: 0.01 }
                })
                .collect();
            let mut builder = SheetBuilder::new(&laws, &read);
            for _ in 0..rows {
                let word: Vec<u8> = read.iter().map(|r| dice.below(2 + r.level as u32) as u8).collect();
                builder.add(|i| word[i]);
            }
            let sheet = builder.finish();
            let slices = Slices::new(&sheet);
            let known: Vec<usize> = [5, 40].into_iter().filter(|&row| row < rows).collect();
            let split = sheet.split(&known);
            let weights: Vec<i32> = split.groups.iter().map(|_| dice.below(20_001) as i32 - 10_000).collect();
            for width in Width::usable() {
                let mut seen = 0;
                slices.score_in(width, &[slices.plan(&sheet, &split, &weights)], |plan, first, sums| {
                    assert_eq!(plan, 0);
                    for (row, &sum) in (first..).zip(sums) {
                        let mut plain = 0;
                        sheet.count(&split, row, |group, ones| plain += ones as i32 * weights[group]);
                        assert_eq!(sum, plain, "{width:?}, seed {seed}, row {row}");
                        seen += 1;
                    }
                });
                assert!(seen == rows || positions == 0, "{width:?}: {seen} of {rows}");
            }
        }
    }
}
