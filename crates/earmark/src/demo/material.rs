//! What the demo shares: Earmark's own sources, the story of 2012, or a tree of the visitor's.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

use earmark_desk::error::{DeskError, Kind};
use rust_embed::Embed;

/// Earmark's own sources, as built; without the leaker's tools, whose invented files are the demo's haystack.
#[derive(Embed)]
#[folder = "../../crates"]
#[include = "*.rs"]
#[exclude = "earmark-disguise/*"]
struct OwnSources;

/// The advisory and the client of the story of 2012.
#[derive(Embed)]
#[folder = "../../testdata/stories/2012"]
struct Advisory;

/// Writes Earmark's own sources to `folder`.
pub(super) fn own_sources(folder: &Path) -> Result<PathBuf, DeskError> {
    write::<OwnSources>(folder)
}

/// Writes the material of 2012, with its declarations, to `folder`.
pub(crate) fn advisory(folder: &Path) -> Result<PathBuf, DeskError> {
    write::<Advisory>(folder)
}

fn write<E: Embed>(folder: &Path) -> Result<PathBuf, DeskError> {
    let names: BTreeSet<_> = E::iter().collect();
    for name in names {
        let Some(file) = E::get(&name) else { continue };
        let path = folder.join(&*name);
        let above = path.parent().unwrap_or(folder);
        fs::create_dir_all(above).map_err(|source| DeskError::io("make", above, source))?;
        fs::write(&path, &file.data).map_err(|source| DeskError::io("write", &path, source))?;
    }
    Ok(folder.to_owned())
}

/// Checks that a tree named by the visitor may be read as a whole.
///
/// # Errors
/// Refuses the root of the file system and a home folder: they are hardly what somebody means to share.
pub(super) fn visitors(path: &Path) -> Result<PathBuf, DeskError> {
    let real = fs::canonicalize(path).map_err(|source| DeskError::io("open", path, source))?;
    let home = std::env::var_os("HOME").and_then(|home| fs::canonicalize(home).ok());
    let is_home = home.as_deref() == Some(&*real)
        || real == Path::new("/root")
        || (real.parent() == Some(Path::new("/home")) && real.is_dir());
    if real == Path::new("/") || real == Path::new("/home") || is_home {
        return Err(DeskError::new(Kind::Refused, format!("`{}` is not a tree to share", real.display()))
            .hint("name the folder of one project"));
    }
    Ok(real)
}
