use std::fmt::Display;

use askama::Template;
use earmark_model::{Digest, Level};

use crate::chart;
use crate::drawing::Drawing;
use crate::excerpt::{self, Excerpt};
use crate::number::{self, Small, small, thin};
use crate::policy::policy;
use crate::reading::{ReadingError, embeddable};
use crate::report::{RegionLine, Scale, Scored, SiteState, TraceReport, Unmarked, Verdict};
use crate::scope;
use crate::sentence::{self, Piece, SET_WORDS, Sentence};
use crate::{instant, text};

/// Regions shown line by line; the others are listed.
pub const SHOWN_REGIONS: usize = 12;
/// Copies in the open part of the table.
const TOP: usize = 20;
/// Entries of any other list.
const LISTED: usize = 200;

const STYLE: &str = include_str!("../templates/report.css");
const SCRIPT: &str = include_str!("../templates/report.js");
/// The second verifier, the very files that run under node.
const VERIFIER: &str = concat!(
    include_str!("../../../verify/document.js"),
    "\n",
    include_str!("../../../verify/growing.js"),
    "\n",
    include_str!("../../../verify/reading.js")
);

/// Why a report was not rendered.
#[derive(Debug, thiserror::Error)]
pub enum RenderError {
    /// The reading document cannot be embedded.
    #[error(transparent)]
    Reading(#[from] ReadingError),
    /// The template failed.
    #[error("the page of the report cannot be written")]
    Page(#[from] askama::Error),
}

/// Renders a trace report as one HTML page that asks nothing of the network and reads without scripts.
///
/// The same report gives the same bytes. What is long is bounded: [`SHOWN_REGIONS`] regions line by line, 20 copies
/// in the open part of their table, 200 entries of any other list; what is left out is counted.
///
/// # Errors
/// [`RenderError::Reading`] if `report.reading` is no JSON.
pub fn render(report: &TraceReport) -> Result<String, RenderError> {
    let ranked = chart::ranked(report);
    let page = Page {
        report,
        policy: policy(STYLE, &[VERIFIER, SCRIPT]),
        style: STYLE,
        verifier: VERIFIER,
        script: SCRIPT,
        sentence: sentence::first_sentence(report),
        drawing: chart::draw(report),
        top: &ranked[..ranked.len().min(TOP)],
        rest: &ranked[ranked.len().min(TOP)..],
        excerpts: report.regions.iter().take(SHOWN_REGIONS).map(excerpt::excerpt).collect(),
        listed: report.regions.get(SHOWN_REGIONS..).unwrap_or_default(),
        reading: embeddable(&report.reading)?,
    };
    Ok(page.render()?)
}

#[derive(Template)]
#[template(path = "report.html")]
struct Page<'a> {
    report: &'a TraceReport,
    policy: String,
    style: &'static str,
    verifier: &'static str,
    script: &'static str,
    sentence: Sentence,
    drawing: Option<Drawing>,
    top: &'a [&'a Scored],
    rest: &'a [&'a Scored],
    excerpts: Vec<Excerpt<'a>>,
    listed: &'a [RegionLine],
    reading: String,
}

/// What the template asks for.
impl Page<'_> {
    fn name(&self, text: &str) -> String {
        text::name(text, 160)
    }

    fn path(&self, text: &str) -> String {
        text::name(text, 300)
    }

    fn short(&self, digest: &Digest) -> String {
        digest.short()
    }

    fn n(&self, count: impl Display) -> String {
        number::thin_digits(count)
    }

    fn score(&self, score: &f64) -> String {
        number::score(*score)
    }

    fn chance(&self, log10: &f64) -> Small {
        small(*log10)
    }

    fn share(&self, chance: &f64) -> Small {
        small(chance.log10())
    }

    /// log10 of n p, as long as that is a chance.
    fn bound(&self, log10_p: &f64) -> Small {
        small(log10_p + (self.report.n.max(1) as f64).log10())
    }

    /// One-line answers beside the sentence: what, how much.
    fn figures(&self) -> Vec<(&'static str, String)> {
        let report = self.report;
        let mut figures = Vec::new();
        let eligible = report.positions_read + report.positions_erased;
        if report.verdict == Verdict::Traced {
            let bounds = report.suspects.iter().map(|suspect| suspect.log10_bound);
            let sets = report.one_of.iter().map(|set| set.log10_bound);
            let bound = bounds.reduce(f64::max).or_else(|| sets.reduce(f64::max));
            figures.extend(
                bound.map(|log10| ("chance of a false accusation, under", number::one_in(log10).to_string())),
            );
        }
        if report.n > 0 {
            figures.push(("copies considered", thin(report.n)));
        }
        if eligible > 0 {
            figures
                .push(("positions read", format!("{} of {}", thin(report.positions_read), thin(eligible))));
        }
        if let Some(wanted) = report.positions_wanted.filter(|_| report.verdict == Verdict::OursUntraceable) {
            figures.push(("more would do", format!("≈\u{202f}{}", thin(wanted))));
        }
        if report.lines > 0 {
            figures.push(("lines in regions", thin(report.lines)));
        }
        if report.verdict == Verdict::NotOurs {
            figures.push(("leaves looked at", thin(report.samples.iter().map(|sample| sample.leaves).sum())));
            figures.push(("unscanned", thin(report.unscanned.len() as u64)));
        }
        figures
    }

    fn conditioned(&self) -> bool {
        self.report.suspects.iter().any(|suspect| !suspect.given.is_empty())
    }

    fn covers(&self) -> String {
        scope::covers(self.report)
    }

    /// What the figure of the verdict `unmarked` and the check of the real codewords say.
    fn codewords(&self, unmarked: &Unmarked) -> String {
        let n = number::counted(self.report.n, "copy", "copies");
        match unmarked.c {
            0 | 1 => format!(
                "The figure is for any given copy, and the recorded codewords bear it out: none of the {n} could \
                 alone have left so few. For several together nothing is claimed."
            ),
            c => format!(
                "The figure is for any given {c} copies together, and the recorded codewords bear it out: no {c} of \
                 the {n} could have left so few. For more than {c} together nothing is claimed."
            ),
        }
    }

    fn late(&self) -> Option<(String, String)> {
        let (seen, until) = (self.report.first_seen?, self.report.confidential_until?);
        (seen > until).then(|| (instant::words(seen), instant::words(until)))
    }

    fn named(&self, copy: &Scored) -> bool {
        self.report.suspects.iter().any(|suspect| suspect.recipient == copy.recipient)
    }

    fn in_set(&self, copy: &Scored) -> bool {
        self.report.one_of.iter().flat_map(|set| &set.members).any(|(member, _)| *member == copy.recipient)
    }

    /// The best copy that is not named: a control of its own.
    fn second_best(&self) -> Option<&Scored> {
        let mut all = self.top.iter().chain(self.rest);
        (self.report.verdict == Verdict::Traced)
            .then(|| all.find(|copy| !self.named(copy) && !self.in_set(copy)).copied())?
    }

    fn sites(&self, state: SiteState) -> u64 {
        let of = |layer: &crate::report::LayerLine| match state {
            SiteState::Read => layer.read,
            SiteState::Erased => layer.erased,
            SiteState::Disagrees => layer.disagreeing,
        };
        self.report.layers.iter().map(of).sum()
    }

    fn instant(&self, instant: &earmark_model::UnixMillis) -> String {
        instant::words(*instant)
    }

    fn left_out(&self, length: usize) -> usize {
        length.saturating_sub(LISTED)
    }
}
