//! Hits that lie on one line: a copy's fingerprints come in the original's order.

/// An original's fingerprint found in a leaf: the gram's first ordinal on both sides.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Hit {
    pub(crate) leaf: u32,
    pub(crate) file: u32,
}

/// Hits in order, rising on both sides, with little drift from one to the next.
#[derive(Debug, Clone)]
pub(crate) struct Chain {
    pub(crate) hits: Vec<Hit>,
}

/// How far, in ordinals, a chain reaches over text without hits.
const GAP: u32 = 2_000;
/// How far the distance on one side may differ from that on the other, beside a quarter of it.
const DRIFT: u32 = 96;
/// How many unfinished chains a hit is compared with: bounds the work on hostile leaves.
const OPEN: usize = 24;

impl Chain {
    pub(crate) fn first(&self) -> Hit {
        self.hits.first().copied().unwrap_or(Hit { leaf: 0, file: 0 })
    }

    pub(crate) fn last(&self) -> Hit {
        self.hits.last().copied().unwrap_or(Hit { leaf: 0, file: 0 })
    }
}

/// Sorts hits into chains: each hit joins the open chain that it continues with the least drift.
///
/// `hits` are sorted. Cost: hits times 24.
pub(crate) fn chains(hits: &[Hit]) -> Vec<Chain> {
    let mut done: Vec<Chain> = Vec::new();
    let mut open: Vec<Chain> = Vec::new();
    for hit in hits {
        let mut best: Option<(u32, usize)> = None;
        for (index, chain) in open.iter().enumerate() {
            let last = chain.last();
            if hit.leaf <= last.leaf || hit.file <= last.file {
                continue;
            }
            let (here, there) = (hit.leaf - last.leaf, hit.file - last.file);
            let drift = here.abs_diff(there);
            if here.max(there) <= GAP
                && drift <= DRIFT + here.min(there) / 4
                && best.is_none_or(|best| drift < best.0)
            {
                best = Some((drift, index));
            }
        }
        if let Some((_, index)) = best {
            open[index].hits.push(*hit);
            continue;
        }
        if open.len() == OPEN {
            // The chain left behind longest goes.
            let oldest = (0..open.len()).min_by_key(|index| open[*index].last().leaf).unwrap_or(0);
            done.push(open.swap_remove(oldest));
        }
        open.push(Chain { hits: vec![*hit] });
    }
    done.append(&mut open);
    done
}

/// Counts the ordinals that the grams (of `gram` ordinals) of a rising list of starts cover.
pub(crate) fn covered(starts: impl IntoIterator<Item = u32>, gram: u32) -> u32 {
    let mut sum = 0;
    let mut end = 0;
    for start in starts {
        sum += (start + gram).saturating_sub(end.max(start));
        end = end.max(start + gram);
    }
    sum
}

#[cfg(test)]
mod tests {
    use super::*;

    fn hits(pairs: &[(u32, u32)]) -> Vec<Hit> {
        pairs.iter().map(|(leaf, file)| Hit { leaf: *leaf, file: *file }).collect()
    }

    #[test]
    fn a_copy_is_one_chain_and_an_idiom_another() {
        let found = chains(&hits(&[(10, 110), (20, 120), (25, 9_000), (40, 143), (90, 190)]));
        let mut lengths: Vec<usize> = found.iter().map(|chain| chain.hits.len()).collect();
        lengths.sort_unstable();
        assert_eq!(lengths, [1, 4]);
    }

    #[test]
    fn what_is_covered_twice_counts_once() {
        assert_eq!(covered([0, 10, 100], 32), 42 + 32);
        assert_eq!(covered([], 32), 0);
    }
}
