//! From paths to leaves: folders are walked here, containers are opened in the cage, plain text is taken as it is.

use std::fs::File;
use std::io::{self, Read, Seek};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::UNIX_EPOCH;

use earmark_cage::{Cage, Input};
use earmark_model::{Digest, Flow, Leaf, Limits, Loss, Sink};
use earmark_unpack::Met;
use sha2::{Digest as _, Sha256};
use tempfile::{NamedTempFile, TempPath};

use super::haul::{Haul, Sample, Unscanned};
use crate::caged;
use crate::error::{DeskError, Kind};

/// One file of a sample.
#[derive(Debug, Clone)]
pub(super) struct Item {
    path: PathBuf,
    shown: String,
    /// Keeps what came from standard input as long as it is looked at.
    _kept: Option<Arc<TempPath>>,
}

impl Item {
    /// Tells this file with this content from others and later ones: its shown path, length and instant of change.
    /// Nothing where it cannot be told, as of what came from standard input.
    pub(super) fn stamp(&self) -> Option<String> {
        let meta = self.path.metadata().ok().filter(|_| self._kept.is_none())?;
        let changed = meta.modified().ok()?.duration_since(UNIX_EPOCH).ok()?;
        Some(format!("{} {}.{:09} {}", meta.len(), changed.as_secs(), changed.subsec_nanos(), self.shown))
    }
}

/// What stands for standard input among paths.
const STANDARD_INPUT: &str = "-";

/// Lists the files at `path` and below; `-` is standard input, which is kept in `tmp` meanwhile. Links are not
/// followed; what is no regular file is noted.
///
/// # Errors
/// When there is nothing at `path`, or `tmp` has no room for standard input.
pub(super) fn list(
    path: &Path,
    tmp: &Path,
    items: &mut Vec<Item>,
    unscanned: &mut Vec<Unscanned>,
) -> Result<(), DeskError> {
    if path == Path::new(STANDARD_INPUT) {
        let kept = from_standard_input(tmp)
            .map_err(|source| DeskError::io("keep standard input in", tmp, source))?;
        items.push(Item {
            path: kept.to_path_buf(),
            shown: STANDARD_INPUT.to_owned(),
            _kept: Some(Arc::new(kept)),
        });
        return Ok(());
    }
    let step = earmark_unpack::walk(path, &mut |met| {
        match met {
            Met::File { path, shown, .. } => {
                items.push(Item { path: path.to_owned(), shown: shown.to_owned(), _kept: None });
            }
            Met::Skipped(Loss { path, why }) => unscanned.push(Unscanned { path, why }),
        }
        Flow::Continue
    });
    step.map(drop).map_err(|source| {
        let kind = if path.exists() { Kind::Unavailable } else { Kind::NotFound };
        DeskError::because(kind, "there is no such sample", source)
    })
}

fn from_standard_input(tmp: &Path) -> io::Result<TempPath> {
    let mut file = NamedTempFile::new_in(tmp)?;
    io::copy(&mut io::stdin().lock(), &mut file)?;
    Ok(file.into_temp_path())
}

/// What is done with each leaf.
pub(super) type Look<'a> = dyn Fn(Leaf, &mut Haul) + 'a;

/// A plain file longer than this is looked at in pieces of this many bytes, each a leaf `NAME@OFFSET`.
const PIECE_BYTES: u64 = 64 << 20;

/// So much of a file tells whether it is a container, in bytes.
const HEAD_BYTES: usize = 64 << 10;

/// Reads one file and gives its leaves to `look`; what cannot be read or opened is noted.
///
/// Memory does not grow with the file: long containers are mapped in the cage, long plain files read in pieces.
pub(super) fn open(cage: &Cage, item: &Item, look: &Look<'_>) -> Haul {
    let mut haul = Haul::default();
    if let Err(error) = read(cage, item, look, &mut haul) {
        haul.unscanned.push(Unscanned { path: item.shown.clone(), why: error.to_string() });
    }
    haul
}

fn read(cage: &Cage, item: &Item, look: &Look<'_>, haul: &mut Haul) -> io::Result<()> {
    let mut file = File::open(&item.path)?;
    let bytes = piece(&mut file)?;
    if (bytes.len() as u64) < PIECE_BYTES {
        let (digest, length) = (Digest::of(&bytes), bytes.len() as u64);
        haul.samples.push(Sample { path: item.shown.clone(), digest, length });
        if earmark_unpack::looks_like_container(&item.shown, &bytes) {
            unpack(cage, item, Input::Bytes(&bytes), look, haul);
        } else {
            look(Leaf { path: item.shown.clone(), bytes, partial: false }, haul);
        }
        return Ok(());
    }
    let head = bytes.get(..HEAD_BYTES).unwrap_or(&bytes);
    let container = earmark_unpack::looks_like_container(&item.shown, head);
    let (mut hash, mut offset, mut bytes) = (Sha256::new(), 0, bytes);
    while !bytes.is_empty() {
        hash.update(&bytes);
        let (path, next) = (format!("{}@{offset}", item.shown), offset + bytes.len() as u64);
        if !container {
            look(Leaf { path, bytes, partial: true }, haul);
        }
        offset = next;
        bytes = piece(&mut file)?;
    }
    let digest = Digest(hash.finalize().into());
    haul.samples.push(Sample { path: item.shown.clone(), digest, length: offset });
    if container {
        file.rewind()?;
        unpack(cage, item, Input::File(&file), look, haul);
    }
    Ok(())
}

/// The next bytes of a file, at most a piece.
fn piece(file: &mut File) -> io::Result<Vec<u8>> {
    let mut bytes = Vec::new();
    file.take(PIECE_BYTES).read_to_end(&mut bytes)?;
    Ok(bytes)
}

fn unpack(cage: &Cage, item: &Item, input: Input<'_>, look: &Look<'_>, haul: &mut Haul) {
    let mut taker = Taker { haul, look };
    if let Err(death) = caged::open(cage, &item.shown, input, &Limits::default(), &mut taker) {
        haul.unscanned.push(Unscanned { path: item.shown.clone(), why: death.to_string() });
    }
}

struct Taker<'a, 'b> {
    haul: &'a mut Haul,
    look: &'a Look<'b>,
}

impl Sink for Taker<'_, '_> {
    fn leaf(&mut self, leaf: Leaf) -> Flow {
        (self.look)(leaf, self.haul);
        Flow::Continue
    }

    fn loss(&mut self, loss: Loss) -> Flow {
        self.haul.unscanned.push(Unscanned { path: loss.path, why: loss.why });
        Flow::Continue
    }
}
