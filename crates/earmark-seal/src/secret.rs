use std::fmt;
use std::fs::{self, OpenOptions};
use std::io::{self, Read, Write};
use std::os::unix::fs::OpenOptionsExt;
use std::path::{Path, PathBuf};

use age::armor::{ArmoredReader, ArmoredWriter, Format};
use bech32::{Bech32m, Hrp};
use hkdf::Hkdf;
use rand_core::{OsRng, RngCore};
use sha2::Sha256;
use zeroize::{Zeroize, ZeroizeOnDrop, Zeroizing};

use crate::recipient_key::{CheckedForm, CheckedKey};

/// Why a key was not kept or not found again.
#[derive(Debug, thiserror::Error)]
pub enum CustodyError {
    /// A key file is never overwritten.
    #[error("`{0}` is already there")]
    AlreadyThere(PathBuf),
    /// The file is sealed, and no identity was given.
    #[error("`{0}` is sealed: give the identity that opens it")]
    Sealed(PathBuf),
    /// The identity that was given does not open it.
    #[error("this identity does not open `{path}`: {why}")]
    Identity {
        /// The key file.
        path: PathBuf,
        /// age's reason.
        why: String,
    },
    /// The text is not the key it should be.
    #[error("this is no `{expected}` key: {why}")]
    Malformed {
        /// Which key was expected.
        expected: &'static str,
        /// What is wrong.
        why: String,
    },
    /// Keys of custody are sealed to age or SSH keys only.
    #[error("a key file is sealed to age or SSH keys only")]
    NotAge,
    /// The file could not be read or written.
    #[error("`{path}`: {source}")]
    Io {
        /// Which.
        path: PathBuf,
        /// Why.
        source: io::Error,
    },
}

/// 32 secret random bytes. Wiped when dropped; never shown in debug output.
#[derive(Clone, PartialEq, Eq, Zeroize, ZeroizeOnDrop)]
pub struct SecretKey([u8; 32]);

impl SecretKey {
    /// A fresh key from the operating system's randomness.
    ///
    /// # Panics
    /// When the operating system gives none.
    #[must_use]
    pub fn generate() -> Self {
        let mut key = Self([0; 32]);
        OsRng.fill_bytes(&mut key.0);
        key
    }

    /// The key that these bytes are.
    #[must_use]
    pub fn from_bytes(bytes: [u8; 32]) -> Self {
        Self(bytes)
    }

    /// The bytes: hand them to a derivation, never to a log.
    #[must_use]
    pub fn expose(&self) -> &[u8; 32] {
        &self.0
    }

    /// A key for one purpose, from which neither this key nor one for another purpose can be found:
    /// HKDF-SHA256 (RFC 5869) without salt, `earmark/v1/` and the purpose as its info.
    #[must_use]
    pub fn derive(&self, purpose: &str) -> Self {
        let mut derived = Self([0; 32]);
        let info = [b"earmark/v1/", purpose.as_bytes()];
        let expanded = Hkdf::<Sha256>::new(None, &self.0).expand_multi_info(&info, &mut derived.0);
        debug_assert!(expanded.is_ok(), "32 bytes are never too many");
        derived
    }

    /// The key as text with a checksum: `earmark-NAME1...`, bech32m (BIP 350).
    pub(crate) fn to_text(&self, name: &'static str) -> Result<Zeroizing<String>, CustodyError> {
        let malformed = |why: String| CustodyError::Malformed { expected: name, why };
        let prefix = Hrp::parse(&format!("earmark-{name}")).map_err(|why| malformed(why.to_string()))?;
        let text = bech32::encode::<Bech32m>(prefix, &self.0).map_err(|why| malformed(why.to_string()))?;
        Ok(Zeroizing::new(text))
    }

    /// Reads [`SecretKey::to_text`] back; spaces and dashes between groups do not matter.
    pub(crate) fn from_text(name: &'static str, text: &str) -> Result<Self, CustodyError> {
        let malformed = |why: &str| CustodyError::Malformed { expected: name, why: why.to_owned() };
        let joined: Zeroizing<String> = Zeroizing::new(text.split_whitespace().collect());
        let checked = bech32::primitives::decode::CheckedHrpstring::new::<Bech32m>(&joined)
            .map_err(|_| malformed("its checksum does not fit: a character is wrong or missing"))?;
        if checked.hrp().to_lowercase() != format!("earmark-{name}") {
            return Err(malformed("it is another key"));
        }
        let bytes: Zeroizing<Vec<u8>> = Zeroizing::new(checked.byte_iter().collect());
        let bytes: [u8; 32] = bytes.as_slice().try_into().map_err(|_| malformed("its length is wrong"))?;
        Ok(Self(bytes))
    }
}

