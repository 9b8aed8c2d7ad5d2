//! Likelihood weights: what a recipient's symbol at one position says for or against its copy.
//!
//! Meerwald and Furon 2012 (joint decoding) with the log-likelihood ratio of Laarhoven 2014
//! (arXiv:1404.2825); departures: an error floor, conditioning on a set assumed in the coalition, k symbols.
//! Where strategies are mixed, likelihoods are averaged, never their logarithms.
//!
//! The two symmetric scores older systems use stand here for comparison.

use libm::{log, sqrt};

use crate::binomial::Binomials;
use crate::pvalue::LATTICE;
use crate::strategy::{Strategy, with_error};

/// Rounds a weight to the integer that decides: 256 w, ties to even.
#[must_use]
pub fn round(weight: f64) -> i64 {
    (weight * LATTICE).round_ties_even() as i64
}

/// The weights (for symbol 1, for symbol 0) of the symmetric Tardos score (Škorić et al. 2008).
#[must_use]
pub fn symmetric_tardos(p: f64, y: u8) -> (f64, f64) {
    let (one, zero) = (sqrt((1.0 - p) / p), sqrt(p / (1.0 - p)));
    // A mismatch costs what the same symbol earns when it matches.
    if y == 1 { (one, -zero) } else { (-one, zero) }
}

/// The weights (for symbol 1, for symbol 0) of Oosterwijk et al. 2013 against interleaving.
#[must_use]
pub fn oosterwijk(p: f64, y: u8) -> (f64, f64) {
    if y == 1 { ((1.0 - p) / p, -1.0) } else { (-1.0, p / (1.0 - p)) }
}

/// What is known of a coalition at one position: a strategy and, of `known` members, how many hold 1.
#[derive(Debug, Clone, Copy)]
pub struct Given<'a> {
    /// The strategy of the whole coalition.
    pub strategy: &'a Strategy,
    /// How many members are assumed known (b).
    pub known: usize,
    /// How many of them hold 1 (s).
    pub ones: usize,
}

/// The weights (for symbol 1, for symbol 0) where a two-symbol position with P(1) = `p` shows `y`, read with
/// error rate `err`.
///
/// `q_x = sum_k Bin(k; c-b-1, p) theta_(s+x+k)`, floored to (1-2e) q + e, and
/// `w_x = ln(q_x / (p q_1 + (1-p) q_0))`, with 1 - q for y = 0.
#[must_use]
pub fn likelihood(p: f64, y: u8, given: Given<'_>, err: f64) -> (f64, f64) {
    let v = tuple(&Binomials::new(p), y, given, 1, err);
    (v.get(1).map_or(0.0, |a| a.1), v.first().map_or(0.0, |a| a.1))
}

/// The same for an observation given by its likelihoods `l1`, `l0` (errors already inside, no floor).
#[must_use]
pub fn soft_likelihood(p: f64, l1: f64, l0: f64, given: Given<'_>) -> (f64, f64) {
    let draws = Binomials::new(p);
    let q = |x: usize| given.strategy.shows_one(given.ones + x, given.known + 1, &draws);
    let f = |q: f64| l1 * q + l0 * (1.0 - q);
    let (q1, q0) = (q(1), q(0));
    let mixed = f(p * q1 + (1.0 - p) * q0);
    (log(f(q1) / mixed), log(f(q0) / mixed))
}

/// The law of a set's number of ones `s` among `members` at a two-symbol position, each with the set's
/// weight `v_s`: pairs (probability, weight) for s = 0 .. members. One member gives `w_0`, `w_1`.
pub(crate) fn tuple(draws: &Binomials, y: u8, given: Given<'_>, members: usize, err: f64) -> Vec<(f64, f64)> {
    let chances = draws.row(members);
    let shown: Vec<f64> = (0..=members)
        .map(|s| {
            let q = given.strategy.shows_one(given.ones + s, given.known + members, draws);
            let q = with_error(q, err);
            if y == 1 { q } else { 1.0 - q }
        })
        .collect();
    // Summed from the top symbol down: p q_1 + (1-p) q_0 for one member.
    let mixed: f64 = chances.iter().zip(&shown).rev().map(|(chance, q)| chance * q).sum();
    chances.iter().zip(&shown).map(|(&chance, q)| (chance, log(q / mixed))).collect()
}

