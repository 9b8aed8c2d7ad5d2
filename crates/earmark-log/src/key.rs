//! The keys of logs and witnesses, after C2SP's `signed-note` and `tlog-cosignature`.
//!
//! ```text
//! log.example/engine+033de0ae+ATKbLWRA0gD2xVhxUGjzPLGZcFSy3XAbgRMtGGuFMaiX     a verifier key
//! ```
//!
//! A log signs with two keys of its name, Ed25519 for the readers of today and ML-DSA-44 for those
//! after the quantum computer. Witnesses sign with the timestamped kinds.
//!
//! Not here: where secrets are kept.

use std::fmt;
use std::str::FromStr;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use ed25519_dalek::Signer as _;
use ml_dsa::{EncodedSignature, EncodedVerifyingKey, ExpandedSigningKey, MlDsa44, Seed, VerifyingKey};
use sha2::{Digest, Sha256};

use crate::Checkpoint;
use crate::note::{NoteSignature, is_key_name};

/// What signatures of a key look like. The number is the byte that goes into the key's id.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[repr(u8)]
pub enum KeyKind {
    /// Ed25519 over the note's text.
    Ed25519 = 0x01,
    /// Ed25519 over `cosignature/v1`, an instant and the note's text.
    Ed25519Cosignature = 0x04,
    /// ML-DSA-44 over the binary `subtree/v1` statement with an instant.
    MlDsa44 = 0x06,
}

/// A text is no verifier key, or a name cannot be a key's.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum VerifierKeyError {
    /// Not of the form NAME+ID+KEY.
    #[error("this is no verifier key: expected `NAME+ID+KEY`")]
    Form,
    /// A name with spaces or plus signs, or none.
    #[error("a key's name is not empty and holds neither spaces nor `+`")]
    Name,
    /// A kind that is not known here.
    #[error("the key is of a kind that is not known (0x{0:02x})")]
    Kind(u8),
    /// The key does not fit its kind.
    #[error("the key is malformed")]
    Key,
    /// The id is not the one of name and key.
    #[error("the key's id does not fit: a character is wrong or missing")]
    Id,
}

impl KeyKind {
    /// A word for people.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Self::Ed25519 => "Ed25519",
            Self::Ed25519Cosignature => "Ed25519 cosignature",
            Self::MlDsa44 => "ML-DSA-44",
        }
    }

    fn of(byte: u8) -> Option<Self> {
        [Self::Ed25519, Self::Ed25519Cosignature, Self::MlDsa44].into_iter().find(|kind| *kind as u8 == byte)
    }
}

/// A public key with its name.
#[derive(Clone, PartialEq, Eq)]
pub struct VerifierKey {
    name: String,
    kind: KeyKind,
    public: Vec<u8>,
}

/// A signature that fits.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Signed {
    /// When the signer says it signed, in seconds since 1970; plain Ed25519 says nothing.
    pub at: Option<u64>,
}

impl VerifierKey {
    fn new(name: &str, kind: KeyKind, public: Vec<u8>) -> Result<Self, VerifierKeyError> {
        if !is_key_name(name) {
            return Err(VerifierKeyError::Name);
        }
        let key = Self { name: name.to_owned(), kind, public };
        let fits = match kind {
            KeyKind::MlDsa44 => key.ml_dsa().is_some(),
            KeyKind::Ed25519 | KeyKind::Ed25519Cosignature => key.ed25519().is_some(),
        };
        if fits { Ok(key) } else { Err(VerifierKeyError::Key) }
    }

