use std::collections::{HashMap, HashSet};
use std::ops::Range;

use earmark_model::{Digest, Level, Match, Region, Span};

use super::background::Background;
use crate::index::Segment;
use crate::words::{Words, pair};

/// Words in a gram.
const GRAM: usize = 4;
/// Words that may differ between two runs of one match.
const GAP: u32 = 24;
/// What a gap between two runs costs, in bits: where it starts and how long it is on either side.
const GAP_BITS: f64 = 10.0;
/// Matches with a greater chance are not told.
const TELL: f64 = 1e-4;
/// The least number of agreeing words.
const LEAST: u32 = 8;
/// Of the bits of the background model, those that count: real texts repeat themselves more than words and pairs tell.
/// Chosen by eye, not fitted: at 0.6 idioms of other people's code came to 1e-4, at 0.5 they stay away but for SHA-1's.
const TRUST: f64 = 0.5;
/// In so many places the owner may repeat a passage before it counts as frequent.
const FEW: u32 = 4;
/// Passages that are followed up.
const MAX_PASSAGES: usize = 4_096;
/// Places in the sample of one gram that are followed up.
const MAX_PLACES: usize = 16;

/// A match of a small sample and how probable it is by accident.
#[derive(Debug, Clone, PartialEq)]
pub struct ExactMatch {
    /// What agrees, and where; the level is [`Level::Evidence`].
    pub found: Match,
    /// An estimate, no bound, of the probability that a sample of this length by somebody else agrees as well with
    /// any protected file: by the words' frequencies in the protected files, with a discount for what these do not tell.
    ///
    /// Of 4,500 samples (5 and 150 lines) of other people's C against redis, 10 came below 1e-4: seven hold published
    /// tables, test vectors or filler text, which this model takes for nearly impossible (1e-33 and less); three share
    /// a line of SHA-1 (3e-5). A passage that is mostly numbers needs a second look.
    pub chance: f64,
}

/// What an exact search finds, the least probable first.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct ExactResult {
    /// What is the owner's.
    pub matches: Vec<ExactMatch>,
    /// What is upstream's too.
    pub upstream: Vec<ExactMatch>,
}

/// Words that agree one after another: places in the sample and in the original.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
struct Run {
    sample: u32,
    file: u32,
    len: u32,
}

/// Runs in order, with small gaps.
struct Passage {
    segment: usize,
    slot: u32,
    upstream: bool,
    runs: Vec<Run>,
    /// Byte ranges in the original, one a run.
    bytes: Vec<(u32, u32)>,
}

/// Searches `sample` in all files of `segments`, whose bytes `originals` gives (`None` skips the file).
pub(crate) fn search(
    segments: &[Segment],
    sample: &[u8],
    originals: &mut dyn FnMut(&Digest, u32) -> Option<Vec<u8>>,
) -> ExactResult {
    let mut words = Words::default();
    words.read(sample);
    let grams = Grams::of(&words.hashes);
    let mut background = Background::new();
    let mut passages: Vec<Passage> = Vec::new();
    let mut file = Words::default();
    for (number, segment) in segments.iter().enumerate() {
        for (slot, id) in segment.files().into_iter().enumerate() {
            let Some(bytes) = originals(&segment.revision(), id) else { continue };
            file.read(&bytes);
            background.learn(&file.hashes);
            let runs = runs(&grams, &words.hashes, &file.hashes);
            if !runs.is_empty() {
                let stops = segment.stops(slot as u32);
                add_passages(&mut passages, number, slot as u32, runs, &file, &stops);
            }
        }
    }
    let places = places(&passages, words.hashes.len());
    let weighed = passages.into_iter().map(|passage| {
        let chance = chance(&passage, &words.hashes, &places, &background);
        (passage, chance)
    });
    report(segments, &words, weighed.filter(|(_, chance)| *chance <= TELL).collect())
}

/// All grams of a sample, with a bit table in front.
struct Grams {
    places: HashMap<u32, Vec<u32>>,
    bits: Vec<u64>,
}

impl Grams {
    fn of(words: &[u32]) -> Self {
        let mut grams = Self { places: HashMap::new(), bits: vec![0; 1 << 10] };
        for (at, window) in words.windows(GRAM).enumerate() {
            let hash = gram(window);
            grams.bits[(hash >> 22) as usize] |= 1 << (hash >> 16 & 63);
            let places = grams.places.entry(hash).or_default();
            if places.len() < MAX_PLACES {
                places.push(at as u32);
            }
        }
        grams
    }

    fn places(&self, hash: u32) -> &[u32] {
        if self.bits[(hash >> 22) as usize] >> (hash >> 16 & 63) & 1 == 0 {
            return &[];
        }
        self.places.get(&hash).map_or(&[], Vec::as_slice)
    }
}

fn gram(window: &[u32]) -> u32 {
    window.iter().fold(0, |hash, word| pair(hash, *word))
}

