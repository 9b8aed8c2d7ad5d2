use std::fs::{self, File};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use earmark_model::{Digest, Manifest};
use serde::{Deserialize, Serialize};

use crate::blobs::{BlobError, Blobs};
use crate::files::{lock_file, private_folder, sync_folder, write_durably};
use crate::local_blobs::LocalBlobs;
use crate::{Ledger, StoreError};

/// The edition of the vault's folder that this program writes.
pub const FORMAT: i64 = 1;

const SETTINGS: &str = "vault.toml";
const LEDGER: &str = "ledger.sqlite";
const LOCK: &str = "vault.lock";
/// Says that a folder is a vault in the making, so that an interrupted making can be taken up again.
const MAKING: &str = "making";
const FOLDERS: [&str; 4] = ["blobs", "keys", "index", "tmp"];

/// What `vault.toml` says.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct VaultSettings {
    /// Edition of the folder; [`FORMAT`] in what this program makes.
    pub format: i64,
    /// The program's name, for people.
    pub name: String,
    /// Address of the PostgreSQL database that holds the ledger; without it `ledger.sqlite` does.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub ledger: Option<String>,
}

/// The folder of one sharing program, open.
///
/// ```text
/// vault.toml      edition, name, where the ledger is
/// ledger.sqlite   the rows, unless they are in PostgreSQL
/// blobs/aa/...    content by SHA-256
/// keys/           0700, files 0600; never touched by `check`
/// index/  tmp/    derived, unfinished: may be emptied while nobody works
/// ```
#[derive(Clone)]
pub struct Vault {
    root: PathBuf,
    settings: VaultSettings,
    ledger: Ledger,
    blobs: Arc<dyn Blobs>,
}

/// Held while one process alone may work on the vault; ends when it is dropped or the process dies.
#[derive(Debug)]
pub struct VaultLock {
    _file: File,
}

impl std::fmt::Debug for Vault {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Vault({})", self.root.display())
    }
}

impl Vault {
    /// Makes a vault with its own SQLite ledger in a new or empty folder.
    ///
    /// # Errors
    /// [`StoreError::NotEmpty`]; what an interrupted making left behind counts as empty.
    pub async fn create(root: &Path, name: &str) -> Result<Self, StoreError> {
        Self::create_with(root, VaultSettings { format: FORMAT, name: name.to_owned(), ledger: None }).await
    }

    /// Makes a vault with these settings in a new or empty folder. `vault.toml` is written last: a
    /// folder without it is no vault yet.
    ///
    /// # Errors
    /// As [`Vault::create`].
    pub async fn create_with(root: &Path, settings: VaultSettings) -> Result<Self, StoreError> {
        let making = VaultMaking::begin(root)?;
        let ledger = match &settings.ledger {
            Some(url) => Ledger::postgres(url).await?,
            None => Ledger::sqlite(&making.ledger_file(), true).await?,
        };
        making.finish(settings, ledger)
    }

    /// Opens the vault in `root`.
    ///
    /// Waits while another process holds the vault's lock; do not open a vault again while holding
    /// its [`VaultLock`].
    ///
    /// # Errors
    /// [`StoreError::NotAVault`] when there is none, [`StoreError::Newer`] when a later edition made it.
    pub async fn open(root: &Path) -> Result<Self, StoreError> {
        Self::open_at(root, None).await
    }

    /// The same, with the PostgreSQL ledger at another address than `vault.toml` says: another host or user of the same
    /// database.
    ///
    /// # Errors
    /// As [`Vault::open`]; [`StoreError::OwnLedger`] when the vault keeps its ledger in a file of its own.
    pub async fn open_at(root: &Path, ledger: Option<&str>) -> Result<Self, StoreError> {
        let mut settings = read_settings(root)?;
        if let Some(ledger) = ledger {
            let named = settings.ledger.as_mut().ok_or_else(|| StoreError::OwnLedger(root.to_owned()))?;
            ledger.clone_into(named);
        }
        // Only one process brings the tables up to date: SQLite's migrations have no lock of their own.
        let _lock = lock(root).await?;
        let ledger = match &settings.ledger {
            Some(url) => Ledger::postgres(url).await?,
            None => Ledger::sqlite(&root.join(LEDGER), false).await?,
        };
        Ok(Self::assemble(root, settings, ledger))
    }

    fn assemble(root: &Path, settings: VaultSettings, ledger: Ledger) -> Self {
        let blobs = Arc::new(LocalBlobs::new(root.join("blobs"), root.join("tmp")));
        Self { root: root.to_owned(), settings, ledger, blobs }
    }

