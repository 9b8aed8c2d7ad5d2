use std::collections::HashMap;
use std::ops::Range;

use earmark_model::Digest;

use super::error::IndexError;
use super::layout::{
    CHECKSUM_AT, COUNTS_AT, KEY_BYTES, MAGIC, SECTIONS_AT, SYMBOLS, TOKENS, UPSTREAM, VERSION, checksum,
};
use super::table::{Table, TableBuilder};
use crate::key::{IndexKey, Keys};
use crate::lexer::{Lexer, Tokens};
use crate::{grams, stops, symbols};

/// Files smaller than this get four times as many level-1 anchors if they are prose.
const SMALL_PROSE: usize = 16 << 10;
/// Files smaller than this get them in any case.
const SMALL_FILE: usize = 2 << 10;
/// A file with fewer level-2 anchors than one in so many bytes is prose.
const PROSE: usize = 200;
/// A file with so many symbols outside licenses has a hash worth knowing.
const OWN_SYMBOLS: usize = 64;

/// Builds the segment of one revision, of its *unmarked* files.
///
/// ```
/// use earmark_model::Digest;
/// use earmark_scan::{IndexBuilder, IndexKey, Segment};
///
/// let key = IndexKey::new([7; 32]);
/// let mut builder = IndexBuilder::new(&key, Digest::of(b"the manifest"));
/// builder.file(0, b"int main(void) { return 0; }");
/// let bytes = builder.finish()?;
/// assert_eq!(Segment::open(bytes)?.revision(), Digest::of(b"the manifest"));
/// # Ok::<(), earmark_scan::IndexError>(())
/// ```
pub struct IndexBuilder {
    keys: Keys,
    revision: Digest,
    files: Vec<FileRow>,
    slots: HashMap<[u8; 32], usize>,
    upstream: Vec<[u8; 32]>,
    symbols: TableBuilder,
    tokens: TableBuilder,
    scratch: Scratch,
}

struct FileRow {
    id: u32,
    length: u32,
    whole: [u8; 32],
    own_symbols: usize,
    /// Byte ranges of license text and of lines everybody has.
    common: Vec<Range<u32>>,
    /// Fingerprints kept: the owner's, upstream's.
    kept: [u32; 2],
}

struct Scratch {
    lexer: Lexer,
    tokens: Tokens,
    symbols: Vec<u8>,
}

impl IndexBuilder {
    /// An empty segment for the revision with this digest.
    #[must_use]
    pub fn new(key: &IndexKey, revision: Digest) -> Self {
        Self {
            keys: key.keys(),
            revision,
            files: Vec::new(),
            slots: HashMap::new(),
            upstream: Vec::new(),
            symbols: TableBuilder::new(SYMBOLS),
            tokens: TableBuilder::new(TOKENS),
            scratch: Scratch { lexer: Lexer::new(), tokens: Tokens::default(), symbols: Vec::new() },
        }
    }

    /// Adds one protected file; `file` is its index in the revision's manifest.
    ///
    /// Of files with equal bytes only the first is indexed: matches name that one. Bytes past 4 GB are ignored.
    pub fn file(&mut self, file: u32, bytes: &[u8]) {
        let bytes = &bytes[..bytes.len().min(u32::MAX as usize)];
        let whole = self.keys.whole(bytes);
        if self.slots.contains_key(&whole) {
            return;
        }
        self.slots.insert(whole, self.files.len());
        symbols::fold(bytes, &mut self.scratch.symbols);
        let folded = stops::licenses(&self.scratch.symbols);
        if stops::common(&self.scratch.symbols, &folded) {
            self.upstream(bytes);
        }
        let ends: Vec<u32> = folded.iter().flat_map(|range| [range.start, range.end]).collect();
        let licenses = ranges(&symbols::offsets(bytes, &ends));
        let told = self.add_tokens(bytes, &licenses);
        self.add_symbols(bytes, &folded, told * PROSE < bytes.len());
        let foreign: u32 = folded.iter().map(|range| range.end - range.start).sum();
        let own_symbols = self.scratch.symbols.len().saturating_sub(foreign as usize);
        let length = bytes.len() as u32;
        let common = [licenses, stops::imports(bytes)].concat();
        self.files.push(FileRow { id: file, length, whole, own_symbols, common, kept: [0; 2] });
    }

