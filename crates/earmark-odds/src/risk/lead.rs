//! What hours of lead time risk and what they buy.
//!
//! Three clocks run in an embargo. Every partner may leak, in proportion to the hours it holds the material: a constant
//! hazard, the cautious choice, for a leak on the first day would make further days cheaper than they look here. Somebody
//! else may find the same flaw, whoever holds what: a hazard of its own, per flaw. And partners become ready, each with the same
//! chance in every hour that is left: half of them within [`Lead::ready_hours`].

use super::hazard::Hazard;

/// What an embargo is reckoned with.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Lead {
    /// Leaks per partner and cycle.
    pub leak: Hazard,
    /// The lead time in hours of the cycles that [`Self::leak`] was learnt from; above zero.
    pub reference_hours: f64,
    /// Rediscoveries per flaw and hour.
    pub rediscovery: Hazard,
    /// Hours in which half the partners become ready; above zero.
    pub ready_hours: f64,
}

/// Chances at the end of a lead time, or what one more stretch of it adds to each.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Outcome {
    /// That some partner's copy got out before the public instant.
    pub leaked: f64,
    /// That somebody else found the flaw.
    pub rediscovered: f64,
    /// That a partner is ready at the public instant: the share of them.
    pub ready: f64,
}

impl Lead {
    /// The outcome for `partners` who hold one disclosure for `hours`.
    #[must_use]
    pub fn outcome(&self, partners: f64, hours: f64) -> Outcome {
        Outcome {
            leaked: self.leak.chance(partners * hours / self.reference_hours),
            rediscovered: self.rediscovery.chance(hours),
            ready: -libm::expm1(-std::f64::consts::LN_2 * hours / self.ready_hours),
        }
    }

    /// What `more` hours add to each chance.
    #[must_use]
    pub fn added(&self, partners: f64, hours: f64, more: f64) -> Outcome {
        let (now, then) = (self.outcome(partners, hours), self.outcome(partners, hours + more));
        Outcome {
            leaked: then.leaked - now.leaked,
            rediscovered: then.rediscovered - now.rediscovered,
            ready: then.ready - now.ready,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::risk::record::Record;

    fn lead() -> Lead {
        Lead {
            leak: Hazard::JEFFREYS.learn(&Record { leaks: 3, exposure: 16_240.0 }),
            reference_hours: 24.0,
            rediscovery: Hazard { shape: 9.0, exposure: 71.0 * 365.25 * 24.0 },
            ready_hours: 24.0,
        }
    }

    #[test]
    fn at_the_reference_lead_a_cycle_is_a_cycle() {
        let outcome = lead().outcome(80.0, 24.0);
        assert_eq!(outcome.leaked.to_bits(), lead().leak.chance(80.0).to_bits());
        assert!((outcome.ready - 0.5).abs() < 1e-15);
        assert!((outcome.rediscovered / (9.0 / 71.0 / 365.25) - 1.0).abs() < 1e-3, "{outcome:?}");
    }

    #[test]
    fn each_day_costs_nearly_the_same_and_buys_half_of_the_last() {
        let (first, second) = (lead().added(80.0, 24.0, 24.0), lead().added(80.0, 48.0, 24.0));
        assert!((first.ready - 0.25).abs() < 1e-15 && (second.ready - 0.125).abs() < 1e-15);
        assert!(second.leaked < first.leaked && first.leaked < 1.05 * second.leaked);
        assert!(second.rediscovered < first.rediscovered);
    }
}
