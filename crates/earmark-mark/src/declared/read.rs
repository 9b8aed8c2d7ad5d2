//! Reads declared sites: original and sample as words, aligned with every declared place left open;
//! between neighbors that are sure, the form that fits.

use std::collections::HashMap;
use std::ops::Range;

use earmark_align::align;
use earmark_model::{Layer, Region, Span};

use crate::declared::fit::{Fit, Piece, Stretch, fit};
use crate::declared::stream::{Setting, Word, form_words, setting, words};
use crate::draft::Part;
use crate::lex::{Lexicon, lex};
use crate::table::FileTable;
use crate::write::write_placed;

/// Stands for a declared place among the hashes of words, which are never below 1.
const OPEN: u32 = 0;
/// Bytes looked at beyond a region's ends.
const SLACK: u32 = 800;
/// Regions nearer than this in the sample are read as one.
const NEAR: u32 = 6_000;
/// More windows than this are read as one.
const WINDOWS: usize = 16;
/// How often what was not found is sought again elsewhere in a window: passages move.
const ROUNDS: usize = 3;
/// Cells of a fitted stretch at most; a longer one is fitted from both its ends.
const CELLS: usize = 300_000;
/// Words of the original looked at beyond a sure neighbor where the other one is missing.
const REACH: usize = 60;
/// Agreeing words in a row that make a place sure, in prose and in code.
const RUN: (usize, usize) = (3, 6);

/// A declared site that was read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct DeclaredReading {
    /// Index of the site in its file's table.
    pub(crate) site: usize,
    pub(crate) form: u8,
    /// As that of every site: how much worse other forms are, in eighths of a word.
    pub(crate) margin: u8,
}

/// Reads the declared sites of a file in a leaf, as far as exactly one form fits.
///
/// `told` are the forms that were read at the other sites, by index in the table: the original is put
/// into them before it is aligned, so that what rules moved stands where the sample has it. Looks at
/// nothing but the original, its table and the leaf. A site of which two places of the leaf say
/// different things is left out.
pub(crate) fn read_declared(
    original: &[u8],
    table: &FileTable,
    lexicon: &Lexicon,
    regions: &[Region],
    leaf: &[u8],
    told: &[Option<u8>],
) -> Vec<DeclaredReading> {
    let sites = open_sites(original, table, lexicon);
    let comments = sites.iter().any(|site| site.in_comment);
    let sample = words(leaf, lexicon, comments);
    let run = if lexicon.prose { RUN.0 } else { RUN.1 };
    let mut found: HashMap<usize, Option<Fit>> = HashMap::new();
    for window in windows(regions, &sample) {
        let sample = &sample[window];
        let forms = block_forms(original, table, lexicon, comments, sample, told);
        for (block, form) in forms.iter().filter_map(|(block, form)| Some((*block, (*form)?))) {
            note(&mut found, block, Fit { form, sure: true });
        }
        let shown = |index: usize| {
            let site = &table.sites[index];
            told.get(index)
                .copied()
                .flatten()
                .or_else(|| forms.get(&index).copied().flatten())
                .unwrap_or(site.original)
        };
        let mut text = OpenText::new(original, table, lexicon, comments, &sites, shown);
        for _ in 0..ROUNDS {
            if !text.read(&sites, sample, run, &mut found) {
                break;
            }
        }
    }
    let mut readings: Vec<DeclaredReading> = found
        .into_iter()
        .filter_map(|(site, fit)| fit.map(|fit| (site, fit)))
        .map(|(site, fit)| DeclaredReading { site, form: fit.form, margin: if fit.sure { 24 } else { 12 } })
        .collect();
    readings.sort_by_key(|reading| reading.site);
    readings
}

/// Notes a reading; two that differ take each other back.
fn note(found: &mut HashMap<usize, Option<Fit>>, site: usize, new: Fit) {
    found
        .entry(site)
        .and_modify(|old| match old {
            Some(old) if old.form == new.form => old.sure |= new.sure,
            _ => *old = None,
        })
        .or_insert(Some(new));
}

