use std::io::{self, Read, Write};

use crate::agefile::{AgeSealError, seal_age};
use crate::key_error::KeyError;
use crate::openpgp::seal_openpgp;
use crate::recipient_key::{CheckedForm, CheckedKey};

/// What a sealed file is, and so what opens it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Form {
    /// An age file: `age -d`.
    Age,
    /// An OpenPGP message: `gpg -d`.
    OpenPgp,
}

impl Form {
    /// The customary end of such a file's name.
    #[must_use]
    pub fn extension(self) -> &'static str {
        match self {
            Self::Age => "age",
            Self::OpenPgp => "gpg",
        }
    }
}

/// What was sealed, and to whom.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Sealed {
    /// What the file is.
    pub form: Form,
    /// Fingerprints of the keys that open it.
    pub opened_by: Vec<String>,
    /// Fingerprints of the keys that do not, because they are OpenPGP's and the file is age's.
    pub left_out: Vec<String>,
    /// Length of the plaintext in bytes.
    pub length: u64,
}

/// Why nothing was sealed. What was written so far is worthless and must be discarded.
#[derive(Debug, thiserror::Error)]
pub enum SealError {
    /// There is no key to seal to.
    #[error("there is no key to seal to")]
    NoKey,
    /// A key that passed its check was not usable after all.
    #[error(transparent)]
    Key(#[from] KeyError),
    /// Keys that exclude each other in one file (tagged post-quantum ones and others).
    #[error("these keys do not go together in one age file: {0}")]
    Together(String),
    /// An OpenPGP key where only age's and SSH's will do.
    #[error("this is sealed to age or SSH keys only")]
    NotAge,
    /// OpenPGP's own refusal.
    #[error("the OpenPGP message was not made: {0}")]
    OpenPgp(String),
    /// The plaintext could not be read or the file not written.
    #[error("sealing broke off: {0}")]
    Io(#[from] io::Error),
}

/// Counts what is read through it.
struct Counted<R> {
    inner: R,
    length: u64,
}

impl<R: Read> Read for Counted<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let read = self.inner.read(buffer)?;
        self.length += read as u64;
        Ok(read)
    }
}

/// Seals all of `plaintext` to `keys` and writes the file to `out`, in a stream: memory does not grow
/// with the length.
///
/// Where any key is age's or SSH's the file is an age file for all of those, and OpenPGP keys are left
/// out (see [`Sealed::left_out`]; seal once more for their holders); else it is an OpenPGP message
/// for all keys. Every key in [`Sealed::opened_by`] opens the file alone.
///
/// # Errors
/// [`SealError`]; the caller discards what was written.
pub fn seal(plaintext: impl Read, keys: &[CheckedKey], out: impl Write) -> Result<Sealed, SealError> {
    let (mut age, mut openpgp) = (Vec::new(), Vec::new());
    let (mut of_age, mut of_openpgp) = (Vec::new(), Vec::new());
    for key in keys {
        match &key.form {
            CheckedForm::Age(recipient) => {
                age.push(recipient);
                of_age.push(key.key().fingerprint());
            }
            CheckedForm::OpenPgp(part) => {
                openpgp.push(&**part);
                of_openpgp.push(key.key().fingerprint());
            }
        }
    }
    if !age.is_empty() {
        let length = seal_age(plaintext, age.into_iter(), out).map_err(|why| match why {
            AgeSealError::Key(why) => SealError::Key(why),
            AgeSealError::Together(why) => SealError::Together(why),
            AgeSealError::Io(why) => SealError::Io(why),
        })?;
        return Ok(Sealed { form: Form::Age, opened_by: of_age, left_out: of_openpgp, length });
    }
    if openpgp.is_empty() {
        return Err(SealError::NoKey);
    }
    let mut counted = Counted { inner: plaintext, length: 0 };
    let mut out = io::BufWriter::with_capacity(1 << 16, out);
    seal_openpgp(&mut counted, openpgp.into_iter(), &mut out)
        .map_err(|why| SealError::OpenPgp(why.to_string()))?;
    out.flush()?;
    Ok(Sealed { form: Form::OpenPgp, opened_by: of_openpgp, left_out: Vec::new(), length: counted.length })
}
