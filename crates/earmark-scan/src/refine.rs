use std::ops::Range;

use earmark_align::align;
use earmark_model::{Match, Region, Span};

use crate::lexer::{Lexer, Tokens};
use crate::view::{self, View};
use crate::words::Words;

/// Unaligned tokens on either side that end a region.
const GAP: usize = 48;
/// Aligned tokens a region needs.
const LEAST: usize = 12;

/// Aligns a match with its original, token by token, and returns it with regions that hold what aligned.
///
/// The regions of a scan are generous, so that a reader can work inside; these are for showing: which stretch of the
/// sample is which stretch of the file. A region's score is its number of aligned tokens. Words are aligned as they
/// stand where enough of them do; else kinds of tokens and recurrences of names, which hold through renaming. What
/// aligns nowhere leaves the match without regions.
///
/// `leaf` and `original` are the bytes the match tells of.
#[must_use]
pub fn refine(leaf: &[u8], original: &[u8], found: &Match) -> Match {
    let mut lexer = Lexer::new();
    let mut tokens = Tokens::default();
    let count = lexer.read(leaf, &mut tokens);
    let view = view::worth_stripping(count).then(|| View::without_prefixes(leaf));
    let text = view.as_ref().map_or(leaf, View::bytes);
    let back = |span: Span| view.as_ref().map_or(span, |view| view.leaf_span(span));

    let (words, file_words) = (Stream::words(text), Stream::words(original));
    let mut regions = Vec::new();
    let mut code: Option<(Stream, Stream)> = None;
    for region in &found.regions {
        let inside = |stream: &Stream, span: Span| stream.inside(span, back);
        let (here, there) =
            (inside(&words, region.sample_span), file_words.inside(region.file_span, |span| span));
        let mut pairs = align(&words.tokens[here.clone()], &file_words.tokens[there.clone()]);
        if pairs.len() * 2 >= here.len().min(there.len()) {
            collect(&pairs, &words, here.start, &file_words, there.start, &mut regions);
            continue;
        }
        let (left, right) =
            code.get_or_insert_with(|| (Stream::code(&mut lexer, text), Stream::code(&mut lexer, original)));
        let (here, there) = (inside(left, region.sample_span), right.inside(region.file_span, |span| span));
        pairs = align(&left.tokens[here.clone()], &right.tokens[there.clone()]);
        collect(&pairs, left, here.start, right, there.start, &mut regions);
    }
    for region in &mut regions {
        region.sample_span = back(region.sample_span);
    }
    regions.sort_by_key(|region| (region.sample_span.start, region.file_span.start));
    regions.dedup();
    Match { regions, ..found.clone() }
}

/// Tokens to align, with where they stand.
struct Stream {
    tokens: Vec<u32>,
    spans: Vec<(u32, u32)>,
    /// So many agreeing tokens in a row are no chance.
    solid: usize,
}

impl Stream {
    fn words(text: &[u8]) -> Self {
        let mut words = Words::default();
        words.read(text);
        Self { tokens: words.hashes, spans: words.spans, solid: 4 }
    }

    fn code(lexer: &mut Lexer, text: &[u8]) -> Self {
        let mut tokens = Tokens::default();
        lexer.read(text, &mut tokens);
        let spans = (0..tokens.len()).map(|index| (tokens.start(index), tokens.start(index + 1))).collect();
        Self { tokens: tokens.codes.iter().map(|code| u32::from(*code)).collect(), spans, solid: 10 }
    }

    /// Which tokens lie inside `span` once `back` has mapped their places.
    fn inside(&self, span: Span, back: impl Fn(Span) -> Span) -> Range<usize> {
        let start = self.spans.partition_point(|place| back(Span::new(place.0, place.1)).start < span.start);
        let end = self.spans.partition_point(|place| back(Span::new(place.0, place.1)).start < span.end);
        start..end.max(start)
    }
}

/// Cuts aligned pairs into regions.
fn collect(
    pairs: &[(usize, usize)],
    here: &Stream,
    from: usize,
    there: &Stream,
    file_from: usize,
    regions: &mut Vec<Region>,
) {
    // A subsequence of unlike texts is made of crumbs: only tokens that agree several in a row tell of a copy.
    let next = |a: &(usize, usize), b: &(usize, usize)| b.0 == a.0 + 1 && b.1 == a.1 + 1;
    let solid: Vec<(usize, usize)> =
        pairs.chunk_by(next).filter(|run| run.len() >= here.solid).flatten().copied().collect();
    let near = |a: &(usize, usize), b: &(usize, usize)| b.0 - a.0 <= GAP && b.1 - a.1 <= GAP;
    for run in solid.chunk_by(near) {
        let (Some(first), Some(last)) = (run.first(), run.last()) else { continue };
        let (long, wide) = (last.0 - first.0 + 1, last.1 - first.1 + 1);
        if run.len() < LEAST || run.len() * 3 < long.min(wide) {
            continue;
        }
        let place = |stream: &Stream, from: usize, a: usize, b: usize| {
            Span::new(stream.spans[from + a].0, stream.spans[from + b].1)
        };
        regions.push(Region {
            sample_span: place(here, from, first.0, last.0),
            file_span: place(there, file_from, first.1, last.1),
            score: run.len() as u32,
        });
    }
}