/// A declared site whose forms are texts.
struct OpenSite {
    index: usize,
    forms: Vec<Vec<Word>>,
    in_comment: bool,
}

fn open_sites(original: &[u8], table: &FileTable, lexicon: &Lexicon) -> Vec<OpenSite> {
    let tokens = if lexicon.prose { Vec::new() } else { lex(original, lexicon) };
    let declared = table.sites.iter().enumerate().filter(|(_, site)| site.layer == Layer::Declared);
    declared
        .filter_map(|(index, site)| {
            let setting = setting(original, lexicon, &tokens, site.span);
            let forms: Option<Vec<Vec<Word>>> = site
                .forms
                .iter()
                .map(|form| match form.as_slice() {
                    [Part::Literal(text)] => Some(form_words(text, lexicon, setting)),
                    _ => None,
                })
                .collect();
            let in_comment = !lexicon.prose && setting == Setting::Prose;
            Some(OpenSite { index, forms: forms?, in_comment })
        })
        .collect()
}

/// The words of the sample that the regions show, as ranges.
fn windows(regions: &[Region], sample: &[Word]) -> Vec<Range<usize>> {
    let mut spans: Vec<Span> = regions.iter().map(|region| region.sample_span).collect();
    spans.sort_by_key(|span| (span.start, span.end));
    let mut merged: Vec<Span> = Vec::new();
    for span in spans {
        match merged.last_mut() {
            Some(last) if span.start <= last.end.saturating_add(NEAR) => last.end = last.end.max(span.end),
            _ => merged.push(span),
        }
    }
    if let (true, Some(first), Some(last)) = (merged.len() > WINDOWS, merged.first(), merged.last()) {
        merged = vec![Span::new(first.start, last.end)];
    }
    merged
        .into_iter()
        .map(|span| {
            let (start, end) = (span.start.saturating_sub(SLACK), span.end.saturating_add(SLACK));
            let first = sample.partition_point(|word| word.span.start < start);
            first..sample.partition_point(|word| word.span.end <= end).max(first)
        })
        .filter(|window| !window.is_empty())
        .collect()
}

/// The order that each declared group of blocks has: the one in which more of its words align, by a
/// clear lead. Blocks that were read already are not looked at.
fn block_forms(
    original: &[u8],
    table: &FileTable,
    lexicon: &Lexicon,
    comments: bool,
    sample: &[Word],
    told: &[Option<u8>],
) -> HashMap<usize, Option<u8>> {
    let blocks: Vec<usize> = table
        .sites
        .iter()
        .enumerate()
        .filter(|(index, site)| {
            site.layer == Layer::Declared
                && site.forms.iter().flatten().any(|part| matches!(part, Part::Child(_)))
                && told.get(*index).copied().flatten().is_none()
        })
        .map(|(index, _)| index)
        .collect();
    let most = blocks.iter().map(|block| table.sites[*block].k).max().unwrap_or(0);
    let mut aligned: HashMap<usize, Vec<(usize, u8)>> = HashMap::new();
    let shown: Vec<u32> = sample.iter().map(|word| word.blind).collect();
    for form in 0..most {
        let (text, placed) = write_placed(original, table, &mut |index| {
            let site = &table.sites[index];
            let known = told.get(index).copied().flatten().unwrap_or(site.original);
            if blocks.contains(&index) { form.min(site.k.saturating_sub(1)) } else { known }
        });
        let own = words(&text, lexicon, comments);
        let pairs = align(&own.iter().map(|word| word.blind).collect::<Vec<_>>(), &shown);
        for block in blocks.iter().filter(|block| form < table.sites[**block].k) {
            let Some(span) = placed.get(*block).copied().flatten() else { continue };
            let count =
                pairs.iter().filter(|(at, _)| own.get(*at).is_some_and(|word| span.holds(word.span))).count();
            aligned.entry(*block).or_default().push((count, form));
        }
    }
    let decide = |mut counts: Vec<(usize, u8)>| {
        counts.sort_by_key(|(count, form)| (std::cmp::Reverse(*count), *form));
        match counts.as_slice() {
            [best, second, ..] if best.0 >= second.0 + 3 => Some(best.1),
            _ => None,
        }
    };
    aligned.into_iter().map(|(block, counts)| (block, decide(counts))).collect()
}