/// The longest runs of agreeing words, sorted.
fn runs(grams: &Grams, sample: &[u32], file: &[u32]) -> Vec<Run> {
    let mut runs: Vec<Run> = Vec::new();
    // Where on each diagonal the last run ended, in the file.
    let mut ends: HashMap<u32, u32> = HashMap::new();
    for (at, window) in file.windows(GRAM).enumerate() {
        for place in grams.places(gram(window)) {
            let (at, place) = (at as u32, *place);
            let end = ends.entry(at.wrapping_sub(place)).or_insert(0);
            if at < *end {
                continue;
            }
            let len =
                sample[place as usize..].iter().zip(&file[at as usize..]).take_while(|(a, b)| a == b).count();
            if len >= GRAM {
                *end = at + len as u32;
                runs.push(Run { sample: place, file: at, len: len as u32 });
            }
        }
    }
    runs.sort_unstable();
    runs
}

/// Joins the runs of one file into passages and keeps those long enough.
fn add_passages(
    passages: &mut Vec<Passage>,
    segment: usize,
    slot: u32,
    runs: Vec<Run>,
    file: &Words,
    stops: &[(Range<u32>, bool)],
) {
    let mut open: Vec<(bool, Vec<Run>)> = Vec::new();
    for run in runs {
        let bytes = span(&file.spans, run.file, run.len);
        let Some(upstream) = place(bytes, stops) else { continue };
        let joined = open.iter_mut().rev().take(16).find(|(kind, list)| {
            *kind == upstream
                && list.last().is_some_and(|last| {
                    let (here, there) = (
                        run.sample.checked_sub(last.sample + last.len),
                        run.file.checked_sub(last.file + last.len),
                    );
                    here.zip(there).is_some_and(|(here, there)| here.max(there) <= GAP)
                })
        });
        match joined {
            Some((_, list)) => list.push(run),
            None => open.push((upstream, vec![run])),
        }
    }
    for (upstream, runs) in open {
        if runs.iter().map(|run| run.len).sum::<u32>() >= LEAST && passages.len() < MAX_PASSAGES {
            let bytes = runs.iter().map(|run| span(&file.spans, run.file, run.len)).collect();
            passages.push(Passage { segment, slot, upstream, runs, bytes });
        }
    }
}

/// Whether a byte range of an original is upstream's; `None` for a license.
fn place(bytes: (u32, u32), stops: &[(Range<u32>, bool)]) -> Option<bool> {
    let middle = bytes.0.midpoint(bytes.1);
    let mut upstream = false;
    for (range, kind) in stops {
        if range.contains(&middle) {
            if !kind {
                return None;
            }
            upstream = true;
        }
    }
    Some(upstream)
}

fn span(spans: &[(u32, u32)], from: u32, len: u32) -> (u32, u32) {
    let at = |index: u32| spans.get(index as usize).copied().unwrap_or_default();
    (at(from).0, at(from + len - 1).1)
}

/// How many passages cover each word of the sample: a passage that the owner has in a few files is no idiom yet.
fn places(passages: &[Passage], words: usize) -> Vec<u32> {
    let mut places = vec![0u32; words];
    for run in passages.iter().flat_map(|passage| &passage.runs) {
        for count in &mut places[run.sample as usize..(run.sample + run.len) as usize] {
            *count = (*count + 1).min(FEW);
        }
    }
    places
}

/// The chance of a passage: pairs of places times the probability that the words agree there.
fn chance(passage: &Passage, sample: &[u32], places: &[u32], background: &Background) -> f64 {
    let mut said: HashSet<u32> = HashSet::new();
    let mut bits = 0.0;
    for (number, run) in passage.runs.iter().enumerate() {
        let mut before = 0;
        let range = run.sample as usize..(run.sample + run.len) as usize;
        for (word, places) in sample[range.clone()].iter().zip(&places[range]) {
            bits += background.bits(before, *word, !said.insert(*word), *places);
            before = *word;
        }
        if number > 0 {
            bits -= GAP_BITS;
        }
    }
    let places = (sample.len() as f64).max(1.0) * (background.words as f64).max(1.0);
    (places.log2() - TRUST * bits).exp2().min(1.0)
}

fn report(segments: &[Segment], words: &Words, mut passages: Vec<(Passage, f64)>) -> ExactResult {
    passages.sort_by(|a, b| a.1.total_cmp(&b.1));
    let mut result = ExactResult::default();
    for (passage, chance) in passages {
        let segment = &segments[passage.segment];
        let (revision, file) = (segment.revision(), segment.file_id(passage.slot));
        let regions = passage.runs.iter().zip(&passage.bytes).map(|(run, bytes)| {
            let (start, end) = span(&words.spans, run.sample, run.len);
            Region {
                sample_span: Span::new(start, end),
                file_span: Span::new(bytes.0, bytes.1),
                score: run.len,
            }
        });
        let list = if passage.upstream { &mut result.upstream } else { &mut result.matches };
        match list
            .iter_mut()
            .find(|one: &&mut ExactMatch| one.found.revision == revision && one.found.file == file)
        {
            Some(one) => one.found.regions.extend(regions),
            None => {
                let found = Match { revision, file, level: Level::Evidence, regions: regions.collect() };
                list.push(ExactMatch { found, chance });
            }
        }
    }
    for one in result.matches.iter_mut().chain(&mut result.upstream) {
        one.found.regions.sort_by_key(|region| (region.sample_span.start, region.file_span.start));
    }
    result
}
