//! What is public or another's: it carries no marks and is no evidence.

use std::fs;
use std::os::unix::ffi::OsStrExt;
use std::path::{Path, PathBuf};

use super::tree::{self, Tree};
use crate::error::{DeskError, Kind};

/// What the owner named as upstream, found in the tree or beside it.
#[derive(Debug, Default)]
pub(super) struct Upstream {
    /// Files of the tree, by index in the manifest, ascending.
    pub files: Vec<u32>,
    /// Contents of named files outside the tree.
    pub outside: Vec<Vec<u8>>,
    /// The names as given.
    pub named: Vec<String>,
}

/// Finds what `named` means in `tree`, read from `root`.
///
/// A path is one of the tree's files or folders (relative to the root, or absolute), else a file or folder
/// elsewhere: then every file of the tree with the same content is upstream too.
///
/// # Errors
/// When a path is neither.
pub(super) fn resolve(root: &Path, named: &[PathBuf], tree: &Tree) -> Result<Upstream, DeskError> {
    let mut upstream = Upstream::default();
    let root = fs::canonicalize(root).map_err(|source| DeskError::io("open", root, source))?;
    for path in named {
        upstream.named.push(path.display().to_string());
        let absolute = fs::canonicalize(path).ok();
        let below = absolute.as_deref().and_then(|absolute| absolute.strip_prefix(&root).ok());
        let inside = inside(below.unwrap_or(path), tree);
        if !inside.is_empty() {
            upstream.files.extend(inside);
        } else if absolute.is_some() {
            let elsewhere = tree::read(path, Path::new(""))?;
            for file in elsewhere.files {
                let same = (0..).zip(&tree.files).filter(|(_, ours)| ours.entry.sha256 == file.entry.sha256);
                upstream.files.extend(same.map(|(index, _)| index));
                upstream.outside.push(file.bytes);
            }
        } else {
            return Err(DeskError::new(
                Kind::NotFound,
                format!("there is no `{}` in the asset, nor outside", path.display()),
            )
            .hint("`--upstream` takes paths as they stand below PATH, or of a file or folder elsewhere"));
        }
    }
    upstream.files.sort_unstable();
    upstream.files.dedup();
    Ok(upstream)
}

/// The files of the tree at `path` or below it.
fn inside(path: &Path, tree: &Tree) -> Vec<u32> {
    let wanted = path.as_os_str().as_bytes();
    let wanted = wanted.strip_prefix(b"./").unwrap_or(wanted);
    let wanted = wanted.strip_suffix(b"/").unwrap_or(wanted);
    let holds = |file: &[u8]| {
        file == wanted
            || file.strip_prefix(wanted).is_some_and(|rest| !wanted.is_empty() && rest.starts_with(b"/"))
    };
    (0..).zip(&tree.files).filter(|(_, file)| holds(&file.entry.path)).map(|(index, _)| index).collect()
}
