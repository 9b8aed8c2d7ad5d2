//! Scanning: every leaf of a sample against the index of everything protected.

use std::collections::{BTreeMap, BTreeSet};
use std::num::NonZeroUsize;
use std::path::PathBuf;
use std::sync::atomic::{AtomicU64, Ordering};

use earmark_model::{Digest, Leaf, Match};
use earmark_scan::{ScanOptions, Scanner, Segment};
use earmark_store::Revision;
use serde::Serialize;

use super::haul::{Found, Haul, Unscanned};
use super::journal::Journal;
use super::leaves::{self, Item};
use super::outcome::{MatchLine, Outcome};
use crate::desk::Desk;
use crate::error::{DeskError, Kind};
use crate::pool;

/// What to scan, and how.
#[derive(Debug, Clone, Default)]
pub struct Request {
    /// Files, folders, archives; `-` is standard input.
    pub paths: Vec<PathBuf>,
    /// At most so many threads; as many as the machine has cores if none is named.
    pub threads: Option<NonZeroUsize>,
    /// Go on with the same scan where it was stopped.
    pub resume: bool,
}

/// Takes what came of each file as it is done, in no order.
pub type Taken<'a> = dyn Fn(&Outcome) + Sync + 'a;

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
    let cage = desk.cage()?;
    let mut haul = Haul::default();
    let items = list(desk, paths, &mut haul.unscanned)?;
    let meter = Meter::new(items.len(), progress);
    let parts = pool::map_in_order(&items, |item: &Item| {
        let part = leaves::open(cage, item, &|leaf, part| look(scanner, leaf, part));
        meter.file_done(part.bytes);
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

/// The files at `paths`, and what can be told at once to be none.
fn list(desk: &Desk, paths: &[PathBuf], unscanned: &mut Vec<Unscanned>) -> Result<Vec<Item>, DeskError> {
    let mut items = Vec::new();
    for path in paths {
        leaves::list(path, &desk.folder().join("tmp"), &mut items, unscanned)?;
    }
    Ok(items)
}

/// Counts what is done, from any thread.
struct Meter<'a> {
    all: u64,
    done: AtomicU64,
    bytes: AtomicU64,
    progress: &'a Progress<'a>,
}

impl<'a> Meter<'a> {
    fn new(all: usize, progress: &'a Progress<'a>) -> Self {
        Self { all: all as u64, done: AtomicU64::new(0), bytes: AtomicU64::new(0), progress }
    }

    fn file_done(&self, bytes: u64) {
        let bytes = self.bytes.fetch_add(bytes, Ordering::Relaxed) + bytes;
        let done = self.done.fetch_add(1, Ordering::Relaxed) + 1;
        (self.progress)(done, self.all, bytes);
    }
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

/// Scans everything that `request` names; hands over what came of each file as it is done.
///
/// Memory grows with what is recognized, not with what is looked at. What is done is noted in the vault's `tmp`, so
/// that a scan that was stopped can go on.
///
/// # Errors
/// When a path does not exist, an index is damaged, or the vault cannot be written.
pub async fn scan(
    desk: &Desk,
    request: &Request,
    progress: &Progress<'_>,
    taken: &Taken<'_>,
) -> Result<Answer, DeskError> {
    let begun = desk.now();
    let cage = desk.cage()?;
    let scanner = scanner(desk).await?;
    let names = Names::of(desk, desk.ledger().revisions().await?).await?;
    let mut answer =
        Answer { samples: 0, leaves: 0, bytes: 0, seconds: 0.0, unscanned: Vec::new(), matches: Vec::new() };
    let items = list(desk, &request.paths, &mut answer.unscanned)?;
    let tmp = desk.folder().join("tmp");
    let journal = Journal::open(&tmp, &name_of(request, &names), request.resume)
        .map_err(|source| DeskError::io("note what is scanned in", &tmp, source))?;
    let meter = Meter::new(items.len(), progress);
    let threads = request.threads.map_or_else(pool::threads, NonZeroUsize::get);
    let outcomes = pool::map_on(threads, &items, |item: &Item| {
        let stamp = item.stamp();
        let known = stamp.as_deref().and_then(|stamp| journal.done(stamp));
        let outcome = known.unwrap_or_else(|| {
            let haul = leaves::open(cage, item, &|leaf, part| look_only(&scanner, leaf, part));
            let outcome = names.outcome(haul);
            if let Some(stamp) = stamp {
                journal.note(stamp, &outcome);
            }
            outcome
        });
        meter.file_done(outcome.bytes);
        taken(&outcome);
        outcome
    });
    journal.finish();
    for outcome in outcomes {
        answer.samples += outcome.samples;
        answer.leaves += outcome.leaves;
        answer.bytes += outcome.bytes;
        answer.unscanned.extend(outcome.unscanned);
        answer.matches.extend(outcome.matches);
    }
    answer.seconds = (desk.now().0 - begun.0) as f64 / 1000.0;
    Ok(answer)
}

/// A scan of the same paths against the same revisions is the same scan.
fn name_of(request: &Request, names: &Names) -> Digest {
    let mut name = Vec::new();
    for path in &request.paths {
        name.extend_from_slice(path.as_os_str().as_encoded_bytes());
        name.push(0);
    }
    for revision in names.0.keys() {
        name.extend_from_slice(&revision.0);
    }
    Digest::of(&name)
}

/// Looks at a leaf and forgets it.
fn look_only(scanner: &Scanner, leaf: Leaf, haul: &mut Haul) {
    look(scanner, leaf, haul);
    haul.small.clear();
    if let Some(found) = haul.found.last_mut() {
        found.bytes = Vec::new();
    }
}

/// The names of revisions and their files.
pub struct Names(BTreeMap<Digest, (String, earmark_model::Manifest)>);

impl Names {
    /// The asset and the file that a match is about.
    #[must_use]
    pub fn name(&self, matched: &Match) -> (String, String) {
        let Some((asset, manifest)) = self.0.get(&matched.revision) else { return Default::default() };
        let file = manifest.entries().get(matched.file as usize).map(earmark_model::Entry::path_text);
        (asset.clone(), file.unwrap_or_default())
    }

    /// Looks up the names of `revisions`.
    async fn of(desk: &Desk, revisions: impl IntoIterator<Item = Revision>) -> Result<Self, DeskError> {
        let mut names = BTreeMap::new();
        for revision in revisions {
            let manifest = desk.manifest(revision.manifest).await?;
            names.insert(revision.digest, (revision.asset.to_string(), manifest));
        }
        Ok(Self(names))
    }

    /// What came of one file, in names.
    fn outcome(&self, haul: Haul) -> Outcome {
        let mut outcome = Outcome {
            samples: haul.samples.len() as u64,
            leaves: haul.leaves,
            bytes: haul.bytes,
            unscanned: haul.unscanned,
            matches: Vec::new(),
        };
        for found in &haul.found {
            for matched in &found.matches {
                let (asset, file) = self.name(matched);
                outcome.matches.extend(matched.regions.iter().map(|region| MatchLine {
                    sample: found.path.clone(),
                    asset: asset.clone(),
                    revision: matched.revision.to_string(),
                    file: file.clone(),
                    sample_span: [region.sample_span.start, region.sample_span.end],
                    file_span: [region.file_span.start, region.file_span.end],
                    score: region.score,
                    level: matched.level,
                }));
            }
        }
        outcome
    }
}

/// Looks up the names of everything that was found.
///
/// # Errors
/// When a manifest is missing.
pub async fn names(desk: &Desk, found: &[Found]) -> Result<Names, DeskError> {
    let matches = found.iter().flat_map(|one| one.matches.iter().chain(&one.upstream));
    let touched: BTreeSet<Digest> = matches.map(|matched| matched.revision).collect();
    let revisions = desk.ledger().revisions().await?;
    Names::of(desk, revisions.into_iter().filter(|revision| touched.contains(&revision.digest))).await
}
