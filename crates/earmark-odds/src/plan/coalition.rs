//! Coalitions: measured lengths, interpolated between.

use libm::{erfc, log, sqrt};

use super::AIM;
use super::single::{named_chance, positions_for_one};
use crate::bias::BiasSet;

/// ln(n / alpha) at which the table was measured: n = 79, alpha = 1e-6.
const MEASURED_AT: f64 = 18.184_958_410_4;
/// The same for n = 1,000.
const THOUSAND_AT: f64 = 20.723_265_836_9;
/// What n = 1,000 costs more than in proportion, where only n = 79 was measured: the most seen with two or
/// three colluders where both were.
const THOUSAND_EXTRA: f64 = 1.1;
/// The 98 % point of the normal law.
const AIM_DEVIATIONS: f64 = 2.053_749;

/// Which share of the length for 98 % names somebody in half of the cases: from what 72 % of that length
/// names, .67 to .82 in eight cells measured, .44 for `GL2`.
const fn half_share(set: BiasSet) -> f64 {
    match set {
        BiasSet::GL2 => 0.735,
        _ => 0.64,
    }
}

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
/// recipients, alpha = 1e-6 by the rule of single tests. 0: hopeless, or never measured.
///
/// c = 2 and 3, and `A64` at c = 4: this decoder, 300 trials an attack at steps of 5 % (`examples/lengths.rs`). The
/// others were measured with the same weights and Chernoff's bound, or (`E4` at 5, `E8` at 8) exact p-values.
const fn measured(set: BiasSet) -> [u32; 7] {
    match set {
        BiasSet::GL2 => [95, 0, 0, 0, 0, 0, 0],
        BiasSet::S4 => [110, 287, 479, 0, 0, 0, 0],
        BiasSet::A64 => [121, 242, 400, 1280, 0, 0, 0],
        BiasSet::E4 => [132, 263, 463, 600, 0, 0, 0],
        BiasSet::E8 => [137, 0, 0, 0, 0, 0, 1518],
    }
}

/// The same for n = 1,000, by Chernoff's bound, so somewhat long; 0: not measured.
const fn measured_thousand(set: BiasSet) -> [u32; 7] {
    match set {
        BiasSet::S4 => [141, 392, 897, 0, 0, 0, 0],
        BiasSet::A64 => [161, 317, 508, 0, 0, 0, 0],
        BiasSet::GL2 | BiasSet::E4 | BiasSet::E8 => [0; 7],
    }
}

fn laws(set: BiasSet) -> Vec<(f64, Vec<u16>)> {
    let levels = 0..set.levels().len() as u8;
    set.weights().into_iter().zip(levels.filter_map(|level| set.law(level, 2))).collect()
}

/// Returns how many positions have to be read to name at least one of `colluders` among `n` recipients with
/// 98 %, whatever they do; `None` where that is hopeless or was never measured.
///
/// One colluder: exact, for clean reads. More: measured for n = 79 and alpha = 1e-6, for `S4` and `A64` also at
/// n = 1,000. Between the two it is interpolated in ln(n / alpha), elsewhere in proportion to it from the nearer
/// one; n = 10^6 then costs 1.6 to 1.8 times what 79 do. Error rates of 2 % cost a factor 1.1 to 1.5, 10 % a
/// factor 1.6 to 2.8, which is not included. Only read positions count: half of them erased doubles the number.
#[must_use]
pub fn positions_needed(set: BiasSet, colluders: u32, n: u64, alpha: f64) -> Option<Need> {
    let n = n.max(1) as f64;
    if colluders <= 1 {
        let positions = positions_for_one(&laws(set), n, alpha, AIM)?;
        return Some(Need { positions, how: How::Exact });
    }
    let column = colluders as usize - 2;
    let base = f64::from(*measured(set).get(column)?);
    let needed = log(n / alpha);
    if base == 0.0 || !(alpha > 0.0 && alpha < 1.0 && needed > 0.0) {
        return None;
    }
    let thousand = match measured_thousand(set).get(column) {
        Some(&m) if m > 0 => f64::from(m),
        _ => base * THOUSAND_EXTRA * THOUSAND_AT / MEASURED_AT,
    };
    if (needed - MEASURED_AT).abs() < 1e-6 {
        return Some(Need { positions: base as u64, how: How::Measured });
    }
    let positions = if needed <= MEASURED_AT {
        base * needed / MEASURED_AT
    } else if needed <= THOUSAND_AT {
        base + (thousand - base) * (needed - MEASURED_AT) / (THOUSAND_AT - MEASURED_AT)
    } else {
        thousand * needed / THOUSAND_AT
    };
    Some(Need { positions: (positions - 1e-6).ceil() as u64, how: How::Interpolated })
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
/// 98 % point; an estimate, within 0.12 of what was measured at 72 % of that length.
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
    let half = half_share(set) * full;
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
        let measured = positions_needed(BiasSet::A64, 2, 79, 1e-6).unwrap();
        assert_eq!(measured, Need { positions: 121, how: How::Measured });
        assert_eq!(positions_needed(BiasSet::A64, 2, 1_000, 1e-6).unwrap().positions, 161);
    }
}
