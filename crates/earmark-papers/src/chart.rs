//! The picture of a trace: all copies, what copies with no part look like, the threshold, who is over it.
//!
//! Up to [`BARS`] copies each get a bar, highest first, before the silhouette that as many copies without a
//! part would make (the quantiles of their law). More become a histogram, with each copy over the threshold
//! standing alone. Shapes and words carry the meaning; colors only repeat it.

use crate::drawing::{Drawing, at};
use crate::law;
use crate::number::{commas, counted, one_in, score, superscript};
use crate::report::{Scale, Scored, TraceReport};
use crate::text;

/// Most copies that get a bar of their own.
pub(crate) const BARS: usize = 160;
/// Most copies that get their name into the picture.
const NAMED: usize = 8;
const WIDTH: u32 = 760;
const HEIGHT: u32 = 320;
const LEFT: f64 = 74.0;
const RIGHT: f64 = 748.0;
const TOP: f64 = 22.0;
const BOTTOM: f64 = 276.0;
/// Bins of the histogram.
const BINS: usize = 64;

/// The copies, best first: by the exact chance (or by the score, where the picture measures scores), then by id.
#[must_use]
pub(crate) fn ranked(report: &TraceReport) -> Vec<&Scored> {
    let mut ranked: Vec<&Scored> = report.recipients.iter().collect();
    ranked.sort_by(|a, b| {
        let by_value = value(&report.scale, b).total_cmp(&value(&report.scale, a));
        by_value.then_with(|| b.score.total_cmp(&a.score)).then_with(|| a.recipient.cmp(&b.recipient))
    });
    ranked
}

/// Draws the picture; `None` when there is nobody to draw.
#[must_use]
pub(crate) fn draw(report: &TraceReport) -> Option<Drawing> {
    let ranked = ranked(report);
    let plot = Plot::of(report, &ranked)?;
    let mut drawing = Drawing { width: WIDTH, height: HEIGHT, ..Drawing::default() };
    drawing.title = format!(
        "{}: how well the marks read agree with each",
        if ranked.len() == 1 {
            "The only copy".to_owned()
        } else {
            format!("All {} copies", commas(ranked.len() as u64))
        }
    );
    drawing.description = describe(report, &ranked, plot.threshold);
    if ranked.len() <= BARS {
        bars(&mut drawing, &plot)
    } else {
        histogram(&mut drawing, &plot)
    }
    Some(drawing)
}

/// How a copy stands to the verdict.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Standing {
    Named,
    OneOf,
    Other,
}

struct Plot<'a> {
    scale: &'a Scale,
    copies: Vec<(&'a Scored, f64, Standing)>,
    threshold: f64,
    low: f64,
    high: f64,
}

impl<'a> Plot<'a> {
    fn of(report: &'a TraceReport, ranked: &[&'a Scored]) -> Option<Self> {
        let scale = &report.scale;
        let threshold = match *scale {
            Scale::Chance { log10_threshold } => -log10_threshold,
            Scale::Score { threshold, .. } => threshold,
        };
        let threshold = if threshold.is_finite() { threshold } else { 0.0 };
        let copies: Vec<_> =
            ranked.iter().map(|copy| (*copy, value(scale, copy), standing(report, copy))).collect();
        let (first, last) = (copies.first()?.1, copies.last()?.1);
        // A bar far over the threshold would flatten everybody else: the axis ends at three thresholds.
        let high = (first * 1.06).clamp(threshold * 1.18, threshold.abs().max(1.0) * 3.0).max(1.0);
        let low = match scale {
            Scale::Chance { .. } => 0.0,
            Scale::Score { .. } => last.min(law::quantile(scale, 0.999)).min(0.0).max(-3.0 * high),
        };
        Some(Self { scale, copies, threshold, low, high })
    }

    fn share(&self, value: f64) -> f64 {
        ((value - self.low) / (self.high - self.low)).clamp(0.0, 1.0)
    }

    fn tick(&self, value: f64) -> String {
        match self.scale {
            Scale::Chance { .. } if value < 0.5 => "1".to_owned(),
            Scale::Chance { .. } if value < 3.5 => format!("1 in {}", commas(10u64.pow(value as u32))),
            Scale::Chance { .. } => format!("1 in 10{}", superscript(&format!("{value:.0}"))),
            Scale::Score { .. } if value < 0.0 => format!("\u{2212}{:.0}", -value),
            Scale::Score { .. } => format!("{value:.0}"),
        }
    }

    /// Round values inside the axis, at most seven.
    fn ticks(&self) -> Vec<f64> {
        let step = [1.0, 2.0, 5.0, 10.0, 20.0, 50.0, 100.0, 200.0, 500.0, 1e3, 2e3, 5e3, 1e4]
            .into_iter()
            .find(|step| (self.high - self.low) / step <= 6.5)
            .unwrap_or(self.high - self.low);
        let first = (self.low / step).ceil() as i64;
        (first..first + 8).map(|i| i as f64 * step).filter(|tick| *tick <= self.high).collect()
    }

    fn caption(&self) -> &'static str {
        match self.scale {
            Scale::Chance { .. } => "chance that one copy with no part agrees so well",
            Scale::Score { .. } => "score",
        }
    }
}

