use std::io::Cursor;

use earmark_model::{Digest, UnixMillis};
use pgp::composed::{Deserializable, DetachedSignature};
use ssh_key::{PublicKey, SshSig};

use crate::openpgp::{Certificate, SignedBy};

/// The namespace of SSH signatures under receipts: `ssh-keygen -Y sign -n earmark-receipt`.
pub const RECEIPT_NAMESPACE: &str = "earmark-receipt";

/// Why a signature is no receipt.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ReceiptError {
    /// Neither an SSH nor an OpenPGP signature.
    #[error("this is neither an SSH signature nor an armored OpenPGP signature")]
    Unknown,
    /// A signature that is damaged.
    #[error("this signature is malformed: {0}")]
    Malformed(String),
    /// An OpenPGP key that was expired, revoked, not meant for signing, or not yet made.
    #[error("the key that made the signature was not in force")]
    OutOfForce,
    /// The key made no such signature over this copy.
    #[error("the signature is not one of this key over this copy")]
    Unfit,
}

/// The text that a recipient signs to acknowledge a copy: `earmark receipt`, a line end, the SHA-256 of the
/// copy's tar or of a bundle with it in hexadecimal digits, a line end.
#[must_use]
pub fn receipt_text(copy: &Digest) -> String {
    format!("earmark receipt\n{copy}\n")
}

/// Checks that `signature` is one by `key` over the receipt for `copy`.
///
/// `key` is an OpenSSH line or an armored certificate. Of a certificate, the primary key and the subkeys count that it binds
/// for signing and that are in force at `now`, neither expired nor revoked; a signature from later than `now` or over a broken
/// hash (MD5, SHA-1, RIPEMD-160) counts as none. Whether the owner has a key on record is the caller's to know.
///
/// # Errors
/// [`ReceiptError`].
pub fn check_receipt(key: &str, copy: &Digest, signature: &str, now: UnixMillis) -> Result<(), ReceiptError> {
    let text = receipt_text(copy);
    let malformed = |why: String| ReceiptError::Malformed(why);
    if signature.contains("-----BEGIN SSH SIGNATURE-----") {
        let signature: SshSig =
            signature.trim().parse().map_err(|why: ssh_key::Error| malformed(why.to_string()))?;
        let key = PublicKey::from_openssh(key.trim()).map_err(|_| ReceiptError::Unfit)?;
        return key.verify(RECEIPT_NAMESPACE, text.as_bytes(), &signature).map_err(|_| ReceiptError::Unfit);
    }
    if signature.contains("-----BEGIN PGP SIGNATURE-----") {
        let armor = Cursor::new(signature.as_bytes());
        let (signature, _) =
            DetachedSignature::from_armor_single(armor).map_err(|why| malformed(why.to_string()))?;
        let certificate = Certificate::parse_all(key.as_bytes()).ok().and_then(|all| all.into_iter().next());
        let certificate = certificate.ok_or(ReceiptError::Unfit)?;
        return match certificate.signed(&signature.signature, text.as_bytes(), now) {
            SignedBy::InForce => Ok(()),
            SignedBy::OutOfForce => Err(ReceiptError::OutOfForce),
            SignedBy::Nobody => Err(ReceiptError::Unfit),
        };
    }
    Err(ReceiptError::Unknown)
}
