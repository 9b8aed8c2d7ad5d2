use std::ops::Range;
use std::sync::Arc;

use earmark_model::Digest;

#[cfg(doc)]
use super::builder::IndexBuilder;
use super::error::IndexError;
use super::layout::{
    CHECKSUM_AT, COUNTS_AT, KEY_BYTES, LEVELS, Level, MAGIC, MAX_RADIX, MIN_RADIX, SECTIONS_AT, UPSTREAM,
    VERSION, checksum, key, known, remainder, word,
};

/// One finished index segment, checked and ready to be asked: the work of an [`IndexBuilder`].
///
/// Cloning shares the bytes. They may be a map of a file: nothing is copied.
#[derive(Clone)]
pub struct Segment {
    bytes: Arc<dyn AsRef<[u8]> + Send + Sync>,
    revision: Digest,
    key_id: [u8; 32],
    files: usize,
    wholes: usize,
    wholes_at: usize,
    stop_starts_at: usize,
    stops_at: usize,
    tables: [TableView; 2],
}

#[derive(Debug, Clone, Copy, Default)]
struct TableView {
    starts_at: usize,
    samples_at: usize,
    radix_at: usize,
    keys_at: usize,
    postings_at: usize,
    radix_bits: u32,
    entries: usize,
}

/// Where a fingerprint stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Posting {
    /// Which file, by its place in the segment.
    pub(crate) slot: u32,
    /// The gram's first ordinal inside the file.
    pub(crate) ordinal: u32,
    /// Whether upstream has the gram, too.
    pub(crate) upstream: bool,
}

/// A file known by the hash of all its bytes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Whole {
    pub(crate) slot: u32,
    pub(crate) upstream: bool,
}

impl Segment {
    /// Checks `bytes` from end to end and takes them.
    ///
    /// Whatever the bytes, later lookups neither panic nor read outside. Cost: one pass.
    ///
    /// # Errors
    /// [`IndexError`] says what is wrong with the bytes.
    pub fn open(bytes: impl AsRef<[u8]> + Send + Sync + 'static) -> Result<Self, IndexError> {
        let segment = Self::lay_out(Arc::new(bytes))?;
        segment.check()?;
        Ok(segment)
    }

    fn lay_out(shared: Arc<dyn AsRef<[u8]> + Send + Sync>) -> Result<Self, IndexError> {
        let bytes = (*shared).as_ref();
        if bytes.len() < SECTIONS_AT || !bytes.starts_with(MAGIC) {
            return Err(IndexError::NotAnIndex);
        }
        match word(bytes, 8, 0) {
            VERSION => {}
            other => return Err(IndexError::Version(other)),
        }
        if bytes[CHECKSUM_AT..COUNTS_AT] != checksum(bytes) {
            return Err(IndexError::Checksum);
        }
        let array = |at: usize| {
            bytes.get(at..at + 32).and_then(|part| part.first_chunk()).copied().unwrap_or_default()
        };
        let count = |index| word(bytes, COUNTS_AT, index) as usize;
        let (files, wholes, stops) = (count(0), count(1), count(2));
        let mut at = SECTIONS_AT;
        let mut take = |words: usize| {
            let start = at;
            at = words.checked_mul(4).and_then(|length| at.checked_add(length)).unwrap_or(usize::MAX);
            start
        };
        let _ids_and_lengths = take(2 * files);
        let wholes_at = take(5 * wholes);
        let stop_starts_at = take(files + 1);
        let stops_at = take(3 * stops);
        let mut tables = [TableView::default(); 2];
        for (level, table) in tables.iter_mut().enumerate() {
            let (samples, radix_bits, entries) =
                (count(3 + 3 * level), count(4 + 3 * level) as u32, count(5 + 3 * level));
            if !(MIN_RADIX..=MAX_RADIX).contains(&radix_bits) {
                return Err(IndexError::Contradiction("radix"));
            }
            *table = TableView {
                starts_at: take(files + 1),
                samples_at: take(samples),
                radix_at: take((1 << radix_bits) + 1),
                postings_at: take(entries),
                keys_at: take((KEY_BYTES * entries).div_ceil(4)),
                radix_bits,
                entries,
            };
        }
        if at != bytes.len() {
            return Err(IndexError::Contradiction("length"));
        }
        let (key_id, revision) = (array(16), Digest(array(48)));
        Ok(Self {
            revision,
            key_id,
            files,
            wholes,
            wholes_at,
            stop_starts_at,
            stops_at,
            tables,
            bytes: shared,
        })
    }

    fn check(&self) -> Result<(), IndexError> {
        let bytes = self.bytes();
        let rising = |at: usize, count: usize, last: usize| {
            (1..count).all(|i| word(bytes, at, i - 1) <= word(bytes, at, i))
                && word(bytes, at, 0) == 0
                && word(bytes, at, count - 1) as usize == last
        };
        let slots_at = self.wholes_at + 16 * self.wholes;
        if (0..self.wholes).any(|i| (word(bytes, slots_at, i) & !UPSTREAM) as usize >= self.files) {
            return Err(IndexError::Contradiction("whole files"));
        }
        if !rising(self.stop_starts_at, self.files + 1, (self.tables[0].starts_at - self.stops_at) / 12) {
            return Err(IndexError::Contradiction("stops"));
        }
        for (level, table) in LEVELS.iter().zip(&self.tables) {
            let samples = (table.radix_at - table.samples_at) / 4;
            let ordinals = samples as u64 * u64::from(level.step);
            if ordinals >= u64::from(UPSTREAM) || !rising(table.starts_at, self.files + 1, ordinals as usize)
            {
                return Err(IndexError::Contradiction("files"));
            }
            if (0..=self.files).any(|i| !word(bytes, table.starts_at, i).is_multiple_of(level.step)) {
                return Err(IndexError::Contradiction("files"));
            }
            if !rising(table.radix_at, (1 << table.radix_bits) + 1, table.entries) {
                return Err(IndexError::Contradiction("radix"));
            }
            if (0..table.entries)
                .any(|i| u64::from(word(bytes, table.postings_at, i) & !UPSTREAM) >= ordinals)
            {
                return Err(IndexError::Contradiction("postings"));
            }
        }
        Ok(())
    }