/// What is known at a position with more than two symbols.
#[derive(Debug, Clone, Copy)]
pub struct GivenMany {
    /// Colluders assumed.
    pub colluders: usize,
    /// How many are assumed known.
    pub known: usize,
    /// How many of those hold the symbol that was read.
    pub matching: usize,
}

/// The law of a set's number of members holding the symbol read, with weights, at a position with `k`
/// symbols, `hit` being that symbol's probability: pairs (probability, weight) for 0 .. members.
///
/// Interleaving is assumed: with l the likelihoods floored to (1 - k e) l + e and L their mean under the law,
/// `v = ln((sum_B l + sum_T l + (c-b-t) L) / (sum_B l + (c-b) L))`.
pub(crate) fn tuple_many(
    draws: &Binomials,
    k: u8,
    hit: f64,
    given: GivenMany,
    members: usize,
    err: f64,
) -> Vec<(f64, f64)> {
    let miss_seen = err.min(1.0 / f64::from(k));
    let hit_seen = 1.0 - (f64::from(k) - 1.0) * miss_seen;
    let mean = hit * hit_seen + (1.0 - hit) * miss_seen;
    let known = given.matching as f64 * hit_seen + (given.known - given.matching) as f64 * miss_seen;
    let free = given.colluders.saturating_sub(given.known) as f64;
    let below = known + free * mean;
    let chances = draws.row(members);
    chances
        .iter()
        .enumerate()
        .map(|(s, &chance)| {
            let own = s as f64 * hit_seen + (members - s) as f64 * miss_seen;
            let above = known + own + (free - members as f64).max(0.0) * mean;
            (chance, log(above / below))
        })
        .collect()
}

/// The weight of a recipient with symbol `x` at a position with `likelihoods.len()` symbols of law `p`, given
/// that the known members hold `held[a]` copies of symbol a; interleaving of `colluders` is assumed.
///
/// Returns 0 where `x` is no symbol.
#[must_use]
pub fn many_symbols(p: &[f64], likelihoods: &[f64], held: &[usize], colluders: usize, x: usize) -> f64 {
    let Some(own) = likelihoods.get(x) else { return 0.0 };
    let mean: f64 = p.iter().zip(likelihoods).map(|(p, l)| p * l).sum();
    let known: f64 = held.iter().zip(likelihoods).map(|(&n, l)| n as f64 * l).sum();
    let free = colluders.saturating_sub(held.iter().sum()) as f64;
    log((known + own + (free - 1.0).max(0.0) * mean) / (known + free * mean))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_innocents_expected_likelihood_ratio_is_one() {
        let strategy = Strategy::from_theta(vec![0.0, 0.2, 0.9, 1.0]).unwrap();
        for (p, y, known, ones) in [(0.3, 1, 0, 0), (0.7, 0, 1, 1), (0.3, 1, 2, 1), (0.9, 0, 2, 0)] {
            let given = Given { strategy: &strategy, known, ones };
            let (w1, w0) = likelihood(p, y, given, 0.01);
            assert!((p * libm::exp(w1) + (1.0 - p) * libm::exp(w0) - 1.0).abs() < 1e-12);
        }
        let draws = Binomials::new(0.2);
        let given = GivenMany { colluders: 4, known: 1, matching: 1 };
        for members in 1..=3 {
            let law = tuple_many(&draws, 5, 0.2, given, members, 0.01);
            let mean: f64 = law.iter().map(|(p, w)| p * libm::exp(*w)).sum();
            assert!((mean - 1.0).abs() < 1e-12, "{members}");
        }
    }

    #[test]
    fn both_forms_of_the_weight_for_many_symbols_agree() {
        let (p, err, k) = ([0.25, 0.5, 0.25], 0.02, 3u8);
        let seen: Vec<f64> = (0..3).map(|a| if a == 1 { 1.0 - 2.0 * err } else { err }).collect();
        let given = GivenMany { colluders: 4, known: 2, matching: 1 };
        let law = tuple_many(&Binomials::new(p[1]), k, p[1], given, 1, err);
        assert!((law[1].1 - many_symbols(&p, &seen, &[1, 1, 0], 4, 1)).abs() < 1e-14);
        assert!((law[0].1 - many_symbols(&p, &seen, &[1, 1, 0], 4, 2)).abs() < 1e-14);
    }

    #[test]
    fn rounding_goes_to_even() {
        assert_eq!([round(0.5 / 256.0), round(1.5 / 256.0), round(-2.5 / 256.0)], [0, 2, -2]);
    }
}