/// The original in the forms that are known, its declared places open.
struct OpenText {
    /// A word, or the declared site (index into the list of them) that stands there.
    items: Vec<Item>,
    /// What is aligned: hashes, or [`OPEN`].
    keys: Vec<u32>,
}

enum Item {
    Word(Word),
    Site(usize),
}

impl OpenText {
    fn new(
        original: &[u8],
        table: &FileTable,
        lexicon: &Lexicon,
        comments: bool,
        sites: &[OpenSite],
        shown: impl Fn(usize) -> u8,
    ) -> Self {
        let (text, placed) = write_placed(original, table, &mut |index| shown(index));
        let mut open: Vec<(Span, usize)> = sites
            .iter()
            .enumerate()
            .filter_map(|(at, site)| Some((placed.get(site.index).copied().flatten()?, at)))
            .collect();
        open.sort_by_key(|(span, _)| (span.start, span.end));
        let mut items = Vec::new();
        let mut next = 0;
        for word in words(&text, lexicon, comments) {
            while let Some((span, at)) = open.get(next).filter(|(span, _)| span.end <= word.span.start) {
                debug_assert!(span.end <= word.span.start);
                items.push(Item::Site(*at));
                next += 1;
            }
            // A word of the declared text itself: the site stands for it, and comes once it has ended.
            let own = open.get(next).is_some_and(|(span, _)| span.meets(word.span));
            if !own {
                items.push(Item::Word(word));
            }
        }
        items.extend(open[next.min(open.len())..].iter().map(|(_, at)| Item::Site(*at)));
        let keys =
            items.iter().map(|item| if let Item::Word(word) = item { word.blind } else { OPEN }).collect();
        Self { items, keys }
    }

    /// Aligns what is not yet placed, reads the sites next to what is sure, and takes that out of the
    /// next round. False if nothing is sure.
    fn read(
        &mut self,
        sites: &[OpenSite],
        sample: &[Word],
        run: usize,
        found: &mut HashMap<usize, Option<Fit>>,
    ) -> bool {
        let shown: Vec<u32> = sample.iter().map(|word| word.blind).collect();
        let pairs = align(&self.keys, &shown);
        let sure = sure_places(&pairs, self.keys.len(), run);
        for (own, other) in self.gaps(&sure, sample.len()) {
            for stretch in stretches(&sure, own, other, self.keys.len(), sample.len()) {
                self.fit(sites, sample, &stretch, found);
            }
        }
        for (key, place) in self.keys.iter_mut().zip(&sure) {
            if place.is_some() {
                *key = OPEN;
            }
        }
        sure.iter().any(Option::is_some)
    }

    /// Stretches without a sure place that hold a declared site, each with its stretch of the sample.
    fn gaps(&self, sure: &[Option<usize>], sample: usize) -> Vec<(Range<usize>, Range<usize>)> {
        let mut gaps = Vec::new();
        let mut at = 0;
        while at < sure.len() {
            if sure[at].is_some() {
                at += 1;
                continue;
            }
            let end = sure[at..].iter().position(Option::is_some).map_or(sure.len(), |step| at + step);
            let from = at.checked_sub(1).and_then(|left| sure[left]).map_or(0, |left| left + 1);
            let to = sure.get(end).copied().flatten().unwrap_or(sample);
            if from <= to && self.items[at..end].iter().any(|item| matches!(item, Item::Site(_))) {
                gaps.push((at..end, from..to));
            }
            at = end;
        }
        gaps
    }

