//! Judging a published log, file by file, without asking whoever published it.

use std::collections::BTreeMap;
use std::fmt;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use crate::checkpoint::CheckpointError;
use crate::folder::{CHECKPOINT, CHECKPOINTS, KEYS, WRITING, handover, trust_text};
use crate::handover::{HandoverError, check_handovers};
use crate::tile::{Tile, TileKind, read_bundle};
use crate::trust::{Opened, Past, Trust};
use crate::{Note, Tree, VerifierKey};

/// Longest file that a log may hold: a bundle of 256 entries of the greatest length, or a note.
const LONGEST_FILE: u64 = 256 * (2 + 65_535);

/// One thing that is wrong with a published log.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Fault {
    /// A file is not there.
    Missing(String),
    /// A file that no log has.
    Stray(String),
    /// A file that cannot be understood.
    Malformed {
        /// Which.
        path: String,
        /// What is wrong.
        why: String,
    },
    /// A tile does not hold the hashes of the entries.
    Tile(String),
    /// A checkpoint that is not to be trusted.
    Checkpoint {
        /// Which.
        path: String,
        /// Why.
        why: CheckpointError,
    },
    /// A checkpoint whose root is not that of the entries: one of the two was changed.
    Root {
        /// Which.
        path: String,
        /// Its size.
        size: u64,
    },
    /// A signature by a key that is not listed.
    Stranger {
        /// The checkpoint.
        path: String,
        /// The key's name.
        name: String,
    },
    /// `checkpoint` is none of `checkpoints/`.
    NotNewest,
    /// `keys` lists other keys than those to be trusted.
    Keys,
    /// A handover does not lead from older keys to newer ones.
    Handover {
        /// Its file.
        path: String,
        /// Why.
        why: HandoverError,
    },
}

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Missing(path) => write!(f, "`{path}` is missing"),
            Self::Stray(path) => write!(f, "`{path}` does not belong in a log"),
            Self::Malformed { path, why } => write!(f, "`{path}` is malformed: {why}"),
            Self::Tile(path) => write!(f, "`{path}` does not hold the hashes of the entries"),
            Self::Checkpoint { path, why } => write!(f, "`{path}`: {why}"),
            Self::Root { path, size } => {
                write!(f, "`{path}` signs another root than that of the first {size} entries")
            }
            Self::Stranger { path, name } => {
                write!(f, "`{path}` carries a signature of `{name}` by a key that is not listed")
            }
            Self::NotNewest => f.write_str("`checkpoint` is none of `checkpoints/`"),
            Self::Handover { path, why } => write!(f, "`{path}` does not hand the log over: {why}"),
            Self::Keys => f.write_str("`keys` lists other keys than those that are trusted"),
        }
    }
}

/// What an audit read and found.
#[derive(Debug, Clone, Default)]
pub struct Audit {
    /// The entries, as far as checkpoints that are to be trusted say and bundles reach.
    pub entries: Vec<Vec<u8>>,
    /// The tree over them.
    pub tree: Tree,
    /// The checkpoints that are to be trusted, by size, as notes and opened.
    pub checkpoints: BTreeMap<u64, (Note, Opened)>,
    /// Whether a publisher was stopped before its last step: `checkpoint` is an older one, or there are tiles of entries
    /// that no checkpoint holds yet.
    pub behind: bool,
    /// What is wrong.
    pub faults: Vec<Fault>,
}

/// A file of a log cannot be read.
#[derive(Debug, thiserror::Error)]
#[error("`{path}`: {source}")]
pub struct ReadError {
    /// Which.
    pub path: PathBuf,
    /// Why.
    #[source]
    pub source: io::Error,
}

