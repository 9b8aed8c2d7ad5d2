use std::fmt;

/// The vault's index key: all fingerprints take it, so that an index of embargoed text is no dictionary
/// of it, and nobody outside can craft text without anchors.
///
/// Random, separate from the tracing keys; losing it costs rebuilding the indexes, nothing else.
#[derive(Clone, PartialEq, Eq)]
pub struct IndexKey([u8; 32]);

impl IndexKey {
    /// The key from its 32 raw bytes.
    #[must_use]
    pub fn new(bytes: [u8; 32]) -> Self {
        Self(bytes)
    }

    pub(crate) fn keys(&self) -> Keys {
        Keys {
            symbols: GramKey::derive("earmark/v1/index symbols", &self.0),
            tokens: GramKey::derive("earmark/v1/index tokens", &self.0),
            whole: blake3::derive_key("earmark/v1/index whole file", &self.0),
            id: blake3::derive_key("earmark/v1/index key id", &self.0),
        }
    }
}

impl fmt::Debug for IndexKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("IndexKey(..)")
    }
}

/// What is derived from an [`IndexKey`].
#[derive(Clone)]
pub(crate) struct Keys {
    pub(crate) symbols: GramKey,
    pub(crate) tokens: GramKey,
    /// Keys the hash of whole files.
    pub(crate) whole: [u8; 32],
    /// Says which key an index was made with, without telling the key.
    pub(crate) id: [u8; 32],
}

impl Keys {
    /// The keyed hash of a whole file.
    pub(crate) fn whole(&self, bytes: &[u8]) -> [u8; 32] {
        *blake3::keyed_hash(&self.whole, bytes).as_bytes()
    }
}

/// Keys for choosing anchors and hashing grams of one kind.
#[derive(Clone)]
pub(crate) struct GramKey {
    mask: u64,
    factor: u64,
    sip: [u64; 2],
}

impl GramKey {
    fn derive(context: &str, key: &[u8; 32]) -> Self {
        let bytes = blake3::derive_key(context, key);
        let mut words = [0u64; 4];
        for (word, chunk) in words.iter_mut().zip(bytes.chunks_exact(8)) {
            *word = chunk.iter().fold(0, |sum, byte| sum << 8 | u64::from(*byte));
        }
        Self { mask: words[0], factor: words[1] | 1, sip: [words[2], words[3]] }
    }

    /// Hashes eight symbols to 32 bits: cheap, since every position pays for it. Multiply-shift.
    #[inline]
    pub(crate) fn anchor(&self, eight: u64) -> u32 {
        ((eight ^ self.mask).wrapping_mul(self.factor) >> 32) as u32
    }

    /// Hashes a gram of 32 symbols: SipHash-1-3 over four words.
    ///
    /// Aumasson and Bernstein 2012, "SipHash: a fast short-input PRF"; one compression round and three
    /// at the end, and no length word, since the length never varies.
    #[inline]
    pub(crate) fn gram(&self, words: [u64; 4]) -> u64 {
        let mut v = [
            self.sip[0] ^ 0x736f_6d65_7073_6575,
            self.sip[1] ^ 0x646f_7261_6e64_6f6d,
            self.sip[0] ^ 0x6c79_6765_6e65_7261,
            self.sip[1] ^ 0x7465_6462_7974_6573,
        ];
        for word in words {
            v[3] ^= word;
            round(&mut v);
            v[0] ^= word;
        }
        v[2] ^= 0xff;
        round(&mut v);
        round(&mut v);
        round(&mut v);
        v[0] ^ v[1] ^ v[2] ^ v[3]
    }
}

#[inline]
fn round(v: &mut [u64; 4]) {
    v[0] = v[0].wrapping_add(v[1]);
    v[1] = v[1].rotate_left(13) ^ v[0];
    v[0] = v[0].rotate_left(32);
    v[2] = v[2].wrapping_add(v[3]);
    v[3] = v[3].rotate_left(16) ^ v[2];
    v[0] = v[0].wrapping_add(v[3]);
    v[3] = v[3].rotate_left(21) ^ v[0];
    v[2] = v[2].wrapping_add(v[1]);
    v[1] = v[1].rotate_left(17) ^ v[2];
    v[2] = v[2].rotate_left(32);
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn another_key_gives_other_hashes_and_is_never_shown() {
        let (one, two) = (IndexKey::new([1; 32]), IndexKey::new([2; 32]));
        let words = [1, 2, 3, 4];
        assert_ne!(one.keys().symbols.gram(words), two.keys().symbols.gram(words));
        assert_ne!(one.keys().symbols.gram(words), one.keys().tokens.gram(words));
        assert_ne!(one.keys().whole(b"x"), two.keys().whole(b"x"));
        assert_eq!(format!("{one:?}"), "IndexKey(..)");
    }
}