    /// The key's name: a log's origin, or the witness's own.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.name
    }

    /// What its signatures look like.
    #[must_use]
    pub fn kind(&self) -> KeyKind {
        self.kind
    }

    /// The first four bytes of SHA-256(name, line end, kind, key).
    #[must_use]
    pub fn id(&self) -> u32 {
        let mut hash = Sha256::new();
        hash.update(self.name.as_bytes());
        hash.update([b'\n', self.kind as u8]);
        hash.update(&self.public);
        let hash: [u8; 32] = hash.finalize().into();
        u32::from_be_bytes([hash[0], hash[1], hash[2], hash[3]])
    }

    /// Checks the bytes of a signature over a checkpoint; `None` when they do not fit.
    #[must_use]
    pub fn verify(&self, checkpoint: &Checkpoint, signature: &[u8]) -> Option<Signed> {
        match self.kind {
            KeyKind::Ed25519 => {
                self.verify_ed25519(checkpoint.to_string().as_bytes(), signature)?;
                Some(Signed { at: None })
            }
            KeyKind::Ed25519Cosignature => {
                let (at, signature) = timed(signature)?;
                self.verify_ed25519(cosigned_text(checkpoint, at).as_bytes(), signature)?;
                Some(Signed { at: Some(at) })
            }
            KeyKind::MlDsa44 => {
                let (at, signature) = timed(signature)?;
                let encoded = EncodedSignature::<MlDsa44>::try_from(signature).ok()?;
                let signature = ml_dsa::Signature::<MlDsa44>::decode(&encoded)?;
                let message = cosigned_message(&self.name, checkpoint, at)?;
                self.ml_dsa()?
                    .verify_with_context(&message, &[], &signature)
                    .then_some(Signed { at: Some(at) })
            }
        }
    }

    fn verify_ed25519(&self, message: &[u8], signature: &[u8]) -> Option<()> {
        let signature = ed25519_dalek::Signature::from_slice(signature).ok()?;
        self.ed25519()?.verify_strict(message, &signature).ok()
    }

    fn ed25519(&self) -> Option<ed25519_dalek::VerifyingKey> {
        ed25519_dalek::VerifyingKey::from_bytes(&self.public.as_slice().try_into().ok()?).ok()
    }

    fn ml_dsa(&self) -> Option<VerifyingKey<MlDsa44>> {
        let encoded = EncodedVerifyingKey::<MlDsa44>::try_from(self.public.as_slice()).ok()?;
        Some(VerifyingKey::decode(&encoded))
    }
}

/// An instant (8 bytes) and the rest.
fn timed(signature: &[u8]) -> Option<(u64, &[u8])> {
    let (at, rest) = signature.split_first_chunk()?;
    let at = u64::from_be_bytes(*at);
    (at <= i64::MAX as u64).then_some((at, rest))
}

/// What an Ed25519 cosignature signs.
fn cosigned_text(checkpoint: &Checkpoint, at: u64) -> String {
    format!("cosignature/v1\ntime {at}\n{checkpoint}")
}

/// What an ML-DSA-44 cosignature signs; `None` when a name is longer than 255 bytes.
fn cosigned_message(name: &str, checkpoint: &Checkpoint, at: u64) -> Option<Vec<u8>> {
    let mut message = b"subtree/v1\n\0".to_vec();
    message.push(u8::try_from(name.len()).ok()?);
    message.extend(name.as_bytes());
    message.extend(at.to_be_bytes());
    message.push(u8::try_from(checkpoint.origin.len()).ok()?);
    message.extend(checkpoint.origin.as_bytes());
    message.extend(0u64.to_be_bytes());
    message.extend(checkpoint.size.to_be_bytes());
    message.extend(checkpoint.root.0);
    Some(message)
}

impl fmt::Display for VerifierKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut key = vec![self.kind as u8];
        key.extend(&self.public);
        write!(f, "{}+{:08x}+{}", self.name, self.id(), STANDARD.encode(key))
    }
}

impl fmt::Debug for VerifierKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}+{:08x} ({})", self.name, self.id(), self.kind.word())
    }
}

impl FromStr for VerifierKey {
    type Err = VerifierKeyError;

    fn from_str(text: &str) -> Result<Self, VerifierKeyError> {
        let mut parts = text.splitn(3, '+');
        let (Some(name), Some(id), Some(key)) = (parts.next(), parts.next(), parts.next()) else {
            return Err(VerifierKeyError::Form);
        };
        let bytes = STANDARD.decode(key).map_err(|_| VerifierKeyError::Key)?;
        let (kind, public) = bytes.split_first().ok_or(VerifierKeyError::Key)?;
        let kind = KeyKind::of(*kind).ok_or(VerifierKeyError::Kind(*kind))?;
        let key = Self::new(name, kind, public.to_vec())?;
        if format!("{:08x}", key.id()) == id { Ok(key) } else { Err(VerifierKeyError::Id) }
    }
}

/// A private key with its name. Not shown in debug output; its seed is wiped when dropped.
pub struct SignerKey {
    name: String,
    secret: Secret,
}

