use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};
use std::fmt;
use std::fs;
use std::io;
use std::os::unix::fs::{MetadataExt, PermissionsExt};
use std::path::{Path, PathBuf};

use earmark_model::{Digest, UnixMillis};

use crate::blobs::{BlobError, StoredBlob};
use crate::{EntryKind, StoreError, Vault};

/// How thorough a check is, and what it may change.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct CheckOptions {
    /// Remove orphan blobs and stray files of `tmp/`.
    pub collect: bool,
    /// Read every blob and compare it with its name.
    pub contents: bool,
    /// Leave alone what was written at this instant or later: somebody may be at work on it. An hour
    /// before now is a good choice.
    pub settled_before: UnixMillis,
}

/// One thing that a check found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Finding {
    /// A blob that no row names, as a crash between blob and row leaves it.
    Orphan(Digest),
    /// An unfinished file.
    Stray(PathBuf),
    /// A row or manifest names a blob that is not there.
    Missing {
        /// The blob.
        blob: Digest,
        /// What names it.
        named_by: &'static str,
    },
    /// A blob's content is not what its name says.
    Corrupted(Digest),
    /// A manifest's blob cannot be understood.
    NoManifest(Digest),
    /// The log's sequence lacks this index.
    Gap(u64),
    /// The sequence counts another number of entries than it has.
    Tail {
        /// What it counts.
        counted: u64,
        /// What it has.
        found: u64,
    },
    /// A plan or copy whose entry is of another kind or binds another commitment.
    WrongEntry {
        /// `plan` or `copy`.
        noun: &'static str,
        /// Index of the entry that it names.
        log_index: u64,
    },
    /// An entry of a plan or copy that no row explains.
    Unexplained(u64),
    /// A code whose positions are not numbered from 0 to its count.
    Positions {
        /// Its asset and epoch.
        code: String,
    },
    /// A key, or the folder of keys, that others may read.
    Open {
        /// Which.
        path: PathBuf,
        /// Its permission bits.
        mode: u32,
    },
    /// What the database says of itself.
    Ledger(String),
}

impl Finding {
    /// Whether something is lost or wrong; what is not a fault is only untidy.
    #[must_use]
    pub fn is_fault(&self) -> bool {
        !matches!(self, Self::Orphan(_) | Self::Stray(_))
    }
}

impl fmt::Display for Finding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Orphan(blob) => write!(f, "nothing names the blob `{blob}`"),
            Self::Stray(path) => write!(f, "`{}` is unfinished", path.display()),
            Self::Missing { blob, named_by } => write!(f, "the {named_by} `{blob}` is missing"),
            Self::Corrupted(blob) => write!(f, "the blob `{blob}` is corrupted"),
            Self::NoManifest(blob) => write!(f, "the manifest `{blob}` cannot be understood"),
            Self::Gap(index) => write!(f, "the log's sequence lacks entry {index}"),
            Self::Tail { counted, found } => {
                write!(f, "the log's sequence counts {counted} entries and has {found}")
            }
            Self::WrongEntry { noun, log_index } => {
                write!(f, "a {noun} names entry {log_index}, which does not bind it")
            }
            Self::Unexplained(index) => write!(f, "nothing explains entry {index} of the log's sequence"),
            Self::Positions { code } => write!(f, "the positions of `{code}` are not numbered without gaps"),
            Self::Open { path, mode } => {
                write!(f, "`{}` may be read by others (mode {mode:o})", path.display())
            }
            Self::Ledger(fault) => write!(f, "the ledger: {fault}"),
        }
    }
}

/// What a check saw and found.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct CheckReport {
    /// Blobs there are.
    pub blobs: u64,
    /// Bytes in them.
    pub blob_bytes: u64,
    /// Entries of the log's sequence.
    pub entries: u64,
    /// What was found, faults and untidiness.
    pub findings: Vec<Finding>,
    /// How many orphans and stray files were removed.
    pub collected: u64,
}

impl CheckReport {
    /// Whether nothing is lost or wrong.
    #[must_use]
    pub fn is_sound(&self) -> bool {
        !self.findings.iter().any(Finding::is_fault)
    }
}