fn bars(drawing: &mut Drawing, plot: &Plot<'_>) {
    let n = plot.copies.len() as f64;
    let y = |value: f64| BOTTOM - plot.share(value) * (BOTTOM - TOP);
    let pitch = ((RIGHT - LEFT) / n).min(56.0);
    let x = |rank: f64| LEFT + rank * pitch;
    grid(drawing, plot, &y);

    let mut outline = format!("M{} {}", at(x(0.0)), at(y(0.0)));
    for rank in 0..plot.copies.len() {
        let expected = law::quantile(plot.scale, (rank as f64 + 0.5) / n);
        outline += &format!("V{}H{}", at(y(expected)), at(x(rank as f64 + 1.0)));
    }
    outline += &format!("V{}Z", at(y(0.0)));
    drawing.paths.push((outline, "innocents"));

    let width = (pitch * 0.7).min(pitch - 0.6);
    for (rank, (copy, value, standing)) in plot.copies.iter().enumerate() {
        let left = x(rank as f64) + (pitch - width) / 2.0;
        drawing.bar(left, (y(*value), y(0.0)), width, standing.class(), hover(plot.scale, copy));
        if *value > plot.high {
            // Two white strokes break a bar that goes on beyond the picture.
            for step in [14.0, 19.0] {
                drawing.line((left - 3.0, TOP + step + 3.0), (left + width + 3.0, TOP + step - 3.0), "break");
            }
        }
    }
    drawing.line((LEFT, y(0.0)), (RIGHT, y(0.0)), "axis");
    drawing.line((LEFT, y(plot.threshold)), (RIGHT, y(plot.threshold)), "threshold");
    drawing.word(
        (RIGHT, y(plot.threshold) - 6.0),
        "end",
        "threshold-word",
        "a copy is named from this line up",
    );

    let marked: Vec<_> =
        plot.copies.iter().enumerate().filter(|(_, copy)| copy.2 != Standing::Other).collect();
    let column = x(marked.iter().map(|(rank, _)| *rank).take(NAMED).max().unwrap_or(0) as f64 + 1.0) + 14.0;
    let mut line = TOP + 6.0;
    for (rank, (copy, value, standing)) in marked.iter().take(NAMED).map(|(rank, copy)| (*rank, copy)) {
        let top = y(*value);
        let place = line.max(top + 4.0).min(y(plot.threshold) - 24.0).max(line);
        drawing.line(
            (x(rank as f64) + (pitch + width) / 2.0, top.max(TOP) + 1.0),
            (column - 4.0, place - 4.0),
            "leader",
        );
        drawing.word((column, place), "start", "name", label(copy, *standing));
        line = place + 17.0;
    }
    if marked.len() > NAMED {
        drawing.word((column, line), "start", "name", format!("and {} more", marked.len() - NAMED));
    }
    let caption = if plot.copies.len() == 1 {
        "one copy".to_owned()
    } else {
        format!("{} copies, highest first", commas(plot.copies.len() as u64))
    };
    drawing.word((LEFT, BOTTOM + 20.0), "start", "caption", caption);
    legend(drawing, plot);
}