    fn fit(
        &self,
        sites: &[OpenSite],
        sample: &[Word],
        stretch: &Bounds,
        found: &mut HashMap<usize, Option<Fit>>,
    ) {
        let Some(items) = self.items.get(stretch.own.clone()) else { return };
        let pieces: Vec<Piece<'_>> = items
            .iter()
            .map(|item| match item {
                Item::Word(word) => Piece::Word(*word),
                Item::Site(at) => Piece::Site(sites.get(*at).map_or(&[], |site| &site.forms)),
            })
            .collect();
        let Some(sample) = sample.get(stretch.other.clone()) else { return };
        let fitted =
            fit(&Stretch { pieces, sample, open_left: stretch.open_left, open_right: stretch.open_right });
        let open =
            items.iter().filter_map(|item| if let Item::Site(at) = item { sites.get(*at) } else { None });
        for (site, told) in open.zip(fitted) {
            if let Some(told) = told {
                note(found, site.index, told);
            }
        }
    }
}

/// For each word of the original its word of the sample, where a run of them agrees. The ends of
/// longer runs are left open, so that fitting may decide about them anew.
fn sure_places(pairs: &[(usize, usize)], length: usize, run: usize) -> Vec<Option<usize>> {
    let mut sure = vec![None; length];
    let mut from = 0;
    for at in 1..=pairs.len() {
        let goes_on =
            at < pairs.len() && pairs[at].0 == pairs[at - 1].0 + 1 && pairs[at].1 == pairs[at - 1].1 + 1;
        if goes_on {
            continue;
        }
        if at - from >= run {
            let trim = ((at - from - 1) / 2).min(2);
            for (own, other) in &pairs[from + trim..at - trim] {
                sure[*own] = Some(*other);
            }
        }
        from = at;
    }
    sure
}

/// What of original and sample is fitted together.
struct Bounds {
    own: Range<usize>,
    other: Range<usize>,
    open_left: bool,
    open_right: bool,
}

/// Widens a gap by two sure words on either side; where a side has none, or the gap is too long to
/// fit as a whole, it is fitted loosely from the other.
fn stretches(
    sure: &[Option<usize>],
    own: Range<usize>,
    other: Range<usize>,
    length: usize,
    sample: usize,
) -> Vec<Bounds> {
    let has_left = own.start > 0;
    let has_right = own.end < length;
    let step_left = |step: usize| {
        let (at, shown) = (own.start.checked_sub(step)?, other.start.checked_sub(step)?);
        (sure.get(at).copied().flatten() == Some(shown)).then_some(())
    };
    let step_right = |step: usize| {
        let (at, shown) = (own.end + step, other.end + step);
        (sure.get(at).copied().flatten() == Some(shown)).then_some(())
    };
    let left = (1..=2).take_while(|step| has_left && step_left(*step).is_some()).count();
    let right = (0..2).take_while(|step| has_right && step_right(*step).is_some()).count();
    let whole = Bounds {
        own: own.start - left..own.end + right,
        other: other.start - left..other.end + right,
        open_left: false,
        open_right: false,
    };
    let fits = (whole.own.len() + 1).saturating_mul(whole.other.len() + 1) <= CELLS;
    if has_left && has_right && fits {
        return vec![whole];
    }
    let mut out = Vec::new();
    if has_left {
        out.push(Bounds {
            own: whole.own.start..own.end.min(own.start + REACH),
            other: whole.other.start..other.end.min(other.start + 3 * REACH).min(sample),
            open_left: false,
            open_right: true,
        });
    }
    if has_right {
        out.push(Bounds {
            own: own.start.max(own.end.saturating_sub(REACH))..whole.own.end,
            other: other.start.max(other.end.saturating_sub(3 * REACH))..whole.other.end,
            open_left: true,
            open_right: false,
        });
    }
    out
}
