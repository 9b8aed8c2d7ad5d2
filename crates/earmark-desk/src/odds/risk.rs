//! What sharing with so many, so early, risks: for planning, and for nothing else.
//!
//! No vault is needed; where there is one, only the number of its partners in each tier is asked. Nothing here looks at a
//! partner, and no verdict looks here.

mod plot;
mod record;

use std::collections::BTreeMap;
use std::path::PathBuf;

use earmark_odds::risk::hazard::Hazard;
use earmark_odds::risk::lead::{Lead, Outcome};
use earmark_odds::risk::pool::Pool;
use earmark_odds::risk::record::{Rate, Record};
use earmark_store::PartnerStatus;
use serde::Serialize;

use crate::desk::Desk;
use crate::error::{DeskError, Kind};
pub use plot::plot;
pub use record::{Group, OwnRecord, PublicRecord, own_record, public_record};

/// The share of intervals that hold what they bound.
const CONFIDENCE: f64 = 0.95;
/// Multiples of the partners asked about that are told; 1.9 is what "nearly doubling" means here.
const GROWTH: [f64; 4] = [0.5, 1.0, 1.9, 4.0];
const DAY: f64 = 24.0;

/// What to reckon.
#[derive(Debug, Clone)]
pub struct Request {
    /// Partners who receive; none: those of `tiers`, else as many as in the public record.
    pub partners: Option<u32>,
    /// Hours that they have before the public instant; none: as in the public record.
    pub lead_hours: Option<f64>,
    /// Hours in which half the partners become ready.
    pub ready_hours: f64,
    /// Cycles to look ahead.
    pub cycles: u32,
    /// Which count of the public record is believed.
    pub count: String,
    /// The program's own record.
    pub own: OwnRecord,
    /// Partners in good standing, by tier.
    pub tiers: BTreeMap<String, u32>,
    /// Where the plot was asked for.
    pub plot: Option<PathBuf>,
}

/// The answer of `risk`.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Answer {
    /// Partners who receive.
    pub partners: u32,
    /// Their lead time in hours.
    pub lead_hours: f64,
    /// Hours in which half of them become ready.
    pub ready_hours: f64,
    /// Cycles looked ahead.
    pub cycles: u32,
    /// The share of intervals that hold what they bound.
    pub confidence: f64,
    /// Where the rates come from.
    pub record: PublicRecord,
    /// The prior, in words.
    pub prior: &'static str,
    /// The rate of a leak per partner and cycle under each count.
    pub rates: Vec<RateLine>,
    /// The count that everything below rests on.
    pub count: String,
    /// Each group's rate; empty without tiers.
    pub groups: Vec<GroupLine>,
    /// The chance of somebody else finding one flaw in a year.
    pub rediscovery_a_year: Interval,
    /// One cycle at this lead time.
    pub cycle: CycleLine,
    /// How the chance of a leak grows with partners.
    pub growth: Vec<GrowthLine>,
    /// What one more day costs and buys.
    pub day: DayLine,
    /// Where the plot was written.
    pub plot: Option<PathBuf>,
}

/// A number with the interval around it.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct Interval {
    /// Lower end.
    pub low: f64,
    /// The estimate.
    pub middle: f64,
    /// Upper end.
    pub high: f64,
}

/// A rate per partner and cycle.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct RateLine {
    /// Which count.
    pub count: String,
    /// Leaks of the public record and our own.
    pub leaks: u32,
    /// Partner-cycles of both.
    pub exposure: f64,
    /// With the exact Poisson interval, that assumes no prior.
    pub exact: Interval,
    /// As believed, the prior included.
    pub believed: Interval,
}

/// A group's rate per partner and cycle, shrunk to the pool of all.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct GroupLine {
    /// Its tier.
    pub tier: String,
    /// The law that makes it a group of its own.
    pub law: Option<String>,
    /// Its partners today; none: not known.
    pub partners: Option<u32>,
    /// Its leaks.
    pub leaks: u32,
    /// Its partner-cycles.
    pub exposure: f64,
    /// Its own record alone, exact; none without exposure.
    pub alone: Option<Interval>,
    /// Shrunk to the pool.
    pub shrunk: Interval,
}

/// Chances in one cycle of one disclosure.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct CycleLine {
    /// That at least one copy gets out before the public instant.
    pub leaked: Interval,
    /// That somebody else finds the flaw in that time.
    pub rediscovered: Interval,
    /// The share of partners ready at the public instant.
    pub ready: f64,
}