    /// The same vault with its blobs elsewhere.
    #[must_use]
    pub fn with_blobs(self, blobs: Arc<dyn Blobs>) -> Self {
        Self { blobs, ..self }
    }

    /// The program's name, for people.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.settings.name
    }

    /// The rows.
    #[must_use]
    pub fn ledger(&self) -> &Ledger {
        &self.ledger
    }

    /// The contents.
    #[must_use]
    pub fn blobs(&self) -> &dyn Blobs {
        &*self.blobs
    }

    /// The contents, to be kept beyond this vault.
    #[must_use]
    pub fn shared_blobs(&self) -> Arc<dyn Blobs> {
        Arc::clone(&self.blobs)
    }

    /// The folder.
    #[must_use]
    pub fn root(&self) -> &Path {
        &self.root
    }

    /// Where keys are: 0700.
    #[must_use]
    pub fn keys(&self) -> PathBuf {
        self.root.join("keys")
    }

    /// Where detection indexes may be laid out for mapping; derived, may be emptied.
    #[must_use]
    pub fn index(&self) -> PathBuf {
        self.root.join("index")
    }

    /// Where unfinished files go; on the same file system as everything else.
    #[must_use]
    pub fn tmp(&self) -> PathBuf {
        self.root.join("tmp")
    }

    /// Waits until no other process holds the vault's lock, and takes it.
    ///
    /// Ordinary reading and writing needs no lock; this is for acts that must be alone (restoring,
    /// moving the ledger). The lock is `flock` on `vault.lock`.
    pub async fn exclusive(&self) -> Result<VaultLock, StoreError> {
        lock(&self.root).await
    }

    /// Writes a file below `keys/`, readable by its owner only; durable when it returns.
    ///
    /// # Errors
    /// [`StoreError::AlreadyThere`]: a key is never overwritten.
    pub fn write_key(&self, name: &str, bytes: &[u8]) -> Result<(), StoreError> {
        let path = self.keys().join(name);
        if path.exists() {
            return Err(StoreError::AlreadyThere { what: "key file", name: name.to_owned() });
        }
        write_durably(&self.tmp(), &path, bytes).map_err(StoreError::io(&path))
    }

    /// Reads a file below `keys/`.
    ///
    /// # Errors
    /// [`StoreError::NotThere`].
    pub fn read_key(&self, name: &str) -> Result<Vec<u8>, StoreError> {
        let path = self.keys().join(name);
        match fs::read(&path) {
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => {
                Err(StoreError::not_there("key file", name))
            }
            other => other.map_err(StoreError::io(&path)),
        }
    }

    /// The names of the key files below `keys/`, sorted. The recovery kit is none: it belongs on paper.
    ///
    /// # Errors
    /// [`StoreError::Io`]; [`StoreError::Damaged`] for a name that is no text.
    pub fn key_names(&self) -> Result<Vec<String>, StoreError> {
        let keys = self.keys();
        let mut names = Vec::new();
        for file in fs::read_dir(&keys).map_err(StoreError::io(&keys))? {
            let file = file.map_err(StoreError::io(&keys))?;
            let name = file.file_name().into_string();
            names.push(name.map_err(|_| StoreError::Damaged("a key file's name is no text".to_owned()))?);
        }
        names.retain(|name| name.ends_with(".key"));
        names.sort_unstable();
        Ok(names)
    }

    /// Stores a revision's manifest as a blob (JSON) and gives the blob's digest, which is not the
    /// revision's. The content of every entry must be a blob too, under the entry's SHA-256: `check`
    /// holds the vault to that.
    pub async fn put_manifest(&self, manifest: &Manifest) -> Result<Digest, StoreError> {
        let text = serde_json::to_vec(manifest).map_err(|why| StoreError::Damaged(why.to_string()))?;
        Ok(self.blobs.put(text).await?)
    }

    /// Reads a manifest back from the blob of that digest.
    ///
    /// # Errors
    /// [`StoreError::Blob`]; [`StoreError::Damaged`] when the blob is no manifest.
    pub async fn manifest(&self, blob: Digest) -> Result<Manifest, StoreError> {
        let text = self.blobs.get(blob).await?;
        serde_json::from_slice(&text).map_err(|why| StoreError::Damaged(format!("manifest `{blob}`: {why}")))
    }
}

/// A folder that is becoming a vault: it is none before [`VaultMaking::finish`].
pub(crate) struct VaultMaking {
    root: PathBuf,
    /// Whether the folder was not there before.
    new: bool,
}

