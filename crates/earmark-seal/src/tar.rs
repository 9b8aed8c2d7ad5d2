//! A tar that is a function of its entries alone (POSIX.1-1988 `ustar`, POSIX.1-2001 `pax` where a
//! name or size does not fit).
//!
//! A copy's digest is the SHA-256 of this form, so it may never change: same entries, same bytes, in
//! ten years. Owner and time are 0, only the low nine permission bits are kept, folders have no
//! entries of their own, and the file ends with just the two empty blocks.

use std::borrow::Cow;
use std::io::{self, Write};

use earmark_model::{Digest, EntryKind};
use sha2::{Digest as _, Sha256};

const BLOCK: usize = 512;
/// The largest size that eleven octal digits hold.
const LARGEST: u64 = 0o77_777_777_777;

/// Why a tar was not written.
#[derive(Debug, thiserror::Error)]
pub enum TarError {
    /// Entries must come in ascending order of their path bytes, each path once.
    #[error("`{path}` comes after `{before}`: entries are sorted by path, each path once")]
    Order {
        /// The entry that is out of order.
        path: String,
        /// The one before it.
        before: String,
    },
    /// A path that would leave the folder it is opened in, or is none.
    #[error("`{0}` is no path below a folder")]
    Path(String),
    /// The output could not be written.
    #[error("the tar could not be written: {0}")]
    Io(#[from] io::Error),
}

/// One file or symbolic link to be packed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TarEntry<'a> {
    /// Path, `/` between parts, any bytes but 0.
    pub path: Cow<'a, [u8]>,
    /// Permission bits; only the low nine count, and none for a symbolic link.
    pub mode: u32,
    /// File or symbolic link.
    pub kind: EntryKind,
    /// Content, or the link's target.
    pub bytes: Cow<'a, [u8]>,
}

/// Writes a deterministic tar and hashes it on the way.
#[derive(Debug)]
pub struct TarWriter<W> {
    out: W,
    hash: Sha256,
    last: Option<Vec<u8>>,
}

impl<W: Write> TarWriter<W> {
    /// A writer of a new tar to `out`.
    pub fn new(out: W) -> Self {
        Self { out, hash: Sha256::new(), last: None }
    }

    /// Adds an entry, whose path must sort after the one before.
    ///
    /// # Errors
    /// [`TarError`]; after it the tar is unusable.
    pub fn append(&mut self, entry: &TarEntry<'_>) -> Result<(), TarError> {
        let path: &[u8] = &entry.path;
        check_path(path)?;
        if let Some(before) = self.last.as_deref().filter(|before| *before >= path) {
            return Err(TarError::Order { path: shown(path), before: shown(before) });
        }
        self.last = Some(path.to_vec());
        let (flag, mode, link, content): (u8, u32, &[u8], &[u8]) = match entry.kind {
            EntryKind::File => (b'0', entry.mode & 0o777, b"", &entry.bytes),
            EntryKind::Symlink => (b'2', 0o777, &entry.bytes, b""),
        };
        if link.contains(&0) || (entry.kind == EntryKind::Symlink && link.is_empty()) {
            return Err(TarError::Path(shown(link)));
        }
        let extra = pax_records(path, link, content.len() as u64);
        if !extra.is_empty() {
            self.put(&header(b"././@PaxHeader", b"", 0o644, b'x', extra.len() as u64))?;
            self.content(&extra)?;
        }
        self.put(&header(path, link, mode, flag, content.len() as u64))?;
        self.content(content)
    }

    /// Ends the tar; gives the output back and the SHA-256 of the whole.
    ///
    /// # Errors
    /// [`TarError::Io`].
    pub fn finish(mut self) -> Result<(W, Digest), TarError> {
        self.put(&[0; 2 * BLOCK])?;
        self.out.flush()?;
        Ok((self.out, Digest(self.hash.finalize().into())))
    }

    fn content(&mut self, bytes: &[u8]) -> Result<(), TarError> {
        self.put(bytes)?;
        let over = bytes.len() % BLOCK;
        if over > 0 { self.put(&[0; BLOCK][over..]) } else { Ok(()) }
    }

    fn put(&mut self, bytes: &[u8]) -> Result<(), TarError> {
        self.hash.update(bytes);
        Ok(self.out.write_all(bytes)?)
    }
}

fn shown(path: &[u8]) -> String {
    String::from_utf8_lossy(path).into_owned()
}

fn check_path(path: &[u8]) -> Result<(), TarError> {
    let plain = |part: &[u8]| !part.is_empty() && part != b"." && part != b"..";
    let whole = !path.contains(&0) && path.split(|byte| *byte == b'/').all(plain);
    if whole { Ok(()) } else { Err(TarError::Path(shown(path))) }
}

/// What does not fit the header, as records `LENGTH KEY=VALUE\n` (POSIX.1-2001, pax).
fn pax_records(path: &[u8], link: &[u8], size: u64) -> Vec<u8> {
    let mut records = Vec::new();
    let long_path = path.len() > 100;
    let long_link = link.len() > 100;
    let foreign = |bytes: &[u8]| std::str::from_utf8(bytes).is_err();
    if (long_path && foreign(path)) || (long_link && foreign(link)) {
        pax_record(&mut records, b"hdrcharset", b"BINARY");
    }
    if long_path {
        pax_record(&mut records, b"path", path);
    }
    if long_link {
        pax_record(&mut records, b"linkpath", link);
    }
    if size > LARGEST {
        pax_record(&mut records, b"size", size.to_string().as_bytes());
    }
    records
}

fn pax_record(records: &mut Vec<u8>, key: &[u8], value: &[u8]) {
    // The length counts its own digits.
    let rest = key.len() + value.len() + 3;
    let mut length = rest + 1;
    while length != rest + length.to_string().len() {
        length = rest + length.to_string().len();
    }
    records.extend_from_slice(length.to_string().as_bytes());
    records.push(b' ');
    records.extend_from_slice(key);
    records.push(b'=');
    records.extend_from_slice(value);
    records.push(b'\n');
}

fn header(path: &[u8], link: &[u8], mode: u32, flag: u8, size: u64) -> [u8; BLOCK] {
    let mut block = [0; BLOCK];
    let mut field = |at: usize, width: usize, bytes: &[u8]| {
        let length = bytes.len().min(width);
        block[at..at + length].copy_from_slice(&bytes[..length]);
    };
    let size = if size > LARGEST { 0 } else { size };
    field(0, 100, path);
    field(100, 8, format!("{mode:07o}\0").as_bytes());
    field(108, 8, b"0000000\0");
    field(116, 8, b"0000000\0");
    field(124, 12, format!("{size:011o}\0").as_bytes());
    field(136, 12, b"00000000000\0");
    field(148, 8, b"        ");
    field(156, 1, &[flag]);
    field(157, 100, link);
    field(257, 8, b"ustar\x0000");
    field(329, 8, b"0000000\0");
    field(337, 8, b"0000000\0");
    let sum: u32 = block.iter().map(|byte| u32::from(*byte)).sum();
    block[148..156].copy_from_slice(format!("{sum:06o}\0 ").as_bytes());
    block
}
