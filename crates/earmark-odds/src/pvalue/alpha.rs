//! How a matter's alpha is spent: over its looks, and in a look over singles, pairs and triples.

/// What one look at a matter may spend.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct LookAlpha {
    /// On accusing single copies; compared with `n p`.
    pub singles: f64,
    /// On pairs; compared with `C(n, 2) p`.
    pub pairs: f64,
    /// On triples; compared with `C(n, 3) p`.
    pub triples: f64,
}

impl LookAlpha {
    /// The share of look `look` (from 1) of a matter: alpha 6 / (pi^2 look^2), which sums to alpha over all
    /// looks there will ever be.
    #[must_use]
    pub fn of_look(alpha: f64, look: u32) -> f64 {
        let k = f64::from(look.max(1));
        alpha * 6.0 / (std::f64::consts::PI * std::f64::consts::PI * k * k)
    }

    /// Splits a look's alpha: .9 on singles, .09 on pairs, .01 on triples.
    #[must_use]
    pub fn split(alpha_look: f64) -> Self {
        Self { singles: alpha_look * 0.9, pairs: alpha_look * 0.09, triples: alpha_look * 0.01 }
    }

    /// The rule of the test vectors: one look, singles only.
    #[must_use]
    pub const fn singles_only(alpha: f64) -> Self {
        Self { singles: alpha, pairs: 0.0, triples: 0.0 }
    }
}

/// Returns C(n, t), the number of sets a test of `t` copies stands for.
#[must_use]
pub fn subsets(n: u64, t: u32) -> f64 {
    let mut product = 1.0;
    for i in 0..t {
        product = product * (n.saturating_sub(u64::from(i)) as f64) / f64::from(i + 1);
    }
    product
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn all_looks_together_spend_alpha_once() {
        let spent: f64 = (1..=1_000_000).rev().map(|k| LookAlpha::of_look(1e-6, k)).sum();
        assert!(spent <= 1e-6 && spent > 0.999_998e-6, "{spent}");
        let share = LookAlpha::split(1e-6);
        assert!((share.singles + share.pairs + share.triples - 1e-6).abs() < 1e-20);
    }

    #[test]
    fn counts_of_sets() {
        assert_eq!([subsets(79, 1), subsets(79, 2), subsets(79, 3)], [79.0, 3081.0, 79_079.0]);
        assert_eq!(subsets(1, 2), 0.0);
    }
}
