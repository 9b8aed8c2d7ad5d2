use std::collections::HashMap;

use earmark_model::{EntryKind, Limits};

use crate::extract::error::ExtractError;

/// One file of an archive.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ArchivedFile {
    /// Path below the archive's folder, `/` between parts, any bytes but zero; no `.`, `..` or empty part.
    pub path: Vec<u8>,
    /// Permission bits (the low nine).
    pub mode: u32,
    /// File or symbolic link.
    pub kind: EntryKind,
    /// The content, or the target of the link.
    pub content: Vec<u8>,
}

impl ArchivedFile {
    /// Whether it is a symbolic link.
    #[must_use]
    pub fn is_symlink(&self) -> bool {
        self.kind == EntryKind::Symlink
    }
}

/// The files read so far.
pub(super) struct Folder {
    files: Vec<ArchivedFile>,
    places: HashMap<Vec<u8>, usize>,
    bytes_left: u64,
    files_left: u64,
    limits: Limits,
}

impl Folder {
    pub(super) fn new(limits: &Limits) -> Self {
        Self {
            files: Vec::new(),
            places: HashMap::new(),
            bytes_left: limits.bytes,
            files_left: limits.leaves,
            limits: *limits,
        }
    }

    /// Takes a file up.
    pub(super) fn add(
        &mut self,
        path: &[u8],
        mode: u32,
        kind: EntryKind,
        content: &[u8],
    ) -> Result<(), ExtractError> {
        self.reserve(content.len() as u64)?;
        self.files_left = self.files_left.checked_sub(1).ok_or(ExtractError::TooLarge(self.limits.leaves))?;
        let path = clean(path)?;
        if kind == EntryKind::Symlink && (content.is_empty() || content.contains(&0)) {
            return Err(ExtractError::Unsupported { path: shown(&path), why: "a symbolic link to nothing" });
        }
        if self.places.insert(path.clone(), self.files.len()).is_some() {
            return Err(ExtractError::Twice(shown(&path)));
        }
        self.files.push(ArchivedFile { path, mode: mode & 0o777, kind, content: content.to_vec() });
        Ok(())
    }

    /// Takes up a file with the content of one that was added before.
    pub(super) fn link(&mut self, path: &[u8], target: &[u8]) -> Result<(), ExtractError> {
        let target = clean(target)?;
        let Some(index) = self.places.get(&target) else {
            return Err(ExtractError::Unsupported {
                path: shown(path),
                why: "a link to nothing in the archive",
            });
        };
        let ArchivedFile { mode, kind, content, .. } = self.files[*index].clone();
        self.add(path, mode, kind, &content)
    }

    /// Fails if so many more bytes would be too many.
    pub(super) fn reserve(&mut self, bytes: u64) -> Result<(), ExtractError> {
        self.bytes_left =
            self.bytes_left.checked_sub(bytes).ok_or(ExtractError::TooLarge(self.limits.bytes))?;
        Ok(())
    }

    pub(super) fn bytes_left(&self) -> u64 {
        self.bytes_left
    }

    pub(super) fn finish(self) -> Vec<ArchivedFile> {
        self.files
    }
}

/// A name for people.
pub(super) fn shown(path: &[u8]) -> String {
    String::from_utf8_lossy(path).into_owned()
}

/// A path without `.` and doubled slashes.
fn clean(path: &[u8]) -> Result<Vec<u8>, ExtractError> {
    let parts: Vec<&[u8]> =
        path.split(|byte| *byte == b'/').filter(|part| !part.is_empty() && *part != b".").collect();
    if path.starts_with(b"/") || parts.is_empty() || path.contains(&0) || parts.contains(&&b".."[..]) {
        return Err(ExtractError::Path(shown(path)));
    }
    Ok(parts.join(&b'/'))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paths_stay_below() {
        assert_eq!(clean(b"./a//b/./c").unwrap(), b"a/b/c");
        for bad in [&b""[..], b"/etc/passwd", b"a/../b", "..".as_bytes(), b"./.", b"a\0b"] {
            assert!(clean(bad).is_err(), "{bad:?}");
        }
    }
}
