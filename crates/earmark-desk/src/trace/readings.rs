//! Readings: every match of a sample read in the cage, then merged by position.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::sync::Arc;

use earmark_mark::SiteTable;
use earmark_model::{Digest, Manifest, Match, Span};

use super::part::{MatchReading, Part};
use super::search::lines_in;
use crate::caged;
use crate::codes;
use crate::desk::Desk;
use crate::error::DeskError;
use crate::pool;
use crate::watch::haul::Found;

/// A revision with all that reading it needs.
pub(super) struct Original {
    /// Its site table.
    pub table: SiteTable,
    /// Its files.
    pub manifest: Manifest,
    contents: HashMap<u32, Arc<Vec<u8>>>,
}

impl Original {
    /// Loads the table, the manifest and the contents of the files that `matches` touch.
    ///
    /// # Errors
    /// When something of it is missing.
    pub(super) async fn load(desk: &Desk, revision: &Digest, files: &[u32]) -> Result<Self, DeskError> {
        let (table, manifest) = codes::table_of(desk, revision).await?;
        let mut contents = HashMap::new();
        for &file in files {
            if let Some(entry) = manifest.entries().get(file as usize) {
                contents.insert(file, Arc::new(desk.get_blob(entry.sha256).await?));
            }
        }
        Ok(Self { table, manifest, contents })
    }

    /// The content of a file that was loaded.
    #[must_use]
    pub(super) fn content(&self, file: u32) -> Option<&[u8]> {
        self.contents.get(&file).map(|bytes| bytes.as_slice())
    }

    /// The path of a file.
    #[must_use]
    pub(super) fn path(&self, file: u32) -> String {
        self.manifest.entries().get(file as usize).map_or_else(String::new, earmark_model::Entry::path_text)
    }
}

/// The revisions that `part` touches, loaded.
///
/// # Errors
/// When something of one is missing.
pub(super) async fn originals(desk: &Desk, part: &Part) -> Result<BTreeMap<Digest, Original>, DeskError> {
    let now = part.found.iter().flat_map(|one| &one.matches);
    let mut touched: BTreeMap<Digest, Vec<u32>> = BTreeMap::new();
    for matched in now.chain(part.earlier.iter().map(|one| &one.matched)) {
        touched.entry(matched.revision).or_default().push(matched.file);
    }
    let mut loaded = BTreeMap::new();
    for (revision, files) in touched {
        loaded.insert(revision, Original::load(desk, &revision, &files).await?);
    }
    Ok(loaded)
}

/// Reads every match of every leaf, as many at a time as the machine has cores, and adds what earlier looks read of
/// other leaves.
///
/// A file without sites, or one whose reader died, gives no reading: its positions stay erased.
#[must_use]
pub(super) fn read_all(
    desk: &Desk,
    part: &Part,
    originals: &BTreeMap<Digest, Original>,
) -> Vec<MatchReading> {
    let jobs: Vec<(&Found, &Match)> =
        part.found.iter().flat_map(|one| one.matches.iter().map(move |matched| (one, matched))).collect();
    let mut read = pool::map_in_order(&jobs, |(one, matched)| {
        let reading = originals.get(&matched.revision).and_then(|original| {
            let table = original.table.file(matched.file)?;
            let content = original.content(matched.file)?;
            caged::read(desk.cage().ok()?, content, table, &matched.regions, &one.bytes).ok().flatten()
        });
        MatchReading { sample: one.path.clone(), leaf: one.digest, matched: (*matched).clone(), reading }
    });
    let leaves: BTreeSet<Digest> = part.found.iter().map(|one| one.digest).collect();
    read.extend(part.earlier.iter().filter(|one| !leaves.contains(&one.leaf)).cloned());
    read
}

/// Lines of the protected files that regions cover, each line once.
#[must_use]
pub(super) fn lines_covered(read: &[MatchReading], originals: &BTreeMap<Digest, Original>) -> u64 {
    let mut spans: BTreeMap<(Digest, u32), Vec<Span>> = BTreeMap::new();
    for one in read {
        let of_file = spans.entry((one.matched.revision, one.matched.file)).or_default();
        of_file.extend(one.matched.regions.iter().map(|region| region.file_span));
    }
    let mut lines = 0;
    for ((revision, file), mut spans) in spans {
        let Some(content) = originals.get(&revision).and_then(|original| original.content(file)) else {
            continue;
        };
        spans.sort_by_key(|span| span.start);
        let mut reached = 0;
        for span in spans {
            let rest = Span::new(span.start.max(reached), span.end.max(reached));
            lines += lines_in(content, rest);
            reached = reached.max(span.end);
        }
    }
    lines
}
