//! One leaker, read without error: the exact law.
//!
//! Every read position then matches the leaker's symbol, its score is the largest possible, and its exact
//! p is the product of P(y) over the positions. So it is accused as soon as the sum of -ln P(y) reaches
//! ln(n / alpha), whatever the weights.

use libm::log;

/// Steps per unit of -ln P. Each position's value is rounded down, so lengths are never too short, and at
/// most by a position too long.
const STEPS: f64 = 256.0;
/// Positions after which the search ends.
const POSITIONS_MAX: u64 = 4_096;

/// Returns the fewest positions that name a single leaker among `n` with chance `power`, or `None` if 4,096
/// do not.
///
/// `laws` holds (weight, law in 256ths): how often each law occurs among the positions. Exact for clean reads.
#[must_use]
pub fn positions_for_one(laws: &[(f64, Vec<u16>)], n: f64, alpha: f64, power: f64) -> Option<u64> {
    let mut walk = Walk::new(laws, n, alpha)?;
    (1..=POSITIONS_MAX).find(|_| {
        walk.step();
        walk.named >= power
    })
}

/// Returns the chance that `positions` clean reads name a single leaker among `n`.
#[must_use]
pub fn named_chance(laws: &[(f64, Vec<u16>)], n: f64, alpha: f64, positions: u64) -> f64 {
    let Some(mut walk) = Walk::new(laws, n, alpha) else { return 0.0 };
    for _ in 0..positions.min(POSITIONS_MAX) {
        walk.step();
    }
    walk.named
}

/// The law of the sum of -ln P(y), absorbed where it suffices.
struct Walk {
    atoms: Vec<(usize, f64)>,
    mass: Vec<f64>,
    named: f64,
}

impl Walk {
    fn new(laws: &[(f64, Vec<u16>)], n: f64, alpha: f64) -> Option<Self> {
        let total: f64 = laws.iter().map(|law| law.0).sum();
        let needed = log(n / alpha) * STEPS;
        if !(total > 0.0 && needed > 0.0 && needed < 1e6) {
            return None;
        }
        let mut atoms = Vec::new();
        for (weight, law) in laws.iter().filter(|law| law.0 > 0.0) {
            for &p in law.iter().filter(|&&p| p > 0) {
                let p = f64::from(p) / 256.0;
                atoms.push(((-log(p) * STEPS) as usize, weight / total * p));
            }
        }
        let mut mass = vec![0.0; needed.ceil() as usize];
        if let Some(start) = mass.first_mut() {
            *start = 1.0;
        }
        Some(Self { atoms, mass, named: 0.0 })
    }

    fn step(&mut self) {
        let mut next = vec![0.0; self.mass.len()];
        for &(value, chance) in &self.atoms {
            let stay = self.mass.len().saturating_sub(value);
            for (to, from) in next.iter_mut().skip(value).zip(&self.mass) {
                *to += chance * from;
            }
            self.named += chance * self.mass.iter().skip(stay).sum::<f64>();
        }
        self.mass = next;
    }
}
