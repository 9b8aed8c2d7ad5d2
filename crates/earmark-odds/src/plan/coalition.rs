//! Coalitions: measured lengths, interpolated between.

use libm::{erfc, sqrt};

use super::need::{How, Need};
use super::single::{named_chance, positions_for_one};
use super::{AIM, measured};
use crate::bias::BiasSet;
use crate::simulate::Attack;
use crate::strategy::COLLUDERS_MAX;

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

fn laws(set: BiasSet) -> Vec<(f64, Vec<u16>)> {
    let levels = 0..set.levels().len() as u8;
    set.weights().into_iter().zip(levels.filter_map(|level| set.law(level, 2))).collect()
}

/// Returns how many positions have to be read to name at least one of `colluders` among `n` recipients with
/// 98 %, whatever of the seven attacks they use; `None` where that is hopeless or was never measured.
///
/// One colluder: exact, for clean reads. More: the longest of [`positions_against`] over all seven. Error rates of 2 % cost a
/// factor 1.1 to 1.5, 10 % a factor 1.6 to 2.8, which is not included. Only read positions count: half of them erased
/// doubles the number.
#[must_use]
pub fn positions_needed(set: BiasSet, colluders: u32, n: u64, alpha: f64) -> Option<Need> {
    let mut worst: Option<Need> = None;
    for attack in Attack::ALL {
        let need = positions_against(set, attack, colluders, n, alpha)?;
        worst = Some(worst.filter(|known| known.positions >= need.positions).unwrap_or(need));
    }
    worst
}

/// The same against one attack.
///
/// More than one colluder: measured for alpha = 1e-6 and n = 79, most also for n = 1,000 and 10,000. Between these it is
/// interpolated in ln(n / alpha), beyond them in proportion to it.
#[must_use]
pub fn positions_against(set: BiasSet, attack: Attack, colluders: u32, n: u64, alpha: f64) -> Option<Need> {
    let n = n.max(1) as f64;
    if colluders <= 1 {
        let positions = positions_for_one(&laws(set), n, alpha, AIM)?;
        return Some(Need { positions, how: How::Exact });
    }
    measured::length(set, colluders, attack, n, alpha)
}

/// Returns the most colluders of whom `positions` read positions name at least one with 98 %, whatever of the seven
/// attacks they use; 0 if not even a single leaker.
#[must_use]
pub fn colluders_withstood(set: BiasSet, positions: u64, n: u64, alpha: f64) -> u32 {
    withstood(positions, |c| positions_needed(set, c, n, alpha))
}

/// The same against one attack.
#[must_use]
pub fn colluders_withstood_against(set: BiasSet, attack: Attack, positions: u64, n: u64, alpha: f64) -> u32 {
    withstood(positions, |c| positions_against(set, attack, c, n, alpha))
}

fn withstood(positions: u64, needed: impl Fn(u32) -> Option<Need>) -> u32 {
    let enough = |c: &u32| needed(*c).is_some_and(|need| need.positions <= positions);
    (1..=COLLUDERS_MAX as u32).rev().find(enough).unwrap_or(0)
}

/// Returns the chance that `positions` read positions name at least one of `colluders`, worst of the seven attacks.
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
        // The worst of the seven is what counts.
        let of_two = |attack| positions_against(BiasSet::A64, attack, 2, 79, 1e-6).unwrap();
        let worst = positions_needed(BiasSet::A64, 2, 79, 1e-6).unwrap();
        assert_eq!(worst.how, How::Measured);
        assert_eq!(
            Attack::ALL.map(|attack| of_two(attack).positions).into_iter().max(),
            Some(worst.positions)
        );
        let easy = colluders_withstood_against(BiasSet::A64, Attack::AllOne, worst.positions - 1, 79, 1e-6);
        assert!(easy >= 2 && colluders_withstood(BiasSet::A64, worst.positions - 1, 79, 1e-6) == 1);
    }
}
