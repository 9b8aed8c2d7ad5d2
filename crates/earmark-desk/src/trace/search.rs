//! What the scan alone does not settle: a few lines in a small leaf, and public material.

use std::collections::BTreeMap;

use earmark_model::{Digest, Span};
use earmark_scan::Scanner;

use super::answer::Public;
use crate::desk::Desk;
use crate::error::DeskError;
use crate::watch::haul::{Found, Haul};
use crate::watch::scan;

/// More small leaves than this are no small sample: each further one is a further chance of an accident.
pub(super) const MOST_SMALL_LEAVES: usize = 8;

/// Searches small unrecognized leaves exactly, if nothing else was recognized; gives the chance of the best such
/// match by accident.
///
/// # Errors
/// When an original is missing.
pub(super) async fn exact(desk: &Desk, scanner: &Scanner, haul: &mut Haul) -> Result<Option<f64>, DeskError> {
    let few = (1..=MOST_SMALL_LEAVES).contains(&haul.small.len());
    if !few || haul.found.iter().any(|one| !one.matches.is_empty()) {
        return Ok(None);
    }
    let mut contents: BTreeMap<(Digest, u32), Vec<u8>> = BTreeMap::new();
    for revision in desk.ledger().revisions().await? {
        let manifest = desk.manifest(revision.manifest).await?;
        for (index, entry) in (0..).zip(manifest.entries()) {
            contents.insert((revision.digest, index), desk.get_blob(entry.sha256).await?);
        }
    }
    let original = |revision: &Digest, file: u32| contents.get(&(*revision, file)).cloned();
    let mut chance: Option<f64> = None;
    for leaf in std::mem::take(&mut haul.small) {
        let exact = scanner.exact(&leaf.bytes, &original);
        for one in &exact.matches {
            chance = Some(chance.map_or(one.chance, |best| best.min(one.chance)));
        }
        if !exact.matches.is_empty() || !exact.upstream.is_empty() {
            haul.found.push(Found {
                digest: Digest::of(&leaf.bytes),
                path: leaf.path,
                bytes: leaf.bytes,
                matches: exact.matches.into_iter().map(|one| one.found).collect(),
                upstream: exact.upstream.into_iter().map(|one| one.found).collect(),
            });
        }
    }
    Ok(chance)
}

/// The upstream files that the sample shares with the assets, with the lines of the sample they cover.
///
/// # Errors
/// When a manifest is missing.
pub(super) async fn public_lines(desk: &Desk, haul: &Haul) -> Result<Vec<Public>, DeskError> {
    let names = scan::names(desk, &haul.found).await?;
    let mut lines: BTreeMap<String, u64> = BTreeMap::new();
    for found in &haul.found {
        for matched in &found.upstream {
            let (_, file) = names.name(matched);
            let of_match: u64 =
                matched.regions.iter().map(|region| lines_in(&found.bytes, region.sample_span)).sum();
            *lines.entry(file).or_default() += of_match;
        }
    }
    Ok(lines.into_iter().map(|(upstream, lines)| Public { upstream, lines }).collect())
}

/// Lines that `span` of `bytes` touches.
#[must_use]
pub(super) fn lines_in(bytes: &[u8], span: Span) -> u64 {
    let part = bytes.get(span.range()).unwrap_or(&[]);
    let breaks = part.iter().filter(|byte| **byte == b'\n').count() as u64;
    breaks + u64::from(part.last().is_some_and(|byte| *byte != b'\n'))
}
