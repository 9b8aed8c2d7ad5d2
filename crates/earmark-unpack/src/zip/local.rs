//! The head in front of a file: `PK 03 04`, then 26 bytes, the name, extra fields.

/// How a local head begins.
pub(crate) const MAGIC: &[u8] = b"PK\x03\x04";

const FIXED: usize = 30;

#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Local {
    pub(crate) name: Vec<u8>,
    pub(crate) method: u16,
    pub(crate) encrypted: bool,
    /// Sizes and checksum come behind the content.
    pub(crate) streamed: bool,
    pub(crate) crc: u32,
    /// Compressed size; 0 if streamed.
    pub(crate) packed: u64,
    /// Uncompressed size; 0 if streamed.
    pub(crate) size: u64,
    /// Length of the whole head.
    pub(crate) length: usize,
}

impl Local {
    /// Reads the head at the start of `bytes`; `None` if it is none or nonsense.
    pub(crate) fn parse(bytes: &[u8]) -> Option<Self> {
        let head = bytes.get(..FIXED)?;
        let short = |at: usize| u16::from_le_bytes([head[at], head[at + 1]]);
        let long = |at: usize| u32::from_le_bytes([head[at], head[at + 1], head[at + 2], head[at + 3]]);
        let (name, extra) = (usize::from(short(26)), usize::from(short(28)));
        let length = FIXED + name + extra;
        let name = bytes.get(FIXED..FIXED + name)?;
        let extra = bytes.get(FIXED + name.len()..length).unwrap_or_default();
        let plausible = head.starts_with(MAGIC)
            && head[4] <= 63
            && matches!(short(8), 0..=20 | 93..=99)
            && !name.is_empty()
            && name.iter().all(|byte| *byte >= b' ');
        if !plausible {
            return None;
        }
        let flags = short(6);
        let (mut packed, mut size) = (u64::from(long(18)), u64::from(long(22)));
        if let Some(wide) = field(extra, 1) {
            // Section 4.5.3: only what overflowed is there, in this order.
            let mut values = wide
                .chunks_exact(8)
                .map(|bytes| bytes.iter().rev().fold(0, |sum, byte| sum << 8 | u64::from(*byte)));
            if size == u64::from(u32::MAX) {
                size = values.next().unwrap_or(size);
            }
            if packed == u64::from(u32::MAX) {
                packed = values.next().unwrap_or(packed);
            }
        }
        let name = field(extra, 0x7075)
            .and_then(|field| field.get(5..))
            .filter(|name| !name.is_empty())
            .unwrap_or(name);
        Some(Self {
            name: name.to_vec(),
            method: short(8),
            encrypted: flags & 1 != 0,
            streamed: flags & 8 != 0,
            crc: long(14),
            packed,
            size,
            length: length.min(bytes.len()),
        })
    }

    /// Whether this is a folder.
    pub(crate) fn is_folder(&self) -> bool {
        self.name.ends_with(b"/") && self.size == 0
    }
}

/// The extra field of a kind: kind and length as u16, then the content.
pub(crate) fn field(mut extra: &[u8], kind: u16) -> Option<&[u8]> {
    while let [k0, k1, l0, l1, rest @ ..] = extra {
        let length = usize::from(u16::from_le_bytes([*l0, *l1]));
        let content = rest.get(..length)?;
        if u16::from_le_bytes([*k0, *k1]) == kind {
            return Some(content);
        }
        extra = &rest[length..];
    }
    None
}

/// Where the next plausible local head starts, searching from `from`.
pub(crate) fn find(bytes: &[u8], from: usize) -> Option<usize> {
    let tail = bytes.get(from..)?;
    memchr::memmem::find_iter(tail, MAGIC)
        .map(|at| from + at)
        .find(|at| Local::parse(&bytes[*at..]).is_some())
}