    fn bytes(&self) -> &[u8] {
        (*self.bytes).as_ref()
    }

    /// The digest of the revision that was indexed.
    #[must_use]
    pub fn revision(&self) -> Digest {
        self.revision
    }

    /// The files that were indexed, by their index in the revision's manifest, in the order they were added.
    #[must_use]
    pub fn files(&self) -> Vec<u32> {
        (0..self.files as u32).map(|slot| self.file_id(slot)).collect()
    }

    /// How many fingerprints the segment has, of both levels.
    #[must_use]
    pub fn fingerprints(&self) -> usize {
        self.tables.iter().map(|table| table.entries).sum()
    }

    pub(crate) fn key_id(&self) -> &[u8; 32] {
        &self.key_id
    }

    pub(crate) fn file_id(&self, slot: u32) -> u32 {
        word(self.bytes(), SECTIONS_AT, slot as usize)
    }

    pub(crate) fn file_length(&self, slot: u32) -> u32 {
        word(self.bytes(), SECTIONS_AT, self.files + slot as usize)
    }

    /// The file with this keyed hash of all its bytes.
    pub(crate) fn whole(&self, hash: &[u8; 32]) -> Option<Whole> {
        let bytes = self.bytes();
        let row =
            |i: usize| bytes.get(self.wholes_at + 16 * i..self.wholes_at + 16 * (i + 1)).unwrap_or_default();
        let (mut low, mut high) = (0, self.wholes);
        while low < high {
            let middle = low.midpoint(high);
            if row(middle) < &hash[..16] { low = middle + 1 } else { high = middle }
        }
        if low == self.wholes || row(low) != &hash[..16] {
            return None;
        }
        let packed = word(bytes, self.wholes_at + 16 * self.wholes, low);
        Some(Whole { slot: packed & !UPSTREAM, upstream: packed & UPSTREAM != 0 })
    }

    /// Calls `take` with each place of the fingerprint with this hash.
    pub(crate) fn places(&self, level: Level, hash: u64, mut take: impl FnMut(Posting)) {
        let table = &self.tables[level.index];
        let bytes = self.bytes();
        let bucket = (hash >> (64 - table.radix_bits)) as usize;
        let range =
            word(bytes, table.radix_at, bucket) as usize..word(bytes, table.radix_at, bucket + 1) as usize;
        let wanted = remainder(hash, table.radix_bits);
        for index in range {
            if key(bytes, table.keys_at, index) == wanted {
                take(self.posting(table, word(bytes, table.postings_at, index)));
            }
        }
    }

    fn posting(&self, table: &TableView, packed: u32) -> Posting {
        let bytes = self.bytes();
        let ordinal = packed & !UPSTREAM;
        // The last file that starts at or before the ordinal; empty files share a start with their successor.
        let (mut low, mut high) = (0, self.files);
        while low < high {
            let middle = low.midpoint(high);
            if word(bytes, table.starts_at, middle) <= ordinal { low = middle + 1 } else { high = middle }
        }
        let slot = low.saturating_sub(1);
        let start = word(bytes, table.starts_at, slot);
        Posting { slot: slot as u32, ordinal: ordinal - start, upstream: packed & UPSTREAM != 0 }
    }

    /// Calls `take` with the known bits of every fingerprint of one level.
    pub(crate) fn each_known(&self, level: Level, mut take: impl FnMut(u32)) {
        let table = &self.tables[level.index];
        let bytes = self.bytes();
        for bucket in 0..1usize << table.radix_bits {
            let high = (bucket as u64) << (64 - table.radix_bits);
            for index in
                word(bytes, table.radix_at, bucket) as usize..word(bytes, table.radix_at, bucket + 1) as usize
            {
                take(known(high | u64::from(key(bytes, table.keys_at, index)) << (40 - table.radix_bits)));
            }
        }
    }

    /// Byte offsets in a file that hold the ordinals `range`, rounded outward by at most one step.
    pub(crate) fn file_bytes(&self, level: Level, slot: u32, range: Range<u32>) -> Range<u32> {
        let bytes = self.bytes();
        let table = &self.tables[level.index];
        let start = word(bytes, table.starts_at, slot as usize) / level.step;
        let last = (word(bytes, table.starts_at, slot as usize + 1) / level.step).max(start + 1) - start - 1;
        let sample = |index: u32| word(bytes, table.samples_at, (start + index.min(last)) as usize);
        let from = sample(range.start / level.step);
        let to = sample(range.end.div_ceil(level.step));
        from..to.max(from)
    }

    /// The byte ranges of a file that are license or upstream (true), in order of their start.
    pub(crate) fn stops(&self, slot: u32) -> Vec<(Range<u32>, bool)> {
        let bytes = self.bytes();
        let from = word(bytes, self.stop_starts_at, slot as usize) as usize;
        let to = word(bytes, self.stop_starts_at, slot as usize + 1) as usize;
        let at = |i: usize, part: usize| word(bytes, self.stops_at, 3 * i + part);
        (from..to).map(|i| (at(i, 0)..at(i, 1).max(at(i, 0)), at(i, 2) != 0)).collect()
    }
}
