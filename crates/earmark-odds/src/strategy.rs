//! What a coalition does: how often it shows 1 where s of its c members hold 1.

use crate::binomial::Binomials;

/// The most colluders a strategy is fitted for.
pub const COLLUDERS_MAX: usize = 8;

/// A strategy of `c` colluders: `theta[s]` is P(y = 1 | s of them hold 1).
///
/// INVARIANT: `theta` has `c + 1` entries in [0, 1]; `c` is at least 1.
#[derive(Debug, Clone, PartialEq)]
pub struct Strategy {
    theta: Vec<f64>,
}

impl Strategy {
    /// The interleaving attack: every colluder is copied from equally often.
    #[must_use]
    pub fn interleaving(colluders: usize) -> Self {
        let c = colluders.max(1);
        Self { theta: (0..=c).map(|s| s as f64 / c as f64).collect() }
    }

    /// Takes a strategy; `None` unless it has at least two entries, all in [0, 1].
    #[must_use]
    pub fn from_theta(theta: Vec<f64>) -> Option<Self> {
        let sound = theta.len() >= 2 && theta.iter().all(|t| (0.0..=1.0).contains(t));
        sound.then_some(Self { theta })
    }

    /// How many colluders.
    #[must_use]
    pub fn colluders(&self) -> usize {
        self.theta.len() - 1
    }

    /// P(y = 1) for each number of ones among the colluders.
    #[must_use]
    pub fn theta(&self) -> &[f64] {
        &self.theta
    }

    /// theta at `ones`, 1 beyond the end.
    #[must_use]
    pub fn at(&self, ones: usize) -> f64 {
        self.theta.get(ones).copied().unwrap_or(1.0)
    }

    /// P(y = 1) when `known` of the colluders hold `ones` ones and the others draw theirs with probability p.
    pub(crate) fn shows_one(&self, ones: usize, known: usize, draws: &Binomials) -> f64 {
        let unknown = self.colluders().saturating_sub(known);
        draws.row(unknown).iter().enumerate().map(|(k, chance)| chance * self.at(ones + k)).sum()
    }
}

/// Mixes an error rate in: (1 - 2e) q + e.
pub(crate) fn with_error(q: f64, err: f64) -> f64 {
    (1.0 - 2.0 * err) * q + err
}