/// Checks a vault while others may work on it, and tidies up when asked.
///
/// Looks for blobs that rows or manifests name and that are missing or (with `contents`) corrupted,
/// orphans, unfinished files, gaps in the log's sequence, plans and copies that disagree with their
/// entries, open key files; and asks the database to check itself.
///
/// # Errors
/// Only when the check itself cannot go on: the ledger or the blobs cannot be read.
pub async fn check(vault: &Vault, options: CheckOptions) -> Result<CheckReport, StoreError> {
    let mut report = CheckReport::default();
    report.findings.extend(vault.ledger().integrity().await?.into_iter().map(Finding::Ledger));
    check_sequence(vault, &mut report).await?;
    check_positions(vault, &mut report).await?;
    // Rows before blobs: whoever writes at the same time writes the blob first.
    let wanted = wanted_blobs(vault, &mut report).await?;
    check_blobs(vault, &wanted, options, &mut report).await?;
    let root = vault.root().to_owned();
    let walked = tokio::task::spawn_blocking(move || {
        let mut found = open_keys(&root.join("keys"))?;
        let (strays, removed) = strays(&root.join("tmp"), options)?;
        found.extend(strays);
        Ok::<_, StoreError>((found, removed))
    });
    let (found, removed) = walked.await.map_err(|_| BlobError::Ending)??;
    report.findings.extend(found);
    report.collected += removed;
    Ok(report)
}

async fn check_sequence(vault: &Vault, report: &mut CheckReport) -> Result<(), StoreError> {
    // Nouns before entries, so that what is recorded meanwhile has its entry in view.
    let plans = vault.ledger().plans().await?;
    let copies = vault.ledger().copies().await?;
    let statements = vault.ledger().statements().await?;
    let counted = vault.ledger().log_length().await?;
    let mut explained = HashMap::new();
    for plan in &plans {
        explained.insert(plan.log_index, (EntryKind::Plan, plan.plan.commitment.digest));
    }
    for copy in &copies {
        explained.insert(copy.log_index, (EntryKind::Copy, copy.copy.commitment.digest));
    }
    let stated: HashSet<u64> = statements.iter().map(|statement| statement.log_index).collect();
    let erased: HashSet<u64> =
        statements.iter().filter_map(|statement| erased(&statement.document)).collect();
    let mut next = 0;
    loop {
        let entries = vault.ledger().entries(next, 10_000).await?;
        let Some(last) = entries.last() else { break };
        let after = last.log_index + 1;
        for entry in &entries {
            for missing in next..entry.log_index {
                report.findings.push(Finding::Gap(missing));
            }
            next = entry.log_index + 1;
            report.entries += 1;
            let of_table = matches!(entry.kind, EntryKind::Plan | EntryKind::Copy);
            let says_it =
                entry.kind == EntryKind::Padding || (!of_table && stated.contains(&entry.log_index));
            match explained.remove(&entry.log_index) {
                Some((kind, commitment)) if kind == entry.kind && commitment == entry.commitment => {}
                Some((kind, _)) => report
                    .findings
                    .push(Finding::WrongEntry { noun: kind.word(), log_index: entry.log_index }),
                None if entry.log_index < counted && !erased.contains(&entry.log_index) && !says_it => {
                    report.findings.push(Finding::Unexplained(entry.log_index));
                }
                None => {}
            }
        }
        next = after;
    }
    if report.entries < counted {
        report.findings.push(Finding::Tail { counted, found: report.entries });
    }
    let mut left: Vec<_> = explained.into_iter().collect();
    left.sort_unstable_by_key(|(log_index, _)| *log_index);
    for (log_index, (kind, _)) in left {
        report.findings.push(Finding::WrongEntry { noun: kind.word(), log_index });
    }
    Ok(())
}

/// The entry that a tombstone says was erased. Whether it says the truth is for the log's own verification,
/// which can open commitments.
fn erased(document: &str) -> Option<u64> {
    let document: serde_json::Value = serde_json::from_str(document).ok()?;
    document.get("erased")?.as_str()?.parse().ok()
}

async fn check_positions(vault: &Vault, report: &mut CheckReport) -> Result<(), StoreError> {
    for asset in vault.ledger().assets().await? {
        for code in vault.ledger().codes(&asset.name).await? {
            let positions = vault.ledger().positions(&asset.name, code.epoch).await?;
            let numbered = positions.iter().zip(0..).all(|(position, number)| position.number.0 == number);
            if !numbered || (positions.len() as u64) < code.positions {
                report
                    .findings
                    .push(Finding::Positions { code: format!("{} epoch {}", asset.name, code.epoch) });
            }
        }
    }
    Ok(())
}

