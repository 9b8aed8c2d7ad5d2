use std::collections::BTreeMap;

use earmark_model::{Level as Strength, Match, Region, Span};

use crate::chain::{Chain, Hit, chains};
use crate::index::{Level, SYMBOLS, Segment, TOKENS};
use crate::lexer::Tokens;
use crate::weigh::{self, Weight};
use crate::{grams, symbols};

/// The leaf's text as it was searched.
pub(crate) struct Sides<'a> {
    pub(crate) text: &'a [u8],
    /// How many symbols the text has.
    pub(crate) symbols: usize,
    pub(crate) tokens: &'a Tokens,
}

/// A chain turned into bytes.
#[derive(Debug, Clone)]
pub(crate) struct Found {
    segment: usize,
    slot: u32,
    upstream: bool,
    strength: Option<Strength>,
    sum: u32,
    hits: u32,
    /// What the hits cover.
    core: Span,
    /// What may belong to it, too.
    sample: Span,
    file: Span,
}

impl Found {
    /// The same with other spans of the sample.
    pub(crate) fn map(mut self, span: impl Fn(Span) -> Span) -> Self {
        self.core = span(self.core);
        self.sample = span(self.sample);
        self
    }
}

/// Ordinals that a region reaches beyond its outermost hits: anchors are sparse, so a copy goes on past them.
const MARGIN: u32 = 64;
/// A region this close, in bytes, to an end of leaf or file reaches to it.
const NEAR_END: u32 = 3_072;
/// Chains of one file that say so much together are evidence, and an alarm.
const TOGETHER: (u32, u32) = (140, 220);
/// Hits of one leaf that are followed up: bounds the work on hostile leaves.
const MAX_HITS: usize = 4 << 20;

/// Looks up the fingerprints that passed the prefilter and turns hits into [`Found`] stretches.
pub(crate) fn find(
    segments: &[Segment],
    survivors: &[(usize, u32, u64)],
    sides: &Sides<'_>,
    found: &mut Vec<Found>,
) {
    let mut hits: Vec<(usize, u32, usize, bool, Hit)> = Vec::new();
    for (level, at, key) in survivors {
        for (number, segment) in segments.iter().enumerate() {
            let which = if *level == SYMBOLS.index { SYMBOLS } else { TOKENS };
            segment.places(which, *key, |posting| {
                let hit = Hit { leaf: *at, file: posting.ordinal };
                hits.push((number, posting.slot, *level, posting.upstream, hit));
            });
        }
        if hits.len() > MAX_HITS {
            break;
        }
    }
    hits.sort_unstable();
    hits.dedup();
    let mut places: Option<symbols::Places<'_>> = None;
    for group in hits.chunk_by(|a, b| (a.0, a.1, a.2, a.3) == (b.0, b.1, b.2, b.3)) {
        if group.len() < 2 {
            continue;
        }
        let (segment, slot, level, upstream, _) = group[0];
        let list: Vec<Hit> = group.iter().map(|row| row.4).collect();
        let level = if level == SYMBOLS.index { SYMBOLS } else { TOKENS };
        for chain in chains(&list) {
            if chain.hits.len() < 2 {
                continue;
            }
            let places = places.get_or_insert_with(|| symbols::Places::new(sides.text, sides.symbols));
            let weight =
                if level == SYMBOLS { weigh::symbols(&chain) } else { weigh::tokens(&chain, sides.tokens) };
            found.push(bytes(
                segment,
                &segments[segment],
                slot,
                upstream,
                level,
                &chain,
                weight,
                sides,
                places,
            ));
        }
    }
}

#[expect(clippy::too_many_arguments, reason = "one caller; the arguments are the parts of its loop")]
fn bytes(
    number: usize,
    segment: &Segment,
    slot: u32,
    upstream: bool,
    level: Level,
    chain: &Chain,
    weight: Weight,
    sides: &Sides<'_>,
    places: &symbols::Places<'_>,
) -> Found {
    let gram = if level == SYMBOLS { symbols::GRAM } else { grams::GRAM } as u32;
    let (first, last) = (chain.first(), chain.last());
    let core = first.leaf..last.leaf + gram;
    let sample = core.start.saturating_sub(MARGIN)..core.end + MARGIN;
    let (core, sample) = if level == SYMBOLS {
        let at = |ordinal: u32| places.offset(ordinal);
        (Span::new(at(core.start), at(core.end)), Span::new(at(sample.start), at(sample.end)))
    } else {
        let at = |ordinal: u32| sides.tokens.start(ordinal as usize);
        (Span::new(at(core.start), at(core.end)), Span::new(at(sample.start), at(sample.end)))
    };
    let file = first.file.saturating_sub(MARGIN)..last.file + gram + MARGIN;
    let file = segment.file_bytes(level, slot, file);
    Found {
        segment: number,
        slot,
        upstream,
        strength: weight.strength,
        sum: weight.sum,
        hits: chain.hits.len() as u32,
        core,
        sample: near_ends(sample, sides.text.len() as u32),
        file: near_ends(Span::new(file.start, file.end), segment.file_length(slot)),
    }
}

