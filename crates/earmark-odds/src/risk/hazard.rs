//! What is believed: the hazard of a leak after a record, with its prior stated, and what it predicts.

use super::gamma::quantile;
use super::record::{Rate, Record};

/// A gamma belief about the rate per partner and cycle.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Hazard {
    /// Leaks the belief is worth.
    pub shape: f64,
    /// Partner-cycles the belief is worth.
    pub exposure: f64,
}

impl Hazard {
    /// Jeffreys' prior for a Poisson rate: half a leak over no exposure. Improper until a record is learnt.
    pub const JEFFREYS: Self = Self { shape: 0.5, exposure: 0.0 };

    /// The belief after `record`.
    #[must_use]
    pub fn learn(&self, record: &Record) -> Self {
        Self { shape: self.shape + f64::from(record.leaks), exposure: self.exposure + record.exposure }
    }

    /// The mean rate per partner and cycle with its equal-tailed interval, 0 < `confidence` < 1.
    #[must_use]
    pub fn rate(&self, confidence: f64) -> Rate {
        let tail = (1.0 - confidence) / 2.0;
        let at = |level| quantile(self.shape, level) / self.exposure;
        Rate { low: at(tail), middle: self.shape / self.exposure, high: at(1.0 - tail) }
    }

    /// The chance of at least one leak over `ahead` further partner-cycles, the rate's doubt included.
    ///
    /// The negative binomial's chance of more than none: 1 - (1 + ahead / exposure)^-shape.
    #[must_use]
    pub fn chance(&self, ahead: f64) -> f64 {
        -libm::expm1(-self.shape * libm::log1p(ahead / self.exposure))
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn more_partners_are_more_risk(leaks in 0_u32..50, exposure in 1e4_f64..1e6, few in 1.0_f64..1e3, more in 1.0_f64..1e3) {
            let hazard = Hazard::JEFFREYS.learn(&Record { leaks, exposure });
            let (less, risk) = (hazard.chance(few), hazard.chance(few + more));
            prop_assert!(0.0 < less && less < risk && risk <= 1.0);
            // Doubt about the rate makes partners alike, so doubling them never quite doubles the chance.
            prop_assert!(hazard.chance(2.0 * few) < 2.0 * less);
        }

        #[test]
        fn the_belief_lies_within_the_exact_interval(leaks in 1_u32..50, exposure in 1.0_f64..1e6) {
            let record = Record { leaks, exposure };
            let (exact, believed) = (record.exact(0.95), Hazard::JEFFREYS.learn(&record).rate(0.95));
            prop_assert!(exact.low < believed.low && believed.high < exact.high);
        }
    }
}