impl fmt::Debug for SecretKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("SecretKey(..)")
    }
}

/// The keys of one vault, each random and none derived from another: losing the program key (kept
/// sealed, say) stops neither scanning nor the log.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ProgramKeys {
    /// What the tracing keys of all assets derive from.
    pub program: SecretKey,
    /// Keys the fingerprints of the detection index.
    pub index: SecretKey,
    /// Blinds what holders of keys find in the log.
    pub blinding: SecretKey,
    /// What the keys derive from that the log and the bundles are signed with.
    pub log: SecretKey,
}

impl ProgramKeys {
    /// The names of the keys, which are also those of their files in `keys/`, with `.key`.
    pub const NAMES: [&'static str; 4] = ["program", "index", "blinding", "log"];

    /// Fresh keys.
    ///
    /// # Panics
    /// When the operating system gives no randomness.
    #[must_use]
    pub fn generate() -> Self {
        Self {
            program: SecretKey::generate(),
            index: SecretKey::generate(),
            blinding: SecretKey::generate(),
            log: SecretKey::generate(),
        }
    }

    pub(crate) fn named(&self) -> [(&'static str, &SecretKey); 4] {
        let [program, index, blinding, log] = Self::NAMES;
        [(program, &self.program), (index, &self.index), (blinding, &self.blinding), (log, &self.log)]
    }

    /// Writes `program.key`, `index.key`, `blinding.key` and `log.key` to `folder`, each readable by its owner
    /// only, durable when it returns. With `seal_to`, the program key alone is sealed (an armored age
    /// file): tracing and issuing then need the identity, scanning does not.
    ///
    /// # Errors
    /// [`CustodyError::AlreadyThere`] when any is there; then none is written.
    pub fn save(&self, folder: &Path, seal_to: &[CheckedKey]) -> Result<(), CustodyError> {
        let files = self.named().map(|(name, key)| (name, key, folder.join(format!("{name}.key"))));
        if let Some((_, _, path)) = files.iter().find(|(_, _, path)| path.exists()) {
            return Err(CustodyError::AlreadyThere(path.clone()));
        }
        for (name, key, path) in files {
            let text = key.to_text(name)?;
            if name == "program" && !seal_to.is_empty() {
                write_private(&path, &sealed_text(&path, &text, seal_to)?)?;
            } else {
                write_private(&path, format!("{}\n", *text).as_bytes())?;
            }
        }
        synced(folder)
    }

    /// Reads the program key from `folder`; `identity` is the content of an age identity file or an
    /// unencrypted SSH private key.
    ///
    /// # Errors
    /// [`CustodyError::Sealed`] when it is sealed and no identity is given; [`CustodyError::Identity`]
    /// when the identity does not open it.
    pub fn load_program(folder: &Path, identity: Option<&str>) -> Result<SecretKey, CustodyError> {
        let path = folder.join("program.key");
        let text = read(&path)?;
        if !text.contains("-----BEGIN AGE ENCRYPTED FILE-----") {
            return SecretKey::from_text("program", &text);
        }
        let identity = identity.ok_or_else(|| CustodyError::Sealed(path.clone()))?;
        SecretKey::from_text("program", &opened_text(&path, &text, identity)?)
    }

    /// Reads the key `index`, `blinding` or `log` from `folder`.
    ///
    /// # Errors
    /// [`CustodyError`].
    pub fn load_other(folder: &Path, name: &'static str) -> Result<SecretKey, CustodyError> {
        SecretKey::from_text(name, &read(&folder.join(format!("{name}.key")))?)
    }

    /// Writes the next `log` key beside the one in force, as `log-next.key`, in place of one that was left there.
    ///
    /// # Errors
    /// [`CustodyError::Io`].
    pub fn stage_log(folder: &Path, key: &SecretKey) -> Result<(), CustodyError> {
        Self::unstage_log(folder)?;
        write_private(&folder.join(NEXT_LOG), format!("{}\n", *key.to_text("log")?).as_bytes())?;
        synced(folder)
    }

    /// Reads the next `log` key, if there is one.
    ///
    /// # Errors
    /// [`CustodyError`].
    pub fn staged_log(folder: &Path) -> Result<Option<SecretKey>, CustodyError> {
        match read(&folder.join(NEXT_LOG)) {
            Ok(text) => SecretKey::from_text("log", &text).map(Some),
            Err(CustodyError::Io { source, .. }) if source.kind() == io::ErrorKind::NotFound => Ok(None),
            Err(other) => Err(other),
        }
    }

    /// Removes it.
    ///
    /// # Errors
    /// [`CustodyError::Io`].
    pub fn unstage_log(folder: &Path) -> Result<(), CustodyError> {
        let path = folder.join(NEXT_LOG);
        match fs::remove_file(&path) {
            Err(source) if source.kind() != io::ErrorKind::NotFound => Err(CustodyError::Io { path, source }),
            _ => Ok(()),
        }
    }

    /// Puts it in the place of the one in force, which is gone then.
    ///
    /// # Errors
    /// [`CustodyError::Io`].
    pub fn promote_log(folder: &Path) -> Result<(), CustodyError> {
        let path = folder.join(NEXT_LOG);
        fs::rename(&path, folder.join("log.key")).map_err(|source| CustodyError::Io { path, source })?;
        synced(folder)
    }

    /// Reads all keys from `folder`.
    ///
    /// # Errors
    /// As [`ProgramKeys::load_program`].
    pub fn load(folder: &Path, identity: Option<&str>) -> Result<Self, CustodyError> {
        Ok(Self {
            program: Self::load_program(folder, identity)?,
            index: Self::load_other(folder, "index")?,
            blinding: Self::load_other(folder, "blinding")?,
            log: Self::load_other(folder, "log")?,
        })
    }
}

/// The file of the `log` key that is next.
const NEXT_LOG: &str = "log-next.key";

fn synced(folder: &Path) -> Result<(), CustodyError> {
    let synced = fs::File::open(folder).and_then(|folder| folder.sync_all());
    synced.map_err(|source| CustodyError::Io { path: folder.to_owned(), source })
}

fn read(path: &Path) -> Result<Zeroizing<String>, CustodyError> {
    let text = fs::read_to_string(path);
    text.map(Zeroizing::new).map_err(|source| CustodyError::Io { path: path.to_owned(), source })
}

fn write_private(path: &Path, bytes: &[u8]) -> Result<(), CustodyError> {
    let written =
        OpenOptions::new().write(true).create_new(true).mode(0o600).open(path).and_then(|mut file| {
            file.write_all(bytes)?;
            file.sync_all()
        });
    written.map_err(|source| CustodyError::Io { path: path.to_owned(), source })
}

fn sealed_text(path: &Path, text: &str, seal_to: &[CheckedKey]) -> Result<Vec<u8>, CustodyError> {
    let io = |source| CustodyError::Io { path: path.to_owned(), source };
    if seal_to.iter().any(|key| !matches!(key.form, CheckedForm::Age(_))) {
        return Err(CustodyError::NotAge);
    }
    let mut armored = ArmoredWriter::wrap_output(Vec::new(), Format::AsciiArmor).map_err(io)?;
    crate::seal::seal(text.as_bytes(), seal_to, &mut armored)
        .map_err(|why| CustodyError::Identity { path: path.to_owned(), why: why.to_string() })?;
    armored.finish().map_err(io)
}

fn opened_text(path: &Path, sealed: &str, identity: &str) -> Result<Zeroizing<String>, CustodyError> {
    let refused = |why: String| CustodyError::Identity { path: path.to_owned(), why };
    let identities = identities(identity).map_err(refused)?;
    let decryptor = age::Decryptor::new_buffered(ArmoredReader::new(sealed.as_bytes()))
        .map_err(|why| refused(why.to_string()))?;
    let mut plain = decryptor
        .decrypt(identities.iter().map(|identity| &**identity))
        .map_err(|why| refused(why.to_string()))?;
    let mut text = Zeroizing::new(String::new());
    plain.read_to_string(&mut text).map_err(|why| refused(why.to_string()))?;
    Ok(text)
}

/// The identities in the content of an age identity file, or the one that an unencrypted SSH private key is.
pub(crate) fn identities(text: &str) -> Result<Vec<Box<dyn age::Identity>>, String> {
    if text.contains("PRIVATE KEY-----") {
        return match age::ssh::Identity::from_buffer(text.as_bytes(), None) {
            Ok(age::ssh::Identity::Unencrypted(key)) => {
                Ok(vec![Box::new(age::ssh::Identity::Unencrypted(key))])
            }
            Ok(_) => Err("the SSH key is encrypted or of a kind that age does not know".to_owned()),
            Err(why) => Err(why.to_string()),
        };
    }
    let file = age::IdentityFile::from_buffer(text.as_bytes()).map_err(|why| why.to_string())?;
    let opened = file.into_identities().map_err(|why| why.to_string())?;
    Ok(opened.into_iter().map(|identity| identity as Box<dyn age::Identity>).collect())
}
