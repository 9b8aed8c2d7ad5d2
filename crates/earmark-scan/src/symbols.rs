//! Level 1: the bytes that survive case, white space and punctuation.
//!
//! ```text
//! "Heap overflow (CVE-2026-1)"  ->  heapoverflowcve20261
//! ```

use crate::key::GramKey;
use crate::minima::minima;

/// Symbols in a gram.
pub(crate) const GRAM: usize = 32;
/// Positions without an anchor after which a window minimum becomes one.
const WINDOW: usize = 128;
/// An anchor's hash has this many leading zeros, at least: one position in 32.
pub(crate) const USUAL: u32 = 5;
/// The density for small files, where 1 in 32 leaves too few: one position in 8.
pub(crate) const DENSE: u32 = 3;

/// For each byte the symbol it becomes, 0 for none.
const SYMBOL: [u8; 256] = {
    let mut table = [0; 256];
    let mut byte = 0;
    while byte < 256 {
        let b = byte as u8;
        if b.is_ascii_alphanumeric() {
            table[byte] = b.to_ascii_lowercase();
        }
        byte += 1;
    }
    table
};

/// Fills `out` with the symbols of `bytes`: ASCII letters and digits, letters in lower case.
pub(crate) fn fold(bytes: &[u8], out: &mut Vec<u8>) {
    out.clear();
    out.resize(bytes.len(), 0);
    let mut filled = 0;
    for byte in bytes {
        let symbol = SYMBOL[usize::from(*byte)];
        out[filled] = symbol;
        filled += usize::from(symbol != 0);
    }
    out.truncate(filled);
}

/// Translates symbol ordinals, ascending, to the byte offsets of the symbols; one past the last symbol
/// is the length of `bytes`.
pub(crate) fn offsets(bytes: &[u8], ordinals: &[u32]) -> Vec<u32> {
    let mut found = Vec::with_capacity(ordinals.len());
    let mut wanted = ordinals.iter().copied().peekable();
    let mut ordinal = 0;
    for (at, byte) in bytes.iter().enumerate() {
        if wanted.peek().is_none() {
            break;
        }
        if SYMBOL[usize::from(*byte)] != 0 {
            while wanted.next_if(|next| *next <= ordinal).is_some() {
                found.push(at as u32);
            }
            ordinal += 1;
        }
    }
    found.resize(ordinals.len(), bytes.len() as u32);
    found
}

/// Calls `take` with each anchor's position and the hash of its gram.
///
/// A position is an anchor where the keyed hash of the next eight symbols has `zeros` leading zeros. Where
/// 128 positions in a row hold none of the usual density, the smallest hash of each such window is one too
/// (the gap guarantee). Both depend on nothing but the symbols nearby, so equal text has equal anchors.
/// Grams that are mostly digits or of few different symbols are left out.
///
/// Winnowing (Schleimer, Wilkerson, Aiken 2003) guarantees the same at four times the density; thresholds
/// with a fallback are cheaper to find and nest.
pub(crate) fn anchors(symbols: &[u8], key: &GramKey, zeros: u32, mut take: impl FnMut(u32, u64)) {
    if symbols.len() < GRAM {
        return;
    }
    let last = symbols.len() - GRAM;
    let limit = u32::MAX >> zeros;
    let usual = u32::MAX >> USUAL;
    let mut gap_start = 0;
    for (at, eight) in symbols[..last + 8].array_windows::<8>().enumerate() {
        let hash = key.anchor(u64::from_le_bytes(*eight));
        if hash <= limit {
            if hash <= usual {
                if at - gap_start >= WINDOW {
                    fill(symbols, key, gap_start, at, &mut take);
                }
                gap_start = at + 1;
            }
            emit(symbols, key, at, &mut take);
        }
    }
    if last + 1 - gap_start >= WINDOW {
        fill(symbols, key, gap_start, last + 1, &mut take);
    }
}

/// Emits the minima of all windows inside `from..to`, a stretch without anchors of the usual density. One under a
/// denser limit was emitted on the way already; twice does no harm.
fn fill(symbols: &[u8], key: &GramKey, from: usize, to: usize, take: &mut impl FnMut(u32, u64)) {
    let hash = |at: usize| {
        symbols[at..].first_chunk::<8>().map_or(0, |eight| key.anchor(u64::from_le_bytes(*eight)))
    };
    minima(from, to, WINDOW, hash, |at| emit(symbols, key, at, take));
}

#[inline]
fn emit(symbols: &[u8], key: &GramKey, at: usize, take: &mut impl FnMut(u32, u64)) {
    let gram = &symbols[at..at + GRAM];
    let mut words = [0; 4];
    for (word, chunk) in words.iter_mut().zip(gram.as_chunks::<8>().0) {
        *word = u64::from_le_bytes(*chunk);
    }
    take(at as u32, key.gram(words));
}

/// Whether a gram says enough to be worth an entry: at least 11 of its symbols beyond the hexadecimal
/// digits, 8 different symbols, no alphabet, no short period (tables and `case 'a': case 'b':` are in everybody's code).
pub(crate) fn telling(gram: &[u8]) -> bool {
    let mut seen = 0u64;
    let mut beyond = 0;
    for symbol in gram {
        seen |= 1 << (symbol % 64);
        beyond += u32::from(*symbol > b'f');
    }
    let steps = gram.windows(2).filter(|two| two[1] == two[0] + 1).count();
    let periodic = (1..=8).any(|period| {
        let same = gram.iter().zip(&gram[period..]).filter(|(a, b)| a == b).count();
        same * 10 >= (gram.len() - period) * 7
    });
    beyond >= 11 && steps <= 12 && !periodic && seen.count_ones() >= 8
}

