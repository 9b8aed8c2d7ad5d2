use earmark_model::{Commitment, Digest};
use rand_core::{OsRng, RngCore};
use serde_json::Value;
use sha2::{Digest as _, Sha256};

use crate::canonical::{CanonicalError, canonical};

/// Commits to a document: SHA-256(`"earmark/v1/commit\0"`, 32 fresh random bytes, canonical text).
///
/// The digest says nothing about the document to whoever lacks the nonce, and nobody can find
/// another document for it. The text is that of [`canonical`].
///
/// # Errors
/// [`CanonicalError`] when the document has no canonical text.
///
/// # Panics
/// When the operating system gives no randomness.
pub fn commit(document: &Value) -> Result<Commitment, CanonicalError> {
    let mut nonce = [0; 32];
    OsRng.fill_bytes(&mut nonce);
    commit_with_nonce(nonce, document)
}

/// The commitment to a document under a given nonce: what a verifier computes.
///
/// # Errors
/// [`CanonicalError`] when the document has no canonical text.
pub fn commit_with_nonce(nonce: [u8; 32], document: &Value) -> Result<Commitment, CanonicalError> {
    let mut hash = Sha256::new();
    hash.update(b"earmark/v1/commit\0");
    hash.update(nonce);
    hash.update(canonical(document)?);
    Ok(Commitment { digest: Digest(hash.finalize().into()), nonce })
}

/// Whether the commitment is one to this document.
#[must_use]
pub fn opens(commitment: &Commitment, document: &Value) -> bool {
    commit_with_nonce(commitment.nonce, document).is_ok_and(|made| made.digest == commitment.digest)
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn agrees_with_sha256sum() {
        // printf 'earmark/v1/commit\0' > x; printf '\1%.0s' {1..32} >> x; printf '{"n":"7"}' >> x; sha256sum x
        let made = commit_with_nonce([1; 32], &json!({ "n": 7 })).unwrap();
        assert_eq!(
            made.digest.to_string(),
            "7c8f2cff2e8b3f1fe832f050721b00601ef3500d903095b2e8e737d2e8f7497a"
        );
    }

    #[test]
    fn opens_to_its_document_only() {
        let document = json!({ "revision": "abc", "sites": 12 });
        let one = commit(&document).unwrap();
        assert!(opens(&one, &document));
        assert!(!opens(&one, &json!({ "revision": "abc", "sites": 13 })));
        assert_ne!(one.digest, commit(&document).unwrap().digest, "every commitment has its own nonce");
        assert!(!format!("{one:?}").contains(&format!("{:?}", one.nonce[0])) || one.nonce[0] < 16);
    }
}
