//! Writing copies beside their place, and putting them there in one step.

use std::borrow::Cow;
use std::convert::Infallible;
use std::ffi::OsStr;
use std::fs::{self, File};
use std::io::{self, Write};
use std::os::unix::ffi::OsStrExt;
use std::os::unix::fs::{PermissionsExt, symlink};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::{Duration, UNIX_EPOCH};

use earmark_model::{Digest, Entry, EntryKind};
use earmark_seal::{BundleError, TarEntry};
use tempfile::NamedTempFile;

use super::staging::Staging;
use crate::error::{DeskError, Kind};

/// Files of a copy with their content.
pub type Files = [(Entry, Arc<Vec<u8>>)];

/// A copy that is written and not yet in its place.
pub enum Staged {
    /// A folder to be renamed, and its place.
    Tree(PathBuf, PathBuf),
    /// A file to be renamed, and its place.
    Bundle(PathBuf, PathBuf),
    /// The very same tree stands there already.
    There(PathBuf),
}

impl Staged {
    /// Where the copy will be.
    #[must_use]
    pub fn place(&self) -> &Path {
        match self {
            Self::Tree(_, place) | Self::Bundle(_, place) | Self::There(place) => place,
        }
    }

    /// Puts the copy in its place. Its name there is durable after [`sync_folder`].
    ///
    /// # Errors
    /// When the file system refuses.
    pub fn put_in_place(self) -> Result<PathBuf, DeskError> {
        match self {
            Self::Tree(folder, place) => {
                if let Err(source) = fs::rename(&folder, &place) {
                    // Another process may have put the very same copy there meanwhile.
                    return if holds(&place, &folder).unwrap_or(false) {
                        Ok(place)
                    } else if place.symlink_metadata().is_ok() {
                        Err(in_the_way(&place))
                    } else {
                        Err(DeskError::io("write", &place, source))
                    };
                }
                Ok(place)
            }
            Self::Bundle(file, place) => {
                fs::rename(&file, &place).map_err(|source| DeskError::io("write", &place, source))?;
                Ok(place)
            }
            Self::There(place) => Ok(place),
        }
    }
}

/// Writes a marked tree for `out/folder` in `staging`.
///
/// # Errors
/// When something else stands there, or the disk refuses.
pub fn stage_tree(staging: &Staging, out: &Path, folder: &str, files: &Files) -> Result<Staged, DeskError> {
    let place = out.join(folder);
    if place.symlink_metadata().is_ok() {
        if files.iter().all(|(entry, bytes)| stands(&place, entry, bytes)) {
            return Ok(Staged::There(place));
        }
        return Err(in_the_way(&place));
    }
    let staged = staging.path().join(folder);
    fs::create_dir(&staged)
        .and_then(|()| fs::set_permissions(&staged, fs::Permissions::from_mode(0o755)))
        .map_err(|source| DeskError::io("write", &staged, source))?;
    write_tree(&staged, files)?;
    Ok(Staged::Tree(staged, place))
}

fn in_the_way(place: &Path) -> DeskError {
    DeskError::new(Kind::Conflict, format!("`{}` is there and is not this copy", place.display()))
        .hint("name another folder with `--out`, or move it away")
}

/// Whether everything below `staged` stands in `place` with the same content.
fn holds(place: &Path, staged: &Path) -> io::Result<bool> {
    let mut waiting = vec![(place.to_owned(), staged.to_owned())];
    while let Some((place, staged)) = waiting.pop() {
        for item in fs::read_dir(&staged)? {
            let item = item?;
            let (there, kind) = (place.join(item.file_name()), item.file_type()?);
            let found = there.symlink_metadata()?.file_type();
            if found.is_dir() != kind.is_dir() || found.is_symlink() != kind.is_symlink() {
                return Ok(false);
            }
            let same = if kind.is_dir() {
                waiting.push((there, item.path()));
                true
            } else if kind.is_symlink() {
                fs::read_link(&there)? == fs::read_link(item.path())?
            } else {
                fs::read(&there)? == fs::read(item.path())?
            };
            if !same {
                return Ok(false);
            }
        }
    }
    Ok(true)
}

/// The instant of change of every file of a plain tree, in seconds since 1970, whoever's and whenever written: the
/// recipient's `make` must not find that a generated file is older than what it is made from. (2000-01-01; the time
/// stamp of zero that bundles have is older than some tools believe in.)
const CHANGED: u64 = 946_684_800;