    /// Fingerprints level 1 of the file in `self.scratch.symbols`.
    fn add_symbols(&mut self, bytes: &[u8], licenses: &[Range<u32>], prose: bool) {
        let folded = &self.scratch.symbols;
        let licenses = stops::widened(licenses, folded.len());
        let ends: Vec<u32> =
            stops::imports(bytes).iter().flat_map(|range| [range.start, range.end]).collect();
        let imports = ranges(&symbols::ordinals(bytes, &ends));
        let dense = bytes.len() < if prose { SMALL_PROSE } else { SMALL_FILE };
        let zeros = if dense { symbols::DENSE } else { symbols::USUAL };
        let base = self.symbols.base();
        let table = &mut self.symbols;
        symbols::anchors(folded, &self.keys.symbols, zeros, |at, hash| {
            let middle = at + symbols::GRAM as u32 / 2;
            let stopped = inside(&licenses, middle) || inside(&imports, middle);
            if !stopped && symbols::telling(&folded[at as usize..at as usize + symbols::GRAM]) {
                table.add(hash, base + at);
            }
        });
        let marks: Vec<u32> = (0..=folded.len() as u32 / SYMBOLS.step).map(|i| i * SYMBOLS.step).collect();
        let mut offsets = symbols::offsets(bytes, &marks);
        offsets.push(bytes.len() as u32);
        self.symbols.end_file(&offsets);
    }

    /// Fingerprints level 2 of a file; returns how many fingerprints it has.
    fn add_tokens(&mut self, bytes: &[u8], licenses: &[Range<u32>]) -> usize {
        let tokens = &mut self.scratch.tokens;
        self.scratch.lexer.read(bytes, tokens);
        let base = self.tokens.base();
        let table = &mut self.tokens;
        let mut told = 0;
        grams::anchors(tokens, &self.keys.tokens, |at, hash| {
            let index = at as usize;
            let stopped = inside(licenses, tokens.start(index + grams::GRAM / 2));
            if !stopped && tokens.codes[index..].first_chunk().is_some_and(grams::telling) {
                table.add(hash, base + at);
                told += 1;
            }
        });
        let mut offsets: Vec<u32> =
            (0..=tokens.len()).step_by(TOKENS.step as usize).map(|index| tokens.start(index)).collect();
        offsets.push(bytes.len() as u32);
        self.tokens.end_file(&offsets);
        told
    }

    /// Names bytes that are public or another's: what a protected file shares with them is *upstream*, never a match.
    ///
    /// May be called before, between and after the files.
    pub fn upstream(&mut self, bytes: &[u8]) {
        self.upstream.push(self.keys.whole(bytes));
        symbols::fold(bytes, &mut self.scratch.symbols);
        let table = &mut self.symbols;
        symbols::anchors(&self.scratch.symbols, &self.keys.symbols, symbols::DENSE, |_, hash| {
            table.stop(hash)
        });
        self.scratch.lexer.read(bytes, &mut self.scratch.tokens);
        let table = &mut self.tokens;
        grams::anchors(&self.scratch.tokens, &self.keys.tokens, |_, hash| table.stop(hash));
    }

    /// The finished segment: the same files in the same order give the same bytes.
    ///
    /// # Errors
    /// [`IndexError::TooLarge`] if the revision holds more text than a segment can number.
    pub fn finish(mut self) -> Result<Vec<u8>, IndexError> {
        if self.symbols.full || self.tokens.full {
            return Err(IndexError::TooLarge);
        }
        let files = &mut self.files;
        let mut windows: Vec<(usize, u32)> = Vec::new();
        let symbols = self.symbols.finish(|slot, _, upstream| files[slot].kept[usize::from(upstream)] += 1);
        let tokens = self.tokens.finish(|slot, ordinal, upstream| {
            files[slot].kept[usize::from(upstream)] += 1;
            if upstream {
                windows.push((slot, ordinal));
            }
        });
        self.upstream.sort_unstable();
        let wholes = wholes(files, &self.upstream);
        let stops = stop_spans(files, windows, &tokens);
        let body = Body { files, wholes, stops, tables: [symbols, tokens] };
        Ok(body.write(&self.keys.id, &self.revision))
    }
}

/// Pairs of ends as ranges.
fn ranges(ends: &[u32]) -> Vec<Range<u32>> {
    ends.as_chunks::<2>().0.iter().map(|pair| pair[0]..pair[1]).collect()
}

