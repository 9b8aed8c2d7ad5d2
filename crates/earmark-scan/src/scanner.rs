use std::collections::HashMap;

use earmark_model::{Digest, Level as Strength, Match, Region, Span};

use crate::exact::{self, ExactResult};
use crate::gather::gather;
use crate::index::{IndexError, SYMBOLS, Segment, TOKENS, known};
use crate::key::{IndexKey, Keys};
use crate::lexer::{Lexer, PrefixCount, Tokens};
use crate::prefilter::Prefilter;
use crate::region::{self, Found, Sides};
use crate::{grams, hidden, symbols, view};

/// How a [`Scanner`] works.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ScanOptions {
    /// Leaves up to this many bytes are searched at four times the density of level-1 anchors, which finds
    /// short and heavily edited pieces of small protected files.
    pub dense_bytes: usize,
    /// Whether listings, quotes and diffs are also searched with their line prefixes taken off.
    pub strip_prefixes: bool,
    /// Whether code in comments and in string literals is also searched by itself.
    pub search_hidden: bool,
}

impl Default for ScanOptions {
    fn default() -> Self {
        Self { dense_bytes: 64 << 10, strip_prefixes: true, search_hidden: true }
    }
}

/// What a leaf has in common with the protected files.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct ScanResult {
    /// What is the owner's, strongest first.
    pub matches: Vec<Match>,
    /// What the leaf shares with protected files only where these share it with their upstream: no
    /// match, but worth saying. The files and spans are those of the protected revision.
    pub upstream: Vec<Match>,
}

/// Buffers that a scan fills: keep one a thread and pass it to [`Scanner::scan_with`].
pub struct Scratch {
    lexer: Lexer,
    tokens: Tokens,
    symbols: Vec<u8>,
    survivors: Vec<(usize, u32, u64)>,
}

impl Default for Scratch {
    fn default() -> Self {
        Self { lexer: Lexer::new(), tokens: Tokens::default(), symbols: Vec::new(), survivors: Vec::new() }
    }
}

/// Recognizes protected files, and pieces of them, in leaves.
///
/// Holds the segments of all revisions, one prefilter over them, and digests known otherwise. Shared between
/// threads; needs nothing but memory.
pub struct Scanner {
    keys: Keys,
    segments: Vec<Segment>,
    prefilter: Prefilter,
    options: ScanOptions,
    digests: HashMap<Digest, u64>,
}

impl Scanner {
    /// A scanner over these segments.
    ///
    /// # Errors
    /// [`IndexError::OtherKey`] if a segment was made with another key.
    pub fn new(key: &IndexKey, segments: Vec<Segment>, options: ScanOptions) -> Result<Self, IndexError> {
        let keys = key.keys();
        if segments.iter().any(|segment| *segment.key_id() != keys.id) {
            return Err(IndexError::OtherKey);
        }
        let mut prefilter = Prefilter::new(segments.iter().map(Segment::fingerprints).sum());
        for segment in &segments {
            segment.each_known(SYMBOLS, |key| prefilter.insert(key));
            segment.each_known(TOKENS, |key| prefilter.insert(key));
        }
        Ok(Self { keys, segments, prefilter, options, digests: HashMap::new() })
    }

    /// Makes a digest of other bytes known (an issued bundle, a copy's file), with a number that means something to the caller.
    pub fn know(&mut self, digest: Digest, number: u64) {
        self.digests.insert(digest, number);
    }

    /// The number under which a digest was made known.
    #[must_use]
    pub fn known(&self, digest: &Digest) -> Option<u64> {
        self.digests.get(digest).copied()
    }

    /// The segments that are searched.
    #[must_use]
    pub fn segments(&self) -> &[Segment] {
        &self.segments
    }

    /// Searches one leaf; bytes past 4 GB are ignored.
    ///
    /// Deterministic. Never fails: bytes that are no text have few symbols and no matches.
    #[must_use]
    pub fn scan(&self, leaf: &[u8]) -> ScanResult {
        self.scan_with(&mut Scratch::default(), leaf)
    }

