use age::secrecy::ExposeSecret;
use zeroize::Zeroizing;

use crate::key_error::KeyError;
use crate::recipient_key::RecipientKey;

/// A key that is made to be given away at an instant: what travels early is sealed to it.
///
/// An age X25519 pair, so that `age -d -i FILE` opens what was sealed to it once the text is out.
pub struct TimedKey {
    identity: age::x25519::Identity,
}

impl TimedKey {
    /// A fresh key from the operating system's randomness.
    #[must_use]
    pub fn generate() -> Self {
        Self { identity: age::x25519::Identity::generate() }
    }

    /// Reads [`TimedKey::secret_text`] back; blank lines and lines that begin with `#` are skipped.
    ///
    /// # Errors
    /// [`KeyError::Unknown`] when it is no such key.
    pub fn parse(text: &str) -> Result<Self, KeyError> {
        let line = text.lines().map(str::trim).find(|line| !line.is_empty() && !line.starts_with('#'));
        let identity = line.and_then(|line| line.parse().ok()).ok_or(KeyError::Unknown)?;
        Ok(Self { identity })
    }

    /// The secret as age's tools read it: `AGE-SECRET-KEY-1...`.
    #[must_use]
    pub fn secret_text(&self) -> Zeroizing<String> {
        Zeroizing::new(self.identity.to_string().expose_secret().to_owned())
    }

    /// The public half, to seal to.
    ///
    /// # Errors
    /// Never in practice: age writes what it reads.
    pub fn public(&self) -> Result<RecipientKey, KeyError> {
        self.identity.to_public().to_string().parse()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_secret_comes_back_from_its_text() {
        let key = TimedKey::generate();
        let again = TimedKey::parse(&format!("# released\n\n{}\n", *key.secret_text())).unwrap();
        assert_eq!(again.public().unwrap().fingerprint(), key.public().unwrap().fingerprint());
        assert!(TimedKey::parse("age1zswhwfzt4steu95tvp8vzkj2kh7529g9y9gfp7t2pjpfefchvq9qhckam9").is_err());
        assert!(TimedKey::parse("").is_err());
    }
}
