//! The tail of an integer score, exact up to a proven remainder.
//!
//! Write X for the sum, s for the score, K for the cumulant generating function. For any tilt λ ≥ 0
//!
//! ```text
//! P(X >= s) = e^(K(λ) - λ s) Σ_(v >= s) e^(-λ (v - s)) P_λ(X = v)
//! ```
//!
//! where P_λ multiplies every variable's law by e^(λ value) and normalizes it. All terms are positive. What
//! is left out of P_λ (both ends of each binomial, both ends of each table) has a mass that is known or
//! bounded by a geometric series; since every term's other factor is at most 1, adding that mass inside
//! the sum gives a proven upper bound. With λ near the saddle point the remainder is some 1e-13 of
//! the result, and only some 16 standard deviations of the table are ever computed.
//!
//! The groups are split into two halves A and B; only their own tables are convolved, and the sum becomes
//! Σ_a A(a) R(s - a) with R(t) = Σ_(b >= t) B(b) e^(-λ (b - t)), one backward pass.

use std::collections::BTreeMap;

use libm::{exp, log, sqrt};

use super::bound::{Ranked, rank};
use super::law::{self, LATTICE, Lattice, Law, TILT_MAX};

/// Added to every stated p: far above anything that underflow can lose.
pub const EXACT_FLOOR: f64 = 1e-290;
/// Tilted mass that one end of one binomial, or one trimming of a table, may leave out.
const LEFT_OUT: f64 = 1e-16;
/// Multiplications after which a table is given up: about a second. Chernoff's bound is then what is stated.
const WORK_MAX: u64 = 2_000_000_000;
/// Table entries after which a table is given up.
const LENGTH_MAX: usize = 1 << 25;
/// ln p below which the floor alone is stated.
const FLOOR_LN: f64 = -700.0;

/// An exact tail probability.
#[derive(Debug, Clone, Copy, PartialEq, PartialOrd)]
pub struct Exact {
    /// At least P(X >= score), within 1e-9 of it in logarithm or below twice [`EXACT_FLOOR`].
    pub p: f64,
}

impl Exact {
    /// The decimal logarithm of p.
    #[must_use]
    pub fn log10(&self) -> f64 {
        libm::log10(self.p)
    }
}

#[derive(Debug, Clone)]
struct Table {
    base: i64,
    mass: Vec<f64>,
}

impl Table {
    fn unit() -> Self {
        Self { base: 0, mass: vec![1.0] }
    }

    /// Convolves with a law given as (value, mass), values in any order; `spare` is room to work in.
    fn convolve(&mut self, atoms: &[(i64, f64)], spare: &mut Vec<f64>) {
        let low = atoms.iter().map(|a| a.0).min().unwrap_or(0);
        let high = atoms.iter().map(|a| a.0).max().unwrap_or(0);
        let span = usize::try_from(high - low).unwrap_or(0);
        spare.clear();
        spare.resize(self.mass.len() + span, 0.0);
        for four in atoms.chunks(4) {
            add_shifted(spare, &self.mass, four, low);
        }
        std::mem::swap(&mut self.mass, spare);
        self.base += low;
    }

    /// Drops both ends up to [`LEFT_OUT`] each; returns the mass dropped.
    fn trim(&mut self) -> f64 {
        let (mut first, mut low) = (0, 0.0);
        for mass in &self.mass {
            if low + mass > LEFT_OUT {
                break;
            }
            low += mass;
            first += 1;
        }
        let (mut last, mut high) = (self.mass.len(), 0.0);
        for mass in self.mass.iter().rev() {
            if last <= first + 1 || high + mass > LEFT_OUT {
                break;
            }
            high += mass;
            last -= 1;
        }
        self.mass.truncate(last);
        self.mass.drain(..first.min(last));
        self.base += first as i64;
        low + high
    }
}

/// Adds up to four shifted and weighted copies of `from`, every place in the order of the atoms.
///
/// Where all four reach, one pass adds them: the same sums in the same order, a quarter of the stores.
fn add_shifted(to: &mut [f64], from: &[f64], atoms: &[(i64, f64)], low: i64) {
    let shift = |value: i64| usize::try_from(value - low).unwrap_or(0);
    let one_by_one = |to: &mut [f64], start: usize, end: usize| {
        for &(value, weight) in atoms {
            let (begin, stop) = (start.max(shift(value)), end.min(shift(value) + from.len()));
            if begin < stop {
                let source = from.get(begin - shift(value)..).unwrap_or_default();
                for (to, from) in to.get_mut(begin..stop).unwrap_or_default().iter_mut().zip(source) {
                    *to += weight * from;
                }
            }
        }
    };
    let [a, b, c, d] = atoms else { return one_by_one(to, 0, to.len()) };
    let shifts = [shift(a.0), shift(b.0), shift(c.0), shift(d.0)];
    let start = shifts.iter().copied().max().unwrap_or(0);
    let stop = shifts.iter().copied().min().unwrap_or(0) + from.len();
    if start >= stop {
        return one_by_one(to, 0, to.len());
    }
    one_by_one(to, 0, start);
    one_by_one(to, stop, to.len());
    let [sa, sb, sc, sd] = shifts.map(|s| from.get(start - s..stop - s).unwrap_or_default());
    let target = to.get_mut(start..stop).unwrap_or_default();
    for ((((to, fa), fb), fc), fd) in target.iter_mut().zip(sa).zip(sb).zip(sc).zip(sd) {
        *to = (((*to + a.1 * fa) + b.1 * fb) + c.1 * fc) + d.1 * fd;
    }
}