    /// As [`scan`](Self::scan), with buffers that outlive the call.
    #[must_use]
    pub fn scan_with(&self, scratch: &mut Scratch, leaf: &[u8]) -> ScanResult {
        let leaf = &leaf[..leaf.len().min(u32::MAX as usize)];
        let mut found: Vec<Found> = Vec::new();
        let count = self.search(scratch, leaf, &mut found);
        if self.options.strip_prefixes && view::worth_stripping(count) {
            let view = view::View::without_prefixes(leaf);
            let mut seen = Vec::new();
            self.search(scratch, view.bytes(), &mut seen);
            found.extend(seen.into_iter().map(|one| one.map(|span| view.leaf_span(span))));
        }
        if let Some(view) = self.options.search_hidden.then(|| hidden::view(leaf)).flatten() {
            let mut seen = Vec::new();
            self.search(scratch, view.bytes(), &mut seen);
            found.extend(seen.into_iter().map(|one| one.map(|span| view.leaf_span(span))));
        }
        let mut result = gather(found, &self.segments, leaf.len());
        self.add_whole(leaf, &mut result);
        result.0.sort_by_key(|one| (one.level, one.revision, one.file));
        ScanResult { matches: result.0, upstream: result.1 }
    }

    /// Searches a small sample (under 8 kB; more only takes longer) in all protected files, whose bytes `originals` gives
    /// by revision and index in its manifest; `None` skips a file.
    ///
    /// Finds what [`scan`](Self::scan) cannot: some five lines, word by word. Reads every original once: tens of
    /// megabytes a second.
    pub fn exact(
        &self,
        sample: &[u8],
        mut originals: impl FnMut(&Digest, u32) -> Option<Vec<u8>>,
    ) -> ExactResult {
        exact::search(&self.segments, sample, &mut originals)
    }

    /// One pass of both levels over one text.
    fn search(&self, scratch: &mut Scratch, text: &[u8], found: &mut Vec<Found>) -> PrefixCount {
        let Scratch { lexer, tokens, symbols: folded, survivors } = scratch;
        survivors.clear();
        symbols::fold(text, folded);
        let zeros = if text.len() <= self.options.dense_bytes { symbols::DENSE } else { symbols::USUAL };
        symbols::anchors(folded, &self.keys.symbols, zeros, |at, hash| {
            if self.prefilter.may_hold(known(hash)) {
                survivors.push((SYMBOLS.index, at, hash));
            }
        });
        let count = if view::is_binary(text) {
            tokens.reset();
            PrefixCount::default()
        } else {
            lexer.read(text, tokens)
        };
        grams::anchors(tokens, &self.keys.tokens, |at, hash| {
            if self.prefilter.may_hold(known(hash)) {
                survivors.push((TOKENS.index, at, hash));
            }
        });
        if !survivors.is_empty() {
            region::find(&self.segments, survivors, &Sides { text, symbols: folded, tokens }, found);
        }
        count
    }

    /// Adds the files whose bytes these are.
    fn add_whole(&self, leaf: &[u8], result: &mut (Vec<Match>, Vec<Match>)) {
        let hash = self.keys.whole(leaf);
        for segment in &self.segments {
            let Some(whole) = segment.whole(&hash) else { continue };
            let (revision, file) = (segment.revision(), segment.file_id(whole.slot));
            let all = Span::new(0, leaf.len() as u32);
            let list = if whole.upstream { &mut result.1 } else { &mut result.0 };
            let score = list
                .iter()
                .filter(|one| one.revision == revision && one.file == file)
                .flat_map(|one| &one.regions)
                .map(|region| region.score)
                .sum::<u32>()
                .max(1);
            list.retain(|one| one.revision != revision || one.file != file);
            let regions = vec![Region { sample_span: all, file_span: all, score }];
            list.push(Match { revision, file, level: Strength::Hash, regions });
        }
    }
}
