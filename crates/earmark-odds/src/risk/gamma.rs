//! The gamma distribution: its lower tail and its quantiles.

/// Terms after which the series or fraction is cut; both settle far earlier for the shapes of leak counts.
const TERMS: u32 = 10_000;

/// The chance that a gamma variable of `shape` > 0 and rate one is at most `x` >= 0.
///
/// Series below `shape + 1`, continued fraction above (DLMF 8.11.4 and 8.9.2).
pub(super) fn lower_tail(shape: f64, x: f64) -> f64 {
    if x <= 0.0 {
        return 0.0;
    }
    let front = libm::exp(shape * libm::log(x) - x - libm::lgamma(shape));
    if x < shape + 1.0 { front * series(shape, x) } else { 1.0 - front * fraction(shape, x) }
}

/// The sum of x^n / (shape (shape + 1) ... (shape + n)).
fn series(shape: f64, x: f64) -> f64 {
    let mut term = 1.0 / shape;
    let mut sum = term;
    for n in 1..TERMS {
        term *= x / (shape + f64::from(n));
        sum += term;
        if term < sum * f64::EPSILON {
            break;
        }
    }
    sum
}

/// The continued fraction of the upper tail, summed forwards; for x >= shape + 1 no denominator vanishes.
fn fraction(shape: f64, x: f64) -> f64 {
    let mut partial = x + 1.0 - shape;
    let mut below = 1.0 / partial;
    let mut above = f64::INFINITY;
    let mut value = below;
    for n in 1..TERMS {
        let n = f64::from(n);
        let numerator = n * (shape - n);
        partial += 2.0;
        below = 1.0 / (partial + numerator * below);
        above = partial + numerator / above;
        let factor = above * below;
        value *= factor;
        if (factor - 1.0).abs() < 4.0 * f64::EPSILON {
            break;
        }
    }
    value
}

/// The `x` that a gamma variable of `shape` > 0 and rate one stays below with chance `level`, 0 < level < 1.
///
/// By halving: every step is certain, and two hundred of them are cheap beside a wrong interval.
pub(super) fn quantile(shape: f64, level: f64) -> f64 {
    let mut high = shape + 1.0;
    while high < f64::MAX / 2.0 && lower_tail(shape, high) < level {
        high *= 2.0;
    }
    let mut low = 0.0;
    for _ in 0..200 {
        let middle = f64::midpoint(low, high);
        if lower_tail(shape, middle) < level {
            low = middle;
        } else {
            high = middle;
        }
    }
    high
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The same tail for a whole shape, by the naive Poisson sum.
    fn poisson_sum(shape: u32, x: f64) -> f64 {
        let mut term = libm::exp(-x);
        let mut below = 0.0;
        for n in 0..shape {
            below += term;
            term *= x / f64::from(n + 1);
        }
        1.0 - below
    }

    #[test]
    fn whole_shapes_agree_with_the_poisson_sum() {
        for shape in 1..30 {
            for step in 1..200 {
                let x = f64::from(step) * 0.3;
                let (ours, naive) = (lower_tail(f64::from(shape), x), poisson_sum(shape, x));
                assert!((ours - naive).abs() < 1e-12, "shape {shape}, x {x}: {ours} against {naive}");
            }
        }
    }

    #[test]
    fn half_a_shape_is_the_error_function() {
        for step in 1..100 {
            let x = f64::from(step) * 0.1;
            assert!((lower_tail(0.5, x) - libm::erf(libm::sqrt(x))).abs() < 1e-12, "x {x}");
        }
    }

    #[test]
    fn a_quantile_is_where_the_tail_reaches_its_level() {
        for shape in [0.5, 1.0, 1.5, 4.5, 40.0] {
            for level in [0.001, 0.025, 0.5, 0.975, 0.999] {
                assert!(
                    (lower_tail(shape, quantile(shape, level)) - level).abs() < 1e-12,
                    "shape {shape}, {level}"
                );
            }
        }
    }
}