fn inside(ranges: &[Range<u32>], at: u32) -> bool {
    let next = ranges.partition_point(|range| range.start <= at);
    next > 0 && at < ranges[next - 1].end
}

/// The whole-file hashes worth knowing, sorted, with the file's slot.
fn wholes(files: &[FileRow], upstream: &[[u8; 32]]) -> Vec<([u8; 32], u32)> {
    let mut rows: Vec<([u8; 32], u32)> = Vec::new();
    for (slot, file) in files.iter().enumerate() {
        let slot = slot as u32;
        let [own, foreign] = file.kept;
        if upstream.binary_search(&file.whole).is_ok() || own == 0 && foreign > 0 {
            rows.push((file.whole, slot | UPSTREAM));
        } else if own > 0 || file.own_symbols >= OWN_SYMBOLS {
            rows.push((file.whole, slot));
        }
    }
    rows.sort_unstable();
    rows
}

/// Per file the byte ranges that are everybody's (kind 0) or upstream (kind 1), in order of their start.
fn stop_spans(files: &[FileRow], mut windows: Vec<(usize, u32)>, tokens: &Table) -> Vec<Vec<[u32; 3]>> {
    let mut spans: Vec<Vec<[u32; 3]>> = files
        .iter()
        .map(|file| file.common.iter().map(|range| [range.start, range.end, 0]).collect())
        .collect();
    windows.sort_unstable();
    let mut runs: Vec<(usize, u32, u32)> = Vec::new();
    for (slot, ordinal) in windows {
        let end = ordinal + grams::GRAM as u32;
        match runs.last_mut() {
            // Two windows that nearly touch: what lies between had no anchor to tell.
            Some(last) if last.0 == slot && ordinal <= last.2 + grams::GRAM as u32 => last.2 = end,
            _ => runs.push((slot, ordinal, end)),
        }
    }
    for (slot, start, end) in runs {
        let sample = |ordinal: u32| {
            let limit = tokens.starts[slot + 1] / TOKENS.step - 1;
            tokens.samples[(ordinal / TOKENS.step).min(limit) as usize]
        };
        spans[slot].push([sample(start), sample(end + TOKENS.step - 1), 1]);
    }
    for list in &mut spans {
        list.sort_unstable();
    }
    spans
}

struct Body<'a> {
    files: &'a [FileRow],
    wholes: Vec<([u8; 32], u32)>,
    stops: Vec<Vec<[u32; 3]>>,
    tables: [Table; 2],
}

impl Body<'_> {
    fn write(&self, key_id: &[u8; 32], revision: &Digest) -> Vec<u8> {
        let mut out = Vec::new();
        out.extend(MAGIC);
        words(&mut out, [VERSION, 0]);
        out.extend(key_id);
        out.extend(revision.0);
        out.resize(COUNTS_AT, 0);
        let stops: usize = self.stops.iter().map(Vec::len).sum();
        words(&mut out, [self.files.len() as u32, self.wholes.len() as u32, stops as u32]);
        for table in &self.tables {
            words(&mut out, [table.samples.len() as u32, table.radix_bits, table.keys.len() as u32]);
        }
        out.resize(SECTIONS_AT, 0);
        words(&mut out, self.files.iter().map(|file| file.id));
        words(&mut out, self.files.iter().map(|file| file.length));
        self.wholes.iter().for_each(|row| out.extend(&row.0[..16]));
        words(&mut out, self.wholes.iter().map(|row| row.1));
        let mut sum = 0;
        words(&mut out, [0]);
        for list in &self.stops {
            sum += list.len() as u32;
            words(&mut out, [sum]);
        }
        words(&mut out, self.stops.iter().flatten().flatten().copied());
        for table in &self.tables {
            for section in [&table.starts, &table.samples, &table.radix, &table.postings] {
                words(&mut out, section.iter().copied());
            }
            table.keys.iter().for_each(|key| out.extend(&key.to_le_bytes()[..KEY_BYTES]));
            // Sections start at whole words.
            out.resize(out.len().next_multiple_of(4), 0);
        }
        let sum = checksum(&out);
        out[CHECKSUM_AT..COUNTS_AT].copy_from_slice(&sum);
        out
    }
}

fn words(out: &mut Vec<u8>, words: impl IntoIterator<Item = u32>) {
    words.into_iter().for_each(|word| out.extend(word.to_le_bytes()));
}
