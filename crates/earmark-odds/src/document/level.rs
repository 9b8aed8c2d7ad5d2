//! A level as written: `128`, or `[64, 64, 64, 64]`.

use serde::{Deserialize, Serialize};

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
