//! Whose signatures bundles carry: the public keys that partners check them with.

use earmark_seal::{BUNDLE_NAMESPACE, BundleSigner};
use serde::Serialize;

use crate::desk::Desk;
use crate::error::{DeskError, Kind};

/// What the owner hands to partners, once, by a way that they trust.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct PublicKeys {
    /// Whom the SSH key belongs to, for `ssh-keygen -Y verify -I`.
    pub principal: String,
    /// What the SSH key is good for, for `ssh-keygen -Y verify -n`.
    pub namespace: &'static str,
    /// A line of an allowed signers file.
    pub allowed_signers: String,
    /// The SSH key's fingerprint.
    pub ssh_fingerprint: String,
    /// A minisign public key file.
    pub minisign: String,
}

/// The signer of this vault's bundles.
///
/// # Errors
/// Unavailable when the vault's log key, from which its keys derive, is missing.
pub fn signer(desk: &Desk) -> Result<BundleSigner, DeskError> {
    Ok(BundleSigner::new(&desk.other_key("log")?))
}

/// The public keys of this vault's bundles.
///
/// # Errors
/// As [`signer`].
pub fn public_keys(desk: &Desk) -> Result<PublicKeys, DeskError> {
    let principal = desk.address_name();
    let public = signer(desk)?.public(&principal);
    let public =
        public.map_err(|source| DeskError::because(Kind::Bug, "the signing keys cannot be shown", source))?;
    Ok(PublicKeys {
        principal,
        namespace: BUNDLE_NAMESPACE,
        allowed_signers: public.allowed_signers,
        ssh_fingerprint: public.ssh_fingerprint,
        minisign: public.minisign,
    })
}