impl VaultMaking {
    /// Begins in a new or empty folder; what an interrupted making left behind is removed first.
    pub(crate) fn begin(root: &Path) -> Result<Self, StoreError> {
        let new = !root.exists();
        if new {
            fs::create_dir_all(root.parent().unwrap_or(root)).map_err(StoreError::io(root))?;
            private_folder(root).map_err(StoreError::io(root))?;
        }
        let making = Self { root: root.to_owned(), new };
        let mark = root.join(MAKING);
        let mut there = fs::read_dir(root).map_err(StoreError::io(root))?;
        if there.next().is_some() {
            if !mark.exists() || root.join(SETTINGS).exists() {
                return Err(StoreError::NotEmpty(root.to_owned()));
            }
            making.clear().map_err(StoreError::io(root))?;
        }
        fs::write(&mark, b"this folder is becoming a vault\n").map_err(StoreError::io(&mark))?;
        for folder in FOLDERS {
            let path = root.join(folder);
            private_folder(&path).map_err(StoreError::io(&path))?;
        }
        Ok(making)
    }

    /// The folder.
    pub(crate) fn root(&self) -> &Path {
        &self.root
    }

    /// Where the vault's own ledger goes.
    pub(crate) fn ledger_file(&self) -> PathBuf {
        self.root.join(LEDGER)
    }

    /// Makes the folder a vault: `vault.toml` is written last.
    pub(crate) fn finish(self, settings: VaultSettings, ledger: Ledger) -> Result<Vault, StoreError> {
        let settings = VaultSettings { format: FORMAT, ..settings };
        let path = self.root.join(SETTINGS);
        let text = toml::to_string(&settings)
            .map_err(|why| StoreError::Malformed { path: path.clone(), why: why.to_string() })?;
        write_durably(&self.root.join("tmp"), &path, text.as_bytes()).map_err(StoreError::io(&path))?;
        let making = self.root.join(MAKING);
        fs::remove_file(&making).map_err(StoreError::io(&making))?;
        sync_folder(&self.root).map_err(StoreError::io(&self.root))?;
        Ok(Vault::assemble(&self.root, settings, ledger))
    }

    /// Removes what was made.
    pub(crate) fn give_up(self) -> std::io::Result<()> {
        self.clear()?;
        let mark = self.root.join(MAKING);
        fs::remove_file(mark)?;
        if self.new { fs::remove_dir(&self.root) } else { Ok(()) }
    }

    /// Removes everything but the mark that a making is under way.
    fn clear(&self) -> std::io::Result<()> {
        let absent = |done: std::io::Result<()>| match done {
            Err(why) if why.kind() == std::io::ErrorKind::NotFound => Ok(()),
            other => other,
        };
        for folder in FOLDERS {
            absent(fs::remove_dir_all(self.root.join(folder)))?;
        }
        for end in ["", "-wal", "-shm", "-journal"] {
            absent(fs::remove_file(self.root.join(format!("{LEDGER}{end}"))))?;
        }
        absent(fs::remove_file(self.root.join(LOCK)))
    }
}

async fn lock(root: &Path) -> Result<VaultLock, StoreError> {
    let path = root.join(LOCK);
    let file = lock_file(&path).map_err(StoreError::io(&path))?;
    let locked = tokio::task::spawn_blocking(move || file.lock().map(|()| file)).await;
    let file = locked.map_err(|_| BlobError::Ending)?.map_err(StoreError::io(&path))?;
    Ok(VaultLock { _file: file })
}

fn read_settings(root: &Path) -> Result<VaultSettings, StoreError> {
    let path = root.join(SETTINGS);
    let text = match fs::read_to_string(&path) {
        Ok(text) => text,
        Err(error)
            if matches!(error.kind(), std::io::ErrorKind::NotFound | std::io::ErrorKind::NotADirectory) =>
        {
            return Err(StoreError::NotAVault(root.to_owned()));
        }
        Err(error) => return Err(StoreError::io(&path)(error)),
    };
    // The edition first: a later one may have changed the meaning of everything else.
    let malformed = |why: String| StoreError::Malformed { path: path.clone(), why };
    let in_one_line = |why: &toml::de::Error| {
        let before = why.span().and_then(|span| text.get(..span.start)).unwrap_or("");
        format!("line {}: {}", before.matches('\n').count() + 1, why.message())
    };
    let table: toml::Table = text.parse().map_err(|why| malformed(in_one_line(&why)))?;
    let found = table.get("format").and_then(toml::Value::as_integer);
    match found {
        None => return Err(malformed("`format` is missing or no number".to_owned())),
        Some(found) if found > FORMAT => return Err(StoreError::Newer { found, known: FORMAT }),
        Some(found) if found < 1 => return Err(malformed(format!("there is no format {found}"))),
        Some(_) => {}
    }
    table.try_into().map_err(|why: toml::de::Error| malformed(why.message().to_owned()))
}