/// The way from symbol ordinals of one text back to bytes, for many questions.
pub(crate) struct Places<'a> {
    bytes: &'a [u8],
    /// The offset of every 256th symbol.
    samples: Vec<u32>,
}

impl<'a> Places<'a> {
    /// Reads `bytes`, which have `symbols` symbols, once.
    pub(crate) fn new(bytes: &'a [u8], symbols: usize) -> Self {
        let marks: Vec<u32> = (0..=symbols as u32 / 256).map(|index| index * 256).collect();
        Self { bytes, samples: offsets(bytes, &marks) }
    }

    /// The byte offset of the symbol with this ordinal; past the last one the length of the text.
    pub(crate) fn offset(&self, ordinal: u32) -> u32 {
        let Some(from) = self.samples.get(ordinal as usize / 256) else { return self.bytes.len() as u32 };
        let inside = offsets(&self.bytes[(*from as usize).min(self.bytes.len())..], &[ordinal % 256]);
        from + inside.first().copied().unwrap_or(0)
    }
}

/// Translates byte offsets, ascending, to the number of symbols before each.
pub(crate) fn ordinals(bytes: &[u8], offsets: &[u32]) -> Vec<u32> {
    let mut found = Vec::with_capacity(offsets.len());
    let (mut at, mut ordinal) = (0usize, 0u32);
    for offset in offsets {
        let to = (*offset as usize).clamp(at, bytes.len());
        ordinal += bytes[at..to].iter().filter(|byte| SYMBOL[usize::from(**byte)] != 0).count() as u32;
        at = to;
        found.push(ordinal);
    }
    found
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::key::IndexKey;

    fn found(symbols: &[u8], zeros: u32) -> Vec<(u32, u64)> {
        let keys = IndexKey::new([9; 32]).keys();
        let mut list = Vec::new();
        anchors(symbols, &keys.symbols, zeros, |at, hash| list.push((at, hash)));
        list.sort_unstable();
        list.dedup();
        list
    }

    fn text(letters: &[u8]) -> Vec<u8> {
        letters.iter().map(|letter| b'a' + letter % 26).collect()
    }

    #[test]
    fn case_space_and_punctuation_go() {
        let mut out = Vec::new();
        fold("Heap overflow, (CVE-2026-1)\r\n\u{e9}".as_bytes(), &mut out);
        assert_eq!(out, b"heapoverflowcve20261");
    }

    #[test]
    fn tables_and_alphabets_say_nothing() {
        for gram in [
            "0x428a2f980x713744910xb5c0fbcf0x",
            "casexcaseycasezcaseucasevcasewcas",
            "thequickbrownabcdefghijklmnopqrs",
        ] {
            assert!(!telling(&gram.as_bytes()[..GRAM]), "{gram}");
        }
        assert!(telling(b"remoteattackermaysendcraftedpack"));
    }

    proptest! {
        #[test]
        fn places_are_found_again(bytes in prop::collection::vec(any::<u8>(), 0..900)) {
            let mut out = Vec::new();
            fold(&bytes, &mut out);
            let places = Places::new(&bytes, out.len());
            for (ordinal, symbol) in out.iter().enumerate() {
                let offset = places.offset(ordinal as u32);
                prop_assert_eq!(bytes[offset as usize].to_ascii_lowercase(), *symbol);
                prop_assert_eq!(ordinals(&bytes, &[offset]), [ordinal as u32]);
            }
            prop_assert_eq!(places.offset(out.len() as u32), bytes.len() as u32);
        }

        /// What two texts share, but for a window at its ends, has the same anchors in both; denser ones include the usual.
        #[test]
        fn anchors_depend_on_nothing_far(
            shared in prop::collection::vec(0u8..26, 400..700),
            before in prop::collection::vec(0u8..26, 0..300),
            after in prop::collection::vec(0u8..26, 0..300),
        ) {
            let (alone, around) = (text(&shared), text(&[before.clone(), shared, after].concat()));
            let inner = 128 + 8..alone.len() - 128 - GRAM;
            let shift = before.len() as u32;
            let here: Vec<(u32, u64)> =
                found(&alone, USUAL).into_iter().filter(|one| inner.contains(&(one.0 as usize))).collect();
            let there: Vec<(u32, u64)> = found(&around, USUAL)
                .into_iter()
                .filter(|one| one.0 >= shift && inner.contains(&((one.0 - shift) as usize)))
                .map(|one| (one.0 - shift, one.1))
                .collect();
            prop_assert_eq!(&here, &there);
            let dense = found(&alone, DENSE);
            prop_assert!(here.iter().all(|one| dense.contains(one)));
        }

        /// The gap guarantee.
        #[test]
        fn no_stretch_is_without_an_anchor(letters in prop::collection::vec(0u8..26, 200..2_000)) {
            let symbols = text(&letters);
            let places: Vec<u32> = found(&symbols, USUAL).into_iter().map(|one| one.0).collect();
            let end = (symbols.len() - GRAM) as u32;
            let ends: Vec<u32> = [0].into_iter().chain(places).chain([end]).collect();
            prop_assert!(ends.windows(2).all(|two| two[1] - two[0] <= WINDOW as u32));
        }
    }
}
