//! What was observed: leaks against exposure, and the exact interval for their rate.

use super::gamma::quantile;

/// Leaks counted over an exposure.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Record {
    /// Leaks seen.
    pub leaks: u32,
    /// Partner-cycles over which they were seen; above zero.
    pub exposure: f64,
}

/// A rate per partner and cycle with the interval around it.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Rate {
    /// Lower end.
    pub low: f64,
    /// The estimate.
    pub middle: f64,
    /// Upper end.
    pub high: f64,
}

impl Record {
    /// The rate with its exact Poisson interval, 0 < `confidence` < 1 (Garwood 1936, equal tails).
    ///
    /// Covers the true rate at least as often as `confidence` says, whatever that rate is.
    #[must_use]
    pub fn exact(&self, confidence: f64) -> Rate {
        let tail = (1.0 - confidence) / 2.0;
        let leaks = f64::from(self.leaks);
        let low = if self.leaks == 0 { 0.0 } else { quantile(leaks, tail) };
        let high = quantile(leaks + 1.0, 1.0 - tail);
        Rate { low: low / self.exposure, middle: leaks / self.exposure, high: high / self.exposure }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// About 203 monthly cycles of about 80 partners; one, three or four leaks, as the public record is read.
    #[test]
    fn the_public_record_has_its_known_intervals() {
        for (leaks, low, middle, high) in
            [(1, 1.6e-6, 6.2e-5, 3.4e-4), (3, 3.8e-5, 1.8e-4, 5.4e-4), (4, 6.7e-5, 2.5e-4, 6.3e-4)]
        {
            let rate = Record { leaks, exposure: 203.0 * 80.0 }.exact(0.95);
            for (ours, known) in [(rate.low, low), (rate.middle, middle), (rate.high, high)] {
                assert!((ours / known - 1.0).abs() < 0.03, "{leaks} leaks: {ours} against {known}");
            }
        }
    }

    #[test]
    fn no_leak_yet_still_has_an_upper_end() {
        let rate = Record { leaks: 0, exposure: 100.0 }.exact(0.95);
        assert_eq!((rate.low, rate.middle), (0.0, 0.0));
        assert!((rate.high + libm::log(0.025) / 100.0).abs() < 1e-12);
    }

    /// Garwood's promise, by 40,000 seeded trials at each of twelve rates that expect 0.05 to 40 leaks. Bound: at most 5 % of
    /// the intervals miss the true rate; a right program fails with chance below 1e-9 in all (5 % plus seven standard
    /// deviations of 0.109 %). The same intervals at 80 % miss more, or the test could not fail.
    #[test]
    fn intervals_miss_no_oftener_than_they_say() {
        use crate::stream::Dice;
        const TRIALS: u32 = 40_000;
        let mut dice = Dice::new(2012, 0);
        let intervals = |confidence| -> Vec<Rate> {
            (0..120).map(|leaks| Record { leaks, exposure: 1.0 }.exact(confidence)).collect()
        };
        let (sure, loose) = (intervals(0.95), intervals(0.8));
        for expected in [0.05, 0.2, 0.5, 1.0, 1.5, 2.5, 3.7, 5.6, 8.0, 13.0, 24.0, 40.0] {
            let (mut missed, mut loosely) = (0u32, 0u32);
            for _ in 0..TRIALS {
                let (mut waited, mut leaks) = (-libm::log1p(-dice.unit()), 0);
                while waited < expected {
                    waited -= libm::log1p(-dice.unit());
                    leaks += 1;
                }
                let misses =
                    |rates: &[Rate]| !(rates[leaks].low <= expected && expected <= rates[leaks].high);
                missed += u32::from(misses(&sure));
                loosely += u32::from(misses(&loose));
            }
            let share = f64::from(missed) / f64::from(TRIALS);
            assert!(share <= 0.05 + 7.0 * 0.00109, "expecting {expected}: {missed} of {TRIALS}");
            assert!(expected < 5.0 || loosely > missed + TRIALS / 50, "expecting {expected}: {loosely}");
        }
    }
}
