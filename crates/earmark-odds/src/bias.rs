//! Bias sets: the few distributions from which the symbols of a code are drawn.
//!
//! A set has at most four *levels*. A level's number is 256 times the probability of symbol 1 at a
//! position with two symbols; positions with more symbols use the committed table behind [`BiasSet::law`].
//!
//! Few levels beat the arcsine law against small coalitions (Nuida et al. 2009) and keep the statistics
//! small, because everything is grouped by level.
//!
//! Not here: drawing from a key (see [`crate::code`]).

use std::fmt;
use std::str::FromStr;

use crate::laws::{self, Rows};

/// The smallest number of symbols a position may have.
pub const SYMBOLS_MIN: u8 = 2;
/// The largest number of symbols a position may have.
pub const SYMBOLS_MAX: u8 = 8;

/// Which distributions the positions of a code use.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum BiasSet {
    /// One level, fair coins: shortest against one or two colluders, hopeless against three.
    GL2,
    /// Levels 79 and 177: for some hundred positions.
    S4,
    /// Levels 64 and 192: up to four colluders.
    A64,
    /// Levels 45, 128 and 211: five colluders.
    E4,
    /// Levels 17, 85, 171 and 239: eight colluders.
    E8,
}

/// A text names no bias set.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("no bias set is called `{text}` (there are `GL2`, `S4`, `A64`, `E4` and `E8`)")]
pub struct UnknownBiasSet {
    /// What was given.
    pub text: String,
}

/// One level: its number, its cumulative weight as a 32-bit threshold, and its laws for k > 2.
struct Level {
    k256: u8,
    weight: f64,
    /// `floor(2^32 * cumulative weight)`, the last `2^32`.
    below: u64,
    rows: &'static Rows,
}

const FULL: u64 = 1 << 32;
const THIRD_35: u64 = 1_503_238_553;
const THIRD_65: u64 = 2_791_728_742;
const QUARTER_18: u64 = 773_094_113;
const HALF: u64 = 1 << 31;
const QUARTER_82: u64 = 3_521_873_182;

const GL2: &[Level] = &[Level { k256: 128, weight: 1.0, below: FULL, rows: &laws::LEVEL_128 }];
const S4: &[Level] = &[
    Level { k256: 79, weight: 0.5, below: HALF, rows: &laws::LEVEL_79 },
    Level { k256: 177, weight: 0.5, below: FULL, rows: &laws::LEVEL_177 },
];
const A64: &[Level] = &[
    Level { k256: 64, weight: 0.5, below: HALF, rows: &laws::LEVEL_64 },
    Level { k256: 192, weight: 0.5, below: FULL, rows: &laws::LEVEL_192 },
];
const E4: &[Level] = &[
    Level { k256: 45, weight: 0.35, below: THIRD_35, rows: &laws::LEVEL_45 },
    Level { k256: 128, weight: 0.30, below: THIRD_65, rows: &laws::LEVEL_128 },
    Level { k256: 211, weight: 0.35, below: FULL, rows: &laws::LEVEL_211 },
];
const E8: &[Level] = &[
    Level { k256: 17, weight: 0.18, below: QUARTER_18, rows: &laws::LEVEL_17 },
    Level { k256: 85, weight: 0.32, below: HALF, rows: &laws::LEVEL_85 },
    Level { k256: 171, weight: 0.32, below: QUARTER_82, rows: &laws::LEVEL_171 },
    Level { k256: 239, weight: 0.18, below: FULL, rows: &laws::LEVEL_239 },
];

impl BiasSet {
    /// Every bias set, from the shortest code to the most patient one.
    pub const ALL: [Self; 5] = [Self::GL2, Self::S4, Self::A64, Self::E4, Self::E8];

