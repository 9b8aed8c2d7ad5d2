//! Writing copies beside their place, and putting them there in one step.

use std::borrow::Cow;
use std::convert::Infallible;
use std::ffi::OsStr;
use std::fs::{self, File};
use std::io::{self, Read, Seek, Write};
use std::os::unix::ffi::OsStrExt;
use std::os::unix::fs::{PermissionsExt, symlink};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use earmark_model::{Digest, Entry, EntryKind};
use earmark_seal::{BundleError, CheckedKey, TarEntry, write_tar_zst};
use tempfile::{NamedTempFile, TempDir};

use crate::error::{DeskError, Kind};

/// Files of a copy with their content.
pub type Files = [(Entry, Arc<Vec<u8>>)];

/// A copy that is written and not yet in its place. Dropped, it leaves nothing behind.
pub enum Staged {
    /// A folder to be renamed.
    Tree(TempDir, PathBuf),
    /// A file to be renamed.
    Bundle(NamedTempFile, PathBuf),
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

    /// Puts the copy in its place.
    ///
    /// # Errors
    /// When the file system refuses.
    pub fn put_in_place(self) -> Result<PathBuf, DeskError> {
        match self {
            Self::Tree(folder, place) => {
                if let Err(source) = fs::rename(folder.path(), &place) {
                    // Another process may have put the very same copy there meanwhile.
                    return if holds(&place, folder.path()).unwrap_or(false) {
                        Ok(place)
                    } else if place.symlink_metadata().is_ok() {
                        Err(in_the_way(&place))
                    } else {
                        Err(DeskError::io("write", &place, source))
                    };
                }
                // The folder has its name now; there is nothing left for the guard to remove.
                let _ = folder.keep();
                sync_above(&place)?;
                Ok(place)
            }
            Self::Bundle(file, place) => {
                file.persist(&place).map_err(|source| DeskError::io("write", &place, source.error))?;
                sync_above(&place)?;
                Ok(place)
            }
            Self::There(place) => Ok(place),
        }
    }
}

/// Writes a marked tree for `out/folder`.
///
/// # Errors
/// When something else stands there, or the disk refuses.
pub fn stage_tree(out: &Path, folder: &str, files: &Files) -> Result<Staged, DeskError> {
    let place = out.join(folder);
    if place.symlink_metadata().is_ok() {
        if files.iter().all(|(entry, bytes)| stands(&place, entry, bytes)) {
            return Ok(Staged::There(place));
        }
        return Err(in_the_way(&place));
    }
    let staged = tempfile::Builder::new()
        .prefix(&format!(".{folder}."))
        .tempdir_in(out)
        .map_err(|source| DeskError::io("write in", out, source))?;
    fs::set_permissions(staged.path(), fs::Permissions::from_mode(0o755))
        .map_err(|source| DeskError::io("write", staged.path(), source))?;
    write_tree(staged.path(), files)?;
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
            EntryKind::File => fs::write(&path, bytes.as_slice())
                .and_then(|()| fs::set_permissions(&path, fs::Permissions::from_mode(entry.mode))),
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

/// Writes a sealed bundle for `out`: the material in a folder of its own, beside it the papers and a
/// manifest that `sha256sum -c` checks.
///
/// Gives the SHA-256 of the sealed file with it.
///
/// # Errors
/// When sealing fails or the disk refuses.
pub fn stage_bundle(
    out: &Path,
    name: &str,
    material: &Files,
    papers: &Files,
    keys: &[CheckedKey],
) -> Result<(Staged, Digest), DeskError> {
    let prefixed: Vec<(Entry, Arc<Vec<u8>>)> = material
        .iter()
        .map(|(entry, bytes)| {
            let path = [b"material/", entry.path.as_slice()].concat();
            (Entry { path, ..entry.clone() }, Arc::clone(bytes))
        })
        .chain(papers.iter().cloned())
        .collect();
    let manifest = sums(&prefixed);
    let mut all: Vec<&(Entry, Arc<Vec<u8>>)> = prefixed.iter().chain([&manifest]).collect();
    all.sort_by(|a, b| a.0.path.cmp(&b.0.path));
    let mut plain = tempfile::tempfile_in(out).map_err(|source| DeskError::io("write in", out, source))?;
    write_tar_zst(all.into_iter().map(tar_entry), &mut plain).map_err(|source| unpacked(name, source))?;
    plain.rewind().map_err(|source| DeskError::io("write in", out, source))?;
    let staged = NamedTempFile::new_in(out).map_err(|source| DeskError::io("write in", out, source))?;
    let sealed = earmark_seal::seal(&mut plain, keys, staged.as_file())
        .map_err(|source| DeskError::because(Kind::Unavailable, format!("cannot seal `{name}`"), source))?;
    let place = out.join(format!("{name}.tar.zst.{}", sealed.form.extension()));
    fs::set_permissions(staged.path(), fs::Permissions::from_mode(0o644))
        .and_then(|()| staged.as_file().sync_all())
        .map_err(|source| DeskError::io("write", &place, source))?;
    let sha256 = digest_of(staged.path())?;
    Ok((Staged::Bundle(staged, place), sha256))
}

fn tar_entry(file: &(Entry, Arc<Vec<u8>>)) -> Result<TarEntry<'_>, Infallible> {
    let (entry, bytes) = file;
    Ok(TarEntry {
        path: Cow::Borrowed(&entry.path),
        mode: entry.mode,
        kind: entry.kind,
        bytes: Cow::Borrowed(bytes.as_slice()),
    })
}

