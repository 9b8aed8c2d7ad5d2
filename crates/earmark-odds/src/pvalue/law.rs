//! The law of an innocent's score: independent groups of identical few-valued variables.

use libm::{exp, log};

/// Integer scores are weights times this, rounded to nearest, ties to even.
pub const LATTICE: f64 = 256.0;
/// The largest tilt tried, in units of 1 / weight.
pub const TILT_MAX: f64 = 64.0;
/// Values a variable may take: a set of three has four.
const VALUES_MAX: usize = 4;

/// `count` independent copies of one variable with at most four values.
#[derive(Debug, Clone, Copy)]
pub struct Law {
    count: f64,
    len: usize,
    chance: [f64; VALUES_MAX],
    value: [f64; VALUES_MAX],
    top: f64,
}

impl Law {
    /// The score of one symbol at `count` positions: `w1` with probability `p`, else `w0`.
    #[must_use]
    pub fn two(count: u64, p: f64, w1: f64, w0: f64) -> Self {
        Self {
            count: count as f64,
            len: 2,
            chance: [p, 1.0 - p, 0.0, 0.0],
            value: [w1, w0, 0.0, 0.0],
            top: w1.max(w0),
        }
    }

    /// The same with any number of values up to four; further ones are ignored.
    #[must_use]
    pub fn many(count: u64, atoms: &[(f64, f64)]) -> Self {
        let mut law = Self {
            count: count as f64,
            len: atoms.len().min(VALUES_MAX),
            chance: [0.0; VALUES_MAX],
            value: [0.0; VALUES_MAX],
            top: f64::NEG_INFINITY,
        };
        for (i, &(chance, value)) in atoms.iter().enumerate().take(VALUES_MAX) {
            if let (Some(c), Some(v)) = (law.chance.get_mut(i), law.value.get_mut(i)) {
                (*c, *v) = (chance, value);
            }
            law.top = law.top.max(value);
        }
        law
    }

    fn atoms(&self) -> impl Iterator<Item = (f64, f64)> + '_ {
        self.chance.iter().copied().zip(self.value.iter().copied()).take(self.len)
    }

    /// The mean of the whole group's sum.
    #[must_use]
    pub fn mean(&self) -> f64 {
        self.count * self.atoms().map(|(chance, value)| chance * value).sum::<f64>()
    }

    /// The largest magnitude the group's sum can have.
    pub(super) fn scale(&self) -> f64 {
        self.count * self.atoms().map(|(_, value)| value.abs()).fold(0.0, f64::max)
    }

    /// ln of the moment generating function at `tilt`.
    fn log_mgf(&self, tilt: f64) -> f64 {
        let sum: f64 = self.atoms().map(|(chance, value)| chance * exp(tilt * (value - self.top))).sum();
        self.count * (tilt * self.top + log(sum))
    }

    /// Adds the first two derivatives of the cumulant generating function.
    fn add_slope(&self, tilt: f64, slope: &mut f64, curve: &mut f64) {
        let (mut mass, mut first, mut second) = (0.0, 0.0, 0.0);
        for (chance, value) in self.atoms() {
            let drop = value - self.top;
            let weight = if drop == 0.0 { chance } else { chance * exp(tilt * drop) };
            mass += weight;
            first += weight * drop;
            second += weight * drop * drop;
        }
        let mean = first / mass;
        *slope += self.count * (self.top + mean);
        *curve += self.count * (second / mass - mean * mean).max(0.0);
    }

    /// Adds the central moments 2 to 4 of one variable under the tilt, as cumulants.
    fn add_cumulants(&self, tilt: f64, sum: &mut Moments) {
        let (mut mass, mut first) = (0.0, 0.0);
        let mut tilted = [(0.0, 0.0); VALUES_MAX];
        for (slot, (chance, value)) in tilted.iter_mut().zip(self.atoms()) {
            let drop = value - self.top;
            let weight = chance * exp(tilt * drop);
            *slot = (weight, drop);
            mass += weight;
            first += weight * drop;
        }
        let mean = first / mass;
        let (mut m2, mut m3, mut m4) = (0.0, 0.0, 0.0);
        for &(weight, drop) in tilted.iter().take(self.len) {
            let off = drop - mean;
            let square = off * off;
            m2 += weight * square;
            m3 += weight * square * off;
            m4 += weight * square * square;
        }
        let (m2, m3, m4) = (m2 / mass, m3 / mass, m4 / mass);
        sum.k2 += self.count * m2;
        sum.k3 += self.count * m3;
        sum.k4 += self.count * (m4 - 3.0 * m2 * m2);
    }
}

/// The cumulant generating function K at a tilt, with its second to fourth derivatives.
#[derive(Debug, Clone, Copy, Default)]
pub struct Moments {
    /// K.
    pub k0: f64,
    /// K''.
    pub k2: f64,
    /// K'''.
    pub k3: f64,
    /// K''''.
    pub k4: f64,
}

/// Returns K at a tilt with its second to fourth derivatives.
pub(super) fn moments(laws: &[Law], tilt: f64) -> Moments {
    let mut sum = Moments { k0: log_mgf(laws, tilt), ..Moments::default() };
    for law in laws {
        law.add_cumulants(tilt, &mut sum);
    }
    sum
}

/// Returns K at a tilt.
pub(super) fn log_mgf(laws: &[Law], tilt: f64) -> f64 {
    laws.iter().map(|law| law.log_mgf(tilt)).sum()
}

/// Returns K' and K'' at a tilt.
pub(super) fn slope(laws: &[Law], tilt: f64) -> (f64, f64) {
    let (mut slope, mut curve) = (0.0, 0.0);
    for law in laws {
        law.add_slope(tilt, &mut slope, &mut curve);
    }
    (slope, curve)
}

/// The same law on integer scores.
#[derive(Debug, Clone, PartialEq)]
pub struct Lattice {
    /// How many independent copies.
    pub count: u64,
    /// Probability and integer value; at most four.
    pub atoms: Vec<(f64, i64)>,
}

impl Lattice {
    /// `count` positions worth `w1` with probability `p`, else `w0`.
    #[must_use]
    pub fn two(count: u64, p: f64, w1: i64, w0: i64) -> Self {
        Self { count, atoms: vec![(p, w1), (1.0 - p, w0)] }
    }

    /// The same law with `steps` integers to one unit of its values.
    #[must_use]
    pub fn real(&self, steps: f64) -> Law {
        let atoms: Vec<(f64, f64)> =
            self.atoms.iter().map(|&(chance, value)| (chance, value as f64 / steps)).collect();
        Law::many(self.count, &atoms)
    }
}