/// The keys that a log says are its own, from its file `keys`, and how older ones led to them.
///
/// Who was handed one of the older keys may trust the newer ones: every handover was checked. Trusting them proves only that the log agrees with itself; get them another way to know whose it is.
///
/// # Errors
/// [`Fault::Missing`] or [`Fault::Malformed`].
pub fn own_keys(root: &Path) -> Result<Trust, Fault> {
    let text = match fs::read_to_string(root.join(KEYS)) {
        Ok(text) => text,
        Err(why) if why.kind() == io::ErrorKind::NotFound => return Err(Fault::Missing(KEYS.to_owned())),
        Err(why) => return Err(Fault::Malformed { path: KEYS.to_owned(), why: why.to_string() }),
    };
    let malformed = |line| Fault::Malformed { path: KEYS.to_owned(), why: format!("line {line}") };
    let mut trust = parse_keys(&text).map_err(malformed)?;
    for past in &mut trust.past {
        let path = handover(past.until);
        past.proof = match fs::read_to_string(root.join(&path)) {
            Ok(text) => text,
            Err(why) if why.kind() == io::ErrorKind::NotFound => return Err(Fault::Missing(path)),
            Err(why) => return Err(Fault::Malformed { path, why: why.to_string() }),
        };
    }
    match check_handovers(&trust) {
        Ok(()) => Ok(trust),
        Err((until, why)) => Err(Fault::Handover { path: handover(until), why }),
    }
}

/// Reads the lines of a file of keys.
///
/// # Errors
/// The number of the first line that is wrong.
pub fn parse_keys(text: &str) -> Result<Trust, usize> {
    let mut trust = Trust::default();
    for (line, number) in text.lines().zip(1..) {
        let key = |text: &str| text.parse::<VerifierKey>().map_err(|_| number);
        match line.split_once(' ') {
            Some(("log", text)) => trust.log.push(key(text)?),
            Some(("witness", text)) => trust.witnesses.push(key(text)?),
            Some(("past", text)) => {
                let (until, text) = text.split_once(' ').ok_or(number)?;
                let until: u64 = until.parse().map_err(|_| number)?;
                match trust.past.last_mut() {
                    Some(past) if past.until == until => past.keys.push(key(text)?),
                    Some(past) if past.until > until => return Err(number),
                    _ => trust.past.push(Past { until, keys: vec![key(text)?], proof: String::new() }),
                }
            }
            _ => return Err(number),
        }
    }
    let mut own = trust.log.iter().chain(trust.past.iter().flat_map(|past| &past.keys));
    let one_name = own.all(|key| trust.log.first().is_some_and(|one| one.name() == key.name()));
    if trust.log.is_empty() || !one_name || trust_text(&trust) != text {
        return Err(text.lines().count().max(1));
    }
    Ok(trust)
}

/// Replays a published log: every signature, every entry, every tile, every checkpoint against every other.
///
/// The faults are empty exactly if each checkpoint is signed as `trust` wants it, all of them are heads of one
/// and the same growing list of entries, every tile holds that list's hashes, and nothing lies there that
/// does not belong. Cost: each file is read once; 64 bytes of memory an entry beside the entries.
///
/// # Errors
/// [`ReadError`] when a file is there and cannot be read.
pub fn audit(root: &Path, trust: &Trust) -> Result<Audit, ReadError> {
    let mut audit = Audit::default();
    let files = files(root, &mut audit.faults)?;
    if !files.contains_key(KEYS) {
        audit.faults.push(Fault::Missing(KEYS.to_owned()));
    } else if fs::read(root.join(KEYS)).ok() != Some(trust_text(trust).into_bytes()) {
        audit.faults.push(Fault::Keys);
    }
    for past in &trust.past {
        let path = handover(past.until);
        let there = read(root, &files, &path, &mut audit.faults)?;
        if there.is_some_and(|bytes| bytes != past.proof.as_bytes()) {
            audit.faults.push(Fault::Malformed { path, why: "it is another one".to_owned() });
        }
    }
    if let Err((until, why)) = check_handovers(trust) {
        audit.faults.push(Fault::Handover { path: handover(until), why });
    }
    read_checkpoints(root, trust, &files, &mut audit)?;
    read_entries(root, &files, &mut audit)?;
    for (size, (_, opened)) in &audit.checkpoints {
        // What entries are missing is said already.
        if audit.tree.root(*size).is_ok_and(|root| root != opened.checkpoint.root) {
            audit.faults.push(Fault::Root { path: format!("{CHECKPOINTS}/{size}"), size: *size });
        }
    }
    check_tiles(root, trust, &files, &mut audit)?;
    Ok(audit)
}

