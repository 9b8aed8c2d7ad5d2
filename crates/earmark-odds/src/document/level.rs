//! A level as written: `128`, or `[64, 64, 64, 64]`.

use serde::{Deserialize, Serialize};

use crate::bias::{BiasSet, SYMBOLS_MAX, SYMBOLS_MIN};

/// The law of a position's symbols, in 256ths.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(untagged)]
pub enum Level {
    /// 256 times the probability of symbol 1; two symbols.
    One(u16),
    /// `P_0 .. P_(k-1)`.
    Many(Vec<u16>),
}

impl Level {
    /// Writes a law: as one number where it has two symbols.
    #[must_use]
    pub fn of_law(law: &[u16]) -> Self {
        match law {
            [_, one] => Self::One(*one),
            many => Self::Many(many.to_vec()),
        }
    }

    /// Every law a bias set can give a position: for k = 2 .. 8, each level. [`Self::index_of`] points into it.
    #[must_use]
    pub fn all_of(set: BiasSet) -> Vec<Self> {
        let levels = set.levels().len() as u8;
        (SYMBOLS_MIN..=SYMBOLS_MAX)
            .flat_map(|k| (0..levels).filter_map(move |level| set.law(level, k)))
            .map(|law| Self::of_law(&law))
            .collect()
    }

    /// The index in [`Self::all_of`] of the law at a position with level `level` and `k` symbols.
    #[must_use]
    pub fn index_of(set: BiasSet, level: u8, k: u8) -> u32 {
        u32::from(k.saturating_sub(SYMBOLS_MIN)) * set.levels().len() as u32 + u32::from(level)
    }

    /// Returns `P_0 .. P_(k-1)` in 256ths, or `None` if that is no law: a probability of 0 or 1, a sum other
    /// than 256, fewer than 2 or more than 8 symbols.
    #[must_use]
    pub fn law(&self) -> Option<Vec<u16>> {
        let law = match self {
            Self::One(one) if *one <= 256 => vec![256 - one, *one],
            Self::One(_) => return None,
            Self::Many(law) => law.clone(),
        };
        let sum: u32 = law.iter().map(|&p| u32::from(p)).sum();
        ((2..=8).contains(&law.len()) && sum == 256 && law.iter().all(|&p| p > 0)).then_some(law)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_law_of_a_set_is_found_where_its_index_points() {
        for set in BiasSet::ALL {
            let all = Level::all_of(set);
            for level in 0..set.levels().len() as u8 {
                for k in SYMBOLS_MIN..=SYMBOLS_MAX {
                    let at = Level::index_of(set, level, k) as usize;
                    assert_eq!(all[at].law(), set.law(level, k));
                }
            }
        }
    }
}