enum Secret {
    Ed25519(Box<ed25519_dalek::SigningKey>),
    Ed25519Cosignature(Box<ed25519_dalek::SigningKey>),
    MlDsa44(Box<ExpandedSigningKey<MlDsa44>>),
}

impl fmt::Debug for SignerKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "SignerKey({}, ..)", self.name)
    }
}

impl SignerKey {
    /// The key that follows from 32 secret random bytes. Do not use one seed for two keys.
    ///
    /// # Errors
    /// [`VerifierKeyError::Name`]; a name has at most 255 bytes.
    pub fn from_seed(name: &str, kind: KeyKind, seed: &[u8; 32]) -> Result<Self, VerifierKeyError> {
        if !is_key_name(name) || name.len() > 255 {
            return Err(VerifierKeyError::Name);
        }
        let ed25519 = || Box::new(ed25519_dalek::SigningKey::from_bytes(seed));
        let secret = match kind {
            KeyKind::Ed25519 => Secret::Ed25519(ed25519()),
            KeyKind::Ed25519Cosignature => Secret::Ed25519Cosignature(ed25519()),
            KeyKind::MlDsa44 => Secret::MlDsa44(Box::new(ExpandedSigningKey::from_seed(&Seed::from(*seed)))),
        };
        Ok(Self { name: name.to_owned(), secret })
    }

    /// The public half.
    #[must_use]
    pub fn verifier(&self) -> VerifierKey {
        let (kind, public) = match &self.secret {
            Secret::Ed25519(key) => (KeyKind::Ed25519, key.verifying_key().to_bytes().to_vec()),
            Secret::Ed25519Cosignature(key) => {
                (KeyKind::Ed25519Cosignature, key.verifying_key().to_bytes().to_vec())
            }
            Secret::MlDsa44(key) => (KeyKind::MlDsa44, key.verifying_key().encode().to_vec()),
        };
        VerifierKey { name: self.name.clone(), kind, public }
    }

    /// Signs a checkpoint at an instant in seconds since 1970, which plain Ed25519 does not write down.
    /// The same checkpoint and instant give the same bytes.
    ///
    /// # Errors
    /// [`VerifierKeyError::Name`] when the checkpoint's origin is longer than 255 bytes.
    pub fn sign(&self, checkpoint: &Checkpoint, at: u64) -> Result<NoteSignature, VerifierKeyError> {
        let bytes = match &self.secret {
            Secret::Ed25519(key) => key.sign(checkpoint.to_string().as_bytes()).to_bytes().to_vec(),
            Secret::Ed25519Cosignature(key) => {
                let mut bytes = at.to_be_bytes().to_vec();
                bytes.extend(key.sign(cosigned_text(checkpoint, at).as_bytes()).to_bytes());
                bytes
            }
            Secret::MlDsa44(key) => {
                let message = cosigned_message(&self.name, checkpoint, at).ok_or(VerifierKeyError::Name)?;
                // Deterministic (FIPS 204, algorithm 2 without randomness): a log that is signed again after
                // a crash says the same.
                let signature = key.sign_deterministic(&message, &[]).map_err(|_| VerifierKeyError::Key)?;
                let mut bytes = at.to_be_bytes().to_vec();
                bytes.extend(signature.encode());
                bytes
            }
        };
        Ok(NoteSignature { name: self.name.clone(), id: self.verifier().id(), bytes })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Hash, Note, Trust};

    fn keys() -> Vec<SignerKey> {
        let kinds = [KeyKind::Ed25519, KeyKind::Ed25519Cosignature, KeyKind::MlDsa44];
        kinds.iter().map(|kind| SignerKey::from_seed("a.example/log", *kind, &[7; 32]).unwrap()).collect()
    }

    fn checkpoint() -> Checkpoint {
        Checkpoint {
            origin: "a.example/log".to_owned(),
            size: 7,
            root: Hash::of_leaf(b"x"),
            extensions: vec!["more".to_owned()],
        }
    }