fn histogram(drawing: &mut Drawing, plot: &Plot<'_>) {
    let n = plot.copies.len() as f64;
    let bin = (plot.high - plot.low) / BINS as f64;
    let width = (RIGHT - LEFT) / BINS as f64;
    let mut counts = [0u32; BINS];
    for (_, value, _) in plot.copies.iter().filter(|copy| copy.2 != Standing::Named) {
        let index = (((value - plot.low) / bin).max(0.0) as usize).min(BINS - 1);
        counts[index] += 1;
    }
    let expected: Vec<f64> = (0..BINS)
        .map(|i| {
            let from = plot.low + i as f64 * bin;
            let below = if i == 0 { 1.0 } else { law::above(plot.scale, from) };
            n * (below - law::above(plot.scale, from + bin))
        })
        .collect();
    let most = expected.iter().copied().chain(counts.iter().map(|c| f64::from(*c))).fold(1.0, f64::max);
    // Heights grow with the square root, so that one copy beside a thousand is still seen.
    let y = |count: f64| BOTTOM - (count / most).sqrt() * (BOTTOM - TOP - 26.0);
    let x = |value: f64| LEFT + plot.share(value) * (RIGHT - LEFT);

    for tick in plot.ticks() {
        drawing.rule((x(tick), TOP), (x(tick), BOTTOM));
        drawing.word((x(tick), BOTTOM + 15.0), "middle", "tick", plot.tick(tick));
    }
    for count in [1u32, 10, 50, 100, 500, 1_000, 5_000, 10_000, 100_000, 1_000_000] {
        if f64::from(count) <= most {
            drawing.rule((LEFT, y(f64::from(count))), (RIGHT, y(f64::from(count))));
            drawing.word((LEFT - 7.0, y(f64::from(count)) + 4.0), "end", "tick", commas(count.into()));
        }
    }
    let mut outline = format!("M{} {}", at(LEFT), at(BOTTOM));
    for (i, count) in expected.iter().enumerate() {
        outline += &format!("V{}H{}", at(y(*count)), at(LEFT + (i as f64 + 1.0) * width));
    }
    drawing.paths.push((outline + &format!("V{}Z", at(BOTTOM)), "innocents"));
    for (i, count) in counts.iter().enumerate().filter(|(_, count)| **count > 0) {
        let hover = counted(u64::from(*count), "copy", "copies");
        drawing.bar(
            LEFT + i as f64 * width + width * 0.15,
            (y(f64::from(*count)), BOTTOM),
            width * 0.7,
            "bar",
            hover,
        );
    }
    drawing.line((LEFT, BOTTOM), (RIGHT, BOTTOM), "axis");
    drawing.line((x(plot.threshold), TOP), (x(plot.threshold), BOTTOM), "threshold");
    drawing.word(
        (x(plot.threshold) - 6.0, BOTTOM - 60.0),
        "end",
        "threshold-word",
        "a copy is named from this line on",
    );

    let named: Vec<_> = plot.copies.iter().filter(|copy| copy.2 == Standing::Named).collect();
    for (i, (copy, value, standing)) in named.iter().take(NAMED).enumerate() {
        let (center, top) = (x(*value), TOP + 22.0 + 17.0 * i as f64);
        drawing.bar(center - 2.5, (top, BOTTOM), 5.0, standing.class(), hover(plot.scale, copy));
        let name = label(copy, *standing);
        let (place, anchor) = match center + 12.0 + name.chars().count() as f64 * 8.0 {
            right if right < RIGHT => (center + 9.0, "start"),
            _ => (center - 9.0, "end"),
        };
        drawing.word((place, top + 5.0), anchor, "name", name);
    }
    if named.len() > NAMED {
        let place = (LEFT + 8.0, TOP + 27.0 + 17.0 * NAMED as f64);
        drawing.word(place, "start", "name", format!("and {} more", named.len() - NAMED));
    }
    drawing.word((RIGHT, BOTTOM + 35.0), "end", "caption", plot.caption());
    drawing.word((LEFT - 7.0, TOP + 2.0), "end", "caption", "copies");
    drawing.bar(LEFT, (BOTTOM + 26.0, BOTTOM + 36.0), 16.0, "innocents", String::new());
    drawing.word((LEFT + 22.0, BOTTOM + 35.0), "start", "caption", "as many copies with no part, on average");
}

