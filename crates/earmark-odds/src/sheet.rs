//! What was read, laid out for counting: positions grouped by (level, y, class), recipients as bits.
//!
//! A recipient's bit at a read position is its symbol where two are possible, and "holds the symbol read"
//! where more are. Everything later needs only how many bits are set per group.

mod counting;
mod slices;
mod squares;

pub(crate) use slices::Slices;
pub(crate) use squares::{Planes, Room, SQUARE};

use crate::binomial::Binomials;

/// One read position, as the layout needs it.
#[derive(Debug, Clone, Copy)]
pub struct ReadPosition {
    /// Index of its law in [`SheetBuilder`]'s list.
    pub level: usize,
    /// The symbol read.
    pub y: u8,
    /// Its reliability class; `None`: none stated.
    pub class: Option<u8>,
    /// The error rate of that class.
    pub err: f64,
}

/// Positions alike in everything but the recipients' symbols.
#[derive(Debug, Clone)]
pub(crate) struct Cell {
    pub(crate) level: usize,
    pub(crate) y: u8,
    pub(crate) class: Option<u8>,
    pub(crate) k: u8,
    /// Chance that an innocent's bit is set.
    pub(crate) hit: f64,
    pub(crate) err: f64,
    pub(crate) draws: Binomials,
    pub(crate) count: u32,
    pub(crate) words: std::ops::Range<usize>,
}

/// All recipients' bits at the positions read.
#[derive(Debug, Clone)]
pub struct Sheet {
    pub(crate) cells: Vec<Cell>,
    bits: Vec<u64>,
    width: usize,
    rows: usize,
}

/// Lays positions out; rows are then added one by one.
#[derive(Debug, Clone)]
pub struct SheetBuilder {
    sheet: Sheet,
    /// Per word of a row and bit of it: which position read, and the symbol that sets the bit.
    words: Vec<Vec<(u32, u8)>>,
}

impl SheetBuilder {
    /// `laws[level]` holds `P_0 .. P_(k-1)` in 256ths; a position whose level has no law is left out.
    #[must_use]
    pub fn new(laws: &[Vec<u16>], read: &[ReadPosition]) -> Self {
        let mut order: Vec<usize> = (0..read.len()).collect();
        let key = |i: usize| read.get(i).map(|r| (r.level, r.y, r.class));
        order.sort_by_key(|&i| key(i));
        let mut cells: Vec<Cell> = Vec::new();
        let mut words: Vec<Vec<(u32, u8)>> = Vec::new();
        let mut last = None;
        for i in order {
            let Some(position) = read.get(i) else { continue };
            let Some(law) = laws.get(position.level) else { continue };
            let k = law.len() as u8;
            if last != Some(key(i)) {
                last = Some(key(i));
                let symbol = if k == 2 { 1 } else { position.y };
                let hit = f64::from(law.get(usize::from(symbol)).copied().unwrap_or(0)) / 256.0;
                cells.push(Cell {
                    level: position.level,
                    y: position.y,
                    class: position.class,
                    k,
                    hit,
                    err: position.err,
                    draws: Binomials::new(hit),
                    count: 0,
                    words: words.len()..words.len(),
                });
            }
            let Some(cell) = cells.last_mut() else { continue };
            if cell.count.is_multiple_of(64) {
                words.push(Vec::with_capacity(64));
                cell.words.end = words.len();
            }
            cell.count += 1;
            if let Some(word) = words.last_mut() {
                word.push((i as u32, if k == 2 { 1 } else { position.y }));
            }
        }
        let sheet = Sheet { cells, bits: Vec::new(), width: words.len(), rows: 0 };
        Self { sheet, words }
    }

    /// Adds a recipient; `symbol(i)` is its symbol at the i-th position read.
    pub fn add(&mut self, symbol: impl Fn(usize) -> u8) {
        let start = self.sheet.bits.len();
        self.sheet.bits.resize(start + self.sheet.width, 0);
        let row = self.sheet.bits.get_mut(start..).unwrap_or_default();
        for (word, places) in row.iter_mut().zip(&self.words) {
            let bits = places.iter().enumerate();
            *word =
                bits.fold(0, |word, (bit, &(i, set))| word | (u64::from(symbol(i as usize) == set) << bit));
        }
        self.sheet.rows += 1;
    }

    /// The finished sheet.
    #[must_use]
    pub fn finish(self) -> Sheet {
        self.sheet
    }
}

impl Sheet {
    /// How many recipients (the pseudo-recipient included, where there is one).
    #[must_use]
    pub fn rows(&self) -> usize {
        self.rows
    }

    /// How many positions were read.
    #[must_use]
    pub fn positions(&self) -> u64 {
        self.cells.iter().map(|cell| u64::from(cell.count)).sum()
    }

    pub(crate) fn row(&self, row: usize) -> &[u64] {
        self.bits.get(row * self.width..(row + 1) * self.width).unwrap_or_default()
    }

