//! The gap guarantee: window minima where thresholds chose nothing.

use std::collections::VecDeque;

/// Calls `take` with the position of the least hash of each window of `window` positions inside `from..to`, the leftmost
/// of equal ones, each position once.
///
/// What is taken depends on nothing outside its window, so equal texts give equal minima. Cost: linear.
pub(crate) fn minima(
    from: usize,
    to: usize,
    window: usize,
    hash: impl Fn(usize) -> u32,
    mut take: impl FnMut(usize),
) {
    // (hash, position), rising in both: the head is the minimum of the window that ends here.
    let mut queue: VecDeque<(u32, usize)> = VecDeque::new();
    let mut taken = usize::MAX;
    for at in from..to {
        let here = hash(at);
        while queue.pop_back_if(|back| back.0 > here).is_some() {}
        queue.push_back((here, at));
        if at + 1 < from + window {
            continue;
        }
        while queue.pop_front_if(|front| front.1 + window <= at).is_some() {}
        if let Some(&(_, least)) = queue.front()
            && least != taken
        {
            taken = least;
            take(least);
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        /// Against looking at every window by itself.
        #[test]
        fn every_window_has_its_minimum(hashes in prop::collection::vec(0u32..20, 0..80), window in 1usize..12) {
            let mut want: Vec<usize> = (0..(hashes.len() + 1).saturating_sub(window))
                .filter_map(|start| (start..start + window).min_by_key(|at| (hashes[*at], *at)))
                .collect();
            want.dedup();
            let mut found = Vec::new();
            minima(0, hashes.len(), window, |at| hashes[at], |at| found.push(at));
            prop_assert_eq!(found, want);
        }
    }
}