/// The chance of at least one leak for so many partners.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct GrowthLine {
    /// Partners.
    pub partners: u32,
    /// In one cycle.
    pub cycle: Interval,
    /// In all cycles looked ahead.
    pub ahead: Interval,
}

/// One more day of lead time.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct DayLine {
    /// What it adds to the chance of a leak.
    pub leaked: f64,
    /// What it adds to the chance that somebody else finds the flaw, if the day is won by publishing later.
    pub rediscovered: f64,
    /// What it adds to the share of partners ready at the public instant.
    pub ready: f64,
    /// Partners more that are ready.
    pub partners_ready: f64,
    /// The day is worth it while an early leak does less harm than so many partners who are not ready, if it is won by telling
    /// them earlier.
    pub worth_if_told_earlier: f64,
    /// The same, if it is won by publishing later; a rediscovery counts as a leak.
    pub worth_if_published_later: f64,
}

/// The prior beside every believed figure.
const PRIOR: &str = "Jeffreys' for a rate: half a leak over no exposure; groups: of a common mean with the same prior, as alike \
     as 2, 4, 8, 16, 32 or 64 leaks would make them";

/// Reckons what `request` asks, and the model behind it for [`plot()`].
///
/// # Errors
/// When a figure makes no sense.
pub fn reckon(request: &Request) -> Result<(Answer, Lead), DeskError> {
    let public = public_record()?;
    check(request, &public)?;
    let partners = request.partners.unwrap_or_else(|| match request.tiers.values().sum() {
        0 => public.partners,
        known => known,
    });
    let lead_hours = request.lead_hours.unwrap_or(public.lead_hours);
    let exposure = f64::from(public.partners) * f64::from(public.cycles);
    let own = request.own.groups.iter().fold(Record { leaks: 0, exposure: 0.0 }, |sum, group| Record {
        leaks: sum.leaks + group.leaks,
        exposure: sum.exposure + group.partners * group.cycles,
    });
    let with_own = |leaks: u32| Record { leaks: leaks + own.leaks, exposure: exposure + own.exposure };
    let leaks = public.counts.iter().find(|count| count.name == request.count).map_or(0, |count| count.leaks);
    let leak = Hazard::JEFFREYS.learn(&with_own(leaks));
    let lead = Lead {
        leak,
        reference_hours: public.lead_hours,
        rediscovery: rediscovery(&public, &request.own),
        ready_hours: request.ready_hours,
    };
    let rate = leak.rate(CONFIDENCE);
    // The ends of a chance are those of the rate behind it; its middle holds the doubt about the rate.
    let chance = |partner_cycles: f64| Interval {
        low: at_rate(rate.low, partner_cycles),
        middle: leak.chance(partner_cycles),
        high: at_rate(rate.high, partner_cycles),
    };
    let scale = lead_hours / public.lead_hours;
    let found = lead.rediscovery.rate(CONFIDENCE);
    let Outcome { rediscovered, ready, .. } = lead.outcome(f64::from(partners), lead_hours);
    let answer = Answer {
        partners,
        lead_hours,
        ready_hours: request.ready_hours,
        cycles: request.cycles,
        confidence: CONFIDENCE,
        prior: PRIOR,
        rates: public
            .counts
            .iter()
            .map(|count| {
                let record = with_own(count.leaks);
                RateLine {
                    count: count.name.clone(),
                    leaks: record.leaks,
                    exposure: record.exposure,
                    exact: record.exact(CONFIDENCE).into(),
                    believed: Hazard::JEFFREYS.learn(&record).rate(CONFIDENCE).into(),
                }
            })
            .collect(),
        count: request.count.clone(),
        groups: groups(request, Record { leaks, exposure }),
        rediscovery_a_year: Interval {
            low: at_rate(found.low, 365.25 * DAY),
            middle: lead.rediscovery.chance(365.25 * DAY),
            high: at_rate(found.high, 365.25 * DAY),
        },
        cycle: CycleLine {
            leaked: chance(f64::from(partners) * scale),
            rediscovered: Interval {
                low: at_rate(found.low, lead_hours),
                middle: rediscovered,
                high: at_rate(found.high, lead_hours),
            },
            ready,
        },
        growth: GROWTH
            .into_iter()
            .map(|times| {
                let partners = (f64::from(partners) * times).round().max(1.0);
                GrowthLine {
                    partners: partners as u32,
                    cycle: chance(partners * scale),
                    ahead: chance(partners * scale * f64::from(request.cycles)),
                }
            })
            .collect(),
        day: day(&lead, f64::from(partners), lead_hours),
        record: public,
        plot: request.plot.clone(),
    };
    Ok((answer, lead))
}

