use std::ops::Range;

use earmark_align::align;
use earmark_model::{Region, Span};

use crate::lex::Token;
use crate::read::lattice::NONE;

/// A stretch of tokens of the original and the stretch of the sample that shows it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Window {
    pub(super) file: Range<usize>,
    pub(super) sample: Range<usize>,
}

/// A window aligned by plain tokens.
pub(super) struct Aligned {
    /// The original's tokens at which a path may start: as far before the first sure place as the
    /// sample starts before it; the window's own start, if what comes first was moved.
    pub(super) starts: Vec<u32>,
    /// The first token of the sample to follow, within the window.
    pub(super) sample_start: usize,
    /// One past the last.
    pub(super) sample_end: usize,
    /// For each followed token of the sample the original's token, where that is sure; else
    /// [`NONE`].
    pub(super) hints: Vec<u32>,
}

/// Bytes looked at beyond a region's ends.
const SLACK: u32 = 600;
/// Regions nearer than this, in both files and in order, are read as one.
const NEAR: u32 = 6_000;
/// Tokens in a row that must agree to be sure of a place.
const RUN: usize = 6;
/// So many tokens a path may start before and after where it should: the marks before the first sure place make the
/// sample longer or shorter.
const DRIFT: usize = 60;
/// Tokens followed before the first and after the last sure place.
const EDGE: usize = 1_500;

/// The windows that `regions` ask for.
pub(super) fn windows(regions: &[Region], file: &[Token], sample: &[Token]) -> Vec<Window> {
    let mut sorted: Vec<&Region> = regions.iter().collect();
    sorted.sort_by_key(|region| (region.sample_span.start, region.file_span.start));
    let mut merged: Vec<(Span, Span)> = Vec::new();
    for region in sorted {
        if let Some((in_file, in_sample)) = merged.last_mut()
            && region.sample_span.start <= in_sample.end.saturating_add(NEAR)
            && region.file_span.start <= in_file.end.saturating_add(NEAR)
            && region.file_span.start >= in_file.start
        {
            in_file.end = in_file.end.max(region.file_span.end);
            in_sample.end = in_sample.end.max(region.sample_span.end);
        } else {
            merged.push((region.file_span, region.sample_span));
        }
    }
    merged
        .into_iter()
        .map(|(in_file, in_sample)| Window {
            file: tokens_in(file, in_file),
            sample: tokens_in(sample, in_sample),
        })
        .filter(|window| !window.file.is_empty() && !window.sample.is_empty())
        .collect()
}

fn tokens_in(tokens: &[Token], span: Span) -> Range<usize> {
    let (start, end) = (span.start.saturating_sub(SLACK), span.end.saturating_add(SLACK));
    let first = tokens.partition_point(|token| token.span.start < start);
    let last = tokens.partition_point(|token| token.span.end <= end);
    first..last.max(first)
}

/// Aligns a window; `None` if nothing in it is sure.
pub(super) fn align_window(file: &[Token], window: &Window, sample: &[Token]) -> Option<Aligned> {
    let blind = |tokens: &[Token]| tokens.iter().map(|token| token.blind).collect::<Vec<_>>();
    let pairs = align(&blind(&file[window.file.clone()]), &blind(sample));
    let mut hints = vec![NONE; sample.len()];
    let mut sure = Vec::new();
    let mut from = 0;
    for at in 1..=pairs.len() {
        let broken =
            at == pairs.len() || pairs[at].0 != pairs[at - 1].0 + 1 || pairs[at].1 != pairs[at - 1].1 + 1;
        if broken {
            if at - from >= RUN {
                sure.extend_from_slice(&pairs[from..at]);
            }
            from = at;
        }
    }
    let (first, last) = (sure.first()?, sure.last()?);
    for (in_file, in_sample) in &sure {
        hints[*in_sample] = u32::try_from(in_file + window.file.start).unwrap_or(NONE);
    }
    let back = first.1.min(EDGE);
    let sample_start = first.1 - back;
    let sample_end = (last.1 + EDGE).min(sample.len());
    let (near, slack) = (first.0.saturating_sub(back), (back / 2).min(DRIFT));
    let starts = near.saturating_sub(slack)..=(near + slack).min(first.0);
    let place = |at: usize| u32::try_from(at + window.file.start).unwrap_or(NONE);
    Some(Aligned {
        starts: starts.map(place).chain([place(0)]).collect(),
        sample_start,
        sample_end,
        hints: hints[sample_start..sample_end].to_vec(),
    })
}
