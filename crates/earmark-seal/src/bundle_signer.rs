use std::io::{self, Read};

use blake2::Blake2b512;
use earmark_model::{Digest, UnixMillis};
use ed25519_dalek::{Signer, SigningKey};
use sha2::{Digest as _, Sha256, Sha512};
use ssh_key::public::{Ed25519PublicKey, KeyData};
use ssh_key::{Algorithm, HashAlg, LineEnding, PublicKey, Signature, SshSig};

use crate::minisign::MinisignKey;
use crate::secret::SecretKey;

/// The namespace of SSH signatures under bundles: `ssh-keygen -Y verify -n earmark-bundle`.
pub const BUNDLE_NAMESPACE: &str = "earmark-bundle";

/// Why nothing was signed.
#[derive(Debug, thiserror::Error)]
pub enum SignError {
    /// The text could not be read.
    #[error("signing broke off: {0}")]
    Io(#[from] io::Error),
    /// The SSH signature could not be written.
    #[error("the SSH signature was not made: {0}")]
    Ssh(String),
}

/// What a vault signs its bundles with: one Ed25519 key for `ssh-keygen`, another for `minisign`.
///
/// Both derive from the vault's `log` key, so that they are kept, sealed and restored with it; neither gives away
/// the other, that key, or the log's own.
pub struct BundleSigner {
    ssh: SigningKey,
    minisign: MinisignKey,
}

/// Signatures over one file, detached, as text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Signatures {
    /// SHA-256 of the file, for the record.
    pub sha256: Digest,
    /// For `ssh-keygen -Y verify`.
    pub ssh: String,
    /// For `minisign -V`.
    pub minisign: String,
}

/// The public halves, as the tools read them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PublicSigningKeys {
    /// One line of an allowed signers file (ssh-keygen(1)), good for bundles only.
    pub allowed_signers: String,
    /// The SSH key's fingerprint, `SHA256:...`.
    pub ssh_fingerprint: String,
    /// A minisign public key file; its second line is what `minisign -P` takes.
    pub minisign: String,
}

impl BundleSigner {
    /// The signer of the vault whose `log` key this is.
    #[must_use]
    pub fn new(log: &SecretKey) -> Self {
        let signing_key = |purpose: &str| SigningKey::from_bytes(log.derive(purpose).expose());
        let [a, b, c, d, e, f, g, h, ..] = *log.derive("bundle minisign id").expose();
        let minisign = MinisignKey { id: [a, b, c, d, e, f, g, h], key: signing_key("bundle minisign") };
        Self { ssh: signing_key("bundle ssh"), minisign }
    }

    /// The public halves; `principal` is whom they belong to, a word without spaces, commas or quotes.
    ///
    /// # Errors
    /// Never in practice: ssh-key writes what it holds.
    pub fn public(&self, principal: &str) -> Result<PublicSigningKeys, SignError> {
        let key = PublicKey::new(self.ssh_public(), "");
        let line = key.to_openssh().map_err(|why| SignError::Ssh(why.to_string()))?;
        Ok(PublicSigningKeys {
            allowed_signers: format!("{principal} namespaces=\"{BUNDLE_NAMESPACE}\" {}\n", line.trim_end()),
            ssh_fingerprint: key.fingerprint(HashAlg::Sha256).to_string(),
            minisign: self.minisign.public_text(),
        })
    }

    /// Signs all of `file`, in a stream. Its name and, if given, the instant go into minisign's trusted comment, which is
    /// signed too. The same input gives the same signatures.
    ///
    /// # Errors
    /// When `file` cannot be read.
    pub fn sign(
        &self,
        mut file: impl Read,
        name: &str,
        at: Option<UnixMillis>,
    ) -> Result<Signatures, SignError> {
        let (mut sha256, mut sha512, mut blake2) = (Sha256::new(), Sha512::new(), Blake2b512::new());
        let mut buffer = vec![0; 1 << 16];
        loop {
            let read = match file.read(&mut buffer) {
                Ok(0) => break,
                Ok(read) => buffer.get(..read).unwrap_or_default(),
                Err(why) if why.kind() == io::ErrorKind::Interrupted => continue,
                Err(why) => return Err(why.into()),
            };
            sha256.update(read);
            sha512.update(read);
            blake2.update(read);
        }
        let stamped = at.map(|at| format!("timestamp:{}\t", at.0.div_euclid(1000))).unwrap_or_default();
        Ok(Signatures {
            sha256: Digest(sha256.finalize().into()),
            ssh: self.ssh_signature(&sha512.finalize())?,
            minisign: self.minisign.sign(
                &blake2.finalize().into(),
                &format!("signature of {name}"),
                &format!("{stamped}file:{name}\thashed"),
            ),
        })
    }

    fn ssh_public(&self) -> KeyData {
        KeyData::Ed25519(Ed25519PublicKey(self.ssh.verifying_key().to_bytes()))
    }

    /// An armored SSHSIG over what has this SHA-512. The crate wants the whole message at once for that; so the blob that
    /// is signed is written here (OpenSSH's PROTOCOL.sshsig, section 3).
    fn ssh_signature(&self, sha512: &[u8]) -> Result<String, SignError> {
        let mut signed = b"SSHSIG".to_vec();
        for field in [BUNDLE_NAMESPACE.as_bytes(), b"", b"sha512", sha512] {
            // No field is longer than 64 bytes.
            signed.extend_from_slice(&(field.len() as u32).to_be_bytes());
            signed.extend_from_slice(field);
        }
        let refused = |why: ssh_key::Error| SignError::Ssh(why.to_string());
        let raw = self.ssh.sign(&signed).to_bytes();
        let signature = Signature::new(Algorithm::Ed25519, raw).map_err(refused)?;
        let signature = SshSig::new(self.ssh_public(), BUNDLE_NAMESPACE, HashAlg::Sha512, signature);
        signature.and_then(|signature| signature.to_pem(LineEnding::LF)).map_err(refused)
    }
}
