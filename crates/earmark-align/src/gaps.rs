use std::ops::Range;

use crate::{anchors, edit, exact};

/// Gram lengths, tried in this order, each with the longest range (tokens, both sides together) it may
/// be tried on: a short gram that is unique in a long range is more often chance than kinship.
const GRAMS: [(usize, usize); 3] = [(8, usize::MAX), (5, 40_000), (3, 4_000)];
/// How often a range may be split: with what a split costs, the bound on the whole.
const ROUNDS: u32 = 16;
/// Up to this many cells a gap goes to the exact method without looking for anchors.
const TINY: usize = 1 << 10;
/// Up to this many cells a gap without anchors goes to the exact method.
const SMALL: usize = 1 << 20;
/// Insertions and deletions allowed in a gap too large for the exact method.
const EDITS: usize = 96;

/// Aligns two token streams: pairs (index in `a`, index in `b`) of equal tokens, strictly increasing in both.
///
/// Finds all of what the streams share when they differ by edits that are short against what lies
/// between them; small gaps are aligned exactly (longest common subsequence). A gap of more than 2^20 cells that has
/// no gram in common and needs more than 96 edits is left out. Cost: n log n for streams that share long
/// stretches, never more than about 100 steps a token; no recursion.
///
/// # Examples
/// ```
/// assert_eq!(earmark_align::align(&[7, 8, 9], &[8, 9, 7]), [(1, 0), (2, 1)]);
/// ```
#[must_use]
pub fn align(a: &[u32], b: &[u32]) -> Vec<(usize, usize)> {
    let mut pairs = Vec::with_capacity(a.len().min(b.len()));
    // Work still to be done, the leftmost on top: so pairs come out in order.
    let mut work = vec![Work::Gap { a: 0..a.len(), b: 0..b.len(), rounds: ROUNDS }];
    while let Some(job) = work.pop() {
        match job {
            Work::Equal(run) => pairs.extend((0..run.len).map(|i| (run.a + i, run.b + i))),
            Work::Gap { a: ra, b: rb, rounds } => gap(a, b, ra, rb, rounds, &mut work, &mut pairs),
        }
    }
    pairs
}

enum Work {
    Gap { a: Range<usize>, b: Range<usize>, rounds: u32 },
    Equal(anchors::Run),
}

fn gap(
    a: &[u32],
    b: &[u32],
    mut ra: Range<usize>,
    mut rb: Range<usize>,
    rounds: u32,
    work: &mut Vec<Work>,
    pairs: &mut Vec<(usize, usize)>,
) {
    while !ra.is_empty() && !rb.is_empty() && a[ra.start] == b[rb.start] {
        pairs.push((ra.start, rb.start));
        ra.start += 1;
        rb.start += 1;
    }
    let mut tail = 0;
    while tail < ra.len() && tail < rb.len() && a[ra.end - tail - 1] == b[rb.end - tail - 1] {
        tail += 1;
    }
    ra.end -= tail;
    rb.end -= tail;
    if tail > 0 {
        work.push(Work::Equal(anchors::Run { a: ra.end, b: rb.end, len: tail }));
    }
    if ra.is_empty() || rb.is_empty() {
        return;
    }
    let cells = ra.len().saturating_mul(rb.len());
    if cells > TINY && rounds > 0 {
        for (k, longest) in GRAMS {
            if ra.len().saturating_add(rb.len()) > longest {
                continue;
            }
            let runs = anchors::chain(a, b, &ra, &rb, k);
            if !runs.is_empty() {
                split(&runs, ra, rb, rounds - 1, work);
                return;
            }
        }
    }
    let (left, right) = (&a[ra.clone()], &b[rb.clone()]);
    if cells <= SMALL {
        exact::longest(left, right, (ra.start, rb.start), pairs);
    } else {
        edit::short_script(left, right, (ra.start, rb.start), EDITS, pairs);
    }
}

fn split(runs: &[anchors::Run], ra: Range<usize>, rb: Range<usize>, rounds: u32, work: &mut Vec<Work>) {
    let (mut end_a, mut end_b) = (ra.end, rb.end);
    for run in runs.iter().rev() {
        work.push(Work::Gap { a: run.a + run.len..end_a, b: run.b + run.len..end_b, rounds });
        work.push(Work::Equal(*run));
        (end_a, end_b) = (run.a, run.b);
    }
    work.push(Work::Gap { a: ra.start..end_a, b: rb.start..end_b, rounds });
}