/// The files below `root` with their lengths; what is no file, or has no name that can be written, is a fault.
fn files(root: &Path, faults: &mut Vec<Fault>) -> Result<BTreeMap<String, u64>, ReadError> {
    let mut found = BTreeMap::new();
    let mut waiting = vec![(root.to_owned(), String::new())];
    while let Some((folder, prefix)) = waiting.pop() {
        let failed = |source| ReadError { path: folder.clone(), source };
        for item in fs::read_dir(&folder).map_err(failed)? {
            let item = item.map_err(failed)?;
            let name = item.file_name();
            let path = format!("{prefix}{}", name.to_string_lossy());
            let about = item.metadata().map_err(failed)?;
            if path == WRITING {
                continue;
            }
            if about.is_dir() {
                waiting.push((item.path(), format!("{path}/")));
            } else if about.is_file() && name.to_str().is_some() {
                found.insert(path, about.len());
            } else {
                faults.push(Fault::Stray(path));
            }
        }
    }
    Ok(found)
}

/// The content of a file that `files` lists, or `None` with a fault.
fn read(
    root: &Path,
    files: &BTreeMap<String, u64>,
    path: &str,
    faults: &mut Vec<Fault>,
) -> Result<Option<Vec<u8>>, ReadError> {
    match files.get(path) {
        None => {
            faults.push(Fault::Missing(path.to_owned()));
            Ok(None)
        }
        Some(length) if *length > LONGEST_FILE => {
            let why = format!("it has {length} bytes");
            faults.push(Fault::Malformed { path: path.to_owned(), why });
            Ok(None)
        }
        Some(_) => {
            let place = root.join(path);
            fs::read(&place).map(Some).map_err(|source| ReadError { path: place, source })
        }
    }
}

fn read_checkpoints(
    root: &Path,
    trust: &Trust,
    files: &BTreeMap<String, u64>,
    audit: &mut Audit,
) -> Result<(), ReadError> {
    let mut kept: BTreeMap<u64, Vec<u8>> = BTreeMap::new();
    let prefix = format!("{CHECKPOINTS}/");
    for path in files.keys().filter(|path| path.starts_with(&prefix)) {
        let named: Option<u64> = path.strip_prefix(&prefix).and_then(|name| name.parse().ok());
        let Some(size) = named.filter(|size| format!("{prefix}{size}") == *path) else {
            audit.faults.push(Fault::Stray(path.clone()));
            continue;
        };
        let Some(bytes) = read(root, files, path, &mut audit.faults)? else { continue };
        kept.insert(size, bytes.clone());
        let Some(note) = std::str::from_utf8(&bytes).ok().map(Note::parse) else {
            audit.faults.push(Fault::Malformed { path: path.clone(), why: "it is no text".to_owned() });
            continue;
        };
        match note.map_err(CheckpointError::from).and_then(|note| Ok((trust.open(&note)?, note))) {
            Ok((opened, note)) => {
                for stranger in &opened.strangers {
                    audit.faults.push(Fault::Stranger { path: path.clone(), name: stranger.name.clone() });
                }
                if opened.checkpoint.size == size {
                    audit.checkpoints.insert(size, (note, opened));
                } else {
                    let why = format!("it is of {} entries", opened.checkpoint.size);
                    audit.faults.push(Fault::Malformed { path: path.clone(), why });
                }
            }
            Err(why) => audit.faults.push(Fault::Checkpoint { path: path.clone(), why }),
        }
    }
    let newest = read(root, files, CHECKPOINT, &mut audit.faults)?;
    if let Some(newest) = newest {
        let largest = kept.pop_last().map(|(_, bytes)| bytes).unwrap_or_default();
        // Or the newest before cosignatures were added to it.
        audit.behind = newest != largest
            && (kept.values().any(|older| *older == newest)
                || (largest.starts_with(&newest) && is_signed(&newest, trust)));
        if newest != largest && !audit.behind {
            audit.faults.push(Fault::NotNewest);
        }
    }
    Ok(())
}

