//! The code of an asset: its positions' levels and every recipient's symbols, derived from a key.
//!
//! Nothing is stored. HKDF-SHA256 (RFC 5869) turns the program key into one tracing key per asset and
//! epoch, and that into one ChaCha20 stream (RFC 8439) for the levels and one per recipient.
//!
//! ```
//! use earmark_odds::{bias::BiasSet, code::{code_id, Code, TracingKey}};
//! let id = code_id("kernel", 1);
//! let key = TracingKey::from_program_key(b"a program key", &id);
//! let code = Code::new(&key, &id, BiasSet::S4);
//! assert!(code.symbol("acme", 17, 2) < 2);
//! assert_eq!(code.codeword("acme", &[(17, 2)]), [code.symbol("acme", 17, 2)]);
//! ```
//!
//! Not here: what a symbol looks like in a file.

mod deck;

use std::fmt;

pub use deck::Deck;
use hkdf::Hkdf;
use sha2::{Digest, Sha256};

use crate::bias::BiasSet;
use crate::stream::KeyStream;

const CODE_LABEL: &[u8] = b"earmark/v1/code\0";
const TRACE_INFO: &[u8] = b"earmark/v1/trace";
const BIAS_INFO: &[u8] = b"earmark/v1/bias";
const USER_INFO: &[u8] = b"earmark/v1/user\0";

/// Names one epoch of one asset's code: SHA-256("earmark/v1/code\0" || asset id || 0x00 || epoch, u32
/// little-endian). The first epoch is 1.
#[must_use]
pub fn code_id(asset_id: &str, epoch: u32) -> [u8; 32] {
    let mut hash = Sha256::new();
    hash.update(CODE_LABEL);
    hash.update(asset_id.as_bytes());
    hash.update([0]);
    hash.update(epoch.to_le_bytes());
    hash.finalize().into()
}

fn derive(key: &[u8], code_id: &[u8; 32], info: &[&[u8]]) -> [u8; 32] {
    expand(&Hkdf::<Sha256>::new(Some(code_id), key), info)
}

fn expand(extracted: &Hkdf<Sha256>, info: &[&[u8]]) -> [u8; 32] {
    let mut out = [0; 32];
    let expanded = extracted.expand_multi_info(info, &mut out);
    debug_assert!(expanded.is_ok(), "32 bytes are within the 8,160 that HKDF-SHA256 can give");
    out
}

/// The key from which all symbols of one code follow. Whoever holds it can forge any copy of that code.
#[derive(Clone, PartialEq, Eq)]
pub struct TracingKey([u8; 32]);

impl TracingKey {
    /// Derives the tracing key of a code: HKDF-SHA256(program key, salt = code id, info = "earmark/v1/trace").
    #[must_use]
    pub fn from_program_key(program_key: &[u8], code_id: &[u8; 32]) -> Self {
        Self(derive(program_key, code_id, &[TRACE_INFO]))
    }

    /// Takes a tracing key that was handed over, to a court or a custodian of one asset.
    #[must_use]
    pub const fn from_bytes(bytes: [u8; 32]) -> Self {
        Self(bytes)
    }

    /// The key itself, for handing it over. Never log it.
    #[must_use]
    pub const fn expose(&self) -> &[u8; 32] {
        &self.0
    }
}

impl fmt::Debug for TracingKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("TracingKey(..)")
    }
}

/// The positions and symbols of one code.
#[derive(Clone)]
pub struct Code {
    /// HKDF after its first step, which is the same for every recipient.
    extracted: Hkdf<Sha256>,
    bias: BiasSet,
    levels: KeyStream,
    laws: Vec<Vec<Vec<u16>>>,
}

impl fmt::Debug for Code {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Code").field("bias", &self.bias).finish_non_exhaustive()
    }
}

impl Code {
    /// Opens the code `code_id` under its tracing key.
    #[must_use]
    pub fn new(key: &TracingKey, code_id: &[u8; 32], bias: BiasSet) -> Self {
        let laws = (0..bias.levels().len() as u8)
            .map(|level| (0..=8).map(|k| bias.law(level, k).unwrap_or_default()).collect())
            .collect();
        let extracted = Hkdf::<Sha256>::new(Some(code_id), &key.0);
        let levels = KeyStream::new(&expand(&extracted, &[BIAS_INFO]));
        Self { extracted, bias, levels, laws }
    }

    /// The code's bias set.
    #[must_use]
    pub const fn bias(&self) -> BiasSet {
        self.bias
    }

    /// The key of the level stream, for the plan's commitment; secret like the tracing key.
    #[must_use]
    pub fn bias_key(&self) -> [u8; 32] {
        self.derive(&[BIAS_INFO])
    }

    /// The level of a position, an index into [`BiasSet::levels`].
    #[must_use]
    pub fn level(&self, position: u32) -> u8 {
        self.levels(&[position]).first().copied().unwrap_or(0)
    }

    /// The levels of many positions, in their order. Cheapest if the positions ascend.
    #[must_use]
    pub fn levels(&self, positions: &[u32]) -> Vec<u8> {
        let mut levels = vec![0; positions.len()];
        self.levels.visit(positions, 4, |index, bytes| {
            if let ([a, b, c, d], Some(level)) = (bytes, levels.get_mut(index)) {
                *level = self.bias.pick(u32::from_le_bytes([*a, *b, *c, *d]));
            }
        });
        levels
    }

