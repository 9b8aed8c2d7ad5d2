//! The seven attacks.

use std::fmt;
use std::str::FromStr;

use libm::log;

use crate::bias::BiasSet;
use crate::binomial::Binomials;

/// What colluders do where their symbols differ.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Attack {
    /// Each position is taken from a colluder chosen at random.
    Interleaving,
    /// The symbol most of them hold; a coin on a tie.
    Majority,
    /// The symbol fewest of them hold; a coin on a tie.
    Minority,
    /// 1 if anybody holds it.
    AllOne,
    /// A coin between the symbols they hold.
    CoinFlip,
    /// What tells least about one colluder: minimizes I(X; Y) (Huang and Moulin 2012).
    LeastSingle,
    /// What tells least about all of them together: minimizes I(X_1 .. X_c; Y).
    LeastJoint,
}

/// A text names no attack.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("no attack is called `{text}`")]
pub struct UnknownAttack {
    /// What was given.
    pub text: String,
}

impl Attack {
    /// The attacks whose strategy does not depend on the biases.
    pub const NAMED: [Self; 5] =
        [Self::Interleaving, Self::Majority, Self::Minority, Self::AllOne, Self::CoinFlip];
    /// All seven.
    pub const ALL: [Self; 7] = [
        Self::Interleaving,
        Self::Majority,
        Self::Minority,
        Self::AllOne,
        Self::CoinFlip,
        Self::LeastSingle,
        Self::LeastJoint,
    ];

    /// theta for `c` colluders: P(y = 1 | s of them hold 1), s = 0 .. c. `None` for the attacks that depend
    /// on the biases.
    #[must_use]
    pub fn theta(self, c: usize) -> Option<Vec<f64>> {
        let inner = |s: usize| -> Option<f64> {
            Some(match self {
                Self::Interleaving => s as f64 / c as f64,
                Self::Majority => half_step(2 * s, c),
                Self::Minority => half_step(c, 2 * s),
                Self::AllOne => 1.0,
                Self::CoinFlip => 0.5,
                Self::LeastSingle | Self::LeastJoint => return None,
            })
        };
        (0..=c)
            .map(|s| match s {
                0 => Some(0.0),
                s if s == c => Some(1.0),
                s => inner(s),
            })
            .collect()
    }

    /// theta for `c` colluders against a bias set; the information-minimizing ones by cyclic golden-section
    /// search (both informations are convex in theta, so it converges to the minimum).
    #[must_use]
    pub fn theta_against(self, bias: BiasSet, c: usize) -> Vec<f64> {
        self.theta_against_levels(&levels_of(bias), c)
    }

    /// The same against any levels: (p, weight).
    #[must_use]
    pub fn theta_against_levels(self, levels: &[(f64, f64)], c: usize) -> Vec<f64> {
        if let Some(theta) = self.theta(c) {
            return theta;
        }
        let levels: Vec<Weighted> = levels.iter().map(|&level| Weighted::new(level)).collect();
        let information = |theta: &[f64]| -> f64 {
            let told = |level: &Weighted| match self {
                Self::LeastSingle => single(theta, level.p, &level.draws),
                _ => joint(theta, &level.draws),
            };
            levels.iter().map(|level| level.weight * told(level)).sum()
        };
        let mut theta: Vec<f64> = (0..=c).map(|s| s as f64 / c as f64).collect();
        for _ in 0..30 {
            for s in 1..c {
                let value = golden(|t| {
                    let mut tried = theta.clone();
                    if let Some(slot) = tried.get_mut(s) {
                        *slot = t;
                    }
                    information(&tried)
                });
                if let Some(slot) = theta.get_mut(s) {
                    *slot = value;
                }
            }
        }
        theta
    }
}

/// A level with what a sum over it needs.
struct Weighted {
    p: f64,
    weight: f64,
    draws: Binomials,
}

impl Weighted {
    fn new((p, weight): (f64, f64)) -> Self {
        Self { p, weight, draws: Binomials::new(p) }
    }
}

/// A bias set's levels as (p, weight).
#[must_use]
pub fn levels_of(bias: BiasSet) -> Vec<(f64, f64)> {
    bias.levels().into_iter().map(|k256| f64::from(k256) / 256.0).zip(bias.weights()).collect()
}

/// What one position tells about all colluders together, in nats: I(X_1 .. X_c; Y), levels (p, weight), theta for c.
///
/// Huang and Moulin 2012: over c, its minimum over theta is what one colluder's identity can take from a position; the levels
/// that make this largest are those to look for.
#[must_use]
pub fn joint_information(levels: &[(f64, f64)], theta: &[f64]) -> f64 {
    levels
        .iter()
        .map(|&level| Weighted::new(level))
        .map(|level| level.weight * joint(theta, &level.draws))
        .sum()
}

