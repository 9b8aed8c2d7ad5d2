use super::layout::{Level, MAX_RADIX, MIN_RADIX, UPSTREAM, remainder};

/// A fingerprint more files than this have is an idiom of the tree.
const MAX_FILES: usize = 8;
/// A fingerprint that stands more often than this is one, too.
const MAX_PLACES: usize = 32;

/// Fingerprints of one level on their way into a segment.
pub(super) struct TableBuilder {
    pub(super) level: Level,
    entries: Vec<(u64, u32)>,
    upstream: Vec<u64>,
    /// Where the ordinals of each file start, and where those of the next one would.
    pub(super) starts: Vec<u32>,
    samples: Vec<u32>,
    pub(super) full: bool,
}

/// A finished table.
pub(super) struct Table {
    pub(super) radix_bits: u32,
    pub(super) radix: Vec<u32>,
    pub(super) keys: Vec<u32>,
    pub(super) postings: Vec<u32>,
    pub(super) starts: Vec<u32>,
    pub(super) samples: Vec<u32>,
}

impl TableBuilder {
    pub(super) fn new(level: Level) -> Self {
        Self {
            level,
            entries: Vec::new(),
            upstream: Vec::new(),
            starts: vec![0],
            samples: Vec::new(),
            full: false,
        }
    }

    /// The ordinal that the next file starts with.
    pub(super) fn base(&self) -> u32 {
        self.starts.last().copied().unwrap_or(0)
    }

    pub(super) fn add(&mut self, hash: u64, ordinal: u32) {
        self.entries.push((hash, ordinal));
    }

    pub(super) fn stop(&mut self, hash: u64) {
        self.upstream.push(hash);
    }

    /// Ends a file: `offsets` are the byte offsets of its ordinals 0, step, 2 step, .., and of its end.
    pub(super) fn end_file(&mut self, offsets: &[u32]) {
        self.samples.extend(offsets);
        let next = self.samples.len() as u64 * u64::from(self.level.step);
        if next >= u64::from(UPSTREAM) {
            self.full = true;
        }
        self.starts.push((next as u32).min(UPSTREAM - 1));
    }

    /// The slot of the file that holds `ordinal`.
    pub(super) fn slot(&self, ordinal: u32) -> usize {
        self.starts.partition_point(|start| *start <= ordinal).saturating_sub(1)
    }

    /// Sorts, drops idioms, marks what is upstream's. Calls `kept` with each entry that stays: (ordinal, upstream).
    pub(super) fn finish(mut self, mut kept: impl FnMut(usize, u32, bool)) -> Table {
        self.entries.sort_unstable();
        self.entries.dedup();
        self.upstream.sort_unstable();
        self.upstream.dedup();
        let mut chosen: Vec<(u64, u32)> = Vec::with_capacity(self.entries.len());
        for group in self.entries.chunk_by(|a, b| a.0 == b.0) {
            let mut slots: Vec<usize> =
                group.iter().take(MAX_PLACES + 1).map(|entry| self.slot(entry.1)).collect();
            slots.dedup();
            if group.len() > MAX_PLACES || slots.len() > MAX_FILES {
                continue;
            }
            let upstream = self.upstream.binary_search(&group[0].0).is_ok();
            for (hash, ordinal) in group {
                kept(self.slot(*ordinal), *ordinal, upstream);
                chosen.push((*hash, ordinal | if upstream { UPSTREAM } else { 0 }));
            }
        }
        let radix_bits = chosen.len().max(1).ilog2().saturating_sub(3).clamp(MIN_RADIX, MAX_RADIX);
        let mut radix = vec![0u32; (1 << radix_bits) + 1];
        for (hash, _) in &chosen {
            radix[(hash >> (64 - radix_bits)) as usize + 1] += 1;
        }
        let mut sum = 0;
        for count in &mut radix {
            sum += *count;
            *count = sum;
        }
        Table {
            radix_bits,
            radix,
            keys: chosen.iter().map(|entry| remainder(entry.0, radix_bits)).collect(),
            postings: chosen.iter().map(|entry| entry.1).collect(),
            starts: self.starts,
            samples: self.samples,
        }
    }
}
