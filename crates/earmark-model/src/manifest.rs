use serde::{Deserialize, Serialize};
use sha2::{Digest as _, Sha256};

use crate::Digest;

/// What an entry of a revision is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum EntryKind {
    /// A regular file.
    File,
    /// A symbolic link; its content is the target.
    Symlink,
}

/// One file or symbolic link of a revision.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Entry {
    /// Path below the root, `/` between parts, any bytes.
    #[serde(with = "path_bytes")]
    pub path: Vec<u8>,
    /// Permission bits (the low nine).
    pub mode: u32,
    /// File or symbolic link.
    pub kind: EntryKind,
    /// Length of the content in bytes.
    pub length: u64,
    /// SHA-256 of the content.
    pub sha256: Digest,
}

impl Entry {
    /// The path for people: bytes that are no UTF-8 become U+FFFD.
    #[must_use]
    pub fn path_text(&self) -> String {
        String::from_utf8_lossy(&self.path).into_owned()
    }
}

/// The sorted list of a revision's entries; its digest is the revision's name.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Manifest {
    entries: Vec<Entry>,
}

impl Manifest {
    /// Sorts `entries` by path bytes; of two with one path the first is kept.
    #[must_use]
    pub fn new(mut entries: Vec<Entry>) -> Self {
        entries.sort_by(|a, b| a.path.cmp(&b.path));
        entries.dedup_by(|later, first| later.path == first.path);
        Self { entries }
    }

    /// The entries in order of their path bytes.
    #[must_use]
    pub fn entries(&self) -> &[Entry] {
        &self.entries
    }

    /// SHA-256 over all entries: path length and bytes, mode, kind, length, SHA-256 (integers u64
    /// little-endian).
    #[must_use]
    pub fn digest(&self) -> Digest {
        let mut hash = Sha256::new();
        hash.update(b"earmark/v1/revision\0");
        for entry in &self.entries {
            hash.update((entry.path.len() as u64).to_le_bytes());
            hash.update(&entry.path);
            hash.update(u64::from(entry.mode).to_le_bytes());
            hash.update([match entry.kind {
                EntryKind::File => 0,
                EntryKind::Symlink => 1,
            }]);
            hash.update(entry.length.to_le_bytes());
            hash.update(entry.sha256.0);
        }
        Digest(hash.finalize().into())
    }
}

/// Paths as text where they are UTF-8, else as a list of byte values.
mod path_bytes {
    use serde::{Deserialize, Deserializer, Serialize, Serializer};

    #[derive(Serialize, Deserialize)]
    #[serde(untagged)]
    enum Path {
        Text(String),
        Bytes(Vec<u8>),
    }

    pub(super) fn serialize<S: Serializer>(path: &[u8], serializer: S) -> Result<S::Ok, S::Error> {
        match std::str::from_utf8(path) {
            _ if !serializer.is_human_readable() => path.serialize(serializer),
            Ok(text) => text.serialize(serializer),
            Err(_) => path.serialize(serializer),
        }
    }

    pub(super) fn deserialize<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Vec<u8>, D::Error> {
        if !deserializer.is_human_readable() {
            return Vec::deserialize(deserializer);
        }
        Ok(match Path::deserialize(deserializer)? {
            Path::Text(text) => text.into_bytes(),
            Path::Bytes(bytes) => bytes,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn entry(path: &[u8]) -> Entry {
        Entry { path: path.to_vec(), mode: 0o644, kind: EntryKind::File, length: 0, sha256: Digest::of(b"") }
    }

    #[test]
    fn order_of_discovery_does_not_matter() {
        let one = Manifest::new(vec![entry(b"b"), entry(b"a/x")]);
        let two = Manifest::new(vec![entry(b"a/x"), entry(b"b")]);
        assert_eq!(one.digest(), two.digest());
        assert_ne!(one.digest(), Manifest::new(vec![entry(b"b")]).digest());
    }

    #[test]
    fn names_that_are_no_text_survive_json() {
        let manifest = Manifest::new(vec![entry(b"\xff.c"), entry(b"ok.c")]);
        let json = serde_json::to_string(&manifest).unwrap();
        assert_eq!(serde_json::from_str::<Manifest>(&json).unwrap(), manifest);
    }
}
