//! Laying out many recipients at once, 64 by 64 bits at a time.
//!
//! A codeword has its positions in the order of the document, a sheet in the order of its cells. Bit by bit that is a
//! walk over every symbol; turned on their side, 64 recipients' symbols at a position are one word, and a word
//! moves as fast as a bit.

use super::SheetBuilder;

/// A recipient's symbols as runs of 64 positions a word: the bits of worth 1, of worth 2, of 4, of 8. Runs may be shorter
/// than the others, or empty: zeros follow.
pub(crate) type Planes<'a> = [&'a [u64]; 4];

/// Recipients turned together.
pub(crate) const SQUARE: usize = 64;

impl SheetBuilder {
    /// Adds up to 64 recipients; `places[i]` is where in their codewords the i-th position read stands.
    ///
    /// The same as [`Self::add`] one after the other.
    pub(crate) fn add_square(&mut self, rows: &[Planes<'_>], places: &[usize], room: &mut Room) {
        let rows = rows.get(..SQUARE).unwrap_or(rows);
        room.turn_all(rows);
        let (start, width) = (self.sheet.bits.len(), self.sheet.width);
        self.sheet.bits.resize(start + rows.len() * width, 0);
        let mut square = [0u64; SQUARE];
        for (word, wanted) in self.words.iter().enumerate() {
            square.fill(0);
            for (slot, &(i, set)) in square.iter_mut().zip(wanted) {
                *slot = room.holders(places.get(i as usize).copied().unwrap_or(usize::MAX), set);
            }
            turn(&mut square);
            let to = self.sheet.bits.get_mut(start + word..).unwrap_or_default();
            for (to, from) in to.iter_mut().step_by(width.max(1)).zip(square.iter().take(rows.len())) {
                *to = *from;
            }
        }
        self.sheet.rows += rows.len();
    }
}

/// Room for 64 codewords turned on their side, kept from square to square.
#[derive(Debug, Default)]
pub(crate) struct Room {
    /// Per plane and position: which of the 64 recipients have the bit.
    columns: [Vec<u64>; 4],
    /// How many planes anybody has a bit in.
    used: usize,
}

impl Room {
    fn turn_all(&mut self, rows: &[Planes<'_>]) {
        let mut square = [0u64; SQUARE];
        self.used = 0;
        for (plane, columns) in self.columns.iter_mut().enumerate() {
            let bits = |row: &Planes<'_>| row.get(plane).map_or(0, |bits| bits.len());
            let width = rows.iter().map(bits).max().unwrap_or(0);
            columns.clear();
            for word in 0..width {
                square.fill(0);
                for (slot, row) in square.iter_mut().zip(rows) {
                    *slot = row.get(plane).and_then(|bits| bits.get(word)).copied().unwrap_or(0);
                }
                turn(&mut square);
                columns.extend_from_slice(&square);
                self.used = plane + 1;
            }
        }
    }

    /// Which of the 64 hold `symbol` at a place.
    fn holders(&self, place: usize, symbol: u8) -> u64 {
        let all = if symbol >> self.used == 0 { u64::MAX } else { 0 };
        self.columns.iter().enumerate().take(self.used).fold(all, |holders, (plane, columns)| {
            let bits = columns.get(place).copied().unwrap_or(0);
            holders & if symbol >> plane & 1 == 1 { bits } else { !bits }
        })
    }
}

/// Transposes 64 words as a square of bits (recursive halving: Warren, Hacker's Delight, 7-3).
pub(super) fn turn(square: &mut [u64; SQUARE]) {
    let mut width = 32;
    let mut mask = u64::MAX >> 32;
    while width != 0 {
        for pair in square.chunks_exact_mut(2 * width) {
            let (upper, lower) = pair.split_at_mut(width);
            for (up, low) in upper.iter_mut().zip(lower) {
                let swap = ((*up >> width) ^ *low) & mask;
                *low ^= swap;
                *up ^= swap << width;
            }
        }
        width /= 2;
        mask ^= mask << width;
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sheet::ReadPosition;
    use crate::stream::Dice;

    #[test]
    fn squares_lay_out_the_same_sheet_as_row_after_row() {
        for (seed, rows, positions) in [(1, 64, 333), (2, 3, 64), (3, 1, 1), (4, 40, 0), (5, 63, 1_100)] {
            let mut dice = Dice::new(seed, 3);
            let laws = vec![vec![128, 128], vec![64, 64, 64, 64], vec![32; 8]];
            let symbols = [2u32, 4, 8];
            let kinds: Vec<usize> = (0..positions).map(|_| dice.below(3) as usize).collect();
            let places: Vec<usize> = (0..positions).filter(|_| dice.below(4) > 0).collect();
            let read: Vec<ReadPosition> = places
                .iter()
                .map(|&place| ReadPosition {
                    level: kinds[place],
                    y: dice.below(symbols[kinds[place]]) as u8,
                    class: Some(dice.below(2) as u8),
                    err: 0.01,
                })
                .collect();
            let words: Vec<Vec<u8>> = (0..rows)
                .map(|_| kinds.iter().map(|&kind| dice.below(symbols[kind]) as u8).collect())
                .collect();
            let width = positions.div_ceil(64);
            // The last recipient's runs end early, as those of a codeword without larger symbols do.
            let planes: Vec<[Vec<u64>; 4]> = words
                .iter()
                .map(|word| {
                    std::array::from_fn(|plane| {
                        let mut bits = vec![0u64; if plane < 3 { width } else { 0 }];
                        for (place, symbol) in word.iter().enumerate().filter(|_| plane < 3) {
                            bits[place / 64] |= u64::from(symbol >> plane & 1) << (place % 64);
                        }
                        while bits.last() == Some(&0) {
                            bits.pop();
                        }
                        bits
                    })
                })
                .collect();
            let (mut plain, mut squared) = (SheetBuilder::new(&laws, &read), SheetBuilder::new(&laws, &read));
            for word in &words {
                plain.add(|i| word[places[i]]);
            }
            let rows: Vec<Planes<'_>> = planes.iter().map(|p| p.each_ref().map(Vec::as_slice)).collect();
            squared.add_square(&rows, &places, &mut Room::default());
            assert_eq!(
                (&squared.sheet.bits, squared.sheet.rows),
                (&plain.sheet.bits, plain.sheet.rows),
                "{seed}"
            );
        }
    }
}
