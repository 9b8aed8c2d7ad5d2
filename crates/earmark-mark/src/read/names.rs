//! What names became: votes of aligned names, a map of clear winners.

use std::collections::HashMap;

/// Pairs of hashes (in the original, in the sample) with how often they stood together.
#[derive(Debug, Default)]
pub(super) struct Votes {
    pairs: HashMap<u32, HashMap<u32, u32>>,
}

/// The name that each of the original's names has in the sample.
#[derive(Debug, Default)]
pub(super) struct NameMap {
    names: HashMap<u32, u32>,
}

impl Votes {
    pub(super) fn add(&mut self, original: u32, sample: u32) {
        *self.pairs.entry(original).or_default().entry(sample).or_default() += 1;
    }

    /// The winners that have more than three fifths of their name's votes.
    pub(super) fn decide(&self) -> NameMap {
        let mut names = HashMap::new();
        for (original, votes) in &self.pairs {
            let all: u32 = votes.values().sum();
            // Hash maps have no order: the greatest by (votes, name) is the same in every run.
            if let Some((sample, count)) = votes.iter().max_by_key(|(sample, count)| (**count, **sample))
                && count * 5 > all * 3
            {
                names.insert(*original, *sample);
            }
        }
        NameMap { names }
    }
}

impl NameMap {
    /// The cost of reading `sample` where the original has `original`.
    pub(super) fn cost(&self, original: u32, sample: u32) -> u32 {
        match self.names.get(&original) {
            Some(expected) if *expected == sample => 0,
            Some(_) => 6,
            None if original == sample => 0,
            None => 2,
        }
    }
}
