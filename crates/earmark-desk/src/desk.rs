//! The desk itself: an open vault with its keys, a clock and a cage.

use std::path::Path;
use std::sync::{Arc, OnceLock};

use earmark_cage::Cage;
use earmark_model::{Commitment, Digest, Manifest, Slug, UnixMillis};
use earmark_odds::bias::BiasSet;
use earmark_odds::code::{Code, TracingKey};
use earmark_scan::IndexKey;
use earmark_seal::{CheckedKey, ProgramKeys, RecipientKey, SecretKey, recovery_kit};
use earmark_store::{Ledger, Vault, VaultLock};
use serde_json::Value;
use tempfile::TempDir;

use crate::clock::Clock;
use crate::error::{DeskError, Kind};

/// The recovery kit's name in a new vault.
pub const RECOVERY_KIT: &str = "recovery-kit.txt";

/// Partners that planning reckons with where a vault has fewer: the size of the program that lost its proof of
/// concept in 2012.
const PLANNED_RECIPIENTS: u64 = 79;

/// An open vault and everything that acting on it needs.
pub struct Desk {
    vault: Vault,
    program_key: Result<SecretKey, String>,
    index_key: IndexKey,
    clock: Arc<dyn Clock>,
    make_cage: MakeCage,
    cage: OnceLock<Cage>,
    history_key: OnceLock<Option<SecretKey>>,
    actor: String,
}

/// Opens the cage, when the first hostile bytes come.
pub type MakeCage = fn() -> Result<Cage, DeskError>;

/// Who acts where nobody is named.
const SOMEBODY: &str = "owner";

impl Desk {
    /// Makes the keys of a new vault and its recovery kit. With `seal_to`, an age recipient, the program key is
    /// sealed to it.
    ///
    /// # Errors
    /// When keys are there already, `seal_to` is no usable key, or the disk refuses.
    pub fn make_keys(vault: &Vault, seal_to: Option<&str>, now: UnixMillis) -> Result<(), DeskError> {
        let seal_to = match seal_to {
            Some(text) => vec![parse_key(text.as_bytes(), now)?],
            None => Vec::new(),
        };
        let keys = ProgramKeys::generate();
        let unkept =
            |source| DeskError::because(Kind::Unavailable, "the vault's keys cannot be kept", source);
        keys.save(&vault.keys(), &seal_to).map_err(unkept)?;
        let kit = recovery_kit(vault.name(), &keys, None)
            .map_err(|source| DeskError::because(Kind::Bug, "the recovery kit cannot be written", source))?;
        vault.write_key(RECOVERY_KIT, kit.as_bytes())?;
        Ok(())
    }

    /// Opens the desk on `vault`. Where the program key is sealed, `identity` is the file that opens it; without
    /// it everything works but issuing and tracing.
    ///
    /// # Errors
    /// When the index key is missing or damaged, or the identity cannot be read.
    pub fn open(
        vault: Vault,
        identity: Option<&Path>,
        clock: Arc<dyn Clock>,
        make_cage: MakeCage,
    ) -> Result<Self, DeskError> {
        let identity = match identity {
            Some(path) => {
                Some(std::fs::read_to_string(path).map_err(|source| DeskError::io("read", path, source))?)
            }
            None => None,
        };
        let program_key = ProgramKeys::load_program(&vault.keys(), identity.as_deref())
            .map_err(|source| source.to_string());
        let index_key = ProgramKeys::load_other(&vault.keys(), "index").map_err(|source| {
            DeskError::because(Kind::Unavailable, "the vault's index key is missing", source)
                .hint("restore `keys/` from a backup of the vault or from the recovery kit")
        })?;
        let index_key = IndexKey::new(*index_key.expose());
        let (cage, history_key, actor) = (OnceLock::new(), OnceLock::new(), SOMEBODY.to_owned());
        Ok(Self { vault, program_key, index_key, clock, make_cage, cage, history_key, actor })
    }

    /// The rows.
    #[must_use]
    pub fn ledger(&self) -> &Ledger {
        self.vault.ledger()
    }

    /// The vault, for what concerns it as a whole.
    pub(crate) fn vault(&self) -> &Vault {
        &self.vault
    }

    /// The vault's folder.
    #[must_use]
    pub fn folder(&self) -> &Path {
        self.vault.root()
    }

    /// The folder of the vault's keys.
    pub(crate) fn keys(&self) -> std::path::PathBuf {
        self.vault.keys()
    }

