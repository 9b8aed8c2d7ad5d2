//! Level 2: grams of 32 tokens that match whatever the names are.
//!
//! Parameterized matching after Baker 1993, "A theory of parameterized pattern matching": within a gram a name
//! is the distance to its earlier occurrence, 0 if that lies before the gram.

use crate::key::GramKey;
use crate::lexer::{NAMES, Tokens};
use crate::minima::minima;

/// Tokens in a gram.
pub(crate) const GRAM: usize = 32;
/// An anchor's hash has this many leading zeros: one position in 8.
const ZEROS: u32 = 3;

/// Positions without an anchor after which a window minimum becomes one.
const WINDOW: usize = 32;

/// Calls `take` with each anchor's position and hash of its gram.
///
/// A position is an anchor where the keyed hash of the kinds of the next eight tokens is small: kinds, since names
/// may not have a say in it. Where 32 positions in a row hold none, the smallest hash of each such window is one, too:
/// code that repeats its kinds would else have none for long.
pub(crate) fn anchors(tokens: &Tokens, key: &GramKey, mut take: impl FnMut(u32, u64)) {
    if tokens.len() < GRAM {
        return;
    }
    let positions = tokens.len() - GRAM + 1;
    let limit = u32::MAX >> ZEROS;
    let hash = |at: usize| {
        tokens.kinds[at..].first_chunk::<8>().map_or(0, |eight| key.anchor(u64::from_le_bytes(*eight)))
    };
    let mut gap_start = 0;
    for (at, eight) in tokens.kinds[..positions + 7].array_windows::<8>().enumerate() {
        if key.anchor(u64::from_le_bytes(*eight)) <= limit {
            if at - gap_start >= WINDOW {
                minima(gap_start, at, WINDOW, hash, |at| emit(tokens, key, at, &mut take));
            }
            gap_start = at + 1;
            emit(tokens, key, at, &mut take);
        }
    }
    if positions - gap_start >= WINDOW {
        minima(gap_start, positions, WINDOW, hash, |at| emit(tokens, key, at, &mut take));
    }
}

#[inline]
fn emit(tokens: &Tokens, key: &GramKey, at: usize, take: &mut impl FnMut(u32, u64)) {
    if let Some(codes) = tokens.codes[at..].first_chunk::<GRAM>() {
        take(at as u32, key.gram(words(&localized(codes))));
    }
}

/// The codes of a gram with the recurrences that point before it cleared.
#[inline]
pub(crate) fn localized(codes: &[u8; GRAM]) -> [u8; GRAM] {
    let mut gram = *codes;
    for (at, code) in gram.iter_mut().enumerate() {
        let outside = *code < NAMES && *code > at as u8;
        *code = if outside { 0 } else { *code };
    }
    gram
}

#[inline]
fn words(gram: &[u8; GRAM]) -> [u64; 4] {
    let mut words = [0; 4];
    for (word, chunk) in words.iter_mut().zip(gram.as_chunks::<8>().0) {
        *word = u64::from_le_bytes(*chunk);
    }
    words
}

/// Whether a gram says enough to be worth an entry: at least 5 names, 7 kinds, 22 different trigrams. Tables and
/// lists fail.
pub(crate) fn telling(codes: &[u8; GRAM]) -> bool {
    let gram = localized(codes);
    let names = gram.iter().filter(|code| **code < NAMES).count();
    let mut kinds = 0u128;
    for code in &gram {
        kinds |= 1 << if *code < NAMES { 0 } else { code % 128 };
    }
    names >= 5 && kinds.count_ones() >= 7 && distinct(&gram) >= 22
}

/// Counts the different trigrams of `codes`.
pub(crate) fn distinct(codes: &[u8]) -> usize {
    let mut trigrams: Vec<u32> = codes.array_windows::<3>().map(trigram).collect();
    trigrams.sort_unstable();
    trigrams.dedup();
    trigrams.len()
}

/// Packs three codes.
pub(crate) fn trigram(codes: &[u8; 3]) -> u32 {
    u32::from(codes[0]) << 16 | u32::from(codes[1]) << 8 | u32::from(codes[2])
}
