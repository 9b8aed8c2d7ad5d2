//! `earmark risk`.

use std::collections::BTreeMap;
use std::fs;
use std::path::PathBuf;

use earmark_desk::error::DeskError;
use earmark_desk::odds::risk::{self, Answer, Interval, OwnRecord, Request};

use super::output::{Output, grouped, printing};
use super::place::Place;
use crate::wiring;

/// Reckon what sharing with so many, so early, risks and buys.
#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    /// How many partners receive [default: the vault's, else the public record's 80]
    #[arg(long)]
    partners: Option<u32>,
    /// Their lead time in hours [default: the public record's 24]
    #[arg(long, value_name = "HOURS")]
    lead: Option<f64>,
    /// Hours in which half of the partners become ready: yours to know
    #[arg(long, value_name = "HOURS", default_value_t = 24.0)]
    ready: f64,
    /// Cycles to look ahead
    #[arg(long, default_value_t = 12)]
    cycles: u32,
    /// What counts as a leak in the public record: `confirmed` (1), `suspected` (3) or `widest` (4)
    #[arg(long, default_value = "suspected")]
    count: String,
    /// The program's own record of leaks, in JSON
    #[arg(long, value_name = "FILE")]
    record: Option<PathBuf>,
    /// Draw it into this file, as SVG
    #[arg(long, value_name = "FILE")]
    plot: Option<PathBuf>,
}

/// Reckons; of a vault, where there is one, only the partners in each tier are counted.
pub(crate) async fn run(place: &Place, args: &Args, output: Output) -> Result<(), DeskError> {
    let own = args.record.as_deref().map_or_else(|| Ok(OwnRecord::default()), risk::own_record)?;
    let tiers = if wiring::has_vault(place) {
        risk::tiers(&wiring::open(place).await?).await?
    } else {
        BTreeMap::new()
    };
    let (answer, lead) = risk::reckon(&Request {
        partners: args.partners,
        lead_hours: args.lead,
        ready_hours: args.ready,
        cycles: args.cycles,
        count: args.count.clone(),
        own,
        tiers,
        plot: args.plot.clone(),
    })?;
    if let Some(path) = &args.plot {
        let svg = risk::plot(&answer, &lead)?;
        fs::write(path, svg).map_err(|source| DeskError::io("write", path, source))?;
    }
    output.answer(&answer, || text(&answer)).map_err(printing)
}

fn text(answer: &Answer) -> String {
    let mut text = format!(
        "{} partners, {} hours of lead time; intervals of 95 %\n\nleaks per partner and cycle\n",
        grouped(u64::from(answer.partners)),
        answer.lead_hours
    );
    for line in &answer.rates {
        let leaks = format!("{} ({})", line.leaks, line.count);
        text += &format!("  {leaks:<14} exact {}   believed {}\n", rate(line.exact), rate(line.believed));
    }
    text += &format!(
        "  in {} partner-cycles; prior: {}\n",
        grouped(answer.rates.first().map_or(0.0, |line| line.exposure) as u64),
        answer.prior
    );
    if !answer.groups.is_empty() {
        text += "\nby tier, shrunk to the pool\n";
        for group in &answer.groups {
            let name = group.law.as_ref().map_or(group.tier.clone(), |law| format!("{} ({law})", group.tier));
            let partners = group.partners.map_or_else(String::new, |n| format!(", {n} partners"));
            text += &format!(
                "  {name}{partners}: {}, from {} leaks in {} partner-cycles\n",
                rate(group.shrunk),
                group.leaks,
                grouped(group.exposure as u64)
            );
        }
    }
    let cycle = &answer.cycle;
    text += &format!(
        "\none cycle ({} count)\n  a leak before T-0       {}\n  somebody else finds it  {}\n  partners ready at T-0   {}\n",
        answer.count,
        share(cycle.leaked),
        share(cycle.rediscovered),
        percent(cycle.ready)
    );
    text += &format!("\npartners   a leak in one cycle            in {} cycles\n", answer.cycles);
    for line in &answer.growth {
        text += &format!("{:>8}   {:<28}   {}\n", line.partners, share(line.cycle), share(line.ahead));
    }
    let day = &answer.day;
    text += &format!(
        "\none more day\n  costs   {} more chance of a leak; won by publishing later, also {} of somebody else finding it\n  \
         buys    {} more of the partners ready at T-0: {:.1} of them\n  worth it while an early leak does less harm than {:.0} \
         partners who are not ready\n          ({:.0} if the day is won by publishing later)\n\nFor planning only: it says nothing about any partner.\n",
        percent(day.leaked),
        percent(day.rediscovered),
        percent(day.ready),
        day.partners_ready,
        day.worth_if_told_earlier,
        day.worth_if_published_later
    );
    text
}

fn rate(rate: Interval) -> String {
    format!("{:.1e} ({:.1e} to {:.1e})", rate.middle, rate.low, rate.high)
}

fn share(share: Interval) -> String {
    format!("{} ({} to {})", percent(share.middle), percent(share.low), percent(share.high))
}

fn percent(share: f64) -> String {
    let share = 100.0 * share;
    if share >= 9.95 { format!("{share:.0} %") } else { format!("{share:.2} %") }
}
