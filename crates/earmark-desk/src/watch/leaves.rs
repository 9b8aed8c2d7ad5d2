//! From paths to leaves: folders are walked here, containers are opened in the cage, plain text is taken as it is.

use std::fs;
use std::path::{Path, PathBuf};

use earmark_cage::Cage;
use earmark_model::{Digest, Flow, Leaf, Limits, Loss, Sink};
use earmark_unpack::Met;

use super::haul::{Haul, Sample, Unscanned};
use crate::caged;
use crate::error::{DeskError, Kind};

/// One file of a sample.
#[derive(Debug, Clone)]
pub(super) struct Item {
    path: PathBuf,
    shown: String,
}

/// Lists the files at `path` and below. Links are not followed; what is no regular file is noted.
///
/// # Errors
/// When there is nothing at `path`.
pub(super) fn list(
    path: &Path,
    items: &mut Vec<Item>,
    unscanned: &mut Vec<Unscanned>,
) -> Result<(), DeskError> {
    let step = earmark_unpack::walk(path, &mut |met| {
        match met {
            Met::File { path, shown, .. } => {
                items.push(Item { path: path.to_owned(), shown: shown.to_owned() })
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

/// What is done with each leaf.
pub(super) type Look<'a> = dyn Fn(Leaf, &mut Haul) + 'a;

/// Reads one file and gives its leaves to `look`; what cannot be read or opened is noted.
pub(super) fn open(cage: &Cage, item: &Item, look: &Look<'_>) -> Haul {
    let mut haul = Haul::default();
    let bytes = match fs::read(&item.path) {
        Ok(bytes) => bytes,
        Err(error) => {
            haul.unscanned.push(Unscanned { path: item.shown.clone(), why: error.to_string() });
            return haul;
        }
    };
    haul.samples.push(Sample {
        path: item.shown.clone(),
        digest: Digest::of(&bytes),
        length: bytes.len() as u64,
    });
    if !earmark_unpack::looks_like_container(&item.shown, &bytes) {
        look(Leaf { path: item.shown.clone(), bytes, partial: false }, &mut haul);
        return haul;
    }
    let mut taker = Taker { haul: &mut haul, look };
    if let Err(death) = caged::open(cage, &item.shown, &bytes, &Limits::default(), &mut taker) {
        haul.unscanned.push(Unscanned { path: item.shown.clone(), why: death.to_string() });
    }
    haul
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
