//! Coalitions: measured lengths, interpolated between.

use libm::{erfc, log, sqrt};

use super::AIM;
use super::single::{named_chance, positions_for_one};
use crate::bias::BiasSet;

/// ln(n / alpha) at which the table was measured: n = 79, alpha = 1e-6.
const MEASURED_AT: f64 = 18.185_042;
/// The 98 % point of the normal law.
const AIM_DEVIATIONS: f64 = 2.053_749;
/// Which share of the length for 98 % names somebody in half of the cases.
const HALF_SHARE: f64 = 0.72;

/// How sure a length is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum How {
    /// Computed from the law of the score.
    Exact,
    /// Measured by simulation at this n and alpha.
    Measured,
    /// Scaled from a measurement in proportion to ln(n / alpha).
    Interpolated,
}

/// A number of positions, and how it is known.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Need {
    /// Positions that have to be read.
    pub positions: u64,
    /// How that is known.
    pub how: How,
}

/// Positions that named at least one of c = 2 .. 8 colluders in 98 % of trials, worst of the seven attacks, 79
/// recipients, alpha = 1e-6, joint decoding with exact p-values. 0: hopeless, or never measured.
const fn measured(set: BiasSet) -> [u32; 7] {
    match set {
        BiasSet::GL2 => [115, 0, 0, 0, 0, 0, 0],
        BiasSet::S4 => [119, 296, 479, 0, 0, 0, 0],
        BiasSet::A64 => [125, 241, 412, 1196, 0, 0, 0],
        BiasSet::E4 => [136, 272, 432, 600, 0, 0, 0],
        BiasSet::E8 => [0, 0, 0, 0, 0, 0, 1518],
    }
}

fn laws(set: BiasSet) -> Vec<(f64, Vec<u16>)> {
    let levels = 0..set.levels().len() as u8;
    set.weights().into_iter().zip(levels.filter_map(|level| set.law(level, 2))).collect()
}

/// Returns how many positions have to be read to name at least one of `colluders` among `n` recipients with
/// 98 %, whatever they do; `None` where that is hopeless or was never measured.
///
/// One colluder: exact, for clean reads. More: measured for n = 79 and alpha = 1e-6, and scaled with
/// ln(n / alpha) otherwise (measured at n = 1,000 this is short by up to 8 %). Error rates of 2 % cost a factor
/// 1.1 to 1.5, 10 % a factor 1.6 to 2.8. Only read positions count: half of them erased doubles the number.
#[must_use]
pub fn positions_needed(set: BiasSet, colluders: u32, n: u64, alpha: f64) -> Option<Need> {
    let n = n.max(1) as f64;
    if colluders <= 1 {
        let positions = positions_for_one(&laws(set), n, alpha, AIM)?;
        return Some(Need { positions, how: How::Exact });
    }
    let table = measured(set);
    let base = f64::from(*table.get(colluders as usize - 2)?);
    if base == 0.0 || !(alpha > 0.0 && alpha < 1.0) {
        return None;
    }
    let scale = log(n / alpha) / MEASURED_AT;
    let how = if (scale - 1.0).abs() < 1e-6 { How::Measured } else { How::Interpolated };
    Some(Need { positions: (base * scale).ceil() as u64, how })
}

/// Returns the most colluders of whom `positions` read positions name at least one with 98 %; 0 if not even
/// a single leaker.
#[must_use]
pub fn colluders_withstood(set: BiasSet, positions: u64, n: u64, alpha: f64) -> u32 {
    (1..=8)
        .rev()
        .find(|&c| positions_needed(set, c, n, alpha).is_some_and(|need| need.positions <= positions))
        .unwrap_or(0)
}

/// Returns the chance that `positions` read positions name at least one of `colluders`.
///
/// One colluder: exact, for clean reads. More: a normal law of the score with the measured length as its
/// 98 % point; an estimate, good to some 0.1.
#[must_use]
pub fn power(set: BiasSet, colluders: u32, positions: u64, n: u64, alpha: f64) -> f64 {
    if colluders <= 1 {
        return named_chance(&laws(set), n.max(1) as f64, alpha, positions);
    }
    let Some(need) = positions_needed(set, colluders, n, alpha) else { return 0.0 };
    let (m, full) = (positions as f64, need.positions as f64);
    if m <= 0.0 {
        return 0.0;
    }
    let half = HALF_SHARE * full;
    let deviations = AIM_DEVIATIONS * ((m - half) / sqrt(m)) / ((full - half) / sqrt(full));
    0.5 * erfc(-deviations / sqrt(2.0))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_single_leaker_takes_what_the_design_measured() {
        // Lengths the design measured for 98 to 99 %; the law says 51 for E8, where 54 names 99.3 %.
        let stated =
            [(BiasSet::GL2, 27), (BiasSet::S4, 39), (BiasSet::A64, 45), (BiasSet::E4, 49), (BiasSet::E8, 54)];
        for (set, stated) in stated {
            let need = positions_needed(set, 1, 79, 1e-6).unwrap();
            assert_eq!(need.how, How::Exact);
            assert!(need.positions.abs_diff(stated) <= 3, "{set}: {need:?}, stated {stated}");
        }
        // A first look spends .9 * 6 / pi^2 of alpha on singles: one position more.
        assert_eq!(positions_needed(BiasSet::GL2, 1, 79, 0.9e-6 * 6.0 / 9.869_604_4).unwrap().positions, 28);
    }

    #[test]
    fn plans_are_monotone_and_inverse_to_each_other() {
        for set in BiasSet::ALL {
            for c in 1..=8 {
                let Some(need) = positions_needed(set, c, 79, 1e-6) else { continue };
                assert!(colluders_withstood(set, need.positions, 79, 1e-6) >= c);
                assert!(colluders_withstood(set, need.positions - 1, 79, 1e-6) < c || set == BiasSet::E8);
                assert!(power(set, c, need.positions, 79, 1e-6) >= 0.979);
                assert!(power(set, c, need.positions / 3, 79, 1e-6) < 0.5);
                assert!(positions_needed(set, c, 1_000, 1e-6).unwrap().positions > need.positions);
            }
        }
        assert_eq!(positions_needed(BiasSet::GL2, 3, 79, 1e-6), None);
    }
}
