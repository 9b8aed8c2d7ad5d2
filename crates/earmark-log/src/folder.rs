//! A log as static files, ready for any web server.
//!
//! ```text
//! checkpoint            the newest one
//! checkpoints/256       every one that was ever signed, by its size
//! keys                  whose signatures they carry: `log KEY`, `witness KEY` and `past SIZE KEY` lines
//! handover/256          that the keys of up to this size handed over to the next ones
//! tile/...              see [`crate::Tile`]
//! ```
//!
//! `checkpoint` and `tile/` are C2SP's `tlog-tiles`; the others are ours, and a client that does not know
//! them loses nothing. Not here: reading and judging a folder ([`crate::audit`]).

use std::fs::{self, File};
use std::io::{self, Write};
use std::path::{Path, PathBuf};

use crate::tile::{BundleError, Tile, TileKind, write_bundle};
use crate::{Checkpoint, Note, Tree, Trust};

/// Name of the file of keys.
pub(crate) const KEYS: &str = "keys";
/// Name of the newest checkpoint.
pub(crate) const CHECKPOINT: &str = "checkpoint";
/// Folder of all checkpoints.
pub(crate) const CHECKPOINTS: &str = "checkpoints";
/// The one file that a killed writer leaves.
pub(crate) const WRITING: &str = ".writing";

/// Why a folder was not extended. What was written before stays and is right.
#[derive(Debug, thiserror::Error)]
pub enum FolderError {
    /// A file that never changes is there with other content.
    #[error("`{0}` is there with other content")]
    Differs(PathBuf),
    /// There are fewer entries or hashes than a checkpoint says.
    #[error("there is not enough to fill `{0}`, which a checkpoint needs")]
    Short(Tile),
    /// A checkpoint that is none.
    #[error(transparent)]
    Checkpoint(#[from] crate::CheckpointError),
    /// An entry does not fit a bundle.
    #[error(transparent)]
    Bundle(#[from] BundleError),
    /// The disk refuses.
    #[error("`{path}`: {source}")]
    Io {
        /// Where.
        path: PathBuf,
        /// Why.
        source: io::Error,
    },
}

/// A folder that a log is published in.
#[derive(Debug, Clone)]
pub struct Folder {
    root: PathBuf,
}

impl Folder {
    /// The log in `root`, which is made when something is written.
    #[must_use]
    pub fn new(root: &Path) -> Self {
        Self { root: root.to_owned() }
    }

    /// Brings the folder up to the last of `checkpoints`, which rise in size; gives how many files it wrote.
    ///
    /// Writes what is missing, tiles before the checkpoints that need them and `checkpoint` last, each file beside
    /// its place and then renamed: who reads meanwhile, or after a crash, finds a whole log.
    ///
    /// # Errors
    /// [`FolderError`].
    pub fn extend<E: AsRef<[u8]>>(
        &self,
        tree: &Tree,
        entries: &[E],
        checkpoints: &[Note],
        trust: &Trust,
    ) -> Result<u64, FolderError> {
        let mut written = 0;
        fs::create_dir_all(&self.root).map_err(|source| refused(&self.root, source))?;
        match fs::remove_file(self.root.join(WRITING)) {
            Err(source) if source.kind() != io::ErrorKind::NotFound => {
                return Err(refused(&self.root.join(WRITING), source));
            }
            _ => {}
        }
        for past in &trust.past {
            written += self.put(&handover(past.until), past.proof.as_bytes(), false)?;
        }
        written += self.put(KEYS, trust_text(trust).as_bytes(), true)?;
        let mut heads = Vec::with_capacity(checkpoints.len());
        for note in checkpoints {
            heads.push((Checkpoint::parse(note.text())?.size, note));
        }
        for tile in heads.last().map(|(size, _)| Tile::all(*size)).unwrap_or_default() {
            // What is there is compared by an audit; comparing all of it here would cost the whole log each time.
            if tile.is_partial() || !self.root.join(tile.to_string()).exists() {
                written += self.put(&tile.to_string(), &content(tile, tree, entries)?, false)?;
            }
        }
        for (size, note) in heads {
            let path = format!("{CHECKPOINTS}/{size}");
            if !self.root.join(&path).exists() {
                for tile in Tile::partial(size) {
                    written += self.put(&tile.to_string(), &content(tile, tree, entries)?, false)?;
                }
            }
            // Cosignatures arrive later.
            written += self.put(&path, note.to_string().as_bytes(), true)?;
        }
        if let Some(newest) = checkpoints.last() {
            written += self.put(CHECKPOINT, newest.to_string().as_bytes(), true)?;
        }
        Ok(written)
    }

    /// Writes one file if it is not there; says (0 or 1) whether it did.
    fn put(&self, name: &str, bytes: &[u8], changes: bool) -> Result<u64, FolderError> {
        let path = self.root.join(name);
        match fs::read(&path) {
            Ok(there) if there == bytes => return Ok(0),
            Ok(_) if !changes => return Err(FolderError::Differs(path)),
            Ok(_) => {}
            Err(source) if source.kind() == io::ErrorKind::NotFound => {}
            Err(source) => return Err(refused(&path, source)),
        }
        let folder = path.parent().unwrap_or(&self.root);
        fs::create_dir_all(folder).map_err(|source| refused(folder, source))?;
        let beside = self.root.join(WRITING);
        let written = File::create(&beside)
            .and_then(|mut file| file.write_all(bytes).and_then(|()| file.sync_all()))
            .and_then(|()| fs::rename(&beside, &path))
            .and_then(|()| File::open(folder)?.sync_all());
        written.map_err(|source| refused(&path, source))?;
        Ok(1)
    }
}

fn content<E: AsRef<[u8]>>(tile: Tile, tree: &Tree, entries: &[E]) -> Result<Vec<u8>, FolderError> {
    let short = || FolderError::Short(tile);
    match tile.kind {
        TileKind::Hashes(_) => tile.hashes(tree).ok_or_else(short),
        TileKind::Entries => {
            let from = usize::try_from(tile.span().start).map_err(|_| short())?;
            let to = usize::try_from(tile.span().end).map_err(|_| short())?;
            Ok(write_bundle(entries.get(from..to).ok_or_else(short)?.iter().map(AsRef::as_ref))?)
        }
    }
}

fn refused(path: &Path, source: io::Error) -> FolderError {
    FolderError::Io { path: path.to_owned(), source }
}

/// The file of a handover.
pub(crate) fn handover(until: u64) -> String {
    format!("handover/{until}")
}

/// The text of the file of keys.
pub(crate) fn trust_text(trust: &Trust) -> String {
    let log = trust.log.iter().map(|key| format!("log {key}\n"));
    let witnesses = trust.witnesses.iter().map(|key| format!("witness {key}\n"));
    let past = trust
        .past
        .iter()
        .flat_map(|past| past.keys.iter().map(move |key| format!("past {} {key}\n", past.until)));
    log.chain(witnesses).chain(past).collect()
}
