//! Sealing to age's post-quantum recipients, `age1pq1...`, which hold against an eavesdropper who has a quantum computer
//! later.
//!
//! Such a recipient is an ML-KEM-768 key and an X25519 key; the file key is sealed by HPKE (RFC 9180, base mode, HKDF-SHA256,
//! ChaCha20-Poly1305) over the KEM that joins both (X-Wing, KEM id 0x647a). After <https://c2sp.org/age>, "The hybrid
//! recipient type". The crate `age` has only the tagged recipients of hardware, over P-256.
//!
//! Not here: opening.

use std::collections::HashSet;

use age::EncryptError;
use age::secrecy::ExposeSecret;
use age_core::format::{FileKey, Stanza};
use age_core::primitives::bech32_decode;
use base64::Engine;
use base64::engine::general_purpose::STANDARD_NO_PAD;
use bech32::Hrp;
use chacha20poly1305::aead::Aead;
use chacha20poly1305::{ChaCha20Poly1305, KeyInit};
use hkdf::Hkdf;
use ml_kem::kem::Encapsulate;
use ml_kem::{EncodedSizeUser, KemCore, MlKem768};
use rand_core::OsRng;
use sha2::Sha256;
use sha3::{Digest, Sha3_256};
use x25519_dalek::{EphemeralSecret, PublicKey};
use zeroize::Zeroizing;

type MlKemKey = <MlKem768 as KemCore>::EncapsulationKey;

const PREFIX: Hrp = Hrp::parse_unchecked("age1pq");
const STANZA: &str = "mlkem768x25519";
const INFO: &[u8] = b"age-encryption.org/mlkem768x25519";

/// Length of an encoded ML-KEM-768 encapsulation key (FIPS 203, table 3).
const ML_KEM_LENGTH: usize = 1184;

/// `HPKE`, then the ids of the KEM, the KDF and the AEAD (RFC 9180, section 5.1).
const SUITE: &[u8] = b"HPKE\x64\x7a\x00\x01\x00\x03";

/// What X-Wing hashes last (draft-connolly-cfrg-xwing-kem, section 5.3).
const X_WING_LABEL: &[u8] = b"\\.//^\\";

/// A post-quantum recipient.
#[derive(Clone)]
pub(crate) struct HybridRecipient {
    ml_kem: MlKemKey,
    x25519: PublicKey,
}

impl HybridRecipient {
    /// Parses `age1pq1...`; a key whose parts no generation gives is refused (FIPS 203, section 7.2).
    pub(crate) fn parse(text: &str) -> Result<Self, &'static str> {
        bech32_decode(
            text,
            |_| "its checksum does not fit: a character is wrong or missing",
            |prefix| if prefix == PREFIX { Ok(()) } else { Err("it is another key") },
            |_, bytes| Self::of(&bytes.collect::<Vec<u8>>()),
        )
    }

    fn of(bytes: &[u8]) -> Result<Self, &'static str> {
        let (encoded, x25519) = bytes.split_at_checked(ML_KEM_LENGTH).ok_or("it is too short")?;
        let x25519: [u8; 32] = x25519.try_into().map_err(|_| "its length is wrong")?;
        let encoded = encoded.try_into().map_err(|_| "its length is wrong")?;
        let ml_kem = MlKemKey::from_bytes(encoded);
        if ml_kem.as_bytes() != *encoded {
            return Err("its ML-KEM part is out of range");
        }
        Ok(Self { ml_kem, x25519: PublicKey::from(x25519) })
    }

    /// Makes a shared secret; gives it and what the recipient finds it by.
    fn encapsulate(&self) -> Result<(Zeroizing<[u8; 32]>, Vec<u8>), &'static str> {
        let (ct_ml_kem, ss_ml_kem) =
            self.ml_kem.encapsulate(&mut OsRng).map_err(|()| "ML-KEM gave nothing")?;
        let ephemeral = EphemeralSecret::random_from_rng(OsRng);
        let ct_x25519 = PublicKey::from(&ephemeral);
        let ss_x25519 = ephemeral.diffie_hellman(&self.x25519);
        if !ss_x25519.was_contributory() {
            return Err("its X25519 part is of low order");
        }
        let mut hash = Sha3_256::new();
        let ml_kem: &[u8] = &ss_ml_kem;
        for part in [ml_kem, ss_x25519.as_bytes(), ct_x25519.as_bytes(), self.x25519.as_bytes(), X_WING_LABEL]
        {
            hash.update(part);
        }
        let enc = [ct_ml_kem.as_slice(), ct_x25519.as_bytes()].concat();
        Ok((Zeroizing::new(hash.finalize().into()), enc))
    }
}

impl age::Recipient for HybridRecipient {
    fn wrap_file_key(&self, file_key: &FileKey) -> Result<(Vec<Stanza>, HashSet<String>), EncryptError> {
        let refused = |why: &str| EncryptError::Io(std::io::Error::other(why.to_owned()));
        let (secret, enc) = self.encapsulate().map_err(refused)?;
        let body = sealed(&secret, file_key.expose_secret()).ok_or_else(|| refused("HPKE gave nothing"))?;
        let stanza = Stanza { tag: STANZA.to_owned(), args: vec![STANDARD_NO_PAD.encode(enc)], body };
        // A file that another kind of key opens too is not post-quantum: age refuses to mix labels.
        Ok((vec![stanza], HashSet::from(["postquantum".to_owned()])))
    }
}

/// One message of HPKE in base mode: the key schedule of RFC 9180, section 5.1, and its first nonce.
fn sealed(shared: &[u8; 32], plaintext: &[u8]) -> Option<Vec<u8>> {
    let extract = |salt: Option<&[u8]>, label: &[u8], material: &[u8]| {
        Hkdf::<Sha256>::extract(salt, &[b"HPKE-v1", SUITE, label, material].concat())
    };
    let psk_id_hash = extract(None, b"psk_id_hash", b"").0;
    let info_hash = extract(None, b"info_hash", INFO).0;
    let context = [&[0], psk_id_hash.as_slice(), info_hash.as_slice()].concat();
    let (_, secret) = extract(Some(shared), b"secret", b"");
    let expand = |label: &[u8], out: &mut [u8]| {
        let length = u16::try_from(out.len()).ok()?.to_be_bytes();
        secret.expand(&[&length, b"HPKE-v1".as_slice(), SUITE, label, &context].concat(), out).ok()
    };
    let (mut key, mut nonce) = (Zeroizing::new([0; 32]), [0; 12]);
    expand(b"key", &mut *key)?;
    expand(b"base_nonce", &mut nonce)?;
    ChaCha20Poly1305::new((&*key).into()).encrypt(&nonce.into(), plaintext).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys_that_nobody_made_are_refused() {
        assert_eq!(HybridRecipient::of(&[0xff; 1216]).err(), Some("its ML-KEM part is out of range"));
        assert_eq!(HybridRecipient::of(&[0; 1215]).err(), Some("its length is wrong"));
        assert_eq!(HybridRecipient::of(&[0; 100]).err(), Some("it is too short"));
        let null = HybridRecipient::of(&[0; 1216]).unwrap();
        assert_eq!(null.encapsulate().err(), Some("its X25519 part is of low order"));
    }
}
