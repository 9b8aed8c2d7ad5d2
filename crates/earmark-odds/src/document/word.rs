//! One recipient's symbols, packed: a million recipients at a thousand positions fit in memory.

use std::fmt;
use std::str::FromStr;

use serde::de::{Error, Visitor};
use serde::{Deserialize, Deserializer, Serialize, Serializer};

/// What stands for a symbol that a public copy hides, and how it is kept.
const HIDDEN: (u8, char) = (8, '.');
/// How anything is kept that is no symbol at all, and what is shown for it.
const NOTHING: (u8, char) = (15, '?');

/// A codeword: one of `0` to `7` for each listed position, or `.` where a public copy hides it.
///
/// It is kept in as many bits a symbol as its largest one takes: one where all positions have two symbols. What is neither
/// a digit up to 7 nor `.` is kept as "nothing", which [`check`](super::ReadingDocument::check) refuses.
///
/// ```
/// use earmark_odds::document::Word;
/// let word: Word = "0110.".parse()?;
/// assert_eq!((word.len(), word.symbol(1), word.symbol(4)), (5, Some(1), None));
/// assert_eq!(word.to_string(), "0110.");
/// # Ok::<(), std::convert::Infallible>(())
/// ```
// INVARIANT: `bits` holds `planes` runs of `length.div_ceil(64)` words, plane b the bits of worth 2^b, padded with
// zeros; `planes` is the fewest that hold every symbol, so equal words are equal structures.
#[derive(Clone, PartialEq, Eq, Default)]
pub struct Word {
    length: u32,
    planes: u8,
    bits: Box<[u64]>,
}

impl Word {
    /// Packs symbols.
    #[must_use]
    pub fn from_symbols(symbols: &[u8]) -> Self {
        Self::pack(symbols.iter().map(|&s| if s < HIDDEN.0 { s } else { NOTHING.0 }).collect())
    }

    /// How many positions it covers.
    #[must_use]
    pub fn len(&self) -> usize {
        self.length as usize
    }

    /// Whether it covers none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.length == 0
    }

    /// The symbol at a position; `None` beyond the end, or where it is hidden.
    #[must_use]
    pub fn symbol(&self, index: usize) -> Option<u8> {
        (index < self.len()).then(|| self.value(index)).filter(|value| *value < HIDDEN.0)
    }

    /// Hides the symbols at which `hide` says so.
    pub(super) fn hide(&mut self, hide: &[bool]) {
        let shown =
            (0..self.len()).map(|i| if hide.get(i) == Some(&true) { HIDDEN.0 } else { self.value(i) });
        *self = Self::pack(shown.collect());
    }

    /// Whether every symbol is 0 or 1 and none is hidden, so that any position may hold it.
    pub(super) fn is_binary(&self) -> bool {
        self.planes <= 1
    }

    /// Whether `value`, as [`Self::value`] gives it, is a hidden symbol.
    pub(super) fn is_hidden(value: u8) -> bool {
        value == HIDDEN.0
    }

    /// What is kept for a position: the symbol, or something above 7. 0 beyond the end.
    pub(crate) fn value(&self, index: usize) -> u8 {
        let (place, bit) = (index / 64, index % 64);
        let width = self.width();
        (0..self.planes).fold(0, |value, plane| {
            let word = self.bits.get(usize::from(plane) * width + place).copied().unwrap_or(0);
            value | (((word >> bit) & 1) as u8) << plane
        })
    }

    /// One bit a position, in words of 64: whether it holds a symbol other than 0. Hidden ones count as 0.
    pub(crate) fn other_than_zero(&self) -> Vec<u64> {
        let width = self.width();
        let mut any = vec![0u64; width];
        for plane in self.bits.chunks(width.max(1)).take(3) {
            for (any, bits) in any.iter_mut().zip(plane) {
                *any |= bits;
            }
        }
        any
    }

    /// The bits of worth 2^`plane`, 64 positions a word; empty where no symbol has one.
    pub(crate) fn plane(&self, plane: usize) -> &[u64] {
        let width = self.width();
        self.bits.get(plane * width..(plane + 1) * width).unwrap_or_default()
    }

    fn width(&self) -> usize {
        self.len().div_ceil(64)
    }

    fn pack(values: Vec<u8>) -> Self {
        let all = values.iter().fold(0, |all, value| all | value);
        let planes = (u8::BITS - all.leading_zeros()).min(4) as u8;
        let width = values.len().div_ceil(64);
        let mut bits = vec![0u64; width * usize::from(planes)].into_boxed_slice();
        for (plane, words) in bits.chunks_mut(width.max(1)).enumerate() {
            for (word, values) in words.iter_mut().zip(values.chunks(64)) {
                *word = gathered(values, plane);
            }
        }
        // A document has far fewer positions: the length fits.
        Self { length: u32::try_from(values.len()).unwrap_or(u32::MAX), planes, bits }
    }
}

