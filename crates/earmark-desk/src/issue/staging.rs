//! The folder beside the copies in which they are written, and what a killed run left of one.

use std::fs::{self, File};
use std::io;
use std::path::Path;

use tempfile::TempDir;

use crate::error::DeskError;

const PREFIX: &str = ".earmark-part-";

/// A folder inside the one that copies go to, so that putting a copy in its place is a rename.
///
/// It is locked as long as its process lives and removed when dropped.
pub struct Staging {
    folder: TempDir,
    _lock: File,
}

impl Staging {
    /// Makes one in `out`, and removes those of processes that are gone.
    ///
    /// # Errors
    /// When the file system refuses.
    pub fn open(out: &Path) -> Result<Self, DeskError> {
        let refused = |source| DeskError::io("write in", out, source);
        collect(out).map_err(refused)?;
        loop {
            let folder = tempfile::Builder::new().prefix(PREFIX).tempdir_in(out).map_err(refused)?;
            let Ok(lock) = File::open(folder.path()) else { continue };
            // Between its making and its locking another process may have taken it for a dead one's.
            if lock.try_lock().is_ok() && folder.path().exists() {
                return Ok(Self { folder, _lock: lock });
            }
        }
    }

    /// Where to write.
    #[must_use]
    pub fn path(&self) -> &Path {
        self.folder.path()
    }
}

/// Removes what processes that are gone left in `out`.
fn collect(out: &Path) -> io::Result<()> {
    for item in fs::read_dir(out)? {
        let item = item?;
        let ours = item.file_name().to_str().is_some_and(|name| name.starts_with(PREFIX));
        if !ours || !item.file_type()?.is_dir() {
            continue;
        }
        // Another process may be about to collect it too: what is gone is as good as removed.
        let Ok(lock) = File::open(item.path()) else { continue };
        if lock.try_lock().is_ok() {
            let _ = fs::remove_dir_all(item.path());
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn leftovers_go_and_what_is_in_use_stays() {
        let out = tempfile::tempdir().unwrap();
        let dead = out.path().join(".earmark-part-dead");
        let foreign = out.path().join(".cache");
        fs::create_dir_all(dead.join("amber/src")).unwrap();
        fs::create_dir_all(&foreign).unwrap();
        let first = Staging::open(out.path()).unwrap();
        assert!(!dead.exists());
        fs::write(first.path().join("half"), "of a copy").unwrap();
        let second = Staging::open(out.path()).unwrap();
        assert!(first.path().join("half").exists());
        assert_ne!(first.path(), second.path());
        let path = first.path().to_owned();
        drop(first);
        assert!(!path.exists() && second.path().exists() && foreign.exists());
    }
}
