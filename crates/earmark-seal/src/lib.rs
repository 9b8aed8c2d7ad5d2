//! Sealing a copy to its recipient's keys, packing it, committing to it, and keeping the program's
//! own keys.
//!
//! A key is parsed ([`RecipientKey::parse`]), then checked at an instant ([`RecipientKey::check`]);
//! only what passed, a [`CheckedKey`], can be sealed to ([`seal`]). A copy is packed as a
//! deterministic tar ([`TarWriter`]), whose SHA-256 is the copy's digest. Everything that leaves here
//! opens with `age`, `gpg`, `tar` and `zstd`, and is signed ([`BundleSigner`]) for `ssh-keygen` and `minisign`.
//!
//! Instants are the caller's; randomness comes from the operating system, and from nowhere else.
//!
//! Not here: who the recipients are, when something may be sealed, the log.

#![forbid(unsafe_code)]

mod agefile;
mod bundle;
mod bundle_signer;
mod canonical;
mod commit;
mod hybrid;
mod key_error;
mod kit;
mod minisign;
mod openpgp;
mod receipt;
mod recipient_key;
mod seal;
mod secret;
mod signers_file;
mod tar;
mod timed_key;
mod whole;

pub use bundle::{BundleError, copy_digest, write_tar, write_tar_zst};
pub use bundle_signer::{BUNDLE_NAMESPACE, BundleSigner, PublicSigningKeys, SignError, Signatures};
pub use canonical::{CanonicalError, canonical};
pub use commit::{commit, commit_with_nonce, opens};
pub use key_error::KeyError;
pub use kit::{KitError, recovery_kit, restore_kit};
pub use receipt::{RECEIPT_NAMESPACE, ReceiptError, check_receipt, receipt_text};
pub use recipient_key::{CheckedKey, RecipientKey};
pub use seal::{Form, SealError, Sealed, seal};
pub use secret::{CustodyError, ProgramKeys, SecretKey};
pub use signers_file::{AllowedSigner, read_allowed_signers};
pub use tar::{TarEntry, TarError, TarWriter};
pub use timed_key::TimedKey;
pub use whole::{OpenError, SealingWriter, backup_key, is_sealed, open_sealed};
