use crate::words::pair;

const SINGLES: u32 = 20;
const PAIRS: u32 = 22;
/// What a word of the sample that stands nowhere else costs, in bits: the size of a working vocabulary, and that a
/// novelty came at all.
const NOVEL_BITS: f64 = 18.0;
/// The probability that a word that was said already is said again.
const AGAIN: f64 = 0.25;

/// How probable words are, one after another, in texts like the protected ones.
///
/// Counts words and pairs by hash; words that share a slot look more frequent than they are, which only makes
/// agreement look more probable.
pub(super) struct Background {
    singles: Vec<u32>,
    pairs: Vec<u32>,
    pub(super) words: u64,
}

impl Background {
    pub(super) fn new() -> Self {
        Self { singles: vec![0; 1 << SINGLES], pairs: vec![0; 1 << PAIRS], words: 0 }
    }

    /// Counts the words of one text.
    pub(super) fn learn(&mut self, words: &[u32]) {
        let mut before = 0;
        for word in words {
            let single = &mut self.singles[(word >> (32 - SINGLES)) as usize];
            *single = single.saturating_add(1);
            let double = &mut self.pairs[(pair(before, *word) >> (32 - PAIRS)) as usize];
            *double = double.saturating_add(1);
            before = *word;
        }
        self.words += words.len() as u64;
    }

    /// The information in a word behind another, in bits: what its agreement is worth.
    ///
    /// Relative frequencies of pair and word mixed with a floor, `places` occurrences of each (those that are
    /// being weighed) left out.
    pub(super) fn bits(&self, before: u32, word: u32, said: bool, places: u32) -> f64 {
        let single =
            |word: u32| f64::from(self.singles[(word >> (32 - SINGLES)) as usize].saturating_sub(places));
        let double =
            f64::from(self.pairs[(pair(before, word) >> (32 - PAIRS)) as usize].saturating_sub(places));
        let total = (self.words as f64).max(1.0);
        let follows = double / single(before).max(double).max(1.0);
        let p = 0.6 * follows + 0.35 * single(word) / total + (-NOVEL_BITS).exp2();
        -(if said { p.max(AGAIN) } else { p }).min(1.0).log2()
    }
}
