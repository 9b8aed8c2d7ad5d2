//! The first sentence of a report, one for each verdict, and the fixed words on what its figure covers.
//!
//! A trace names a copy, never a person, a company, an act or an intent: every sentence here has "the copy
//! issued to" before a name, and "was used in making" behind it.

use crate::number::{OneIn, commas, counted, one_in};
use crate::report::{OneOf, Suspect, TraceReport, Verdict};
use crate::text;

/// Longest name or path in a sentence, in characters.
const NAME: usize = 160;

/// A piece of a sentence.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Piece {
    /// Our own words.
    Text(String),
    /// A display name, made visible.
    Name(String),
    /// A path, made visible.
    Path(String),
    /// A chance.
    Chance(OneIn),
}

/// A text whose foreign parts are told apart from our own words.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Sentence(pub Vec<Piece>);

impl Sentence {
    fn text(mut self, words: impl Into<String>) -> Self {
        self.0.push(Piece::Text(words.into()));
        self
    }

    fn path(mut self, path: &str) -> Self {
        self.0.push(Piece::Path(text::name(path, NAME)));
        self
    }

    fn chance(mut self, log10: f64) -> Self {
        self.0.push(Piece::Chance(one_in(log10)));
        self
    }

    /// `A`, `A and B`, `A, B and C`; after eight names `and 3 more`.
    fn names<'a>(mut self, names: impl ExactSizeIterator<Item = &'a str>) -> Self {
        let (total, shown) = (names.len(), if names.len() > 9 { 8 } else { names.len() });
        for (i, name) in names.take(shown).enumerate() {
            if i > 0 {
                self = self.text(if i + 1 == total { " and " } else { ", " });
            }
            self.0.push(Piece::Name(text::name(name, NAME)));
        }
        if shown < total { self.text(format!(" and {} more", total - shown)) } else { self }
    }
}

impl std::fmt::Display for Sentence {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        self.0.iter().try_for_each(|piece| match piece {
            Piece::Text(words) | Piece::Name(words) => f.write_str(words),
            Piece::Path(path) => write!(f, "`{path}`"),
            Piece::Chance(chance) => write!(f, "{chance}"),
        })
    }
}

/// What is said of a set, always, beside it.
pub const SET_WORDS: &str = "This says nothing about any single member of the set: it is a lead for inquiry and \
                             hearing, never ground for a sanction, and not for use outside.";

/// Says what the trace found, in one or two sentences.
#[must_use]
pub fn first_sentence(report: &TraceReport) -> Sentence {
    match report.verdict {
        Verdict::Traced => match (report.suspects.as_slice(), report.one_of.as_slice()) {
            ([], []) => ours(report).text(". The report names neither a copy nor a set of copies."),
            ([], [set, ..]) => one_of(report, set),
            (suspects, _) => named(report, suspects),
        },
        Verdict::Unmarked => unmarked(report),
        Verdict::OursUntraceable => untraceable(report),
        Verdict::NotOurs => not_ours(report),
    }
}

/// Says what a set of copies means, with its bound and without the words of [`SET_WORDS`].
#[must_use]
pub fn set_sentence(report: &TraceReport, set: &OneOf) -> Sentence {
    let names = set.members.iter().map(|(_, name)| name.as_str());
    let many = match set.members.len() {
        2 => "any two".to_owned(),
        3 => "any three".to_owned(),
        other => format!("any {other}"),
    };
    let sentence = Sentence::default().text("At least one of the copies issued to ").names(names);
    made_from(sentence.text(" was used in making "), report)
        .text(format!(
            ". If none of them played a part, marks agreeing this well with {many} of the {} copies would occur \
             with a chance under ",
            commas(report.n)
        ))
        .chance(set.log10_bound)
        .text(".")
}

