/// The first bytes of a segment.
pub(super) const MAGIC: &[u8; 8] = b"earmkidx";
/// The version written and read.
pub(super) const VERSION: u32 = 1;
/// Bytes before the counts: magic, version, zero, key id, revision, checksum.
pub(super) const CHECKSUM_AT: usize = 80;
/// Where what the checksum covers goes on.
pub(super) const COUNTS_AT: usize = 112;
/// Where the sections start.
pub(super) const SECTIONS_AT: usize = 160;
/// Marks a posting, or a whole file, as upstream's.
pub(super) const UPSTREAM: u32 = 1 << 31;
/// The least number of radix bits: with the 24 bits stored, at least 32 bits of each hash are known.
pub(super) const MIN_RADIX: u32 = 8;
/// The greatest.
pub(super) const MAX_RADIX: u32 = 28;

/// One of the two kinds of fingerprints.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Level {
    /// 0 or 1.
    pub(crate) index: usize,
    /// A byte offset is kept for every so many ordinals.
    pub(crate) step: u32,
}

/// Level 1: symbols.
pub(crate) const SYMBOLS: Level = Level { index: 0, step: 256 };
/// Level 2: tokens.
pub(crate) const TOKENS: Level = Level { index: 1, step: 64 };
/// Both.
pub(super) const LEVELS: [Level; 2] = [SYMBOLS, TOKENS];

/// Bytes of a hash kept with an entry, beside the radix bits.
pub(super) const KEY_BYTES: usize = 3;

/// The top 32 bits of a hash: what every segment knows of its fingerprints, however few they are.
pub(crate) fn known(hash: u64) -> u32 {
    (hash >> 32) as u32
}

/// The 24 bits of a hash behind its `radix_bits`.
pub(super) fn remainder(hash: u64, radix_bits: u32) -> u32 {
    (hash << radix_bits >> 40) as u32
}

/// The `index`th three-byte little-endian number behind `base`; 0 if there is none.
#[inline]
pub(super) fn key(bytes: &[u8], base: usize, index: usize) -> u32 {
    let at = base + KEY_BYTES * index;
    bytes
        .get(at..at + KEY_BYTES)
        .and_then(|three| three.first_chunk::<KEY_BYTES>())
        .map_or(0, |three| u32::from_le_bytes([three[0], three[1], three[2], 0]))
}

/// BLAKE3 over all but the checksum itself.
pub(super) fn checksum(bytes: &[u8]) -> [u8; 32] {
    let mut hasher = blake3::Hasher::new();
    hasher.update(&bytes[..CHECKSUM_AT.min(bytes.len())]);
    hasher.update(bytes.get(COUNTS_AT..).unwrap_or_default());
    *hasher.finalize().as_bytes()
}

/// The `index`th little-endian u32 behind `base`; 0 if there is none.
#[inline]
pub(super) fn word(bytes: &[u8], base: usize, index: usize) -> u32 {
    let at = base + 4 * index;
    bytes.get(at..at + 4).and_then(|four| four.first_chunk()).map_or(0, |four| u32::from_le_bytes(*four))
}
