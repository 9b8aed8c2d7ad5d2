use std::fmt;
use std::str::FromStr;

use earmark_model::{KeyKind, UnixMillis};

use crate::agefile::AgeRecipient;
use crate::key_error::KeyError;
use crate::openpgp::Certificate;

/// A public key of a recipient, parsed but not yet found fit.
#[derive(Clone)]
pub struct RecipientKey {
    form: KeyForm,
}

#[derive(Clone)]
pub(crate) enum KeyForm {
    Age(AgeRecipient),
    OpenPgp(Box<Certificate>),
}

/// A key that was fit to be sealed to at the instant of the check.
#[derive(Clone)]
pub struct CheckedKey {
    pub(crate) key: RecipientKey,
    pub(crate) form: CheckedForm,
}

#[derive(Clone)]
pub(crate) enum CheckedForm {
    Age(AgeRecipient),
    OpenPgp(Box<crate::openpgp::EncryptionPart>),
}

impl RecipientKey {
    /// Parses one key out of a text or the bytes of a file: `age1...`, an OpenSSH public key line, an
    /// OpenPGP certificate (armored or binary). Blank lines and lines that begin with `#` are skipped.
    ///
    /// # Errors
    /// [`KeyError`], one reason; [`KeyError::Several`] when there is more than one key.
    pub fn parse(bytes: &[u8]) -> Result<Self, KeyError> {
        let mut keys = Self::parse_all(bytes)?;
        match (keys.pop(), keys.len()) {
            (Some(key), 0) => Ok(key),
            (Some(_), others) => Err(KeyError::Several(others + 1)),
            (None, _) => Err(KeyError::Unknown),
        }
    }

    /// Parses all keys of a file of recipients, an `authorized_keys` file without options, or a keyring.
    ///
    /// # Errors
    /// [`KeyError`] for the first key that is none; an empty file has no keys.
    pub fn parse_all(bytes: &[u8]) -> Result<Vec<Self>, KeyError> {
        let text = std::str::from_utf8(bytes).ok();
        if text.is_some_and(holds_private) {
            return Err(KeyError::Private);
        }
        match text {
            Some(text) if !text.contains("-----BEGIN ") => text
                .lines()
                .map(str::trim)
                .filter(|line| !line.is_empty() && !line.starts_with('#'))
                .map(|line| AgeRecipient::parse(line).map(|key| Self { form: KeyForm::Age(key) }))
                .collect(),
            _ => {
                let certificates = Certificate::parse_all(bytes)?;
                let form = |certificate| Self { form: KeyForm::OpenPgp(Box::new(certificate)) };
                Ok(certificates.into_iter().map(form).collect())
            }
        }
    }

    /// The mail addresses that an OpenPGP certificate binds to itself; none of another key. Anybody can make a certificate
    /// for any address.
    #[must_use]
    pub fn mails(&self) -> Vec<String> {
        match &self.form {
            KeyForm::Age(_) => Vec::new(),
            KeyForm::OpenPgp(certificate) => certificate.mails(),
        }
    }

    /// What it is.
    #[must_use]
    pub fn kind(&self) -> KeyKind {
        match &self.form {
            KeyForm::Age(key) => key.kind(),
            KeyForm::OpenPgp(_) => KeyKind::OpenPgp,
        }
    }

    /// The fingerprint as the key's own tools show it: `SHA256:...` for SSH, upper-case hexadecimal
    /// digits for OpenPGP. An age recipient is short and is its own fingerprint; a post-quantum one is long, and has the
    /// SHA-256 of its text.
    #[must_use]
    pub fn fingerprint(&self) -> String {
        match &self.form {
            KeyForm::Age(key) => key.fingerprint(),
            KeyForm::OpenPgp(certificate) => certificate.fingerprint(),
        }
    }

    /// The key as text that [`RecipientKey::parse`] reads back; comments of an SSH line are left out,
    /// since they often name a person's machine.
    ///
    /// # Errors
    /// [`KeyError::Malformed`] when a certificate cannot be written again.
    pub fn to_text(&self) -> Result<String, KeyError> {
        match &self.form {
            KeyForm::Age(key) => Ok(key.text().to_owned()),
            KeyForm::OpenPgp(certificate) => certificate.armored(),
        }
    }

    /// Finds out whether the key can be sealed to at the instant `now`.
    ///
    /// # Errors
    /// The one reason why not: expired, revoked, sign-only, too short, not bound to its parts.
    pub fn check(&self, now: UnixMillis) -> Result<CheckedKey, KeyError> {
        let form = match &self.form {
            KeyForm::Age(key) => CheckedForm::Age(key.clone()),
            KeyForm::OpenPgp(certificate) => {
                CheckedForm::OpenPgp(Box::new(certificate.encryption_part(now)?))
            }
        };
        Ok(CheckedKey { key: self.clone(), form })
    }

    /// The instant from which the key will no longer pass [`RecipientKey::check`], if it names one.
    ///
    /// # Errors
    /// As for the check at `now`.
    pub fn expires(&self, now: UnixMillis) -> Result<Option<UnixMillis>, KeyError> {
        match self.check(now)?.form {
            CheckedForm::Age(_) => Ok(None),
            CheckedForm::OpenPgp(part) => Ok(part.expires),
        }
    }
}

impl CheckedKey {
    /// The key that was checked.
    #[must_use]
    pub fn key(&self) -> &RecipientKey {
        &self.key
    }
}

impl FromStr for RecipientKey {
    type Err = KeyError;

    fn from_str(text: &str) -> Result<Self, KeyError> {
        Self::parse(text.as_bytes())
    }
}

impl fmt::Debug for RecipientKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {}", self.kind(), self.fingerprint())
    }
}

impl fmt::Debug for CheckedKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.key.fmt(f)
    }
}

fn holds_private(text: &str) -> bool {
    let marks = ["PRIVATE KEY", "AGE-SECRET-KEY-", "AGE-PLUGIN-"];
    marks.iter().any(|mark| text.contains(mark))
}
