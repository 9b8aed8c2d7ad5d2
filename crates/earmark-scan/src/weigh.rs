use std::collections::HashSet;

use earmark_model::Level as Strength;

use crate::chain::{Chain, covered};
use crate::grams;
use crate::lexer::Tokens;
use crate::symbols;

/// What a chain proves.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Weight {
    /// The level it reaches alone; `None`: a candidate at most.
    pub(crate) strength: Option<Strength>,
    /// How much it says, for adding up chains of one file: distinct trigrams, or a quarter of the symbols covered.
    pub(crate) sum: u32,
}

/// Distinct trigrams that make an alarm: in the best unbroken run, and in a whole chain of several runs.
const ALARM: (usize, usize) = (50, 100);
/// Distinct trigrams that make evidence.
const EVIDENCE: (usize, usize) = (42, 70);
/// With so many different trigrams a text is no table, however often they come again.
const MANY: usize = 200;
/// Symbols covered that make an alarm, and evidence.
const SYMBOLS: (u32, u32) = (128, 96);

/// Weighs a chain of level 2: hit counts alone do not tell idioms from copies, distinct trigrams do.
pub(crate) fn tokens(chain: &Chain, tokens: &Tokens) -> Weight {
    let gram = grams::GRAM as u32;
    let mut all: Vec<u32> = Vec::new();
    let mut best = 0;
    let mut run: Vec<u32> = Vec::new();
    let mut before: Option<(u32, u32)> = None;
    for hit in &chain.hits {
        let diagonal = hit.file.wrapping_sub(hit.leaf);
        let joins = before.is_some_and(|(end, old)| hit.leaf <= end && old == diagonal);
        if !joins {
            best = best.max(count(&mut run));
            run.clear();
        }
        let from = before.filter(|_| joins).map_or(hit.leaf, |(end, _)| end.saturating_sub(2).max(hit.leaf));
        let window = tokens.codes.get(from as usize..(hit.leaf + gram) as usize).unwrap_or_default();
        let fresh = window.array_windows::<3>().map(grams::trigram);
        run.extend(fresh.clone());
        all.extend(fresh);
        before = Some((hit.leaf + gram, diagonal));
    }
    best = best.max(count(&mut run));
    let total = count(&mut all);
    let reaches = |limit: (usize, usize)| best >= limit.0 || total >= limit.1 && chain.hits.len() >= 3;
    Weight { strength: strength(reaches(ALARM), reaches(EVIDENCE)), sum: total as u32 }
}

/// Weighs a chain of level 1 by the symbols its grams cover; what comes again counts once.
pub(crate) fn symbols(chain: &Chain, text: &[u8]) -> Weight {
    let gram = |at: u32| text.get(at as usize..at as usize + symbols::GRAM).unwrap_or_default();
    let mut seen: HashSet<&[u8]> = HashSet::new();
    let fresh: Vec<u32> = chain.hits.iter().map(|hit| hit.leaf).filter(|at| seen.insert(gram(*at))).collect();
    let hits = fresh.len();
    let covered = covered(fresh, symbols::GRAM as u32);
    Weight {
        strength: strength(hits >= 4 && covered >= SYMBOLS.0, hits >= 3 && covered >= SYMBOLS.1),
        sum: covered / 4,
    }
}

fn strength(alarm: bool, evidence: bool) -> Option<Strength> {
    match (alarm, evidence) {
        (true, _) => Some(Strength::Alarm),
        (false, true) => Some(Strength::Evidence),
        _ => None,
    }
}

/// Counts the different trigrams; of a list whose rows are all alike only half.
fn count(trigrams: &mut Vec<u32>) -> usize {
    let all = trigrams.len();
    trigrams.sort_unstable();
    trigrams.dedup();
    let distinct = trigrams.len();
    if distinct < MANY && distinct * 3 < all { distinct / 2 } else { distinct }
}