fn grid(drawing: &mut Drawing, plot: &Plot<'_>, y: &dyn Fn(f64) -> f64) {
    for tick in plot.ticks() {
        drawing.rule((LEFT, y(tick)), (RIGHT, y(tick)));
        drawing.word((LEFT - 7.0, y(tick) + 4.0), "end", "tick", plot.tick(tick));
    }
    drawing.word((0.0, TOP - 9.0), "start", "caption", plot.caption());
}

fn legend(drawing: &mut Drawing, plot: &Plot<'_>) {
    let mut entries = vec![("innocents", "as many copies with no part, on average"), ("bar", "a copy")];
    if plot.copies.iter().any(|copy| copy.2 == Standing::OneOf) {
        entries.push(("bar set", "in a set"));
    }
    if plot.copies.iter().any(|copy| copy.2 == Standing::Named) {
        entries.push(("bar named", "named"));
    }
    let mut x = RIGHT;
    for (class, words) in entries.into_iter().rev() {
        x -= words.chars().count() as f64 * 6.1 + 6.0;
        drawing.word((x, BOTTOM + 35.0), "start", "caption", words);
        drawing.bar(x - 20.0, (BOTTOM + 26.0, BOTTOM + 36.0), 14.0, class, String::new());
        x -= 38.0;
    }
}

fn describe(report: &TraceReport, ranked: &[&Scored], threshold: f64) -> String {
    let mut words = match report.scale {
        Scale::Chance { .. } => format!(
            "Each copy stands as high as agreement like its own is rare among copies with no part. The threshold is {}.",
            one_in(-threshold)
        ),
        Scale::Score { mean, sd, .. } => format!(
            "Each copy stands as high as its score. Copies with no part score {} on average, with a standard \
             deviation of {}. The threshold is {}.",
            score(mean),
            score(sd),
            score(threshold)
        ),
    };
    let over = report.suspects.len() as u64;
    words += &match over {
        0 => " No copy is named.".to_owned(),
        1 => " One copy is named.".to_owned(),
        _ => format!(" {} copies are named.", commas(over)),
    };
    for copy in ranked.iter().take(3) {
        words += &format!(" {}: {}.", text::name(&copy.name, 60), measure(&report.scale, copy));
    }
    words + " All numbers are in the table below."
}

impl Standing {
    fn class(self) -> &'static str {
        match self {
            Self::Named => "bar named",
            Self::OneOf => "bar set",
            Self::Other => "bar",
        }
    }
}

fn standing(report: &TraceReport, copy: &Scored) -> Standing {
    if report.suspects.iter().any(|suspect| suspect.recipient == copy.recipient) {
        Standing::Named
    } else if report.one_of.iter().any(|set| set.members.iter().any(|(member, _)| *member == copy.recipient))
    {
        Standing::OneOf
    } else {
        Standing::Other
    }
}

/// What is drawn of a copy; what is no number counts as agreeing not at all.
fn value(scale: &Scale, copy: &Scored) -> f64 {
    match *scale {
        Scale::Chance { .. } if copy.log10_p_exact.is_nan() => 0.0,
        Scale::Chance { .. } => -copy.log10_p_exact.clamp(-1e3, 0.0),
        Scale::Score { mean, .. } if !copy.score.is_finite() => {
            if mean.is_finite() {
                mean
            } else {
                0.0
            }
        }
        Scale::Score { .. } => copy.score,
    }
}

fn measure(scale: &Scale, copy: &Scored) -> String {
    match scale {
        Scale::Chance { .. } => one_in(copy.log10_p_exact).to_string(),
        Scale::Score { .. } => format!("score {}", score(copy.score)),
    }
}

fn hover(scale: &Scale, copy: &Scored) -> String {
    format!("{}: {}", text::name(&copy.name, 60), measure(scale, copy))
}

fn label(copy: &Scored, standing: Standing) -> String {
    let set = if standing == Standing::OneOf { " (in a set)" } else { "" };
    format!("{}{set}", text::name(&copy.name, 40))
}
