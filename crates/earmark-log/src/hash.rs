use std::fmt;
use std::str::FromStr;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use sha2::{Digest, Sha256};

/// A node of the tree: SHA-256 of a leaf or of two nodes.
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Hash(pub [u8; 32]);

/// A text is not the base64 of 32 bytes.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("this is no base64 of 32 bytes")]
pub struct HashError;

impl Hash {
    /// The hash of a leaf: SHA-256(0x00, entry). RFC 6962, section 2.1.
    #[must_use]
    pub fn of_leaf(entry: &[u8]) -> Self {
        let mut hash = Sha256::new();
        hash.update([0]);
        hash.update(entry);
        Self(hash.finalize().into())
    }

    /// The hash of an inner node: SHA-256(0x01, left, right). RFC 6962, section 2.1.
    #[must_use]
    pub fn of_node(left: Self, right: Self) -> Self {
        let mut hash = Sha256::new();
        hash.update([1]);
        hash.update(left.0);
        hash.update(right.0);
        Self(hash.finalize().into())
    }

    /// The root of the tree without leaves: SHA-256 of nothing.
    #[must_use]
    pub fn of_nothing() -> Self {
        Self(Sha256::digest([]).into())
    }
}

impl fmt::Display for Hash {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&STANDARD.encode(self.0))
    }
}

impl fmt::Debug for Hash {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

impl FromStr for Hash {
    type Err = HashError;

    fn from_str(text: &str) -> Result<Self, HashError> {
        let bytes = STANDARD.decode(text).map_err(|_| HashError)?;
        bytes.try_into().map(Self).map_err(|_| HashError)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn agrees_with_sha256sum() {
        // printf '' | sha256sum | xxd -r -p | base64
        assert_eq!(Hash::of_nothing().to_string(), "47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=");
        // printf '\0' | sha256sum | xxd -r -p | base64
        assert_eq!(Hash::of_leaf(b"").to_string(), "bjQLnP+zepicpUTmu3gKLHiQHT+zNzh2hRGjBhevoB0=");
    }

    #[test]
    fn text_is_read_strictly() {
        let hash = Hash::of_leaf(b"x");
        assert_eq!(hash.to_string().parse(), Ok(hash));
        for wrong in ["", "AA==", &hash.to_string()[1..], &format!("{hash}\n")] {
            assert_eq!(wrong.parse::<Hash>(), Err(HashError), "{wrong:?}");
        }
    }
}