/// What one position tells about one colluder alone, in nats: I(X_1; Y), levels (p, weight), theta for c.
#[must_use]
pub fn single_information(levels: &[(f64, f64)], theta: &[f64]) -> f64 {
    levels
        .iter()
        .map(|&level| Weighted::new(level))
        .map(|level| level.weight * single(theta, level.p, &level.draws))
        .sum()
}

/// 1 where a exceeds b, a half where they are equal.
fn half_step(a: usize, b: usize) -> f64 {
    match a.cmp(&b) {
        std::cmp::Ordering::Less => 0.0,
        std::cmp::Ordering::Equal => 0.5,
        std::cmp::Ordering::Greater => 1.0,
    }
}

fn golden(f: impl Fn(f64) -> f64) -> f64 {
    const RATIO: f64 = 0.618_033_988_749_894_9;
    let (mut low, mut high) = (0.0, 1.0);
    let (mut a, mut b) = (high - RATIO * (high - low), low + RATIO * (high - low));
    let (mut fa, mut fb) = (f(a), f(b));
    for _ in 0..30 {
        if fa <= fb {
            (high, b, fb) = (b, a, fa);
            a = high - RATIO * (high - low);
            fa = f(a);
        } else {
            (low, a, fa) = (a, b, fb);
            b = low + RATIO * (high - low);
            fb = f(b);
        }
    }
    0.5 * (low + high)
}

fn entropy(q: f64) -> f64 {
    let term = |x: f64| if x > 0.0 { -x * log(x) } else { 0.0 };
    term(q) + term(1.0 - q)
}

fn single(theta: &[f64], p: f64, draws: &Binomials) -> f64 {
    let c = theta.len() - 1;
    let q = |x: usize| -> f64 {
        let row = draws.row(c - 1).iter().enumerate();
        row.map(|(k, chance)| chance * theta.get(k + x).copied().unwrap_or(1.0)).sum()
    };
    let (q1, q0) = (q(1), q(0));
    entropy(p * q1 + (1.0 - p) * q0) - p * entropy(q1) - (1.0 - p) * entropy(q0)
}

fn joint(theta: &[f64], draws: &Binomials) -> f64 {
    let row = draws.row(theta.len() - 1);
    let shown: f64 = row.iter().zip(theta).map(|(chance, t)| chance * t).sum();
    entropy(shown) - row.iter().zip(theta).map(|(chance, &t)| chance * entropy(t)).sum::<f64>()
}

impl fmt::Display for Attack {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Interleaving => "interleaving",
            Self::Majority => "majority",
            Self::Minority => "minority",
            Self::AllOne => "all-1",
            Self::CoinFlip => "coin-flip",
            Self::LeastSingle => "least-single",
            Self::LeastJoint => "least-joint",
        })
    }
}

impl FromStr for Attack {
    type Err = UnknownAttack;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let found = Self::ALL.into_iter().find(|attack| attack.to_string() == text);
        found.ok_or_else(|| UnknownAttack { text: text.to_owned() })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn strategies_respect_the_marking_assumption_and_their_names_parse() {
        for attack in Attack::ALL {
            for c in 1..=5 {
                let theta = attack.theta_against(BiasSet::A64, c);
                assert_eq!((theta[0], theta[c]), (0.0, 1.0));
                assert!(theta.iter().all(|t| (0.0..=1.0).contains(t)), "{attack} {theta:?}");
            }
            assert_eq!(attack.to_string().parse(), Ok(attack));
        }
        assert_eq!(Attack::Minority.theta(4).unwrap(), [0.0, 1.0, 0.5, 0.0, 1.0]);
    }

    #[test]
    fn the_information_minimizing_attacks_tell_less_than_the_named_ones() {
        let draws = Binomials::new(0.25);
        for c in [2, 3, 4] {
            let least = Attack::LeastJoint.theta_against(BiasSet::A64, c);
            for attack in Attack::NAMED {
                let named = attack.theta(c).unwrap();
                // A64 is symmetric: level 192 mirrors level 64, so compare the sum over both.
                let mirror = Binomials::new(0.75);
                let told = |t: &[f64]| joint(t, &draws) + joint(t, &mirror);
                assert!(told(&least) <= told(&named) + 1e-9, "c = {c}, {attack}");
            }
        }
    }
}
