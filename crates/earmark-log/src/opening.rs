use std::fmt::Write;

use sha2::{Digest, Sha256};

/// The prefix of every commitment.
const PREFIX: &[u8] = b"earmark/v1/commit\0";

/// What opens a commitment: the nonce and the document that it binds.
///
/// The commitment is SHA-256(`"earmark/v1/commit\0"`, nonce, document); the document is JSON in the
/// canonical text of RFC 8785. Whoever has no opening learns nothing from the commitment, and one
/// opening says nothing about another commitment.
#[derive(Clone, PartialEq, Eq)]
pub struct Opening {
    /// 32 random bytes.
    pub nonce: [u8; 32],
    /// The document's text, byte for byte.
    pub document: String,
}

impl Opening {
    /// The commitment that this opens.
    #[must_use]
    pub fn commitment(&self) -> [u8; 32] {
        let mut hash = Sha256::new();
        hash.update(PREFIX);
        hash.update(self.nonce);
        hash.update(self.document.as_bytes());
        hash.finalize().into()
    }
}

impl std::fmt::Debug for Opening {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Opening(..)")
    }
}

/// Bytes as small hexadecimal digits.
#[must_use]
pub fn hex(bytes: &[u8]) -> String {
    let mut text = String::with_capacity(bytes.len() * 2);
    for byte in bytes {
        // Writing to a string never fails.
        let _ = write!(text, "{byte:02x}");
    }
    text
}

/// Reads 32 bytes of small hexadecimal digits.
#[must_use]
pub fn unhex32(text: &str) -> Option<[u8; 32]> {
    let digits = text.as_bytes();
    if digits.len() != 64 {
        return None;
    }
    let value = |digit: u8| match digit {
        b'0'..=b'9' => Some(digit - b'0'),
        b'a'..=b'f' => Some(digit - b'a' + 10),
        _ => None,
    };
    let mut bytes = [0; 32];
    for (byte, pair) in bytes.iter_mut().zip(digits.chunks(2)) {
        *byte = value(pair[0])? << 4 | value(pair[1])?;
    }
    Some(bytes)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn agrees_with_sha256sum() {
        // printf 'earmark/v1/commit\0' > x; printf '\1%.0s' {1..32} >> x; printf '{"n":"7"}' >> x; sha256sum x
        let opening = Opening { nonce: [1; 32], document: r#"{"n":"7"}"#.to_owned() };
        let text = hex(&opening.commitment());
        assert_eq!(text, "7c8f2cff2e8b3f1fe832f050721b00601ef3500d903095b2e8e737d2e8f7497a");
        assert_eq!(unhex32(&text), Some(opening.commitment()));
        assert_eq!(unhex32(&text.to_uppercase()), None);
        assert_eq!(unhex32(&text[1..]), None);
    }
}
