use std::io::Cursor;

use earmark_model::Digest;
use pgp::composed::{Deserializable, DetachedSignature, SignedPublicKey};
use ssh_key::{PublicKey, SshSig};

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
/// `key` is an OpenSSH line or an armored certificate; a certificate's primary key and its subkeys count if the
/// certificate binds them. Whether a key was in force at some instant is the caller's to know.
///
/// # Errors
/// [`ReceiptError`].
pub fn check_receipt(key: &str, copy: &Digest, signature: &str) -> Result<(), ReceiptError> {
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
        let (certificate, _) = SignedPublicKey::from_armor_single(Cursor::new(key.as_bytes()))
            .map_err(|_| ReceiptError::Unfit)?;
        certificate.verify_bindings().map_err(|_| ReceiptError::Unfit)?;
        let fits = signature.verify(&certificate.primary_key, text.as_bytes()).is_ok()
            || certificate
                .public_subkeys
                .iter()
                .any(|part| signature.verify(&part.key, text.as_bytes()).is_ok());
        return if fits { Ok(()) } else { Err(ReceiptError::Unfit) };
    }
    Err(ReceiptError::Unknown)
}
