//! How high the bars of copies that played no part would reach: for the picture, never for a decision.

use crate::report::Scale;

/// Standard normal distribution function, to 1e-7: Abramowitz and Stegun 1964, 26.2.17.
fn normal(z: f64) -> f64 {
    let t = 1.0 / (1.0 + 0.231_641_9 * z.abs());
    let tail = [0.319_381_530, -0.356_563_782, 1.781_477_937, -1.821_255_978, 1.330_274_429]
        .iter()
        .rev()
        .fold(0.0, |sum, factor| (sum + factor) * t);
    let upper = tail * (-0.5 * z * z).exp() / (2.0 * std::f64::consts::PI).sqrt();
    if z >= 0.0 { 1.0 - upper } else { upper }
}

/// Probability that an innocent's value (as drawn) lies above `value`.
#[must_use]
pub(crate) fn above(scale: &Scale, value: f64) -> f64 {
    match *scale {
        Scale::Chance { .. } => 10f64.powf(-value.max(0.0)),
        Scale::Score { mean, sd, .. } if sd > 0.0 => 1.0 - normal((value - mean) / sd),
        Scale::Score { mean, .. } => f64::from(u8::from(value < mean)),
    }
}

/// The value that an innocent exceeds with probability `chance`, in (0, 1).
#[must_use]
pub(crate) fn quantile(scale: &Scale, chance: f64) -> f64 {
    match *scale {
        Scale::Chance { .. } => -chance.log10(),
        Scale::Score { mean, sd, .. } => {
            let (mut low, mut high) = (-8.0, 8.0);
            for _ in 0..40 {
                let middle = (low + high) / 2.0;
                if 1.0 - normal(middle) > chance { low = middle } else { high = middle }
            }
            mean + sd * low
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_laws_agree_with_tables() {
        let normal = Scale::Score { mean: -1.0, sd: 2.0, threshold: 0.0 };
        assert!((quantile(&normal, 0.025) - (-1.0 + 2.0 * 1.959_964)).abs() < 1e-5);
        assert!((quantile(&normal, 0.5) + 1.0).abs() < 1e-5);
        assert!((above(&normal, 1.0) - 0.158_655_3).abs() < 1e-6);
        let chance = Scale::Chance { log10_threshold: -8.0 };
        assert!((quantile(&chance, 0.01) - 2.0).abs() < 1e-12);
        assert!((above(&chance, 3.0) - 0.001).abs() < 1e-12);
    }
}