    const fn table(self) -> &'static [Level] {
        match self {
            Self::GL2 => GL2,
            Self::S4 => S4,
            Self::A64 => A64,
            Self::E4 => E4,
            Self::E8 => E8,
        }
    }

    /// Picks the bias set for an asset whose first revision has `positions` positions.
    ///
    /// Under 120 `GL2`, under 800 `S4`, else `A64`. Where five or more colluders are feared the owner
    /// chooses [`Self::E4`] or [`Self::E8`].
    #[must_use]
    pub const fn choose(positions: u64) -> Self {
        match positions {
            0..120 => Self::GL2,
            120..800 => Self::S4,
            _ => Self::A64,
        }
    }

    /// The levels as 256 p.
    #[must_use]
    pub fn levels(self) -> Vec<u8> {
        self.table().iter().map(|level| level.k256).collect()
    }

    /// The probability of each level.
    #[must_use]
    pub fn weights(self) -> Vec<f64> {
        self.table().iter().map(|level| level.weight).collect()
    }

    /// Returns the level that the bias stream's word `word` picks.
    #[must_use]
    pub fn pick(self, word: u32) -> u8 {
        let below = self.table().iter().take_while(|level| u64::from(word) >= level.below).count();
        // At most four levels, and the last threshold is above every word.
        below as u8
    }

    /// Returns `P_0 .. P_(k-1)` in 256ths (they sum to 256), or `None` for a level or `k` there is not.
    ///
    /// For `k = 2`, `P_1` is the level's number. Above, see the table's comment: symbol 0 is to each other
    /// symbol as `256 - K` is to `K`, `K` the level's number.
    #[must_use]
    pub fn law(self, level: u8, k: u8) -> Option<Vec<u16>> {
        let level = self.table().get(usize::from(level))?;
        match k {
            2 => Some(vec![256 - u16::from(level.k256), u16::from(level.k256)]),
            3..=SYMBOLS_MAX => {
                let row = level.rows.get(usize::from(k - 3))?;
                Some(row.iter().take(usize::from(k)).map(|&p| u16::from(p)).collect())
            }
            _ => None,
        }
    }

    /// Returns the symbol that `byte` picks under a law: the first in the order `1, 2, .., k-1, 0` whose
    /// running sum exceeds it.
    #[must_use]
    pub fn symbol_of(law: &[u16], byte: u8) -> u8 {
        let mut sum = 0u16;
        for (symbol, &p) in law.iter().enumerate().skip(1) {
            sum += p;
            if u16::from(byte) < sum {
                // At most eight symbols.
                return symbol as u8;
            }
        }
        0
    }
}

impl fmt::Display for BiasSet {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::GL2 => "GL2",
            Self::S4 => "S4",
            Self::A64 => "A64",
            Self::E4 => "E4",
            Self::E8 => "E8",
        })
    }
}

impl FromStr for BiasSet {
    type Err = UnknownBiasSet;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        Self::ALL
            .into_iter()
            .find(|set| set.to_string().eq_ignore_ascii_case(text))
            .ok_or_else(|| UnknownBiasSet { text: text.to_owned() })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn rule(k256: u32, k: u32) -> Vec<u16> {
        let whole = (256 - k256) + (k - 1) * k256;
        let first = (2 * 256 * (256 - k256) + whole) / (2 * whole);
        let (base, extra) = ((256 - first) / (k - 1), (256 - first) % (k - 1));
        let rest = (0..k - 1).map(|a| base + u32::from(a < extra));
        std::iter::once(first).chain(rest).map(|p| p as u16).collect()
    }

    #[test]
    fn the_committed_table_follows_its_rule_and_sums_to_256() {
        for set in BiasSet::ALL {
            for (level, &k256) in set.levels().iter().enumerate() {
                for k in SYMBOLS_MIN..=SYMBOLS_MAX {
                    let law = set.law(level as u8, k).unwrap();
                    assert_eq!(law.iter().sum::<u16>(), 256, "{set} {level} {k}");
                    assert!(law.iter().all(|&p| p > 0));
                    assert_eq!(law, rule(u32::from(k256), u32::from(k)), "{set} {level} {k}");
                }
                assert_eq!(set.law(level as u8, 1), None);
                assert_eq!(set.law(level as u8, 9), None);
            }
        }
    }

    #[test]
    fn thresholds_are_the_floors_of_the_cumulative_weights() {
        for set in BiasSet::ALL {
            let mut sum = 0.0;
            for level in set.table().iter().take(set.table().len() - 1) {
                sum += level.weight;
                assert_eq!(level.below, (sum * 4_294_967_296.0f64).floor() as u64, "{set}");
            }
            assert_eq!(set.table().last().unwrap().below, FULL);
            assert_eq!(usize::from(set.pick(u32::MAX)), set.levels().len() - 1);
            assert_eq!(set.pick(0), 0);
        }
    }

    #[test]
    fn every_byte_gives_each_symbol_its_exact_share() {
        for k in SYMBOLS_MIN..=SYMBOLS_MAX {
            let law = BiasSet::E4.law(0, k).unwrap();
            let mut seen = vec![0u16; usize::from(k)];
            for byte in 0..=255 {
                seen[usize::from(BiasSet::symbol_of(&law, byte))] += 1;
            }
            assert_eq!(seen, law);
        }
    }

    #[test]
    fn names_parse_back_and_the_rule_of_thumb_chooses() {
        for set in BiasSet::ALL {
            assert_eq!(set.to_string().parse::<BiasSet>(), Ok(set));
        }
        assert!("E5".parse::<BiasSet>().is_err());
        assert_eq!(BiasSet::choose(119), BiasSet::GL2);
        assert_eq!(BiasSet::choose(120), BiasSet::S4);
        assert_eq!(BiasSet::choose(800), BiasSet::A64);
    }
}
