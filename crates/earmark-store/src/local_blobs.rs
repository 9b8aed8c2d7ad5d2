use std::collections::{BTreeMap, BTreeSet};
use std::fs::{self, File, Metadata};
use std::io;
use std::os::unix::fs::MetadataExt;
use std::path::{Path, PathBuf};

use earmark_model::{Digest, UnixMillis};
use rustix::fs::{Timespec, Timestamps, UTIME_NOW, futimens, syncfs};

use crate::blobs::{BlobError, BlobFuture, Blobs, Held, StoredBlob};
use crate::files::{lock_file, private_folder, sync_folder, write_scratch};

/// From so many new blobs on, the whole file system is told to write once instead of each file.
const MANY: usize = 16;

/// Blobs as files: `<root>/aa/<64 hexadecimal digits>`, plain bytes.
///
/// Puts hold a shared lock on `<root>/.lock` and removals an exclusive one, so that a blob which
/// looks like an orphan is not removed between a put that found it there and the row that names it.
#[derive(Debug, Clone)]
pub struct LocalBlobs {
    root: PathBuf,
    tmp: PathBuf,
}

impl LocalBlobs {
    /// Blobs below `root`; unfinished ones are written in `tmp`, on the same file system.
    #[must_use]
    pub fn new(root: PathBuf, tmp: PathBuf) -> Self {
        Self { root, tmp }
    }

    fn folder(&self, digest: &Digest) -> PathBuf {
        self.root.join(format!("{:02x}", digest.0[0]))
    }

    fn path(&self, digest: &Digest) -> PathBuf {
        self.folder(digest).join(digest.to_string())
    }

    fn lock(&self) -> Result<File, BlobError> {
        let path = self.root.join(".lock");
        lock_file(&path).map_err(on(&path))
    }

    fn put_now(&self, blobs: &[Vec<u8>]) -> Result<Vec<Digest>, BlobError> {
        let lock = self.lock()?;
        lock.lock_shared().map_err(on(&self.root))?;
        let digests: Vec<Digest> = blobs.iter().map(|bytes| Digest::of(bytes)).collect();
        let mut new = BTreeMap::new();
        for (digest, bytes) in digests.iter().zip(blobs) {
            let place = self.path(digest);
            if !new.contains_key(digest) && !is_there(&place, bytes).map_err(on(&place))? {
                new.insert(*digest, bytes.as_slice());
            }
        }
        let mut written = Vec::with_capacity(new.len());
        let done = self.write_new(&new, &mut written).and_then(|()| {
            let folders: BTreeSet<PathBuf> = digests.iter().map(|digest| self.folder(digest)).collect();
            if new.len() >= MANY {
                return self.sync_all();
            }
            // Also for blobs that were there: whoever renamed them may not have come to this yet.
            folders.iter().try_for_each(|folder| sync_folder(folder).map_err(on(folder)))
        });
        if done.is_err() {
            // Those that were renamed are gone from here; the error is what matters.
            written.iter().for_each(|path| drop(fs::remove_file(path)));
        }
        done.map(|()| digests)
    }

    /// Writes the new blobs to `tmp` and to the disk, and only then gives them their names. Paths of
    /// what was written are left in `written`.
    fn write_new(&self, new: &BTreeMap<Digest, &[u8]>, written: &mut Vec<PathBuf>) -> Result<(), BlobError> {
        let many = new.len() >= MANY;
        // Opened before the first write: it then reports every failure to write back since.
        let disk = File::open(&self.tmp).map_err(on(&self.tmp))?;
        for bytes in new.values() {
            written.push(write_scratch(&self.tmp, bytes, !many).map_err(on(&self.tmp))?);
        }
        if many {
            syncfs(&disk).map_err(io::Error::from).map_err(on(&self.tmp))?;
        }
        for (digest, path) in new.keys().zip(written.iter()) {
            let (folder, place) = (self.folder(digest), self.path(digest));
            if !folder.is_dir() {
                private_folder(&folder).map_err(on(&folder))?;
                sync_folder(&self.root).map_err(on(&self.root))?;
            }
            fs::rename(path, &place).map_err(on(&place))?;
        }
        Ok(())
    }

    /// Brings all that was written on this file system to the disk.
    fn sync_all(&self) -> Result<(), BlobError> {
        let disk = File::open(&self.root).map_err(on(&self.root))?;
        syncfs(&disk).map_err(io::Error::from).map_err(on(&self.root))
    }

