//! Copying a published log from wherever its files can be asked for, one by one, so that it can be audited here.
//!
//! Not here: the network. The caller says how a file is had.

use std::collections::BTreeSet;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use crate::audit::parse_keys;
use crate::folder::{CHECKPOINT, CHECKPOINTS, KEYS, handover};
use crate::tile::{TILE_WIDTH, Tile};
use crate::{Checkpoint, Note};

/// Longest log that is copied, in entries: with the default step of 256 a day that is 179 years.
const LONGEST: u64 = 1 << 24;

/// Most of the older checkpoints that are asked for.
const CHECKPOINTS_ASKED: u64 = 1_000;

/// Why a log was not copied.
#[derive(Debug, thiserror::Error)]
pub enum MirrorError<E> {
    /// A file could not be had.
    #[error(transparent)]
    Fetch(E),
    /// A file that every log has is not there.
    #[error("the log has no `{0}`")]
    Missing(String),
    /// The newest checkpoint cannot be understood.
    #[error("`checkpoint` is malformed: {0}")]
    Malformed(String),
    /// It is longer than anybody would copy.
    #[error("the log says that it has {0} entries; at most {LONGEST} are copied")]
    Long(u64),
    /// The copy could not be written.
    #[error("`{path}`: {source}")]
    Io {
        /// Which file.
        path: PathBuf,
        /// Why.
        source: io::Error,
    },
}

/// Copies a log into the empty folder `root`; gives how many checkpoints came with it.
///
/// `get` gives the file of a path, `None` when there is none. What is copied is not judged: [`crate::audit`] does that.
/// A log does not list its older checkpoints. Those at multiples of 256 entries are asked for, which are all of them in
/// a log of the default step; of another log the newest one alone is copied. Cost: one request a file.
///
/// # Errors
/// [`MirrorError`].
pub fn mirror<E>(
    root: &Path,
    mut get: impl FnMut(&str) -> Result<Option<Vec<u8>>, E>,
) -> Result<u64, MirrorError<E>> {
    let mut need = |path: &str| -> Result<Vec<u8>, MirrorError<E>> {
        get(path).map_err(MirrorError::Fetch)?.ok_or_else(|| MirrorError::Missing(path.to_owned()))
    };
    let newest = need(CHECKPOINT)?;
    let size = size_of(&newest).map_err(MirrorError::Malformed)?;
    if size > LONGEST {
        return Err(MirrorError::Long(size));
    }
    let keys = need(KEYS)?;
    put(root, KEYS, &keys)?;
    // Of keys that cannot be read the audit will tell.
    for past in
        std::str::from_utf8(&keys).ok().and_then(|text| parse_keys(text).ok()).unwrap_or_default().past
    {
        let path = handover(past.until);
        put(root, &path, &need(&path)?)?;
    }
    for tile in Tile::all(size) {
        put(root, &tile.to_string(), &need(&tile.to_string())?)?;
    }
    let asked = (1..=size / TILE_WIDTH).rev().take(usize::try_from(CHECKPOINTS_ASKED).unwrap_or(usize::MAX));
    let sizes: BTreeSet<u64> = asked.map(|count| count * TILE_WIDTH).chain([size]).collect();
    let mut copied = 0;
    for older in sizes {
        let path = format!("{CHECKPOINTS}/{older}");
        let Some(bytes) = get(&path).map_err(MirrorError::Fetch)? else { continue };
        for tile in Tile::partial(older).filter(|_| older < size) {
            let path = tile.to_string();
            if let Some(bytes) = get(&path).map_err(MirrorError::Fetch)? {
                put(root, &path, &bytes)?;
            }
        }
        put(root, &path, &bytes)?;
        copied += 1;
    }
    put(root, CHECKPOINT, &newest)?;
    Ok(copied)
}

fn size_of(bytes: &[u8]) -> Result<u64, String> {
    let text = std::str::from_utf8(bytes).map_err(|_| "it is no text".to_owned())?;
    let note = Note::parse(text).map_err(|why| why.to_string())?;
    Ok(Checkpoint::parse(note.text()).map_err(|why| why.to_string())?.size)
}

fn put<E>(root: &Path, path: &str, bytes: &[u8]) -> Result<(), MirrorError<E>> {
    let place = root.join(path);
    let above = place.parent().unwrap_or(root);
    fs::create_dir_all(above)
        .and_then(|()| fs::write(&place, bytes))
        .map_err(|source| MirrorError::Io { path: place.clone(), source })
}