    /// Splits every cell by how many of `members` have their bit set.
    pub(crate) fn split(&self, members: &[usize]) -> Split {
        let full: Vec<u64> = self.full();
        let mut masks = vec![full];
        for &member in members {
            let row = self.row(member);
            let mut next: Vec<Vec<u64>> = vec![vec![0; self.width]; masks.len() + 1];
            for (s, mask) in masks.iter().enumerate() {
                for (word, (&have, &bit)) in mask.iter().zip(row).enumerate() {
                    if let Some(stay) = next.get_mut(s).and_then(|m| m.get_mut(word)) {
                        *stay |= have & !bit;
                    }
                    if let Some(rise) = next.get_mut(s + 1).and_then(|m| m.get_mut(word)) {
                        *rise |= have & bit;
                    }
                }
            }
            masks = next;
        }
        let mut groups = Vec::new();
        for (index, cell) in self.cells.iter().enumerate() {
            for (s, mask) in masks.iter().enumerate() {
                let words = mask.get(cell.words.clone()).unwrap_or_default();
                let count: u32 = words.iter().map(|w| w.count_ones()).sum();
                if count > 0 {
                    groups.push(Group { cell: index, ones: s, count });
                }
            }
        }
        Split { members: members.len(), masks, groups }
    }

    /// A mask of the places that hold a position.
    fn full(&self) -> Vec<u64> {
        let mut full = vec![0u64; self.width];
        for cell in &self.cells {
            let mut left = cell.count as usize;
            for word in full.get_mut(cell.words.clone()).unwrap_or_default() {
                *word = if left >= 64 { u64::MAX } else { (1u64 << left) - 1 };
                left = left.saturating_sub(64);
            }
        }
        full
    }

    /// Calls `each(group index, set bits)` for one row, in the order of the split's groups.
    pub(crate) fn count(&self, split: &Split, row: usize, mut each: impl FnMut(usize, u32)) {
        let row = self.row(row);
        for (index, group) in split.groups.iter().enumerate() {
            let words = self.cells.get(group.cell).map_or(0..0, |cell| cell.words.clone());
            let mask = split.masks.get(group.ones).and_then(|m| m.get(words.clone())).unwrap_or_default();
            let bits = row.get(words).unwrap_or_default();
            each(index, mask.iter().zip(bits).map(|(m, b)| (m & b).count_ones()).sum());
        }
    }
}

impl Sheet {
    /// At how many positions a row's symbol is not the one read; `plain` is the split by nobody.
    pub(crate) fn disagreements(&self, plain: &Split, row: usize) -> u64 {
        let mut sum = 0;
        self.count(plain, row, |index, set| {
            let Some(group) = plain.groups.get(index) else { return };
            // A bit that is set says "1" where two symbols are possible, else "the symbol read".
            let zero_read = self.cells.get(group.cell).is_some_and(|cell| cell.k == 2 && cell.y == 0);
            sum += u64::from(if zero_read { set } else { group.count - set });
        });
        sum
    }

    /// For several rows at once: per group of the split, at how many positions 0 .. rows of them are set.
    pub(crate) fn joint_counts(&self, split: &Split, rows: &[usize]) -> Vec<Vec<u32>> {
        let own = self.split(rows);
        split
            .groups
            .iter()
            .map(|group| {
                let words = self.cells.get(group.cell).map_or(0..0, |cell| cell.words.clone());
                let given =
                    split.masks.get(group.ones).and_then(|m| m.get(words.clone())).unwrap_or_default();
                own.masks
                    .iter()
                    .map(|mask| {
                        let mask = mask.get(words.clone()).unwrap_or_default();
                        mask.iter().zip(given).map(|(a, b)| (a & b).count_ones()).sum()
                    })
                    .collect()
            })
            .collect()
    }
}

/// Positions of one cell at which the members hold equally many set bits.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Group {
    pub(crate) cell: usize,
    pub(crate) ones: usize,
    pub(crate) count: u32,
}

/// The cells split by a set of members.
#[derive(Debug, Clone)]
pub(crate) struct Split {
    pub(crate) members: usize,
    masks: Vec<Vec<u64>>,
    /// In order of (cell, ones); only groups that have a position.
    pub(crate) groups: Vec<Group>,
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::stream::Dice;

    #[test]
    fn splitting_and_counting_agree_with_a_plain_loop() {
        let mut dice = Dice::new(3, 0);
        let laws = vec![vec![128, 128], vec![100, 100, 56]];
        let read: Vec<ReadPosition> = (0..500)
            .map(|_| {
                let level = dice.below(2) as usize;
                let y = dice.below(2 + level as u32) as u8;
                ReadPosition { level, y, class: Some(dice.below(2) as u8), err: 0.01 }
            })
            .collect();
        let words: Vec<Vec<u8>> =
            (0..6).map(|_| read.iter().map(|r| dice.below(2 + r.level as u32) as u8).collect()).collect();
        let mut builder = SheetBuilder::new(&laws, &read);
        for word in &words {
            builder.add(|i| word[i]);
        }
        let sheet = builder.finish();
        let bit = |word: &[u8], i: usize| {
            if read[i].level == 0 { word[i] == 1 } else { word[i] == read[i].y }
        };
        let split = sheet.split(&[1, 4]);
        assert_eq!(split.groups.iter().map(|g| g.count).sum::<u32>(), 500);
        sheet.count(&split, 3, |index, ones| {
            let group = split.groups[index];
            let cell = &sheet.cells[group.cell];
            let inside = |i: &usize| {
                (read[*i].level, read[*i].y, read[*i].class) == (cell.level, cell.y, cell.class)
                    && usize::from(bit(&words[1], *i)) + usize::from(bit(&words[4], *i)) == group.ones
            };
            let places: Vec<usize> = (0..500).filter(inside).collect();
            assert_eq!(places.len(), group.count as usize);
            assert_eq!(places.iter().filter(|&&i| bit(&words[3], i)).count(), ones as usize);
        });
    }
}