/// A group under the tilt.
struct Tilted {
    /// Values (times how often to convolve with them) and masses.
    atoms: Vec<(i64, f64)>,
    times: u64,
    step: i64,
    spread: f64,
    left_out: f64,
    rounding: f64,
}

/// The binomial of the lower value among `n`, by its ratios from the mode outwards.
///
/// Returns (how many take the lower value, mass), the mass left out, and the largest count kept.
fn binomial(n: u64, odds: f64) -> (Vec<(u64, f64)>, f64) {
    let count = n as f64;
    let mode = (((count + 1.0) * odds / (1.0 + odds)) as u64).min(n);
    let mut kept = vec![(mode, 1.0)];
    let mut left_out = 0.0;
    let (mut j, mut mass) = (mode, 1.0);
    while j < n {
        let ratio = (n - j) as f64 / (j + 1) as f64 * odds;
        if ratio < 1.0 && mass * ratio / (1.0 - ratio) <= LEFT_OUT {
            left_out += mass * ratio / (1.0 - ratio);
            break;
        }
        mass *= ratio;
        j += 1;
        kept.push((j, mass));
    }
    let (mut j, mut mass) = (mode, 1.0);
    while j > 0 {
        let ratio = j as f64 / ((n - j + 1) as f64 * odds);
        if ratio < 1.0 && mass * ratio / (1.0 - ratio) <= LEFT_OUT {
            left_out += mass * ratio / (1.0 - ratio);
            break;
        }
        mass *= ratio;
        j -= 1;
        kept.push((j, mass));
    }
    kept.sort_unstable_by_key(|&(j, _)| j);
    let total: f64 = kept.iter().map(|k| k.1).sum();
    for entry in &mut kept {
        entry.1 /= total;
    }
    // The kept masses are normalized to 1, which only makes them larger; `total` is at least 1.
    (kept, left_out)
}

fn tilt_group(law: &Lattice, lambda: f64) -> Tilted {
    let top = law.atoms.iter().map(|a| a.1).max().unwrap_or(0);
    let bottom = law.atoms.iter().map(|a| a.1).min().unwrap_or(0);
    let (step, reach) = (top - bottom, lambda * (top - bottom) as f64);
    let n = law.count as f64;
    if let [(p, a), (q, b)] = law.atoms.as_slice() {
        let (high, low) = if a >= b { (p, q) } else { (q, p) };
        if step == 0 {
            let value = top * law.count as i64;
            return Tilted {
                atoms: vec![(value, 1.0)],
                times: 1,
                step: 0,
                spread: 0.0,
                left_out: 0.0,
                rounding: 0.0,
            };
        }
        let odds = low / high * exp(-reach);
        let (kept, left_out) = binomial(law.count, odds);
        let most = kept.last().map_or(0, |k| k.0) as f64;
        let atoms = kept.iter().map(|&(j, mass)| (top * law.count as i64 - step * j as i64, mass)).collect();
        let share = odds / (1.0 + odds);
        let spread = n * share * (1.0 - share) * (step as f64) * (step as f64);
        return Tilted { atoms, times: 1, step, spread, left_out, rounding: 2.0 * most * (reach + 8.0) };
    }
    let weights: Vec<(i64, f64)> = law
        .atoms
        .iter()
        .map(|&(chance, value)| (value, chance * exp(lambda * (value - top) as f64)))
        .collect();
    let total: f64 = weights.iter().map(|a| a.1).sum();
    let atoms: Vec<(i64, f64)> = weights.iter().map(|&(value, mass)| (value, mass / total)).collect();
    let mean: f64 = atoms.iter().map(|&(value, mass)| value as f64 * mass).sum();
    let spread = atoms.iter().map(|&(value, mass)| (value as f64 - mean) * (value as f64 - mean) * mass);
    Tilted {
        spread: n * spread.sum::<f64>(),
        atoms,
        times: law.count,
        step,
        left_out: 0.0,
        rounding: 2.0 * n * (reach + 12.0),
    }
}