    #[test]
    fn verifier_keys_come_back_and_a_wrong_character_is_told() {
        for key in keys() {
            let key = key.verifier();
            let text = key.to_string();
            assert_eq!(text.parse(), Ok(key.clone()));
            assert!(text.replace("a.example", "b.example").parse::<VerifierKey>().is_err());
            let upper = text.replacen(&format!("{:08x}", key.id()), &format!("{:08X}", key.id()), 1);
            assert!(upper == text || upper.parse::<VerifierKey>() == Err(VerifierKeyError::Id));
        }
        for (wrong, why) in [
            ("", VerifierKeyError::Form),
            ("a+0", VerifierKeyError::Form),
            ("a b+00000000+AQ==", VerifierKeyError::Name),
            ("a+00000000+AQ==", VerifierKeyError::Key),
            ("a+00000000+CQ==", VerifierKeyError::Kind(9)),
            ("a+00000000+AQ=", VerifierKeyError::Key),
        ] {
            assert_eq!(wrong.parse::<VerifierKey>(), Err(why), "{wrong}");
        }
    }

    #[test]
    fn the_specifications_example_opens() {
        // The checkpoint and the witness of C2SP's tlog-cosignature have no published keys; the note
        // package of Go has: PeterNeumann's, over this text.
        let key: VerifierKey =
            "PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW".parse().unwrap();
        let text = "If you think cryptography is the answer to your problem,\n\
                    then you don't know what your problem is.\n";
        let line = "— PeterNeumann x08go/ZJkuBS9UG/SffcvIAQxVBtiFupLLr8pAcElZInNIuGUgYN1FFYC2pZSNXgKvqfqdngotpRZb6KE6RyyBwJnAM=";
        let signature = NoteSignature::parse(line).unwrap();
        assert_eq!(signature.id, key.id());
        assert_eq!(key.verify_ed25519(text.as_bytes(), &signature.bytes), Some(()));
    }

    #[test]
    fn every_kind_signs_what_it_verifies_and_nothing_else() {
        let checkpoint = checkpoint();
        for key in keys() {
            let (verifier, signature) = (key.verifier(), key.sign(&checkpoint, 1_679_315_147).unwrap());
            let signed = verifier.verify(&checkpoint, &signature.bytes).unwrap();
            assert_eq!(signed.at, (verifier.kind() != KeyKind::Ed25519).then_some(1_679_315_147));
            assert_eq!(key.sign(&checkpoint, 1_679_315_147).unwrap(), signature);
            let mut other = checkpoint.clone();
            other.size = 8;
            assert_eq!(verifier.verify(&other, &signature.bytes), None);
            for at in [0, 7, 8, signature.bytes.len() / 2, signature.bytes.len() - 1] {
                let mut bytes = signature.bytes.clone();
                bytes[at] ^= 1;
                assert_eq!(verifier.verify(&checkpoint, &bytes), None, "{at}");
            }
            assert_eq!(verifier.verify(&checkpoint, &signature.bytes[1..]), None);
        }
    }

    #[test]
    fn a_checkpoint_opens_only_with_all_its_keys() {
        let [plain, witness, quantum] = keys().try_into().unwrap();
        let checkpoint = checkpoint();
        let mut note = Note::new(checkpoint.to_string()).unwrap();
        note.signatures.push(plain.sign(&checkpoint, 5).unwrap());
        let mut trust = Trust { log: vec![plain.verifier()], ..Trust::default() };
        assert_eq!(trust.open(&note).unwrap().signed, None);
        trust.log.push(quantum.verifier());
        assert!(matches!(trust.open(&note), Err(crate::CheckpointError::Unsigned { kind: "ML-DSA-44", .. })));
        note.signatures.push(quantum.sign(&checkpoint, 5).unwrap());
        let opened = trust.open(&Note::parse(&note.to_string()).unwrap()).unwrap();
        assert_eq!((opened.signed, &opened.checkpoint), (Some(5), &checkpoint));
        note.signatures.push(witness.sign(&checkpoint, 6).unwrap());
        assert_eq!(trust.open(&note).unwrap().strangers.len(), 1);
        trust.witnesses.push(witness.verifier());
        trust.quorum = 1;
        assert_eq!(trust.open(&note).unwrap().witnesses, ["a.example/log"]);
        trust.quorum = 2;
        assert!(trust.open(&note).is_err());
        note.signatures[2].bytes[20] ^= 1;
        assert!(matches!(trust.open(&note), Err(crate::CheckpointError::Signature(_))));
    }
}