    fn get_now(&self, digest: Digest) -> Result<Vec<u8>, BlobError> {
        let path = self.path(&digest);
        let bytes = match fs::read(&path) {
            Ok(bytes) => bytes,
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Err(BlobError::Missing(digest)),
            Err(error) => return Err(on(&path)(error)),
        };
        if Digest::of(&bytes) == digest { Ok(bytes) } else { Err(BlobError::Corrupted(digest)) }
    }

    fn list_now(&self) -> Result<Vec<StoredBlob>, BlobError> {
        let mut blobs = Vec::new();
        for folder in fs::read_dir(&self.root).map_err(on(&self.root))? {
            let folder = folder.map_err(on(&self.root))?.path();
            if !folder.is_dir() {
                continue;
            }
            for file in fs::read_dir(&folder).map_err(on(&folder))? {
                let file = file.map_err(on(&folder))?;
                let Some(digest) = file.file_name().to_str().and_then(|name| name.parse().ok()) else {
                    continue;
                };
                let about = match file.metadata() {
                    Ok(about) => about,
                    // Removed since the folder was read.
                    Err(error) if error.kind() == io::ErrorKind::NotFound => continue,
                    Err(error) => return Err(on(&file.path())(error)),
                };
                blobs.push(StoredBlob { digest, length: about.len(), touched: touched(&about) });
            }
        }
        blobs.sort_unstable();
        Ok(blobs)
    }

    fn remove_now(&self, digest: Digest, since: UnixMillis) -> Result<bool, BlobError> {
        let lock = self.lock()?;
        lock.lock().map_err(on(&self.root))?;
        let path = self.path(&digest);
        match fs::metadata(&path) {
            Ok(about) if touched(&about) >= since => return Ok(false),
            Ok(_) => fs::remove_file(&path).map_err(on(&path))?,
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(true),
            Err(error) => return Err(on(&path)(error)),
        }
        Ok(true)
    }
}

fn touched(about: &Metadata) -> UnixMillis {
    UnixMillis(about.mtime() * 1000 + about.mtime_nsec() / 1_000_000)
}

/// Whether the file holds just these bytes; if so, marks it as put now.
fn is_there(place: &Path, bytes: &[u8]) -> io::Result<bool> {
    let file = match File::open(place) {
        Ok(file) => file,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(false),
        Err(error) => return Err(error),
    };
    // Compared, not only looked up, so that putting again heals a file that rotted on the disk.
    if file.metadata()?.len() != bytes.len() as u64 || fs::read(place)? != bytes {
        return Ok(false);
    }
    let now = Timespec { tv_sec: 0, tv_nsec: UTIME_NOW };
    futimens(&file, &Timestamps { last_access: now, last_modification: now })?;
    Ok(true)
}

fn on(path: &Path) -> impl FnOnce(io::Error) -> BlobError {
    let path = path.to_owned();
    move |source| match source.kind() {
        io::ErrorKind::StorageFull | io::ErrorKind::QuotaExceeded => BlobError::Full(path),
        _ => BlobError::Io { path, source },
    }
}

impl Blobs for LocalBlobs {
    fn put_all(&self, blobs: Vec<Vec<u8>>) -> BlobFuture<'_, Vec<Digest>> {
        off_the_loop(self, move |local| local.put_now(&blobs))
    }

    fn get(&self, digest: Digest) -> BlobFuture<'_, Vec<u8>> {
        off_the_loop(self, move |local| local.get_now(digest))
    }

    fn has(&self, digest: Digest) -> BlobFuture<'_, bool> {
        off_the_loop(self, move |local| {
            let path = local.path(&digest);
            path.try_exists().map_err(on(&path))
        })
    }

    fn list(&self) -> BlobFuture<'_, Vec<StoredBlob>> {
        off_the_loop(self, Self::list_now)
    }

    fn hold(&self) -> BlobFuture<'_, Held> {
        off_the_loop(self, |local| {
            let lock = local.lock()?;
            lock.lock_shared().map_err(on(&local.root))?;
            Ok(Box::new(lock) as Held)
        })
    }

    fn remove(&self, digest: Digest, since: UnixMillis) -> BlobFuture<'_, bool> {
        off_the_loop(self, move |local| local.remove_now(digest, since))
    }
}

/// Runs blocking file work on a thread where it blocks nobody.
fn off_the_loop<T: Send + 'static>(
    local: &LocalBlobs,
    work: impl FnOnce(&LocalBlobs) -> Result<T, BlobError> + Send + 'static,
) -> BlobFuture<'_, T> {
    let local = local.clone();
    Box::pin(async move {
        tokio::task::spawn_blocking(move || work(&local)).await.unwrap_or(Err(BlobError::Ending))
    })
}