fn named(report: &TraceReport, suspects: &[Suspect]) -> Sentence {
    let names = suspects.iter().map(|suspect| suspect.name.as_str());
    let weakest = suspects.iter().map(|suspect| suspect.log10_bound).fold(f64::NEG_INFINITY, f64::max);
    let one = suspects.len() == 1;
    let sentence = Sentence::default()
        .text(if one { "The copy issued to " } else { "The copies issued to " })
        .names(names)
        .text(if one { " was used in making " } else { " were used in making " });
    let of = if report.n == 1 {
        "the only copy".to_owned()
    } else {
        format!("any of the {} copies", commas(report.n))
    };
    made_from(sentence, report)
        .text(format!(
            ". If a copy played no part, marks agreeing this well with {of} would occur with a chance under "
        ))
        .chance(weakest)
        .text(match suspects.len() {
            1 => ".",
            2 => ": this is the figure of the weaker of the two.",
            _ => ": this is the figure of the weakest of them.",
        })
}

fn one_of(report: &TraceReport, set: &OneOf) -> Sentence {
    set_sentence(report, set).text(" This says nothing about any single member of the set.")
}

fn unmarked(report: &TraceReport) -> Sentence {
    let sentence = subject(report, Sentence::default()).text(format!(
        " ({}) was made from an unmarked version: no issued copy explains it, unless somebody put the \
             original’s forms back.",
        extent(report)
    ));
    let Some(unmarked) = report.unmarked else { return sentence };
    let (source, made) = match unmarked.c {
        0 | 1 => ("Had any given copy".to_owned(), "its source"),
        c => (format!("Had any given {c} copies together"), "its only source"),
    };
    sentence
        .text(format!(
            " {source} been {made}, as few as {} of {} would differ from the original with a chance under ",
            commas(unmarked.t),
            counted(unmarked.eligible, "position", "positions")
        ))
        .chance(unmarked.log10_bound)
        .text(". It accuses nobody.")
}

fn untraceable(report: &TraceReport) -> Sentence {
    let eligible = report.positions_read + report.positions_erased;
    let sentence = ours(report).text(format!(
        ", but too little was read to say from which copy: {} of {}.",
        commas(report.positions_read),
        counted(eligible, "position", "positions")
    ));
    match report.positions_wanted {
        Some(wanted) => sentence.text(format!(
            " About {} more would name a single copy, had one alone been used.",
            commas(wanted)
        )),
        None => sentence,
    }
}

fn not_ours(report: &TraceReport) -> Sentence {
    let sentence = subject(report, Sentence::default());
    let sentence = match &report.asset {
        Some(asset) => sentence.text(" holds nothing of ").path(&asset.name),
        None => sentence.text(" holds no protected material"),
    };
    let sentence =
        sentence.text(if report.upstream.is_empty() { "." } else { " outside what is public upstream." });
    match report.unscanned.len() as u64 {
        0 => sentence,
        lost => sentence
            .text(format!(" {} could not be opened: unscanned, not clean.", counted(lost, "part", "parts"))),
    }
}

fn ours(report: &TraceReport) -> Sentence {
    let sentence = subject(report, Sentence::default()).text(" holds protected material");
    let sentence = match &report.asset {
        Some(asset) => sentence.text(" of ").path(&asset.name),
        None => sentence,
    };
    sentence.text(format!(" ({})", extent(report)))
}

/// The leaf, if all regions are in one; else the sample.
fn subject(report: &TraceReport, sentence: Sentence) -> Sentence {
    let mut leaves = report.regions.iter().map(|region| region.sample_path.as_str());
    if let Some(first) = leaves.next()
        && leaves.all(|leaf| leaf == first)
    {
        return sentence.path(first);
    }
    match report.samples.as_slice() {
        [] => sentence.text("The sample"),
        [one] => sentence.path(&one.path),
        [first, more @ ..] => sentence
            .path(&first.path)
            .text(format!(" and {}", counted(more.len() as u64, "further sample", "further samples"))),
    }
}

fn made_from(sentence: Sentence, report: &TraceReport) -> Sentence {
    subject(report, sentence).text(format!(" ({})", extent(report)))
}

fn extent(report: &TraceReport) -> String {
    format!(
        "{}, {} read",
        counted(report.regions.len() as u64, "region", "regions"),
        counted(report.lines, "line", "lines")
    )
}