fn near_ends(span: Span, length: u32) -> Span {
    let start = if span.start <= NEAR_END { 0 } else { span.start };
    let end = if span.end.saturating_add(NEAR_END) >= length { length } else { span.end };
    Span::new(start, end)
}

/// Joins what was found into one match a file: the owner's, and upstream's.
pub(crate) fn collect(found: Vec<Found>, segments: &[Segment]) -> (Vec<Match>, Vec<Match>) {
    let mut files: BTreeMap<(bool, usize, u32), Vec<Found>> = BTreeMap::new();
    for one in found {
        files.entry((one.upstream, one.segment, one.slot)).or_default().push(one);
    }
    let mut judged: Vec<(bool, usize, u32, Strength, Vec<Joined>)> = Vec::new();
    for ((upstream, segment, slot), list) in files {
        if let Some((strength, regions)) = judge(list) {
            judged.push((upstream, segment, slot, strength, regions));
        }
    }
    let mut result = (Vec::new(), Vec::new());
    for index in 0..judged.len() {
        let (upstream, segment, slot, level, regions) = &judged[index];
        let kept: Vec<Region> = regions
            .iter()
            .filter(|region| {
                !judged.iter().enumerate().any(|(other, row)| {
                    other != index
                        && (row.0, row.1) == (*upstream, *segment)
                        && row.4.iter().any(|over| over.outdoes(region))
                })
            })
            .map(|region| Region { sample_span: region.sample, file_span: region.file, score: region.hits })
            .collect();
        if kept.is_empty() {
            continue;
        }
        let revision = segments[*segment].revision();
        let one = Match { revision, file: segments[*segment].file_id(*slot), level: *level, regions: kept };
        if *upstream { result.1.push(one) } else { result.0.push(one) }
    }
    result
}

struct Joined {
    core: Span,
    sample: Span,
    file: Span,
    hits: u32,
}

impl Joined {
    /// Whether this region explains the same stretch of the sample so much better that the other is only kin:
    /// another protected file with the same passage. Reading marks there would read the wrong file's.
    fn outdoes(&self, other: &Self) -> bool {
        let shared = self.core.end.min(other.core.end).saturating_sub(self.core.start.max(other.core.start));
        u64::from(shared) * 10 >= u64::from(other.core.len()) * 8 && self.hits >= other.hits.saturating_mul(2)
    }
}

/// The level that the chains of one file reach together, and their regions joined; `None` if too little.
fn judge(list: Vec<Found>) -> Option<(Strength, Vec<Joined>)> {
    let alone = list.iter().filter_map(|one| one.strength).min();
    let together: u32 = list.iter().filter(|one| one.sum >= 30).map(|one| one.sum).sum();
    let several = match together {
        sum if sum >= TOGETHER.1 => Some(Strength::Alarm),
        sum if sum >= TOGETHER.0 => Some(Strength::Evidence),
        _ => None,
    };
    let strength = match (alone, several) {
        (Some(a), Some(b)) => a.min(b),
        (a, b) => a.or(b)?,
    };
    let mut regions: Vec<Joined> = list
        .iter()
        .map(|one| Joined { core: one.core, sample: one.sample, file: one.file, hits: one.hits })
        .collect();
    regions.sort_by_key(|region| (region.sample.start, region.file.start));
    let mut joined: Vec<Joined> = Vec::new();
    for region in regions {
        let into = joined.iter_mut().rev().take(16).find(|old| joins(old, &region));
        match into {
            Some(old) => {
                old.core = around(old.core, region.core);
                old.sample = around(old.sample, region.sample);
                old.file = around(old.file, region.file);
                old.hits += region.hits;
            }
            None => joined.push(region),
        }
    }
    Some((strength, joined))
}

/// Whether two regions tell of one stretch: they overlap on both sides, with about the same distance.
fn joins(old: &Joined, new: &Joined) -> bool {
    let drift = (i64::from(new.sample.start) - i64::from(old.sample.start))
        .abs_diff(i64::from(new.file.start) - i64::from(old.file.start));
    old.sample.meets(new.sample)
        && old.file.meets(new.file)
        && drift <= u64::from(NEAR_END) + u64::from(old.sample.len()) / 2
}

fn around(a: Span, b: Span) -> Span {
    Span::new(a.start.min(b.start), a.end.max(b.end))
}