fn unpacked(name: &str, source: BundleError<Infallible>) -> DeskError {
    DeskError::because(Kind::Unavailable, format!("cannot pack `{name}`"), source)
}

/// The digest of a copy: SHA-256 of its uncompressed deterministic tar.
///
/// # Errors
/// When it cannot be packed.
pub fn copy_digest(files: &Files) -> Result<Digest, DeskError> {
    earmark_seal::copy_digest(files.iter().map(tar_entry)).map_err(|source| unpacked("the copy", source))
}

/// `SHA256SUMS` of everything in a bundle.
fn sums(files: &[(Entry, Arc<Vec<u8>>)]) -> (Entry, Arc<Vec<u8>>) {
    let mut text = Vec::new();
    for (entry, _) in files.iter().filter(|(entry, _)| entry.kind == EntryKind::File) {
        // coreutils escapes a name with a backslash or a line break and says so by a leading backslash.
        let unusual = entry.path.iter().any(|byte| matches!(byte, b'\\' | b'\n'));
        if unusual {
            text.push(b'\\');
        }
        text.extend_from_slice(format!("{}  ", entry.sha256).as_bytes());
        for &byte in &entry.path {
            match byte {
                b'\\' => text.extend_from_slice(b"\\\\"),
                b'\n' => text.extend_from_slice(b"\\n"),
                other => text.push(other),
            }
        }
        text.push(b'\n');
    }
    (paper("SHA256SUMS", &text), Arc::new(text))
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

fn digest_of(path: &Path) -> Result<Digest, DeskError> {
    let mut bytes = Vec::new();
    File::open(path)
        .and_then(|mut file| file.read_to_end(&mut bytes))
        .map_err(|source| DeskError::io("read", path, source))?;
    Ok(Digest::of(&bytes))
}

fn sync_above(place: &Path) -> Result<(), DeskError> {
    let above = place.parent().filter(|above| !above.as_os_str().is_empty()).unwrap_or(Path::new("."));
    File::open(above)
        .and_then(|folder| folder.sync_all())
        .map_err(|source| DeskError::io("write in", above, source))
}

/// Writes a small file beside its place and renames it.
///
/// # Errors
/// When the disk refuses.
pub fn write_file(place: &Path, bytes: &[u8]) -> Result<(), DeskError> {
    let above = place.parent().filter(|above| !above.as_os_str().is_empty()).unwrap_or(Path::new("."));
    let mut staged =
        NamedTempFile::new_in(above).map_err(|source| DeskError::io("write in", above, source))?;
    staged
        .write_all(bytes)
        .and_then(|()| fs::set_permissions(staged.path(), fs::Permissions::from_mode(0o644)))
        .and_then(|()| staged.as_file().sync_all())
        .map_err(|source| DeskError::io("write", place, source))?;
    staged.persist(place).map_err(|source| DeskError::io("write", place, source.error))?;
    Ok(())
}
