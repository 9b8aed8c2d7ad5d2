use earmark_model::{KeyKind, UnixMillis};

/// Why a key is not one that can be sealed to. Each is one reason that its holder can act on.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum KeyError {
    /// A private key was handed in.
    #[error("this is a private key; hand over the public one, and treat this one as disclosed")]
    Private,
    /// None of the known kinds.
    #[error(
        "this is no key that can be sealed to: expected `age1...`, an `ssh-ed25519` or `ssh-rsa` line, or an OpenPGP certificate"
    )]
    Unknown,
    /// Two or more keys where one was expected.
    #[error("this holds {0} keys, and one was expected")]
    Several(usize),
    /// It looks like a key of that kind but is damaged.
    #[error("this {kind} key is malformed: {why}")]
    Malformed {
        /// Which kind it looks like.
        kind: KeyKind,
        /// What is wrong.
        why: String,
    },
    /// A kind of key that nothing can be sealed to, or not yet.
    #[error("nothing can be sealed to a key of the kind `{0}`")]
    Unsupported(String),
    /// An RSA key that is too short to protect anything.
    #[error("this RSA key has {0} bits, and fewer than 2048 protect nothing")]
    ShortRsa(usize),
    /// Its own date has passed.
    #[error("this key expired on {}", .0.rfc3339())]
    Expired(UnixMillis),
    /// It is dated in the future.
    #[error("this key is valid only from {} on", .0.rfc3339())]
    NotYet(UnixMillis),
    /// Its holder revoked it.
    #[error("this key was revoked by its holder")]
    Revoked,
    /// It has no part that can encrypt.
    #[error("this key can only sign: it has no encryption subkey")]
    SignOnly,
    /// No signature binds its parts to it.
    #[error("this certificate holds no valid signature of its own key")]
    Unbound,
}