    /// The program's name.
    #[must_use]
    pub fn name(&self) -> &str {
        self.vault.name()
    }

    /// The program's name where only small letters, digits and `-` may stand: in calendars, for `ssh-keygen`.
    #[must_use]
    pub fn address_name(&self) -> String {
        let plain = |c: char| if c.is_ascii_alphanumeric() { c.to_ascii_lowercase() } else { '-' };
        self.name().chars().map(plain).collect()
    }

    /// The present instant.
    #[must_use]
    pub fn now(&self) -> UnixMillis {
        self.clock.now()
    }

    /// The clock that the desk goes by.
    #[must_use]
    pub fn clock(&self) -> Arc<dyn Clock> {
        Arc::clone(&self.clock)
    }

    /// The same desk with somebody at it, whose name goes into the history.
    #[must_use]
    pub fn with_actor(self, name: &str) -> Self {
        Self { actor: name.to_owned(), ..self }
    }

    /// Who is at the desk, as they say.
    #[must_use]
    pub fn actor(&self) -> &str {
        &self.actor
    }

    /// Where hostile bytes are opened; made when it is first needed.
    ///
    /// # Errors
    /// Unavailable where the machine cannot confine them.
    pub fn cage(&self) -> Result<&Cage, DeskError> {
        if self.cage.get().is_none() {
            // Should two threads come here at once, the second cage is dropped again.
            let _ = self.cage.set((self.make_cage)()?);
        }
        self.cage.get().ok_or_else(|| DeskError::new(Kind::Bug, "the cage is lost"))
    }

    /// Keeps a secret beside the vault's keys, unless one of that name is there.
    ///
    /// # Errors
    /// Conflict when it is there, unavailable when the disk refuses.
    pub fn keep_secret(&self, name: &str, text: &str) -> Result<(), DeskError> {
        Ok(self.vault.write_key(name, text.as_bytes())?)
    }

    /// Reads a secret back; `None` when there is none of that name.
    ///
    /// # Errors
    /// When it cannot be read.
    pub fn secret(&self, name: &str) -> Result<Option<String>, DeskError> {
        match self.vault.read_key(name) {
            Ok(bytes) => String::from_utf8(bytes).map(Some).map_err(|source| {
                DeskError::because(Kind::Unavailable, format!("key file `{name}` is damaged"), source)
            }),
            Err(earmark_store::StoreError::NotThere { .. }) => Ok(None),
            Err(other) => Err(other.into()),
        }
    }

    /// The key of the detection index.
    #[must_use]
    pub fn index_key(&self) -> &IndexKey {
        &self.index_key
    }

    /// The key that all tracing keys derive from.
    ///
    /// # Errors
    /// Unavailable when it is sealed and no identity was given, or missing.
    pub fn program_key(&self) -> Result<&[u8; 32], DeskError> {
        self.program_key.as_ref().map(SecretKey::expose).map_err(|why| {
            DeskError::new(Kind::Unavailable, format!("the program key cannot be had: {why}"))
                .hint("name the age identity that opens it in EARMARK_IDENTITY, or restore it from the recovery kit")
        })
    }

    /// The key `log` that the log signs with, or `blinding`, which blinds what holders of keys find in it.
    ///
    /// # Errors
    /// Unavailable when it is missing or damaged.
    pub fn other_key(&self, name: &'static str) -> Result<SecretKey, DeskError> {
        ProgramKeys::load_other(&self.vault.keys(), name).map_err(|source| {
            DeskError::because(Kind::Unavailable, format!("the vault's {name} key is missing"), source)
                .hint("restore `keys/` from a backup of the vault or from the recovery kit")
        })
    }

    /// The key that lines of history are sealed with; `None` where the blinding key, from which it follows, is missing.
    pub(crate) fn history_key(&self) -> Option<&SecretKey> {
        self.history_key.get_or_init(|| Some(self.other_key("blinding").ok()?.derive("history"))).as_ref()
    }

    /// A code of a key that nobody ever used: for certification, and for the control with a swapped key.
    #[must_use]
    pub fn fresh_code(&self, bias: BiasSet) -> Code {
        Code::new(&TracingKey::from_bytes(*SecretKey::generate().expose()), &[0; 32], bias)
    }

