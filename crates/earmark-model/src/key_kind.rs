use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

/// What a recipient's key is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
pub enum KeyKind {
    /// An age recipient, `age1...`.
    #[serde(rename = "age")]
    Age,
    /// An SSH Ed25519 public key.
    #[serde(rename = "ssh-ed25519")]
    SshEd25519,
    /// An SSH RSA public key.
    #[serde(rename = "ssh-rsa")]
    SshRsa,
    /// An OpenPGP certificate.
    #[serde(rename = "openpgp")]
    OpenPgp,
}

/// A word that names no kind of key.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("`{0}` is no kind of key; there are `age`, `ssh-ed25519`, `ssh-rsa` and `openpgp`")]
pub struct UnknownKeyKind(pub String);

impl KeyKind {
    const ALL: [Self; 4] = [Self::Age, Self::SshEd25519, Self::SshRsa, Self::OpenPgp];

    /// The word for the ledger, JSON and people.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Self::Age => "age",
            Self::SshEd25519 => "ssh-ed25519",
            Self::SshRsa => "ssh-rsa",
            Self::OpenPgp => "openpgp",
        }
    }
}

impl fmt::Display for KeyKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.word())
    }
}

impl FromStr for KeyKind {
    type Err = UnknownKeyKind;

    fn from_str(text: &str) -> Result<Self, UnknownKeyKind> {
        let known = Self::ALL.into_iter().find(|kind| kind.word() == text);
        known.ok_or_else(|| UnknownKeyKind(text.to_owned()))
    }
}
