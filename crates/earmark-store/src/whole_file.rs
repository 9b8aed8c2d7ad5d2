use std::fs::{self, File, OpenOptions};
use std::io::{self, Write};
use std::os::fd::AsRawFd;
use std::os::unix::fs::OpenOptionsExt;
use std::path::{Path, PathBuf};

use rustix::fs::{AtFlags, CWD, OFlags, linkat};

/// A new file that appears under its name whole, or never.
///
/// Until [`WholeFile::finish`] it has no name at all (`O_TMPFILE`), so that a killed process leaves nothing; on file
/// systems that cannot do this it is called `.NAME.part`. Readable by its owner only.
#[derive(Debug)]
pub struct WholeFile {
    file: File,
    place: PathBuf,
    /// Its name until then, where it needs one.
    part: Option<PathBuf>,
}

impl WholeFile {
    /// Begins the file that is to be at `place`.
    ///
    /// # Errors
    /// `AlreadyExists` when something is there; it is never overwritten.
    pub fn create(place: &Path) -> io::Result<Self> {
        if place.symlink_metadata().is_ok() {
            return Err(io::ErrorKind::AlreadyExists.into());
        }
        let folder = folder(place);
        let flags = i32::try_from(OFlags::TMPFILE.bits()).unwrap_or(0);
        let nameless = OpenOptions::new().read(true).write(true).custom_flags(flags).mode(0o600).open(folder);
        match nameless {
            Ok(file) => Ok(Self { file, place: place.to_owned(), part: None }),
            Err(why)
                if matches!(
                    why.kind(),
                    io::ErrorKind::NotFound | io::ErrorKind::PermissionDenied | io::ErrorKind::StorageFull
                ) =>
            {
                Err(why)
            }
            Err(_) => {
                let name = place.file_name().unwrap_or_default().to_string_lossy();
                let part = folder.join(format!(".{name}.part"));
                let file =
                    OpenOptions::new().write(true).create(true).truncate(true).mode(0o600).open(&part)?;
                Ok(Self { file, place: place.to_owned(), part: Some(part) })
            }
        }
    }

    /// Bytes written so far.
    ///
    /// # Errors
    /// When the system does not say.
    pub fn length(&self) -> io::Result<u64> {
        Ok(self.file.metadata()?.len())
    }

    /// Brings everything to the disk and gives the file its name.
    ///
    /// # Errors
    /// `AlreadyExists` when something came there meanwhile.
    pub fn finish(mut self) -> io::Result<()> {
        self.file.sync_all()?;
        match self.part.take() {
            Some(part) => {
                let linked = fs::hard_link(&part, &self.place);
                fs::remove_file(&part)?;
                linked?;
            }
            None => {
                let own = format!("/proc/self/fd/{}", self.file.as_raw_fd());
                linkat(CWD, own.as_str(), CWD, &self.place, AtFlags::SYMLINK_FOLLOW)?;
            }
        }
        File::open(folder(&self.place))?.sync_all()
    }
}

fn folder(place: &Path) -> &Path {
    place.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."))
}

impl Write for WholeFile {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.file.write(bytes)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.file.flush()
    }
}

impl Drop for WholeFile {
    fn drop(&mut self) {
        if let Some(part) = &self.part {
            // What stays is overwritten by the next one of this name.
            drop(fs::remove_file(part));
        }
    }
}
