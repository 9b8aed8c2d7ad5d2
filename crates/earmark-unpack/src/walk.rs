//! Walking folders, outside the cage: only names are looked at here.

use std::fs::{self, File};
use std::io::{self, Read as _};
use std::os::unix::fs::FileTypeExt as _;
use std::path::{Path, PathBuf};

use earmark_model::{Flow, Limits, Loss, Sink};

use crate::open::open_bytes;

/// Something met on a walk.
#[derive(Debug)]
pub enum Met<'a> {
    /// A regular file to be read.
    File {
        /// Where it is.
        path: &'a Path,
        /// Where it is, below the start of the walk, for people; the start's own name if it is a file.
        shown: &'a str,
        /// Its length in bytes when it was met.
        length: u64,
    },
    /// A link, socket, device or pipe, or something unreadable: not opened.
    Skipped(Loss),
}

/// The start of a walk is not there or not readable.
#[derive(Debug, thiserror::Error)]
pub enum OpenError {
    /// The system's answer.
    #[error("cannot open `{path}`: {source}")]
    Unreadable {
        /// The start.
        path: PathBuf,
        /// Why.
        source: io::Error,
    },
    /// It is no file and no folder.
    #[error("`{path}` is neither a file nor a folder")]
    Special {
        /// The start.
        path: PathBuf,
    },
}

/// Visits every regular file below `path`, or `path` itself, in the order of their names' bytes.
///
/// Symbolic links are not followed (but for `path` itself), so there are no loops; sockets, devices and
/// pipes are never opened. `Ok` tells whether the walk went to its end.
///
/// # Errors
/// Only if `path` itself cannot be used; everything below is a [`Met::Skipped`].
pub fn walk(path: &Path, visit: &mut dyn FnMut(Met<'_>) -> Flow) -> Result<Flow, OpenError> {
    let unreadable = |source| OpenError::Unreadable { path: path.to_owned(), source };
    let about = fs::metadata(path).map_err(unreadable)?;
    let own = path.file_name().unwrap_or(path.as_os_str()).to_string_lossy().into_owned();
    if about.is_file() {
        return Ok(visit(Met::File { path, shown: &own, length: about.len() }));
    }
    if !about.is_dir() {
        return Err(OpenError::Special { path: path.to_owned() });
    }
    let names = sorted(path).map_err(unreadable)?;
    // Folders still to do, deepest last: no recursion, however deep they nest.
    let mut waiting: Vec<PathBuf> = names.into_iter().rev().collect();
    while let Some(next) = waiting.pop() {
        let below = next.strip_prefix(path).unwrap_or(&next);
        let shown = below.to_string_lossy().into_owned();
        let mut skip = |why: String| visit(Met::Skipped(Loss { path: shown.clone(), why }));
        let flow = match fs::symlink_metadata(&next) {
            Err(error) => skip(format!("cannot be read: {error}")),
            Ok(about) if about.is_dir() => match sorted(&next) {
                Ok(names) => {
                    waiting.extend(names.into_iter().rev());
                    Flow::Continue
                }
                Err(error) => skip(format!("cannot be read: {error}")),
            },
            Ok(about) if about.is_file() => {
                visit(Met::File { path: &next, shown: &shown, length: about.len() })
            }
            Ok(about) => skip(format!("{}: not opened", kind(about.file_type()))),
        };
        if flow == Flow::Stop {
            return Ok(Flow::Stop);
        }
    }
    Ok(Flow::Continue)
}

fn sorted(folder: &Path) -> io::Result<Vec<PathBuf>> {
    let mut names = fs::read_dir(folder)?.map(|entry| Ok(entry?.path())).collect::<io::Result<Vec<_>>>()?;
    names.sort_by(|a, b| a.as_os_str().as_encoded_bytes().cmp(b.as_os_str().as_encoded_bytes()));
    Ok(names)
}

fn kind(of: fs::FileType) -> &'static str {
    if of.is_symlink() {
        "a symbolic link"
    } else if of.is_socket() {
        "a socket"
    } else if of.is_fifo() {
        "a pipe"
    } else {
        "a device"
    }
}

/// Opens a file, or every file below a folder, in this process. The limits hold for each file.
///
/// For hostile bytes use [`walk`] and open the files in a cage.
///
/// # Errors
/// Only if `path` itself cannot be used; everything below is a loss.
pub fn open_path(path: &Path, limits: &Limits, sink: &mut dyn Sink) -> Result<(), OpenError> {
    let mut relay = Relay { sink, flow: Flow::Continue };
    walk(path, &mut |met| {
        match met {
            Met::Skipped(loss) => relay.flow = relay.sink.loss(loss),
            Met::File { path, shown, .. } => match read(path, limits) {
                Ok((bytes, whole)) => {
                    open_bytes(shown, &bytes, limits, &mut relay);
                    if !whole && relay.flow == Flow::Continue {
                        let why = format!("longer than {} bytes: cut there", limits.bytes);
                        relay.flow = relay.sink.loss(Loss { path: shown.to_owned(), why });
                    }
                }
                Err(error) => {
                    let why = format!("cannot be read: {error}");
                    relay.flow = relay.sink.loss(Loss { path: shown.to_owned(), why });
                }
            },
        }
        relay.flow
    })?;
    Ok(())
}

fn read(path: &Path, limits: &Limits) -> io::Result<(Vec<u8>, bool)> {
    let mut bytes = Vec::new();
    let read = File::open(path)?.take(limits.bytes.saturating_add(1)).read_to_end(&mut bytes)?;
    let whole = read as u64 <= limits.bytes;
    bytes.truncate(usize::try_from(limits.bytes).unwrap_or(usize::MAX));
    Ok((bytes, whole))
}

/// Remembers whether the sink has had enough.
struct Relay<'a> {
    sink: &'a mut dyn Sink,
    flow: Flow,
}

impl Sink for Relay<'_> {
    fn leaf(&mut self, leaf: earmark_model::Leaf) -> Flow {
        self.flow = self.sink.leaf(leaf);
        self.flow
    }

    fn loss(&mut self, loss: Loss) -> Flow {
        self.flow = self.sink.loss(loss);
        self.flow
    }
}