/// Writes files, links and modes below `root`.
///
/// # Errors
/// When the disk refuses, or a name leads outside.
pub fn write_tree(root: &Path, files: &Files) -> Result<(), DeskError> {
    // Links come last: nothing is ever written through one.
    let (written_first, links): (Vec<_>, Vec<_>) =
        files.iter().partition(|(entry, _)| entry.kind == EntryKind::File);
    for (entry, bytes) in written_first.into_iter().chain(links) {
        let path = below(root, &entry.path)?;
        let above = path.parent().unwrap_or(root);
        fs::create_dir_all(above).map_err(|source| DeskError::io("make", above, source))?;
        let written = match entry.kind {
            EntryKind::Symlink => symlink(OsStr::from_bytes(bytes), &path),
            EntryKind::File => File::create(&path).and_then(|mut file| {
                file.write_all(bytes)?;
                file.set_modified(UNIX_EPOCH + Duration::from_secs(CHANGED))?;
                fs::set_permissions(&path, fs::Permissions::from_mode(entry.mode))
            }),
        };
        written.map_err(|source| DeskError::io("write", &path, source))?;
    }
    Ok(())
}

/// The place of an entry, which must not lead out of `root`.
fn below(root: &Path, path: &[u8]) -> Result<PathBuf, DeskError> {
    let inside = Path::new(OsStr::from_bytes(path));
    let plain = inside.components().all(|part| matches!(part, std::path::Component::Normal(_)));
    if plain && !path.is_empty() {
        return Ok(root.join(inside));
    }
    Err(DeskError::new(Kind::Malformed, format!("`{}` leads out of its folder", inside.display())))
}

fn stands(place: &Path, entry: &Entry, bytes: &[u8]) -> bool {
    let Ok(path) = below(place, &entry.path) else { return false };
    match entry.kind {
        EntryKind::Symlink => fs::read_link(&path).is_ok_and(|target| target.as_os_str().as_bytes() == bytes),
        EntryKind::File => fs::read(&path).is_ok_and(|there| there == bytes),
    }
}

/// A file as the tar takes it.
pub(super) fn tar_entry(file: &(Entry, Arc<Vec<u8>>)) -> Result<TarEntry<'_>, Infallible> {
    let (entry, bytes) = file;
    Ok(TarEntry {
        path: Cow::Borrowed(&entry.path),
        mode: entry.mode,
        kind: entry.kind,
        bytes: Cow::Borrowed(bytes.as_slice()),
    })
}

/// What to say when packing failed.
pub(super) fn unpacked(name: &str, source: BundleError<Infallible>) -> DeskError {
    DeskError::because(Kind::Unavailable, format!("cannot pack `{name}`"), source)
}

/// The digest of a copy: SHA-256 of its uncompressed deterministic tar.
///
/// # Errors
/// When it cannot be packed.
pub fn copy_digest(files: &Files) -> Result<Digest, DeskError> {
    earmark_seal::copy_digest(files.iter().map(tar_entry)).map_err(|source| unpacked("the copy", source))
}

/// The entry of a paper that lies beside the material.
#[must_use]
pub fn paper(name: &str, bytes: &[u8]) -> Entry {
    Entry {
        path: name.as_bytes().to_vec(),
        mode: 0o644,
        kind: EntryKind::File,
        length: bytes.len() as u64,
        sha256: Digest::of(bytes),
    }
}

/// Makes the names in a folder durable.
///
/// # Errors
/// When the disk refuses.
pub fn sync_folder(folder: &Path) -> Result<(), DeskError> {
    File::open(folder)
        .and_then(|opened| opened.sync_all())
        .map_err(|source| DeskError::io("write in", folder, source))
}

/// Writes a small file beside its place and renames it.
///
/// # Errors
/// When the disk refuses.
pub fn write_file(place: &Path, bytes: &[u8]) -> Result<(), DeskError> {
    let above = place.parent().filter(|above| !above.as_os_str().is_empty()).unwrap_or(Path::new("."));
    write_file_through(above, place, bytes)
}

/// Writes a small file in the folder `staging` of the same file system and renames it.
///
/// # Errors
/// When the disk refuses.
pub fn write_file_through(staging: &Path, place: &Path, bytes: &[u8]) -> Result<(), DeskError> {
    let mut staged =
        NamedTempFile::new_in(staging).map_err(|source| DeskError::io("write in", staging, source))?;
    staged
        .write_all(bytes)
        .and_then(|()| fs::set_permissions(staged.path(), fs::Permissions::from_mode(0o644)))
        .and_then(|()| staged.as_file().sync_all())
        .map_err(|source| DeskError::io("write", place, source))?;
    staged.persist(place).map_err(|source| DeskError::io("write", place, source.error))?;
    Ok(())
}
