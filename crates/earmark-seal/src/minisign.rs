//! Minisign's public keys and signatures, as text:
//!
//! ```text
//! untrusted comment: signature of parser-poc-harbor.tar.zst.age
//! RURpCyfMB6c6...
//! trusted comment: timestamp:1772384400<TAB>file:parser-poc-harbor.tar.zst.age<TAB>hashed
//! m1vIvQ3gUb0K...
//! ```
//!
//! Line 2 is base 64 of the algorithm (`ED`, over BLAKE2b-512 of the file), the key's id (8 bytes) and an Ed25519 signature;
//! line 4 of one more over that signature and the trusted comment. After
//! <https://jedisct1.github.io/minisign/#signature-format>.
//!
//! Not here: secret keys as files, and signatures over whole files (`Ed`), which minisign no longer makes.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use ed25519_dalek::{Signer, SigningKey};

/// A key for signing.
pub(crate) struct MinisignKey {
    pub(crate) id: [u8; 8],
    pub(crate) key: SigningKey,
}

impl MinisignKey {
    /// The public key as `minisign -V -p FILE` reads it; its second line alone is what `-P` takes.
    pub(crate) fn public_text(&self) -> String {
        let bytes = [b"Ed".as_slice(), &self.id, self.key.verifying_key().as_bytes()].concat();
        format!("untrusted comment: minisign public key {}\n{}\n", self.id_text(), STANDARD.encode(bytes))
    }

    /// The key's id as minisign prints it.
    fn id_text(&self) -> String {
        format!("{:016X}", u64::from_le_bytes(self.id))
    }

    /// Signs what has the BLAKE2b-512 `hash`; both comments are one line each.
    pub(crate) fn sign(&self, hash: &[u8; 64], untrusted: &str, trusted: &str) -> String {
        let (untrusted, trusted) = (one_line(untrusted), one_line(trusted));
        let signature = self.key.sign(hash).to_bytes();
        let all = self.key.sign(&[signature.as_slice(), trusted.as_bytes()].concat()).to_bytes();
        let bytes = [b"ED".as_slice(), &self.id, &signature].concat();
        format!(
            "untrusted comment: {untrusted}\n{}\ntrusted comment: {trusted}\n{}\n",
            STANDARD.encode(bytes),
            STANDARD.encode(all)
        )
    }
}

/// Control characters but the tab become spaces: a name must not bring a line of its own.
fn one_line(text: &str) -> String {
    text.chars().map(|c| if c.is_control() && c != '\t' { ' ' } else { c }).collect()
}