/// Both halves under one tilt.
struct Halves {
    lambda: f64,
    /// Sum over groups of count ln E e^(lambda (value - top)).
    log_mgf: f64,
    first: Table,
    /// Sum over b >= a of e^(-lambda (b - a)) times the first half's mass, at its places.
    first_faded: Vec<f64>,
    /// R of the second half, from its table's highest place down.
    second: Table,
    left_out: f64,
    rounding: f64,
}

impl Halves {
    fn build(laws: &[Lattice], lambda: f64) -> Option<Self> {
        let mut groups: Vec<Tilted> = laws.iter().map(|law| tilt_group(law, lambda)).collect();
        let mut left_out: f64 = groups.iter().map(|g| g.left_out).sum();
        let mut rounding: f64 = groups.iter().map(|g| g.rounding).sum();
        // Widest first, each to the narrower half; the sort is stable, so the order is fixed.
        groups.sort_by(|a, b| b.spread.total_cmp(&a.spread));
        let mut sides: [(f64, Vec<Tilted>); 2] = [(0.0, Vec::new()), (0.0, Vec::new())];
        let [first, second] = &mut sides;
        for group in groups {
            let side = if first.0 <= second.0 { &mut *first } else { &mut *second };
            side.0 += group.spread;
            side.1.push(group);
        }
        let mut work = 0u64;
        let mut tables = Vec::with_capacity(2);
        let mut spare = Vec::new();
        for (_, mut groups) in sides {
            // Small steps first: they add most atoms for the least width.
            groups.sort_by_key(|g| g.step);
            let mut table = Table::unit();
            for group in groups {
                for _ in 0..group.times {
                    work = work.saturating_add(group.atoms.len() as u64 * table.mass.len() as u64);
                    let reach = group.step.unsigned_abs().saturating_mul(group.atoms.len() as u64);
                    if work > WORK_MAX || table.mass.len() as u64 + reach > LENGTH_MAX as u64 {
                        return None;
                    }
                    table.convolve(&group.atoms, &mut spare);
                    left_out += table.trim();
                    rounding += group.atoms.len() as f64 + 2.0;
                }
            }
            rounding += 2.0 * table.mass.len() as f64;
            tables.push(table);
        }
        let (mut second, first) = (tables.pop()?, tables.pop()?);
        let fade = exp(-lambda);
        second.mass = faded(&second.mass, fade);
        second.mass.reverse();
        let first_faded = faded(&first.mass, fade);
        let mut log_mgf = 0.0;
        for law in laws {
            let top = law.atoms.iter().map(|a| a.1).max().unwrap_or(0);
            let sum: f64 =
                law.atoms.iter().map(|&(chance, value)| chance * exp(lambda * (value - top) as f64)).sum();
            log_mgf += law.count as f64 * log(sum);
            rounding += 8.0 * law.count as f64;
        }
        rounding += (laws.len() as f64 + 8.0) * -log_mgf + 16.0;
        Some(Self { lambda, log_mgf, first, first_faded, second, left_out, rounding })
    }

    /// P(X >= score), given the largest possible sum.
    fn tail(&self, score: i64, most: i64) -> f64 {
        let length = self.first.mass.len();
        let place = |at: i64| usize::try_from(at).unwrap_or(0).min(length);
        // Places of the first half from `start` to `stop` meet the second half's table; those after meet what
        // lies below it, where every value counts and R falls by e^-lambda a step.
        let beside = score - self.first.base - self.second.base;
        let start = place(beside - self.second.mass.len() as i64 + 1);
        let stop = place(beside + 1).max(start);
        let shift = (self.second.mass.len() + start) as i64 - 1 - beside;
        let rest = usize::try_from(shift).ok().and_then(|shift| self.second.mass.get(shift..));
        let mut sum = product(self.first.mass.get(start..stop).unwrap_or_default(), rest.unwrap_or_default());
        if let (Some(faded), Some(lowest)) = (self.first_faded.get(stop), self.second.mass.last()) {
            sum += lowest * exp(-self.lambda * (stop as i64 - beside) as f64) * faded;
        }
        let up = self.lambda * (most - score) as f64;
        let rounding =
            (self.rounding + 4.0 * up + self.first.mass.len() as f64) * 1.01 / 4_503_599_627_370_496.0;
        exp(self.log_mgf + up) * (sum + self.left_out) * (1.0 + rounding)
    }
}

/// Sums over each place and those after it, each step fading.
fn faded(mass: &[f64], fade: f64) -> Vec<f64> {
    let mut sums = mass.to_vec();
    let mut above = 0.0;
    for sum in sums.iter_mut().rev() {
        above = *sum + fade * above;
        *sum = above;
    }
    sums
}