/// Partners in good standing of a vault, by tier.
///
/// # Errors
/// When the ledger cannot be read.
pub async fn tiers(desk: &Desk) -> Result<BTreeMap<String, u32>, DeskError> {
    let mut tiers = BTreeMap::new();
    for partner in crate::program::partner::list(desk).await? {
        if matches!(partner.status, PartnerStatus::Active | PartnerStatus::OnNotice) {
            *tiers.entry(partner.tier.to_string()).or_default() += 1;
        }
    }
    Ok(tiers)
}

impl From<Rate> for Interval {
    fn from(rate: Rate) -> Self {
        Self { low: rate.low, middle: rate.middle, high: rate.high }
    }
}

/// The chance of at least one event of a known rate.
fn at_rate(rate: f64, exposure: f64) -> f64 {
    -(-rate * exposure).exp_m1()
}

/// The belief about rediscovery, per flaw and hour.
fn rediscovery(public: &PublicRecord, own: &OwnRecord) -> Hazard {
    let prior =
        Hazard { shape: public.rediscovery.rediscovered, exposure: public.rediscovery.flaw_days * DAY };
    prior.learn(&Record { leaks: own.rediscovered, exposure: own.flaw_days * DAY })
}

fn groups(request: &Request, public: Record) -> Vec<GroupLine> {
    let mut rows: Vec<(Group, Record)> = request
        .own
        .groups
        .iter()
        .map(|group| (group.clone(), Record { leaks: group.leaks, exposure: group.partners * group.cycles }))
        .collect();
    for tier in request.tiers.keys() {
        if !rows.iter().any(|(group, _)| group.tier == *tier && group.law.is_none()) {
            let group = Group { tier: tier.clone(), law: None, partners: 0.0, cycles: 0.0, leaks: 0 };
            rows.push((group, Record { leaks: 0, exposure: 0.0 }));
        }
    }
    let learnt: Vec<Record> = rows.iter().map(|row| row.1).chain([public]).collect();
    let Some(pool) = Pool::learn(&learnt) else { return Vec::new() };
    rows.into_iter()
        .map(|(group, record)| GroupLine {
            partners: request.tiers.get(&group.tier).copied().filter(|_| group.law.is_none()),
            leaks: record.leaks,
            exposure: record.exposure,
            alone: (record.exposure > 0.0).then(|| record.exact(CONFIDENCE).into()),
            shrunk: pool.group(&record).rate(CONFIDENCE).into(),
            tier: group.tier,
            law: group.law,
        })
        .collect()
}

fn day(lead: &Lead, partners: f64, hours: f64) -> DayLine {
    let added = lead.added(partners, hours, DAY);
    let partners_ready = added.ready * partners;
    DayLine {
        leaked: added.leaked,
        rediscovered: added.rediscovered,
        ready: added.ready,
        partners_ready,
        worth_if_told_earlier: partners_ready / added.leaked,
        worth_if_published_later: partners_ready / (added.leaked + added.rediscovered),
    }
}

/// Most partners, cycles and hours that are reckoned with.
const MOST: f64 = 1e6;

fn check(request: &Request, public: &PublicRecord) -> Result<(), DeskError> {
    let refuse = |what: String| Err(DeskError::new(Kind::Malformed, what));
    if request.partners.is_some_and(|partners| partners == 0 || f64::from(partners) > MOST) {
        return refuse("`--partners` is a number from 1 to 1,000,000".to_owned());
    }
    if request.cycles == 0 || f64::from(request.cycles) > MOST {
        return refuse("`--cycles` is a number from 1 to 1,000,000".to_owned());
    }
    for (name, hours) in [("--lead", request.lead_hours), ("--ready", Some(request.ready_hours))] {
        if hours.is_some_and(|hours| !(hours > 0.0 && hours <= MOST)) {
            return refuse(format!("`{name}` is a number of hours above 0, and up to 1,000,000"));
        }
    }
    if !public.counts.iter().any(|count| count.name == request.count) {
        let known: Vec<String> = public.counts.iter().map(|count| format!("`{}`", count.name)).collect();
        return Err(DeskError::new(
            Kind::Malformed,
            format!("the public record has no count `{}`", request.count),
        )
        .hint(format!("there are {}", known.join(", "))));
    }
    Ok(())
}

#[cfg(test)]
mod tests;
