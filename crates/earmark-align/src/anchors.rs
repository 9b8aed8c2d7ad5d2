use std::ops::Range;

/// A stretch of equal tokens: `len` tokens from `a` in one stream and from `b` in the other.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Run {
    pub(crate) a: usize,
    pub(crate) b: usize,
    pub(crate) len: usize,
}

/// Finds the `k`-grams that occur once in either range, and of them the heaviest chain that is
/// monotone in both.
///
/// Runs come in order and do not overlap in either stream. Cost: n log n.
///
/// Bram Cohen's patience diff, with grams instead of lines, and chains weighed by length (a moved
/// block must not beat the stretch that stayed because it happens to hold more separate grams).
pub(crate) fn chain(a: &[u32], b: &[u32], ra: &Range<usize>, rb: &Range<usize>, k: usize) -> Vec<Run> {
    let mut runs = unique_runs(a, b, ra, rb, k);
    runs = heaviest(runs);
    separate(runs)
}

/// Hashes every gram of a range, packed as hash (high half) and offset in the range, sorted.
fn grams(tokens: &[u32], range: &Range<usize>, k: usize) -> Vec<u64> {
    let slice = &tokens[range.clone()];
    let mut packed: Vec<u64> = slice
        .windows(k)
        .enumerate()
        .map(|(offset, gram)| {
            let mut hash = 0x9e37_79b9_7f4a_7c15_u64;
            for token in gram {
                hash = (hash.rotate_left(23) ^ u64::from(*token)).wrapping_mul(0xff51_afd7_ed55_8ccd);
            }
            hash ^= hash >> 29;
            (hash & 0xffff_ffff_0000_0000) | offset as u64 & 0xffff_ffff
        })
        .collect();
    packed.sort_unstable();
    packed
}

/// The end of the group of equal hashes that starts at `from`.
fn group(packed: &[u64], from: usize) -> usize {
    let hash = packed[from] >> 32;
    let mut end = from + 1;
    while end < packed.len() && packed[end] >> 32 == hash {
        end += 1;
    }
    end
}

fn unique_runs(a: &[u32], b: &[u32], ra: &Range<usize>, rb: &Range<usize>, k: usize) -> Vec<Run> {
    if ra.len() < k || rb.len() < k {
        return Vec::new();
    }
    let (left, right) = (grams(a, ra, k), grams(b, rb, k));
    let (mut i, mut j) = (0, 0);
    let mut pairs: Vec<(usize, usize)> = Vec::new();
    while i < left.len() && j < right.len() {
        let (hash_a, hash_b) = (left[i] >> 32, right[j] >> 32);
        if hash_a < hash_b {
            i = group(&left, i);
        } else if hash_b < hash_a {
            j = group(&right, j);
        } else {
            let (end_a, end_b) = (group(&left, i), group(&right, j));
            if end_a == i + 1 && end_b == j + 1 {
                let x = ra.start + (left[i] & 0xffff_ffff) as usize;
                let y = rb.start + (right[j] & 0xffff_ffff) as usize;
                // The hash only proposes: equal tokens are what counts.
                if a[x..x + k] == b[y..y + k] {
                    pairs.push((x, y));
                }
            }
            (i, j) = (end_a, end_b);
        }
    }
    pairs.sort_unstable();
    merge(&pairs, k)
}

/// Joins grams that follow one another on one diagonal.
fn merge(pairs: &[(usize, usize)], k: usize) -> Vec<Run> {
    let mut runs: Vec<Run> = Vec::new();
    for &(x, y) in pairs {
        if let Some(last) = runs.last_mut()
            && x.wrapping_sub(last.a) == y.wrapping_sub(last.b)
            && x <= last.a + last.len
        {
            last.len = x + k - last.a;
        } else {
            runs.push(Run { a: x, b: y, len: k });
        }
    }
    runs
}

/// The chain, increasing in both starts, with the greatest sum of lengths. `runs` is sorted by `a`.
fn heaviest(runs: Vec<Run>) -> Vec<Run> {
    if runs.windows(2).all(|pair| pair[0].b < pair[1].b) {
        return runs;
    }
    let mut starts: Vec<usize> = runs.iter().map(|run| run.b).collect();
    starts.sort_unstable();
    starts.dedup();
    // A Fenwick tree of prefix maxima over the rank of `b`: (weight of the best chain, its last run).
    let mut tree: Vec<(usize, usize)> = vec![(0, usize::MAX); starts.len() + 1];
    let mut before = vec![usize::MAX; runs.len()];
    let mut best = (0, usize::MAX);
    for (index, run) in runs.iter().enumerate() {
        let rank = starts.partition_point(|start| *start < run.b);
        let mut top = (0, usize::MAX);
        let mut slot = rank;
        while slot > 0 {
            if tree[slot].0 > top.0 {
                top = tree[slot];
            }
            slot &= slot - 1;
        }
        before[index] = top.1;
        let here = (top.0 + run.len, index);
        if here.0 > best.0 {
            best = here;
        }
        let mut slot = rank + 1;
        while slot < tree.len() {
            if here.0 > tree[slot].0 {
                tree[slot] = here;
            }
            slot += slot & slot.wrapping_neg();
        }
    }
    let mut chosen = Vec::new();
    let mut at = best.1;
    while at != usize::MAX {
        chosen.push(runs[at]);
        at = before[at];
    }
    chosen.reverse();
    chosen
}

/// Cuts from each run what overlaps the one before it in either stream.
fn separate(runs: Vec<Run>) -> Vec<Run> {
    let mut kept: Vec<Run> = Vec::with_capacity(runs.len());
    for mut run in runs {
        if let Some(last) = kept.last() {
            let cut =
                (last.a + last.len).saturating_sub(run.a).max((last.b + last.len).saturating_sub(run.b));
            if cut >= run.len {
                continue;
            }
            run = Run { a: run.a + cut, b: run.b + cut, len: run.len - cut };
        }
        kept.push(run);
    }
    kept
}
