//! The picture of a reckoning: partners, hours, and what a day buys.

use earmark_odds::risk::lead::Lead;
use earmark_papers::{Curve, Panel, Plot, plot_svg};

use super::{Answer, CONFIDENCE, at_rate};
use crate::error::{DeskError, Kind};

/// Points of a curve.
const POINTS: u32 = 60;

/// Draws `answer` as SVG.
///
/// # Errors
/// When the picture's template fails, which is a bug.
pub fn plot(answer: &Answer, lead: &Lead) -> Result<String, DeskError> {
    let (partners, hours) = (f64::from(answer.partners), answer.lead_hours);
    let leak = lead.leak.rate(CONFIDENCE);
    let found = lead.rediscovery.rate(CONFIDENCE);
    let cycles = f64::from(answer.cycles) * hours / lead.reference_hours;
    let panels = vec![
        panel(
            format!("a leak in {} cycles", answer.cycles),
            "partners",
            partners,
            vec![curve("at least one leak", 2.0 * partners, |n| {
                let ahead = n * cycles;
                (lead.leak.chance(ahead), (at_rate(leak.low, ahead), at_rate(leak.high, ahead)))
            })],
        ),
        panel(
            "one disclosure".to_owned(),
            "hours of lead time",
            hours,
            vec![
                curve("a leak", 3.0 * hours, |h| {
                    let ahead = partners * h / lead.reference_hours;
                    (lead.leak.chance(ahead), (at_rate(leak.low, ahead), at_rate(leak.high, ahead)))
                }),
                curve("somebody else finds it", 3.0 * hours, |h| {
                    (lead.rediscovery.chance(h), (at_rate(found.low, h), at_rate(found.high, h)))
                }),
            ],
        ),
        panel(
            "what the hours buy".to_owned(),
            "hours of lead time",
            hours,
            vec![curve("partners ready at T-0", 3.0 * hours, |h| {
                let ready = lead.outcome(partners, h).ready;
                (ready, (ready, ready))
            })],
        ),
    ];
    let cycle = &answer.cycle;
    let description = format!(
        "For {} partners with {} hours: a leak in one cycle has chance {:.2} %, interval {:.2} % to {:.2} %; that somebody else \
         finds the flaw in that time {:.2} %; {:.0} % of the partners are ready. For planning only.",
        answer.partners,
        hours,
        100.0 * cycle.leaked.middle,
        100.0 * cycle.leaked.low,
        100.0 * cycle.leaked.high,
        100.0 * cycle.rediscovered.middle,
        100.0 * cycle.ready
    );
    let title = format!(
        "{} partners, {} hours of lead time: what it risks, with 95 % intervals",
        answer.partners, hours
    );
    plot_svg(&Plot { title, description, panels })
        .map_err(|source| DeskError::because(Kind::Bug, "the plot cannot be drawn", source))
}

fn panel(title: String, axis: &str, here: f64, curves: Vec<Curve>) -> Panel {
    Panel { title, axis: axis.to_owned(), here, curves }
}

fn curve(name: &str, most: f64, at: impl Fn(f64) -> (f64, (f64, f64))) -> Curve {
    let point = |step: u32| {
        let x = most * f64::from(step) / f64::from(POINTS);
        let (middle, interval) = at(x);
        (x, middle, interval)
    };
    Curve { name: name.to_owned(), points: (0..=POINTS).map(point).collect() }
}
