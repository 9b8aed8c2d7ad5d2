//! Scanning: every leaf of a sample against the index of everything protected.

use std::path::PathBuf;
use std::sync::atomic::{AtomicU64, Ordering};

use earmark_model::{Digest, Leaf, Level, Match};
use earmark_scan::{ScanOptions, Scanner, Segment};
use serde::Serialize;

use super::haul::{Found, Haul, Unscanned};
use super::leaves::{self, Item};
use crate::desk::Desk;
use crate::error::{DeskError, Kind};
use crate::pool;

/// One line of the answer.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct MatchLine {
    /// The way into the sample.
    pub sample: String,
    /// The asset.
    pub asset: String,
    /// The revision.
    pub revision: String,
    /// The protected file.
    pub file: String,
    /// Bytes of the leaf, half open.
    pub sample_span: [u32; 2],
    /// Bytes of the protected file, half open.
    pub file_span: [u32; 2],
    /// Agreeing fingerprints.
    pub score: u32,
    /// `hash`, `alarm` or `evidence`.
    pub level: Level,
}

/// The answer of `scan`.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Answer {
    /// Samples.
    pub samples: u64,
    /// Leaves looked at.
    pub leaves: u64,
    /// Bytes of leaves.
    pub bytes: u64,
    /// Wall-clock seconds.
    pub seconds: f64,
    /// What could not be looked at.
    pub unscanned: Vec<Unscanned>,
    /// What was recognized.
    pub matches: Vec<MatchLine>,
}

/// Tells how far a scan has come: samples done, samples in all, bytes of leaves.
pub type Progress<'a> = dyn Fn(u64, u64, u64) + Sync + 'a;

/// A leaf up to this long, unrecognized, is searched exactly by a trace, in bytes.
pub const SMALL_LEAF_BYTES: usize = 8 << 10;

/// A scanner over the indexes of all revisions of all assets.
///
/// # Errors
/// When an index is missing or damaged.
pub async fn scanner(desk: &Desk) -> Result<Scanner, DeskError> {
    let mut segments = Vec::new();
    for revision in desk.ledger().revisions().await? {
        let Some(blob) = revision.index_blob else { continue };
        let damaged = |source| {
            DeskError::because(
                Kind::Unavailable,
                format!("the index of `{}` is damaged", revision.asset),
                source,
            )
            .hint("run `earmark vault check` on this vault")
        };
        segments.push(Segment::open(desk.get_blob(blob).await?).map_err(damaged)?);
    }
    Scanner::new(desk.index_key(), segments, ScanOptions::default())
        .map_err(|source| DeskError::because(Kind::Unavailable, "the indexes cannot be searched", source))
}

/// Goes through everything at `paths` and keeps what `scanner` recognizes.
///
/// # Errors
/// When a path that was named does not exist; everything else that cannot be read is noted and passed over.
pub fn haul(
    desk: &Desk,
    scanner: &Scanner,
    paths: &[PathBuf],
    progress: &Progress<'_>,
) -> Result<Haul, DeskError> {
    let mut haul = Haul::default();
    let mut items = Vec::new();
    for path in paths {
        leaves::list(path, &mut items, &mut haul.unscanned)?;
    }
    let (done, bytes) = (AtomicU64::new(0), AtomicU64::new(0));
    let parts = pool::map_in_order(&items, |item: &Item| {
        let part = leaves::open(desk.cage(), item, &|leaf, part| {
            bytes.fetch_add(leaf.bytes.len() as u64, Ordering::Relaxed);
            look(scanner, leaf, part);
        });
        let so_far = done.fetch_add(1, Ordering::Relaxed) + 1;
        progress(so_far, items.len() as u64, bytes.load(Ordering::Relaxed));
        part
    });
    for part in parts {
        haul.samples.extend(part.samples);
        haul.leaves += part.leaves;
        haul.bytes += part.bytes;
        haul.found.extend(part.found);
        haul.small.extend(part.small);
        haul.unscanned.extend(part.unscanned);
    }
    Ok(haul)
}

fn look(scanner: &Scanner, leaf: Leaf, haul: &mut Haul) {
    haul.leaves += 1;
    haul.bytes += leaf.bytes.len() as u64;
    let result = scanner.scan(&leaf.bytes);
    if !result.matches.is_empty() || !result.upstream.is_empty() {
        haul.found.push(Found {
            digest: Digest::of(&leaf.bytes),
            path: leaf.path,
            bytes: leaf.bytes,
            matches: result.matches,
            upstream: result.upstream,
        });
    } else if leaf.bytes.len() <= SMALL_LEAF_BYTES {
        haul.small.push(leaf);
    }
}

/// Scans everything at `paths`.
///
/// # Errors
/// When a path does not exist, or an index is damaged.
pub async fn scan(desk: &Desk, paths: &[PathBuf], progress: &Progress<'_>) -> Result<Answer, DeskError> {
    let begun = desk.now();
    let scanner = scanner(desk).await?;
    let haul = haul(desk, &scanner, paths, progress)?;
    let names = names(desk, &haul.found).await?;
    let mut matches = Vec::new();
    for found in &haul.found {
        for matched in &found.matches {
            let (asset, file) = names.name(matched);
            for region in &matched.regions {
                matches.push(MatchLine {
                    sample: found.path.clone(),
                    asset: asset.clone(),
                    revision: matched.revision.to_string(),
                    file: file.clone(),
                    sample_span: [region.sample_span.start, region.sample_span.end],
                    file_span: [region.file_span.start, region.file_span.end],
                    score: region.score,
                    level: matched.level,
                });
            }
        }
    }
    Ok(Answer {
        samples: haul.samples.len() as u64,
        leaves: haul.leaves,
        bytes: haul.bytes,
        seconds: (desk.now().0 - begun.0) as f64 / 1000.0,
        unscanned: haul.unscanned,
        matches,
    })
}

/// The names of revisions and their files.
pub struct Names(std::collections::BTreeMap<Digest, (String, earmark_model::Manifest)>);

impl Names {
    /// The asset and the file that a match is about.
    #[must_use]
    pub fn name(&self, matched: &Match) -> (String, String) {
        let Some((asset, manifest)) = self.0.get(&matched.revision) else { return Default::default() };
        let file = manifest.entries().get(matched.file as usize).map(earmark_model::Entry::path_text);
        (asset.clone(), file.unwrap_or_default())
    }
}

/// Looks up the names of everything that was found.
///
/// # Errors
/// When a manifest is missing.
pub async fn names(desk: &Desk, found: &[Found]) -> Result<Names, DeskError> {
    let mut names = std::collections::BTreeMap::new();
    for matched in found.iter().flat_map(|one| one.matches.iter().chain(&one.upstream)) {
        if let std::collections::btree_map::Entry::Vacant(slot) = names.entry(matched.revision) {
            let revision = desk.ledger().revision(&matched.revision).await?;
            slot.insert((revision.asset.to_string(), desk.manifest(revision.manifest).await?));
        }
    }
    Ok(Names(names))
}
