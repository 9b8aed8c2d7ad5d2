//! Writing so that a crash at any moment leaves either the old or the new, and reading back.

use std::fs::{self, DirBuilder, File, OpenOptions};
use std::io::{self, Write};
use std::os::unix::fs::{DirBuilderExt, OpenOptionsExt};
use std::path::{Path, PathBuf};
use std::process;
use std::sync::atomic::{AtomicU64, Ordering};

static NEXT: AtomicU64 = AtomicU64::new(0);

/// A new file in `tmp` that nobody else has, readable by its owner only.
///
/// Names of a process that died may come again with its number; `create_new` skips them.
fn scratch(tmp: &Path) -> io::Result<(PathBuf, File)> {
    loop {
        let path = tmp.join(format!("{}-{}", process::id(), NEXT.fetch_add(1, Ordering::Relaxed)));
        match OpenOptions::new().write(true).create_new(true).mode(0o600).open(&path) {
            Ok(file) => return Ok((path, file)),
            Err(error) if error.kind() == io::ErrorKind::AlreadyExists => {}
            Err(error) => return Err(error),
        }
    }
}

/// Writes `bytes` to a new file in `tmp`, to the disk too when `sync` is set, and gives its path.
///
/// On an error the file is removed as far as possible; what stays is collected by `check`.
pub(crate) fn write_scratch(tmp: &Path, bytes: &[u8], sync: bool) -> io::Result<PathBuf> {
    let (path, mut file) = scratch(tmp)?;
    let written = file.write_all(bytes).and_then(|()| if sync { file.sync_all() } else { Ok(()) });
    match written {
        Ok(()) => Ok(path),
        Err(error) => {
            drop(fs::remove_file(&path));
            Err(error)
        }
    }
}

/// Writes `bytes` under the name `place`, replacing what is there; durable when it returns.
pub(crate) fn write_durably(tmp: &Path, place: &Path, bytes: &[u8]) -> io::Result<()> {
    let path = write_scratch(tmp, bytes, true)?;
    fs::rename(&path, place).inspect_err(|_| drop(fs::remove_file(&path)))?;
    place.parent().map_or(Ok(()), sync_folder)
}

/// Makes the names inside a folder durable.
pub(crate) fn sync_folder(folder: &Path) -> io::Result<()> {
    File::open(folder)?.sync_all()
}

/// Makes a folder that only its owner may enter, unless it is there.
pub(crate) fn private_folder(folder: &Path) -> io::Result<()> {
    match DirBuilder::new().mode(0o700).create(folder) {
        Err(error) if error.kind() == io::ErrorKind::AlreadyExists && folder.is_dir() => Ok(()),
        other => other,
    }
}

/// Opens, making it if need be, a file that serves only to be locked.
pub(crate) fn lock_file(path: &Path) -> io::Result<File> {
    OpenOptions::new().read(true).write(true).create(true).truncate(false).mode(0o600).open(path)
}
