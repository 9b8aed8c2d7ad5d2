//! Keys that age files are sealed to: age's own and SSH's.

use std::io::{self, Read, Write};

use age::ssh::ParseRecipientKeyError;
use age::{Encryptor, Recipient};
use earmark_model::{Digest, KeyKind};

use crate::hybrid::HybridRecipient;
use crate::key_error::KeyError;

/// How age's post-quantum recipients begin.
const HYBRID: &str = "age1pq1";

/// A recipient of an age file, as its text (age recipients and SSH lines have one).
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct AgeRecipient {
    kind: KeyKind,
    text: String,
    fingerprint: String,
}

impl AgeRecipient {
    /// Parses one line.
    pub(crate) fn parse(line: &str) -> Result<Self, KeyError> {
        let kind_word = line.split_whitespace().next().unwrap_or_default();
        match kind_word {
            "ssh-ed25519" => Self::ssh(KeyKind::SshEd25519, line),
            "ssh-rsa" => Self::ssh(KeyKind::SshRsa, line),
            other if other.starts_with("ssh-") || other.starts_with("ecdsa-") || other.starts_with("sk-") => {
                Err(KeyError::Unsupported(other.to_owned()))
            }
            other if other.starts_with("age1") || other.starts_with("AGE1") => Self::native(line),
            _ => Err(KeyError::Unknown),
        }
    }

    fn native(text: &str) -> Result<Self, KeyError> {
        // `age1NAME1...` belongs to a plugin or to a later kind, all but the tagged keys of hardware.
        let named = text.strip_prefix("age1").and_then(|rest| rest.rsplit_once('1'));
        if let Some((name, _)) = named.filter(|(name, _)| !matches!(*name, "tag" | "tagpq" | "pq")) {
            return Err(KeyError::Unsupported(format!("age1{name}")));
        }
        // A post-quantum key has 1,959 characters, which nobody compares.
        let fingerprint = match text.strip_prefix(HYBRID) {
            Some(_) => format!("{HYBRID} SHA256:{}", Digest::of(text.as_bytes())),
            None => text.to_owned(),
        };
        let key = Self { kind: KeyKind::Age, text: text.to_owned(), fingerprint };
        key.open().map(|_| key)
    }

    fn ssh(kind: KeyKind, line: &str) -> Result<Self, KeyError> {
        let malformed = |why: ssh_key::Error| KeyError::Malformed { kind, why: why.to_string() };
        let mut public = ssh_key::PublicKey::from_openssh(line).map_err(malformed)?;
        let fingerprint = public.fingerprint(ssh_key::HashAlg::Sha256).to_string();
        public.set_comment("");
        let text = public.to_openssh().map_err(malformed)?.trim_end().to_owned();
        let key = Self { kind, text, fingerprint };
        key.open().map(|_| key)
    }

    pub(crate) fn kind(&self) -> KeyKind {
        self.kind
    }

    pub(crate) fn text(&self) -> &str {
        &self.text
    }

    pub(crate) fn fingerprint(&self) -> String {
        self.fingerprint.clone()
    }

    /// The recipient in age's own form.
    pub(crate) fn open(&self) -> Result<Box<dyn Recipient>, KeyError> {
        let malformed = |why: &str| KeyError::Malformed { kind: self.kind, why: why.to_owned() };
        match self.kind {
            KeyKind::SshEd25519 | KeyKind::SshRsa => match self.text.parse::<age::ssh::Recipient>() {
                Ok(recipient) => Ok(Box::new(recipient)),
                Err(ParseRecipientKeyError::RsaModulusTooSmall) => Err(KeyError::ShortRsa(self.rsa_bits())),
                Err(ParseRecipientKeyError::RsaModulusTooLarge) => Err(malformed("the RSA key is too long")),
                Err(ParseRecipientKeyError::Invalid(why)) => Err(malformed(why)),
                Err(ParseRecipientKeyError::Unsupported(kind)) => Err(KeyError::Unsupported(kind)),
                Err(_) => Err(malformed("not usable with age")),
            },
            _ if self.text.starts_with(HYBRID) => {
                HybridRecipient::parse(&self.text).map(boxed).map_err(malformed)
            }
            _ if self.text.starts_with("age1tagpq1") => {
                self.text.parse::<age::tagpq::Recipient>().map(boxed).map_err(malformed)
            }
            _ if self.text.starts_with("age1tag1") => {
                self.text.parse::<age::tag::Recipient>().map(boxed).map_err(malformed)
            }
            _ => self.text.parse::<age::x25519::Recipient>().map(boxed).map_err(malformed),
        }
    }

    fn rsa_bits(&self) -> usize {
        let public = ssh_key::PublicKey::from_openssh(&self.text).ok();
        let modulus =
            public.as_ref().and_then(|key| key.key_data().rsa()).and_then(|key| key.n.as_positive_bytes());
        modulus.map_or(0, |bytes| {
            let zeros = bytes.first().map_or(0, |byte| byte.leading_zeros() as usize);
            bytes.len() * 8 - zeros
        })
    }
}

fn boxed<R: Recipient + 'static>(recipient: R) -> Box<dyn Recipient> {
    Box::new(recipient)
}

/// Seals all of `plaintext` into one age file for all `recipients`; gives the plaintext's length.
pub(crate) fn seal_age<'a>(
    mut plaintext: impl Read,
    recipients: impl Iterator<Item = &'a AgeRecipient>,
    out: impl Write,
) -> Result<u64, AgeSealError> {
    let opened: Vec<Box<dyn Recipient>> =
        recipients.map(AgeRecipient::open).collect::<Result<_, _>>().map_err(AgeSealError::Key)?;
    let encryptor = Encryptor::with_recipients(opened.iter().map(|recipient| &**recipient as &dyn Recipient))
        .map_err(|why| AgeSealError::Together(why.to_string()))?;
    let mut sealed = encryptor.wrap_output(out)?;
    let length = io::copy(&mut plaintext, &mut sealed)?;
    sealed.finish()?.flush()?;
    Ok(length)
}

/// Why an age file was not made.
#[derive(Debug, thiserror::Error)]
pub(crate) enum AgeSealError {
    #[error(transparent)]
    Key(KeyError),
    #[error("these keys do not go together in one age file: {0}")]
    Together(String),
    #[error(transparent)]
    Io(#[from] io::Error),
}