/// The sum of products, in eight running sums that are added in order at the end.
fn product(a: &[f64], b: &[f64]) -> f64 {
    let length = a.len().min(b.len());
    let (a, a_rest) = a.get(..length).unwrap_or_default().as_chunks::<8>();
    let (b, b_rest) = b.get(..length).unwrap_or_default().as_chunks::<8>();
    let mut sums = [0.0; 8];
    for (a, b) in a.iter().zip(b) {
        for ((sum, a), b) in sums.iter_mut().zip(a).zip(b) {
            *sum += a * b;
        }
    }
    let rest = a_rest.iter().zip(b_rest).map(|(a, b)| a * b);
    sums.into_iter().chain(rest).sum()
}

/// The upper tail of one law of scores; tables are kept between questions.
pub struct Tail {
    laws: Vec<Lattice>,
    real: Vec<Law>,
    most: i64,
    least: i64,
    /// Integers to one unit of what tilts are measured in.
    steps: f64,
    halves: BTreeMap<u32, Option<Halves>>,
}

impl Tail {
    /// Prepares the tail of a sum of independent groups of integer weights, 256 to the unit.
    #[must_use]
    pub fn new(laws: Vec<Lattice>) -> Self {
        Self::with_steps(laws, LATTICE)
    }

    /// The same for plain counts, such as disagreements: as weights they would be so small that no tilt
    /// reaches their tail, and the remainder would be all there is.
    #[must_use]
    pub fn of_counts(laws: Vec<Lattice>) -> Self {
        Self::with_steps(laws, 1.0)
    }

    fn with_steps(laws: Vec<Lattice>, steps: f64) -> Self {
        let laws: Vec<Lattice> = laws.into_iter().filter(|l| l.count > 0 && !l.atoms.is_empty()).collect();
        let extreme = |pick: fn(i64, i64) -> i64| -> i64 {
            laws.iter()
                .map(|l| l.atoms.iter().map(|a| a.1).reduce(pick).unwrap_or(0) * l.count as i64)
                .sum::<i64>()
        };
        let (most, least) = (extreme(i64::max), extreme(i64::min));
        let real = laws.iter().map(|law| law.real(steps)).collect();
        Self { laws, real, most, least, steps, halves: BTreeMap::new() }
    }

    /// Returns ln of Chernoff's bound on P(X >= score), for the integers taken as weights / 256 (or as counts).
    #[must_use]
    pub fn chernoff(&self, score: i64) -> f64 {
        rank(&self.real, score as f64 / self.steps).chernoff
    }

    /// Returns both logarithms of [`rank`] for the integers taken as weights / 256 (or as counts).
    #[must_use]
    pub fn ranked(&self, score: i64) -> Ranked {
        rank(&self.real, score as f64 / self.steps)
    }

    /// Returns P(X >= score), never too small, or `None` if the table would be too large to compute.
    ///
    /// Costs one convolution for all scores within three standard deviations, and one for each further
    /// two; then a pass over one table per question.
    pub fn exact(&mut self, score: i64) -> Option<Exact> {
        if score <= self.least {
            return Some(Exact { p: 1.0 });
        }
        if score > self.most {
            return Some(Exact { p: EXACT_FLOOR });
        }
        let chernoff = self.chernoff(score);
        if chernoff < FLOOR_LN {
            return Some(Exact { p: EXACT_FLOOR + exp(chernoff) });
        }
        let deviation = sqrt(-2.0 * chernoff);
        let cell = if deviation < 3.0 { 0 } else { (deviation / 2.0 + 0.5) as u32 };
        if !self.halves.contains_key(&cell) {
            let built = Halves::build(&self.laws, self.tilt_of(cell) / self.steps);
            self.halves.insert(cell, built);
        }
        let halves = self.halves.get(&cell)?.as_ref()?;
        Some(Exact { p: halves.tail(score, self.most).min(1.0) + EXACT_FLOOR })
    }

    /// The tilt whose saddle point lies 2 `cell` standard deviations out.
    fn tilt_of(&self, cell: u32) -> f64 {
        if cell == 0 {
            return 0.0;
        }
        let target = 2.0 * f64::from(cell) * f64::from(cell);
        let depth = |tilt: f64| tilt * law::slope(&self.real, tilt).0 - law::log_mgf(&self.real, tilt);
        if depth(TILT_MAX) <= target {
            return TILT_MAX;
        }
        let (mut low, mut high) = (0.0, TILT_MAX);
        for _ in 0..50 {
            let middle = 0.5 * (low + high);
            if depth(middle) < target { low = middle } else { high = middle }
        }
        high
    }
}

#[cfg(test)]
mod tests;