    /// The law of the symbols at a position with level `level` and `k` symbols, in 256ths.
    ///
    /// Empty for a level or `k` there is not.
    #[must_use]
    pub fn law(&self, level: u8, k: u8) -> &[u16] {
        self.laws.get(usize::from(level)).and_then(|of| of.get(usize::from(k))).map_or(&[], Vec::as_slice)
    }

    /// The symbol of a recipient at a position with `k` symbols (2 to 8; 0 for any other `k`).
    #[must_use]
    pub fn symbol(&self, recipient: &str, position: u32, k: u8) -> u8 {
        self.codeword(recipient, &[(position, k)]).first().copied().unwrap_or(0)
    }

    /// A recipient's symbols at many positions, given as (position, k), in their order.
    ///
    /// Cheapest if the positions ascend; a scattered one costs one stream block.
    #[must_use]
    pub fn codeword(&self, recipient: &str, positions: &[(u32, u8)]) -> Vec<u8> {
        let numbers: Vec<u32> = positions.iter().map(|&(position, _)| position).collect();
        let kinds: Vec<(u8, u8)> =
            self.levels(&numbers).into_iter().zip(positions.iter().map(|&(_, k)| k)).collect();
        self.codeword_at(recipient, &numbers, &kinds)
    }

    /// The same with the levels already known: `kinds` holds (level, k) per position.
    ///
    /// Dealing many recipients the same positions reads the level stream only once this way; [`Self::deck`]
    /// also lays the positions out only once.
    #[must_use]
    pub fn codeword_at(&self, recipient: &str, positions: &[u32], kinds: &[(u8, u8)]) -> Vec<u8> {
        let mut symbols = vec![0; positions.len()];
        let key = self.derive(&[USER_INFO, recipient.as_bytes()]);
        KeyStream::new(&key).visit(positions, 1, |index, bytes| {
            if let (Some(&byte), Some(&(level, k)), Some(symbol)) =
                (bytes.first(), kinds.get(index), symbols.get_mut(index))
            {
                *symbol = BiasSet::symbol_of(self.law(level, k), byte);
            }
        });
        symbols
    }

    fn derive(&self, info: &[&[u8]]) -> [u8; 32] {
        expand(&self.extracted, info)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn code() -> Code {
        let id = code_id("asset", 1);
        Code::new(&TracingKey::from_program_key(b"program", &id), &id, BiasSet::E4)
    }

    #[test]
    fn a_tracing_key_does_not_print_itself() {
        let key = TracingKey::from_bytes([0xab; 32]);
        assert!(!format!("{key:?} {:?}", code()).contains("171"));
        assert_eq!(format!("{key:?}"), "TracingKey(..)");
    }

    #[test]
    fn epochs_and_assets_have_their_own_codes() {
        assert_ne!(code_id("a", 1), code_id("a", 2));
        assert_ne!(code_id("a", 1), code_id("b", 1));
    }

    #[test]
    fn symbols_follow_the_law_of_their_level() {
        // 40,000 draws of one of k = 4 symbols: chi-square with 3 degrees of freedom stays below 21.1 with
        // chance 0.9999 for each of the three levels.
        let code = code();
        let positions: Vec<(u32, u8)> = (0..40_000).map(|i| (i, 4)).collect();
        let numbers: Vec<u32> = (0..40_000).collect();
        let (levels, word) = (code.levels(&numbers), code.codeword("acme", &positions));
        for level in 0..3u8 {
            let drawn: Vec<u8> =
                word.iter().zip(&levels).filter(|(_, l)| **l == level).map(|(s, _)| *s).collect();
            let mut chi = 0.0;
            for (symbol, &p) in code.law(level, 4).iter().enumerate() {
                let expected = drawn.len() as f64 * f64::from(p) / 256.0;
                let seen = drawn.iter().filter(|&&s| usize::from(s) == symbol).count() as f64;
                chi += (seen - expected) * (seen - expected) / expected;
            }
            assert!(chi < 21.1, "level {level}: {chi}");
        }
    }

    proptest! {
        #[test]
        fn bulk_and_single_reads_agree(positions in prop::collection::vec((any::<u32>(), 2u8..=8), 0..20),
                                       near in prop::collection::vec((0u32..5000, 2u8..=8), 0..60)) {
            let code = code();
            for list in [positions, near] {
                let word = code.codeword("slug/contact", &list);
                let numbers: Vec<u32> = list.iter().map(|place| place.0).collect();
                let kinds: Vec<(u8, u8)> =
                    code.levels(&numbers).into_iter().zip(list.iter().map(|place| place.1)).collect();
                for engine in crate::stream::Engine::usable() {
                    let deck = code.deck_with(&numbers, &kinds, engine);
                    prop_assert_eq!(&deck.deal("slug/contact"), &word, "{:?}", engine);
                }
                for (&(position, k), symbol) in list.iter().zip(word) {
                    prop_assert_eq!(code.symbol("slug/contact", position, k), symbol);
                    prop_assert!(symbol < k);
                }
            }
        }
    }
}