/// One bit of each of up to 64 values, the first lowest.
fn gathered(values: &[u8], plane: usize) -> u64 {
    // Times this, a word of eight bytes that are 0 or 1 has them side by side in its highest byte.
    const SIDE_BY_SIDE: u64 = 0x0102_0408_1020_4080;
    let (eights, rest) = values.as_chunks::<8>();
    let mut word = 0;
    for (index, eight) in eights.iter().enumerate() {
        let ones = u64::from_le_bytes(*eight) >> plane & 0x0101_0101_0101_0101;
        word |= (ones.wrapping_mul(SIDE_BY_SIDE) >> 56) << (8 * index);
    }
    for (index, value) in (8 * eights.len()..).zip(rest) {
        word |= u64::from(value >> plane & 1) << index;
    }
    word
}

fn kept(c: char) -> u8 {
    match c {
        '0'..='7' => c as u8 - b'0',
        c if c == HIDDEN.1 => HIDDEN.0,
        _ => NOTHING.0,
    }
}

impl FromStr for Word {
    type Err = std::convert::Infallible;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        Ok(if text.is_ascii() {
            Self::pack(text.bytes().map(|byte| kept(char::from(byte))).collect())
        } else {
            Self::pack(text.chars().map(kept).collect())
        })
    }
}

impl fmt::Display for Word {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let shown = |index| match self.value(index) {
            value if value < HIDDEN.0 => char::from(b'0' + value),
            value if value == HIDDEN.0 => HIDDEN.1,
            _ => NOTHING.1,
        };
        f.write_str(&(0..self.len()).map(shown).collect::<String>())
    }
}

impl fmt::Debug for Word {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "\"{self}\"")
    }
}

impl Serialize for Word {
    fn serialize<S: Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        to.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for Word {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        struct Text;
        impl Visitor<'_> for Text {
            type Value = Word;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a string of symbols")
            }

            fn visit_str<E: Error>(self, text: &str) -> Result<Word, E> {
                text.parse().map_err(E::custom)
            }
        }
        from.deserialize_str(Text)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn two_symbols_take_a_bit_each() {
        let word = Word::from_symbols(&[1; 1_000]);
        assert_eq!((word.bits.len(), word.is_binary()), (16, true));
        // All zeros take nothing.
        assert_eq!(Word::from_symbols(&[0; 1_000]).bits.len(), 0);
        assert_eq!(Word::from_symbols(&[0, 9]).to_string(), "0?");
        assert_eq!("é0".parse::<Word>().unwrap().len(), 2);
    }

    proptest! {
        #[test]
        fn what_was_packed_comes_out(text in "[0-7.]{0,300}|[01]{0,300}|[0-3]{0,300}") {
            let word: Word = text.parse().unwrap();
            prop_assert_eq!(word.to_string(), text.clone());
            let json = serde_json::to_string(&word).unwrap();
            prop_assert_eq!(&serde_json::from_str::<Word>(&json).unwrap(), &word);
            let any = word.other_than_zero();
            for (i, byte) in text.bytes().enumerate() {
                prop_assert_eq!(word.symbol(i), (byte != b'.').then(|| byte - b'0'));
                prop_assert_eq!(any[i / 64] >> (i % 64) & 1 == 1, !matches!(byte, b'0' | b'.'));
            }
            prop_assert_eq!(word.symbol(text.len()), None);
            if !text.contains('.') {
                let symbols: Vec<u8> = text.bytes().map(|byte| byte - b'0').collect();
                prop_assert_eq!(Word::from_symbols(&symbols), word);
            }
        }
    }
}
