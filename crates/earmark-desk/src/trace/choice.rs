//! Which matches belong to which code, and which of two revisions a stretch of a leaf is read against.

use std::collections::BTreeMap;

use earmark_model::{Digest, Match};

use super::part::{CodeName, MatchReading, Part};
use crate::desk::Desk;
use crate::error::DeskError;
use crate::watch::haul::Found;

/// Sorts what was found by code; in each, every leaf keeps for every stretch the revision that it matches best.
///
/// Scores of fingerprints choose, never symbols. Of equal scores the newer revision wins.
///
/// # Errors
/// When the ledger cannot be read.
pub(super) async fn by_code(
    desk: &Desk,
    found: &[Found],
    earlier: &[MatchReading],
) -> Result<BTreeMap<CodeName, Part>, DeskError> {
    let mut homes: BTreeMap<Digest, (CodeName, u64)> = BTreeMap::new();
    for plan in desk.ledger().plans().await? {
        homes.insert(plan.plan.revision, ((plan.plan.asset, plan.plan.epoch), plan.log_index));
    }
    let mut parts: BTreeMap<CodeName, Part> = BTreeMap::new();
    for one in found {
        let mut split: BTreeMap<CodeName, Vec<Match>> = BTreeMap::new();
        for matched in &one.matches {
            if let Some((code, _)) = homes.get(&matched.revision) {
                split.entry(code.clone()).or_default().push(matched.clone());
            }
        }
        for (code, matches) in split {
            let matches = best_revision(matches, &|revision| homes.get(revision).map_or(0, |home| home.1));
            let found = Found { matches, upstream: Vec::new(), ..one.clone() };
            parts.entry(code).or_default().found.push(found);
        }
    }
    for one in earlier {
        if let Some((code, _)) = homes.get(&one.matched.revision) {
            parts.entry(code.clone()).or_default().earlier.push(one.clone());
        }
    }
    Ok(parts)
}

/// Drops a match whose stretch of the leaf another revision explains better.
fn best_revision(mut matches: Vec<Match>, age: &dyn Fn(&Digest) -> u64) -> Vec<Match> {
    matches.sort_by_key(|one| std::cmp::Reverse((score(one), age(&one.revision))));
    let mut kept: Vec<Match> = Vec::new();
    for one in matches {
        let explained = kept
            .iter()
            .any(|better| better.revision != one.revision && overlap(better, &one) * 2 > length(&one));
        if !explained {
            kept.push(one);
        }
    }
    kept
}

fn score(matched: &Match) -> u64 {
    matched.regions.iter().map(|region| u64::from(region.score)).sum()
}

fn length(matched: &Match) -> u64 {
    matched.regions.iter().map(|region| u64::from(region.sample_span.len())).sum()
}

fn overlap(a: &Match, b: &Match) -> u64 {
    let mut shared = 0;
    for one in &a.regions {
        for other in &b.regions {
            let start = one.sample_span.start.max(other.sample_span.start);
            let end = one.sample_span.end.min(other.sample_span.end);
            shared += u64::from(end.saturating_sub(start));
        }
    }
    shared
}