/// The blobs that must be there, each with what names it; samples of looks may be there (`None`).
async fn wanted_blobs(
    vault: &Vault,
    report: &mut CheckReport,
) -> Result<BTreeMap<Digest, Option<&'static str>>, StoreError> {
    let mut wanted = BTreeMap::new();
    for matter in vault.ledger().matters().await? {
        wanted.extend(vault.ledger().samples_of(&matter.id).await?.into_iter().map(|sample| (sample, None)));
    }
    let named = vault.ledger().named_blobs().await?;
    let manifests: BTreeSet<Digest> =
        named.iter().filter(|(noun, _)| *noun == "manifest").map(|(_, blob)| *blob).collect();
    wanted.extend(named.into_iter().map(|(noun, blob)| (blob, Some(noun))));
    for blob in manifests {
        match vault.manifest(blob).await {
            Ok(manifest) => {
                wanted.extend(manifest.entries().iter().map(|entry| (entry.sha256, Some("file"))));
            }
            // Reported with the blobs; content that cannot be read counts as corrupted only once.
            Err(StoreError::Blob(BlobError::Missing(_))) => {}
            Err(StoreError::Blob(BlobError::Corrupted(_))) => report.findings.push(Finding::Corrupted(blob)),
            Err(StoreError::Damaged(_)) => report.findings.push(Finding::NoManifest(blob)),
            Err(other) => return Err(other),
        }
    }
    Ok(wanted)
}

async fn check_blobs(
    vault: &Vault,
    wanted: &BTreeMap<Digest, Option<&'static str>>,
    options: CheckOptions,
    report: &mut CheckReport,
) -> Result<(), StoreError> {
    let stored = vault.blobs().list().await?;
    let there: BTreeSet<Digest> = stored.iter().map(|blob| blob.digest).collect();
    report.blobs = stored.len() as u64;
    report.blob_bytes = stored.iter().map(|blob| blob.length).sum();
    for (blob, named_by) in wanted {
        if let (Some(named_by), false) = (named_by, there.contains(blob)) {
            report.findings.push(Finding::Missing { blob: *blob, named_by });
        }
    }
    // A manifest that cannot be read hides what it lists: until it is back, nothing is an orphan.
    let all_known = !report.findings.iter().any(|finding| {
        matches!(
            finding,
            Finding::NoManifest(_) | Finding::Corrupted(_) | Finding::Missing { named_by: "manifest", .. }
        )
    });
    for StoredBlob { digest, touched, .. } in stored {
        if !wanted.contains_key(&digest) {
            if touched < options.settled_before && all_known {
                report.findings.push(Finding::Orphan(digest));
                if options.collect && vault.blobs().remove(digest, options.settled_before).await? {
                    report.collected += 1;
                }
            }
            continue;
        }
        if options.contents {
            match vault.blobs().get(digest).await {
                Ok(_) => {}
                Err(BlobError::Corrupted(_)) => {
                    if !report.findings.contains(&Finding::Corrupted(digest)) {
                        report.findings.push(Finding::Corrupted(digest));
                    }
                }
                Err(BlobError::Missing(_)) => {
                    report.findings.push(Finding::Missing { blob: digest, named_by: "blob" });
                }
                Err(other) => return Err(other.into()),
            }
        }
    }
    Ok(())
}

fn open_keys(keys: &Path) -> Result<Vec<Finding>, StoreError> {
    let mut found = Vec::new();
    let mut look = |path: PathBuf| -> Result<(), StoreError> {
        let mode = fs::metadata(&path).map_err(StoreError::io(&path))?.permissions().mode() & 0o777;
        if mode & 0o077 != 0 {
            found.push(Finding::Open { path, mode });
        }
        Ok(())
    };
    look(keys.to_owned())?;
    for file in fs::read_dir(keys).map_err(StoreError::io(keys))? {
        look(file.map_err(StoreError::io(keys))?.path())?;
    }
    found.sort_by_key(|finding| finding.to_string());
    Ok(found)
}

/// The settled files of `tmp/`, and how many of them were removed.
fn strays(tmp: &Path, options: CheckOptions) -> Result<(Vec<Finding>, u64), StoreError> {
    let (mut found, mut removed) = (Vec::new(), 0);
    for file in fs::read_dir(tmp).map_err(StoreError::io(tmp))? {
        let path = file.map_err(StoreError::io(tmp))?.path();
        let about = match fs::symlink_metadata(&path) {
            Err(error) if error.kind() == io::ErrorKind::NotFound => continue,
            other => other.map_err(StoreError::io(&path))?,
        };
        if about.mtime() * 1000 >= options.settled_before.0 {
            continue;
        }
        if options.collect {
            let gone = if about.is_dir() { fs::remove_dir_all(&path) } else { fs::remove_file(&path) };
            gone.map_err(StoreError::io(&path))?;
            removed += 1;
        }
        found.push(Finding::Stray(path));
    }
    found.sort_by_key(|finding| finding.to_string());
    Ok((found, removed))
}
