//! The normal tail in the scaled form that does not underflow.

use libm::{erfc, exp, sqrt};

/// 1 / sqrt(2 pi).
pub(super) const INV_SQRT_TAU: f64 = 0.398_942_280_401_432_7;

/// Returns exp(w^2 / 2) Q(w) for w >= 0: the Mills ratio over sqrt(2 pi).
///
/// Below 6 from `erfc`; above, the continued fraction of Laplace, whose 40 terms are exact to rounding there.
pub(super) fn scaled_tail(w: f64) -> f64 {
    if w < 6.0 {
        return 0.5 * exp(0.5 * w * w) * erfc(w / sqrt(2.0));
    }
    let mut fraction = w;
    for k in (1..=40).rev() {
        fraction = w + f64::from(k) / fraction;
    }
    INV_SQRT_TAU / fraction
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn both_branches_agree_where_they_meet_and_with_known_values() {
        for w in [5.0f64, 5.999, 6.0, 6.5, 8.0] {
            let direct = 0.5 * libm::exp(0.5 * w * w) * libm::erfc(w / std::f64::consts::SQRT_2);
            assert!((scaled_tail(w) / direct - 1.0).abs() < 1e-13, "{w}");
        }
        assert!((scaled_tail(0.0) - 0.5).abs() < 1e-15);
        assert!((scaled_tail(1000.0) * 1000.0 / INV_SQRT_TAU - 1.0).abs() < 2e-6);
    }
}