    /// A name for a new matter: the day it is opened and six random hexadecimal digits.
    ///
    /// # Errors
    /// Never in practice; the name is made of allowed characters.
    pub fn fresh_matter_id(&self) -> Result<Slug, DeskError> {
        let digits = Digest(*SecretKey::generate().expose()).to_string();
        let day: String = self.now().rfc3339().chars().take(10).collect();
        let short: String = digits.chars().take(6).collect();
        format!("{day}-{short}")
            .parse()
            .map_err(|source| DeskError::because(Kind::Bug, "a matter has no name", source))
    }

    /// Keeps a content; durable when it returns.
    ///
    /// # Errors
    /// When the disk refuses.
    pub async fn put_blob(&self, bytes: Vec<u8>) -> Result<Digest, DeskError> {
        self.vault.blobs().put(bytes).await.map_err(|source| earmark_store::StoreError::from(source).into())
    }

    /// Keeps many contents.
    ///
    /// # Errors
    /// When the disk refuses.
    pub async fn put_blobs(&self, contents: Vec<Vec<u8>>) -> Result<Vec<Digest>, DeskError> {
        self.vault
            .blobs()
            .put_all(contents)
            .await
            .map_err(|source| earmark_store::StoreError::from(source).into())
    }

    /// The content of a digest.
    ///
    /// # Errors
    /// When it is missing or corrupted.
    pub async fn get_blob(&self, digest: Digest) -> Result<Vec<u8>, DeskError> {
        self.vault.blobs().get(digest).await.map_err(|source| earmark_store::StoreError::from(source).into())
    }

    /// Keeps a manifest.
    ///
    /// # Errors
    /// When the disk refuses.
    pub async fn put_manifest(&self, manifest: &Manifest) -> Result<Digest, DeskError> {
        Ok(self.vault.put_manifest(manifest).await?)
    }

    /// Reads a manifest.
    ///
    /// # Errors
    /// When it is missing or damaged.
    pub async fn manifest(&self, blob: Digest) -> Result<Manifest, DeskError> {
        Ok(self.vault.manifest(blob).await?)
    }

    /// Waits until no other process is alone with the vault, and is.
    ///
    /// # Errors
    /// When the lock cannot be had.
    pub async fn lock(&self) -> Result<VaultLock, DeskError> {
        Ok(self.vault.exclusive().await?)
    }

    /// A folder of its own for unfinished work, gone when dropped.
    ///
    /// # Errors
    /// When the disk refuses.
    pub fn scratch(&self, what: &str) -> Result<TempDir, DeskError> {
        let tmp = self.vault.tmp();
        let prefix = format!("{what}-");
        tempfile::Builder::new()
            .prefix(&prefix)
            .tempdir_in(&tmp)
            .map_err(|source| DeskError::io("write in", &tmp, source))
    }

    /// Binds a document, hiding it (numbers in it must be strings).
    ///
    /// # Errors
    /// When the document is no canonical JSON.
    pub fn commit(&self, document: &Value) -> Result<Commitment, DeskError> {
        earmark_seal::commit(document)
            .map_err(|source| DeskError::because(Kind::Bug, "a commitment cannot be made", source))
    }

    /// Parses a key and checks that a bundle can be sealed to it now.
    ///
    /// # Errors
    /// Malformed when it is none, refused when it cannot be sealed to.
    pub fn check_key(&self, text: &[u8]) -> Result<CheckedKey, DeskError> {
        parse_key(text, self.now())
    }

    /// The same, whether it can be sealed to at an instant.
    ///
    /// # Errors
    /// As [`Desk::check_key`].
    pub fn check_key_at(&self, text: &[u8], at: UnixMillis) -> Result<CheckedKey, DeskError> {
        parse_key(text, at)
    }

    /// How many recipients planning reckons with.
    ///
    /// # Errors
    /// When the ledger cannot be read.
    pub async fn planned_recipients(&self) -> Result<u64, DeskError> {
        Ok((self.ledger().recipients().await?.len() as u64).max(PLANNED_RECIPIENTS))
    }
}

fn parse_key(text: &[u8], now: UnixMillis) -> Result<CheckedKey, DeskError> {
    let key = RecipientKey::parse(text).map_err(|source| {
        DeskError::because(Kind::Malformed, "this is no key that bundles can be sealed to", source)
    })?;
    key.check(now).map_err(|source| {
        DeskError::because(Kind::Refused, format!("the key {key:?} cannot be sealed to"), source)
    })
}
