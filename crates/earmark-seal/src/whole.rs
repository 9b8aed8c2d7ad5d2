//! Sealing what is written and opening what is read, in a stream: for whole vaults, which fit in no memory.

use std::io::{self, Read, Write};

use age::stream::StreamWriter;
use age::{Decryptor, Encryptor, Identity, Recipient};

use zeroize::Zeroizing;

use crate::agefile::AgeRecipient;
use crate::key_error::KeyError;
use crate::recipient_key::{CheckedForm, CheckedKey, RecipientKey};
use crate::seal::SealError;
use crate::secret::{SecretKey, identities};

/// What every age file in its binary form begins with.
const AGE: &[u8] = b"age-encryption.org/v1\n";

/// Seals what is written to it into one age file. Without [`SealingWriter::finish`] the file is cut short, and does
/// not open to its end.
pub struct SealingWriter<W: Write> {
    sealed: StreamWriter<W>,
}

impl<W: Write> SealingWriter<W> {
    /// Begins an age file for `keys` in `out`.
    ///
    /// # Errors
    /// [`SealError::NoKey`] without any, [`SealError::NotAge`] for an OpenPGP key, [`SealError::Together`].
    pub fn new(keys: &[CheckedKey], out: W) -> Result<Self, SealError> {
        if keys.is_empty() {
            return Err(SealError::NoKey);
        }
        let open = |key: &CheckedKey| match &key.form {
            CheckedForm::Age(recipient) => AgeRecipient::open(recipient).map_err(SealError::Key),
            CheckedForm::OpenPgp(_) => Err(SealError::NotAge),
        };
        let recipients: Vec<Box<dyn Recipient>> = keys.iter().map(open).collect::<Result<_, _>>()?;
        let recipients = recipients.iter().map(|recipient| &**recipient as &dyn Recipient);
        let encryptor =
            Encryptor::with_recipients(recipients).map_err(|why| SealError::Together(why.to_string()))?;
        Ok(Self { sealed: encryptor.wrap_output(out)? })
    }

    /// Writes the end and gives back what is behind it.
    ///
    /// # Errors
    /// When it cannot be written.
    pub fn finish(self) -> io::Result<W> {
        self.sealed.finish()
    }
}

impl<W: Write> Write for SealingWriter<W> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.sealed.write(bytes)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.sealed.flush()
    }
}

/// The age key that a vault's backups are sealed to: it follows from the blinding key, so that whoever has the recovery
/// kit can open them and nothing else need be kept. Gives the public half and the identity's text.
///
/// # Errors
/// Never in practice: age reads what it is given.
pub fn backup_key(blinding: &SecretKey) -> Result<(RecipientKey, Zeroizing<String>), KeyError> {
    let malformed = |_| KeyError::Unknown;
    let name = bech32::Hrp::parse("age-secret-key-").map_err(malformed)?;
    let bytes = blinding.derive("backup");
    let text = bech32::encode::<bech32::Bech32>(name, bytes.expose()).map_err(|_| KeyError::Unknown)?;
    let text = Zeroizing::new(text.to_uppercase());
    let identity: age::x25519::Identity = text.parse().map_err(|_| KeyError::Unknown)?;
    Ok((identity.to_public().to_string().parse()?, text))
}

/// Why a sealed stream was not opened.
#[derive(Debug, thiserror::Error)]
pub enum OpenError {
    /// It is sealed, and there is no identity.
    #[error("it is sealed, and no identity was given")]
    NoIdentity,
    /// The identity does not open it, or is none.
    #[error("the identity does not open it: {0}")]
    Identity(String),
    /// It could not be read.
    #[error(transparent)]
    Io(#[from] io::Error),
}

/// Whether a file that begins like this is sealed.
#[must_use]
pub fn is_sealed(beginning: &[u8]) -> bool {
    beginning.starts_with(AGE)
}

/// Opens an age file with `identity`, the content of an age identity file or an unencrypted SSH private key.
///
/// What is read has been authenticated, piece by piece; a file that was cut short ends in an error.
///
/// # Errors
/// [`OpenError`].
pub fn open_sealed<R: Read>(sealed: R, identity: Option<&str>) -> Result<impl Read + use<R>, OpenError> {
    let identities = identities(identity.ok_or(OpenError::NoIdentity)?).map_err(OpenError::Identity)?;
    let refused = |why: age::DecryptError| match why {
        age::DecryptError::Io(why) => OpenError::Io(why),
        other => OpenError::Identity(other.to_string()),
    };
    let decryptor = Decryptor::new(sealed).map_err(refused)?;
    decryptor.decrypt(identities.iter().map(|identity| &**identity as &dyn Identity)).map_err(refused)
}

#[cfg(test)]
mod tests {
    use super::*;
    use age::secrecy::ExposeSecret;
    use earmark_model::UnixMillis;

    #[test]
    fn the_key_of_backups_follows_from_the_blinding_key() {
        let blinding = SecretKey::from_bytes([7; 32]);
        let (public, identity) = backup_key(&blinding).unwrap();
        let public = public.check(UnixMillis(0)).unwrap();
        let mut out = SealingWriter::new(&[public], Vec::new()).unwrap();
        out.write_all(b"vault").unwrap();
        let sealed = out.finish().unwrap();
        let mut opened = String::new();
        open_sealed(sealed.as_slice(), Some(&identity)).unwrap().read_to_string(&mut opened).unwrap();
        assert_eq!(opened, "vault");
        // Never to change: old backups would not open.
        assert_eq!(
            backup_key(&blinding).unwrap().0.fingerprint(),
            "age1xdmp986t0azjktc7ze6z4lf78qnptph7jgm2tx9jk72sk9lxwshsq6egzd"
        );
    }

    #[test]
    fn opens_to_what_was_written_and_not_when_cut_short() {
        let identity = age::x25519::Identity::generate();
        let text = identity.to_string().expose_secret().to_owned();
        let key = RecipientKey::parse(identity.to_public().to_string().as_bytes()).unwrap();
        let key = key.check(UnixMillis(0)).unwrap();
        let mut out = SealingWriter::new(&[key], Vec::new()).unwrap();
        let content = vec![7; 200_000];
        out.write_all(&content).unwrap();
        let sealed = out.finish().unwrap();
        assert!(is_sealed(&sealed) && !is_sealed(&content));
        let read = |sealed: &[u8], identity: Option<&str>| {
            let mut bytes = Vec::new();
            open_sealed(sealed, identity)?.read_to_end(&mut bytes)?;
            Ok::<_, OpenError>(bytes)
        };
        assert_eq!(read(&sealed, Some(&text)).unwrap(), content);
        for cut in [10, 300, 70_000, sealed.len() - 1] {
            assert!(read(&sealed[..cut], Some(&text)).is_err(), "{cut}");
        }
        let other = age::x25519::Identity::generate().to_string().expose_secret().to_owned();
        assert!(matches!(read(&sealed, Some(&other)), Err(OpenError::Identity(_))));
        assert!(matches!(read(&sealed, Some("no identity")), Err(OpenError::Identity(_))));
        assert!(matches!(read(&sealed, None), Err(OpenError::NoIdentity)));
        assert!(matches!(SealingWriter::new(&[], Vec::new()), Err(SealError::NoKey)));
    }
}