/// Whether the bytes are a checkpoint with all the log's signatures.
fn is_signed(bytes: &[u8], trust: &Trust) -> bool {
    let whole = std::str::from_utf8(bytes).ok().filter(|text| text.ends_with('\n'));
    let note = whole.and_then(|text| Note::parse(text).ok());
    note.is_some_and(|note| trust.open(&note).is_ok())
}

fn read_entries(root: &Path, files: &BTreeMap<String, u64>, audit: &mut Audit) -> Result<(), ReadError> {
    let size = audit.checkpoints.keys().next_back().copied().unwrap_or(0);
    for tile in Tile::all(size).into_iter().filter(|tile| tile.kind == TileKind::Entries) {
        let path = tile.to_string();
        let Some(bytes) = read(root, files, &path, &mut audit.faults)? else { return Ok(()) };
        let malformed = |why: String| Fault::Malformed { path: path.clone(), why };
        match read_bundle(&bytes) {
            Ok(entries) if entries.len() == usize::from(tile.width) => {
                for entry in entries {
                    audit.tree.append(entry);
                    audit.entries.push(entry.to_vec());
                }
            }
            Ok(entries) => {
                audit.faults.push(malformed(format!("it holds {} entries", entries.len())));
                return Ok(());
            }
            Err(why) => {
                audit.faults.push(malformed(why.to_string()));
                return Ok(());
            }
        }
    }
    Ok(())
}

/// Checks every tile that lies there, and that all lie there that the checkpoints need.
fn check_tiles(
    root: &Path,
    trust: &Trust,
    files: &BTreeMap<String, u64>,
    audit: &mut Audit,
) -> Result<(), ReadError> {
    let handovers: Vec<String> = trust.past.iter().map(|past| handover(past.until)).collect();
    let mut wanted: BTreeMap<String, Tile> = BTreeMap::new();
    let largest = audit.checkpoints.keys().next_back().copied().unwrap_or(0);
    let tiles = audit.checkpoints.keys().flat_map(|size| Tile::partial(*size)).chain(Tile::all(largest));
    wanted.extend(tiles.map(|tile| (tile.to_string(), tile)));
    for path in files.keys() {
        let known = path == KEYS || path == CHECKPOINT || path.starts_with(&format!("{CHECKPOINTS}/"));
        let known = known || handovers.contains(path);
        if known || wanted.contains_key(path) {
            continue;
        }
        // Tiles of entries that no checkpoint holds yet: a publisher writes them first.
        if path.parse::<Tile>().is_ok_and(|tile| tile.end() > largest) {
            audit.behind = true;
        } else {
            audit.faults.push(Fault::Stray(path.clone()));
        }
    }
    for (path, tile) in wanted {
        let expected = match tile.kind {
            TileKind::Hashes(_) => tile.hashes(&audit.tree),
            TileKind::Entries => {
                let from = usize::try_from(tile.span().start).unwrap_or(usize::MAX);
                let to = usize::try_from(tile.span().end).unwrap_or(usize::MAX);
                let entries = audit.entries.get(from..to);
                entries.and_then(|entries| crate::write_bundle(entries.iter().map(Vec::as_slice)).ok())
            }
        };
        let missing = Fault::Missing(path.clone());
        if audit.faults.contains(&missing) {
            continue;
        }
        let Some(bytes) = read(root, files, &path, &mut audit.faults)? else { continue };
        // Without its entries a tile cannot be judged, and that they are missing is said already.
        if expected.is_some_and(|expected| expected != bytes) {
            audit.faults.push(Fault::Tile(path));
        }
    }
    Ok(())
}
