//! The pair start: where no single copy stands out, the best two together.

use libm::log;

/// How many of the best singles a pair may start from.
pub(crate) const POOL: usize = 64;

/// A pair and ln of p_a p_(b|a).
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Pair {
    pub(crate) a: usize,
    pub(crate) b: usize,
    pub(crate) ln_p: f64,
}

/// ln of what a pair's p must be multiplied with: (n^2 / 2)(1 + 2 ln n).
pub(crate) fn pair_factor_ln(n: f64) -> f64 {
    log(n * n / 2.0 * (1.0 + 2.0 * log(n)))
}

/// Returns the pair with the smallest product; on a tie the one whose `a` ranks first.
///
/// `pool` yields (a, ln p_a); `partner(a)` the best other copy given a, with ln p_(b|a).
pub(crate) fn best_pair(
    pool: impl Iterator<Item = (usize, f64)>,
    mut partner: impl FnMut(usize) -> Option<(usize, f64)>,
) -> Option<Pair> {
    let mut best: Option<Pair> = None;
    for (a, ln_a) in pool {
        let Some((b, ln_b)) = partner(a) else { continue };
        let pair = Pair { a, b, ln_p: ln_a + ln_b };
        if best.is_none_or(|known| pair.ln_p < known.ln_p) {
            best = Some(pair);
        }
    }
    best
}
