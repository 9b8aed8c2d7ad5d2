//! Chernoff's bound and the saddle-point approximation of Lugannani and Rice 1980.

use libm::{log, sqrt};

use super::law::{self, Law, TILT_MAX};
use super::normal::{INV_SQRT_TAU, scaled_tail};

/// Below this, the series of Lugannani and Rice's formula at the mean is used.
const SERIES_BELOW: f64 = 0.01;

/// Both logarithms for one score.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Ranked {
    /// ln of Chernoff's bound.
    pub chernoff: f64,
    /// ln of the saddle-point approximation; never above the bound.
    pub saddle: f64,
}

/// Returns the tilt in [0, 64] at which the mean of the score is `score`, or the end nearest to it.
///
/// Newton's method kept inside a bracket; K' rises, so the root is unique.
#[must_use]
pub fn solve_tilt(laws: &[Law], score: f64) -> f64 {
    let (at_zero, curve) = law::slope(laws, 0.0);
    if at_zero >= score || curve <= 0.0 {
        return if at_zero < score { TILT_MAX } else { 0.0 };
    }
    let (mut low, mut high) = (0.0, TILT_MAX);
    let mut tilt = ((score - at_zero) / curve).min(TILT_MAX);
    let mut at_end = false;
    for _ in 0..200 {
        let (slope, curve) = law::slope(laws, tilt);
        let gap = slope - score;
        if gap == 0.0 {
            break;
        }
        if gap > 0.0 {
            high = tilt;
        } else {
            low = tilt;
            // Nothing above the end: the score cannot be reached by tilting within the range.
            if tilt >= TILT_MAX {
                return TILT_MAX;
            }
        }
        let newton = if curve > 0.0 { tilt - gap / curve } else { high };
        let next = if newton > low && newton < high {
            newton
        } else if newton >= TILT_MAX && !at_end {
            at_end = true;
            TILT_MAX
        } else {
            0.5 * (low + high)
        };
        let step = (next - tilt).abs();
        tilt = next;
        // Newton's steps square their error: what is left is below 1e-14.
        if step <= 1e-7 * tilt.max(1e-3) {
            break;
        }
    }
    tilt
}

/// Returns both logarithms of P(sum >= score): 0 for Chernoff and for the saddle point where the score does
/// not exceed its mean.
#[must_use]
pub fn rank(laws: &[Law], score: f64) -> Ranked {
    let mean: f64 = laws.iter().map(Law::mean).sum();
    // A score that equals its mean but for rounding counts as not above it.
    let scale: f64 = laws.iter().map(Law::scale).sum();
    if score <= mean + 1e-13 * scale {
        return Ranked { chernoff: 0.0, saddle: 0.0 };
    }
    let tilt = solve_tilt(laws, score);
    let moments = law::moments(laws, tilt);
    let chernoff = (moments.k0 - tilt * score).min(0.0);
    if tilt >= TILT_MAX || moments.k2 <= 0.0 || tilt <= 0.0 {
        return Ranked { chernoff, saddle: chernoff };
    }
    let u = tilt * sqrt(moments.k2);
    let r3 = moments.k3 / (moments.k2 * sqrt(moments.k2));
    let r4 = moments.k4 / (moments.k2 * moments.k2);
    let (w, difference) = if u < SERIES_BELOW {
        let w = u * (1.0 - r3 * u / 6.0 + r4 * u * u / 24.0 - r3 * r3 * u * u / 72.0);
        (w, -r3 / 6.0 + u * (r4 - r3 * r3) / 24.0)
    } else {
        let w = sqrt(-2.0 * chernoff);
        (w, 1.0 / u - 1.0 / w)
    };
    let scaled = scaled_tail(w) + INV_SQRT_TAU * difference;
    // Where the approximation breaks down (at the very end of the range) the bound stands in.
    let saddle = if scaled > 0.0 { (log(scaled) - 0.5 * w * w).min(chernoff) } else { chernoff };
    Ranked { chernoff, saddle }
}

/// Points between the mean and a score at which the saddle-point p is looked at.
const STEPS: u32 = 16;

/// Whether every score below `score` has a saddle-point p above e^`ln_p`.
///
/// True if the approximation falls from point to point between the mean and `score` and ends above `ln_p`. It
/// is smooth, and where it breaks down it does so over a good part of the range; false only costs time.
pub(crate) fn falls_to(laws: &[Law], score: f64, ln_p: f64) -> bool {
    let mean: f64 = laws.iter().map(Law::mean).sum();
    let mut last = 0.0;
    for step in 1..=STEPS {
        let saddle = rank(laws, mean + (score - mean) * f64::from(step) / f64::from(STEPS)).saddle;
        if saddle >= last {
            return false;
        }
        last = saddle;
    }
    last > ln_p
}

/// Returns ln of Chernoff's bound on P(sum >= score): the minimum over tilts in [0, 64] of K(tilt) - tilt score.
#[must_use]
pub fn chernoff(laws: &[Law], score: f64) -> f64 {
    rank(laws, score).chernoff
}

/// Returns ln of Lugannani and Rice's approximation of P(sum >= score); 0 where `score` is not above the
/// mean. Within 0.93 to 1.23 of the truth for scores met in practice, and no bound.
#[must_use]
pub fn saddle(laws: &[Law], score: f64) -> f64 {
    rank(laws, score).saddle
}
