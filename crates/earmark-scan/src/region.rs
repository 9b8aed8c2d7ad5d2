use earmark_model::{Level as Strength, Span};

use crate::chain::{Chain, Hit, chains};
use crate::index::{Level, SYMBOLS, Segment, TOKENS};
use crate::lexer::Tokens;
use crate::weigh::{self, Weight};
use crate::{grams, symbols};

/// The leaf's text as it was searched.
pub(crate) struct Sides<'a> {
    pub(crate) text: &'a [u8],
    pub(crate) symbols: &'a [u8],
    pub(crate) tokens: &'a Tokens,
}

/// A chain turned into bytes.
#[derive(Debug, Clone)]
pub(crate) struct Found {
    pub(crate) segment: usize,
    pub(crate) slot: u32,
    pub(crate) upstream: bool,
    pub(crate) strength: Option<Strength>,
    pub(crate) sum: u32,
    pub(crate) hits: u32,
    /// What the hits cover.
    pub(crate) core: Span,
    /// What may belong to it, too.
    pub(crate) sample: Span,
    pub(crate) file: Span,
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
pub(crate) const NEAR_END: u32 = 3_072;
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
            let places = places.get_or_insert_with(|| symbols::Places::new(sides.text, sides.symbols.len()));
            let weight = if level == SYMBOLS {
                weigh::symbols(&chain, sides.symbols)
            } else {
                weigh::tokens(&chain, sides.tokens)
            };
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
