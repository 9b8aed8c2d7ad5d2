//! The verdict `unmarked`: the sample has the original's forms where no issued copy could.

use libm::log10;

use crate::document::{ReadingDocument, Sound, Unmarked, Word};
use crate::pvalue::{Exact, Lattice, Tail};

/// The bound that has to hold.
pub const UNMARKED_MOST: f64 = 1e-9;
/// The largest coalition tried.
const COALITION_MAX: u32 = 8;
/// Words compared before the codeword check is given up (about a second).
const WORK_MAX: u64 = 400_000_000;

/// Bounds the chance that a fixed coalition of `colluders` copies could have shown the original's symbol at
/// all but `t` of the eligible positions: P(sum Bernoulli(r_i) <= t), r_i the sum over symbols other than 0
/// of P(a)^c. `laws` holds (law in 256ths, how many positions).
///
/// Rests on the marking assumption. `None` if the table would be too large.
#[must_use]
pub fn unmarked_bound(laws: &[(Vec<u16>, u64)], colluders: u32, t: u64) -> Option<Exact> {
    let groups = laws.iter().map(|(law, count)| {
        let never: f64 = law
            .iter()
            .skip(1)
            .map(|&p| (0..colluders).fold(1.0, |product, _| product * f64::from(p) / 256.0))
            .sum();
        Lattice::two(*count, never, -1, 0)
    });
    Tail::of_counts(groups.collect()).exact(-i64::try_from(t).ok()?)
}

/// Returns the largest coalition that could not have made the sample, if even one copy could not.
///
/// Both must hold: the bound for a fixed coalition, and that among the codewords in the document no such
/// coalition holds the original's symbol at all but `t` positions.
pub(crate) fn unmarked(document: &ReadingDocument, sound: &Sound) -> Option<Unmarked> {
    let (laws, t) = tally(document, sound);
    // The check needs every codeword.
    if (document.codewords.0.len() as u64) < document.n {
        return None;
    }
    // Only made where the first bound holds: it reads every codeword.
    let mut cover = None;
    let mut found = None;
    for c in 1..=COALITION_MAX {
        let bound = unmarked_bound(&laws, c, t)?;
        if bound.p > UNMARKED_MOST {
            break;
        }
        if cover.get_or_insert_with(|| Cover::new(document)).possible(c, t) != Some(false) {
            break;
        }
        found = Some(Unmarked { t, c, log10_bound: log10(bound.p) });
    }
    found
}

/// The eligible positions per law, and how many do not count as original.
fn tally(document: &ReadingDocument, sound: &Sound) -> (Vec<(Vec<u16>, u64)>, u64) {
    let mut laws: Vec<(Vec<u16>, u64)> = sound.laws.iter().map(|law| (law.clone(), 0)).collect();
    let mut t = 0;
    for position in &document.positions {
        if let Some(law) = laws.get_mut(position.level as usize) {
            law.1 += 1;
        }
        if position.y != Some(0) || position.rule_passes == Some(false) {
            t += 1;
        }
    }
    (laws, t)
}

/// The numbers for one size of coalition, without the codeword check.
pub(crate) fn unmarked_of(document: &ReadingDocument, sound: &Sound, c: u32) -> Option<Unmarked> {
    let (laws, t) = tally(document, sound);
    let bound = unmarked_bound(&laws, c.min(COALITION_MAX), t)?;
    (bound.p <= UNMARKED_MOST).then(|| Unmarked { t, c, log10_bound: log10(bound.p) })
}

/// Where each recipient does not hold the original's symbol.
struct Cover {
    rows: Vec<Vec<u64>>,
    /// The most positions at which one recipient holds the original's symbol.
    zeros_most: u64,
    width: usize,
}

impl Cover {
    fn new(document: &ReadingDocument) -> Self {
        let count = document.positions.len();
        // A hidden symbol is taken for the original's: that can only make a coalition possible.
        let rows: Vec<Vec<u64>> = document.codewords.0.values().map(Word::other_than_zero).collect();
        let ones = |row: &Vec<u64>| row.iter().map(|w| u64::from(w.count_ones())).sum::<u64>();
        let zeros_most = rows.iter().map(|row| count as u64 - ones(row)).max().unwrap_or(0);
        Self { rows, zeros_most, width: count.div_ceil(64) }
    }

    /// Whether some coalition of at most `c` holds a 0 at all but `t` positions; `None` if that took too long.
    fn possible(&self, c: u32, t: u64) -> Option<bool> {
        let mut work = 0;
        self.search(&vec![u64::MAX; self.width], u64::MAX, 0, c, t, &mut work)
    }

    fn search(
        &self,
        held: &[u64],
        left: u64,
        first: usize,
        more: u32,
        t: u64,
        work: &mut u64,
    ) -> Option<bool> {
        // What `more` members can still take away is bounded.
        if left != u64::MAX && left.saturating_sub(u64::from(more) * self.zeros_most) > t {
            return Some(false);
        }
        for (index, row) in self.rows.iter().enumerate().skip(first) {
            *work += self.width as u64 + 1;
            if *work > WORK_MAX {
                return None;
            }
            let common: Vec<u64> = held.iter().zip(row).map(|(a, b)| a & b).collect();
            let count = common.iter().map(|w| u64::from(w.count_ones())).sum::<u64>();
            if count <= t {
                return Some(true);
            }
            if more > 1 && self.search(&common, count, index + 1, more - 1, t, work)? {
                return Some(true);
            }
        }
        Some(false)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The lengths at which an error-free mean stays below 1e-9, as the design states them.
    #[test]
    fn lengths_of_the_design() {
        for (levels, c, stated) in [
            (vec![79u16, 177], 2u32, 55u64),
            (vec![79, 177], 4, 154),
            (vec![45, 128, 211], 2, 42),
            (vec![45, 128, 211], 4, 88),
        ] {
            let share = |m: u64| -> Vec<(Vec<u16>, u64)> {
                let weights: &[f64] = if levels.len() == 2 { &[0.5, 0.5] } else { &[0.35, 0.3, 0.35] };
                levels
                    .iter()
                    .zip(weights)
                    .map(|(&k, w)| (vec![256 - k, k], (w * m as f64).round() as u64))
                    .collect()
            };
            let needed = (10..400).find(|&m| unmarked_bound(&share(m), c, 0).unwrap().p <= 1e-9).unwrap();
            assert!(needed.abs_diff(stated) <= 2, "{levels:?} c = {c}: {needed}, stated {stated}");
        }
    }
}
