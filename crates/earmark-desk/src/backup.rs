//! A vault saved in one sealed file, and made again from it.
//!
//! The file is a tar, compressed with zstd and sealed with age: `age -d`, `zstd -d` and `tar x` open it too. It is sealed
//! to a key that follows from the vault's own, so that the recovery kit opens every backup.

use std::fs::File;
use std::io::{BufReader, BufWriter, Read, Seek, Write};
use std::path::{Path, PathBuf};

use earmark_seal::{CheckedKey, OpenError, SealingWriter, backup_key, is_sealed, open_sealed, restore_kit};
use earmark_store::{BackedUp, Restored, Vault, WholeFile, back_up};
use serde::Serialize;
use zeroize::Zeroizing;

use crate::desk::Desk;
use crate::error::{DeskError, Kind};

/// What was saved.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Saved {
    /// The file.
    pub file: PathBuf,
    /// Its length.
    pub bytes: u64,
    /// When it was made: what the file holds is what the vault held then or a moment later.
    pub made: String,
    /// Fingerprints of the keys that open it, the vault's own first.
    pub sealed_to: Vec<String>,
    /// What is in it.
    #[serde(flatten)]
    pub what: BackedUp,
}

/// How a backup is opened.
#[derive(Debug, Clone, Default)]
pub struct Opener {
    /// The recovery kit of the vault.
    pub kit: Option<PathBuf>,
    /// The passphrase of a kit that is locked with one.
    pub passphrase: Option<String>,
    /// A file with the identity of a key that the backup was sealed to as well.
    pub identity: Option<PathBuf>,
}

/// Saves the whole vault in the new file `place`, sealed to the vault's own key and to `others`, age or SSH keys. Others
/// may go on working in the vault. Killed at any moment, there is the whole file or none.
///
/// # Errors
/// Conflict when `place` is there; malformed for a key that is none or an OpenPGP key; unavailable when the disk refuses.
pub async fn save(desk: &Desk, place: &Path, others: &[String]) -> Result<Saved, DeskError> {
    let unusable = |source| DeskError::because(Kind::Bug, "the key of backups cannot be had", source);
    let (own, _) = backup_key(&desk.other_key("blinding")?).map_err(unusable)?;
    let mut keys: Vec<CheckedKey> = vec![own.check(desk.now()).map_err(unusable)?];
    for text in others {
        keys.push(desk.check_key(text.as_bytes())?);
    }
    let made = desk.now();
    let refused = |source| DeskError::io("write", place, source);
    let file = WholeFile::create(place).map_err(refused)?;
    let sealing = SealingWriter::new(&keys, BufWriter::with_capacity(1 << 16, file))
        .map_err(|source| DeskError::because(Kind::Malformed, "a backup cannot be sealed so", source))?;
    let (what, sealing) = back_up(desk.vault(), made, sealing, place).await?;
    let mut out = sealing.finish().map_err(refused)?;
    out.flush().map_err(refused)?;
    let file = out.into_inner().map_err(|why| refused(why.into_error()))?;
    let bytes = file.length().map_err(refused)?;
    file.finish().map_err(refused)?;
    let sealed_to = keys.iter().map(|key| key.key().fingerprint()).collect();
    Ok(Saved { file: place.to_owned(), bytes, made: made.rfc3339(), sealed_to, what })
}

/// Makes a vault in the new or empty folder `root` out of the backup in `file`; with `ledger`, the address of an empty
/// PostgreSQL database, its rows go there.
///
/// # Errors
/// Conflict when folder or database hold something; malformed when the backup is cut short or changed; refused when it
/// is sealed and `opener` does not open it. No vault is made then.
pub async fn restore(
    file: &Path,
    root: &Path,
    ledger: Option<&str>,
    opener: &Opener,
) -> Result<(Vault, Restored), DeskError> {
    let refused = |source| DeskError::io("read", file, source);
    let mut input = BufReader::with_capacity(1 << 16, File::open(file).map_err(refused)?);
    let mut beginning = Vec::new();
    (&mut input).take(64).read_to_end(&mut beginning).map_err(refused)?;
    input.rewind().map_err(refused)?;
    if !is_sealed(&beginning) {
        return Ok(earmark_store::restore(input, file, root, ledger).await?);
    }
    let identity = identity(opener)?;
    let opened = open_sealed(input, identity.as_ref().map(|text| text.as_str())).map_err(|source| {
        let kind = match &source {
            OpenError::NoIdentity | OpenError::Identity(_) => Kind::Refused,
            OpenError::Io(_) => Kind::Malformed,
        };
        DeskError::because(kind, format!("the backup `{}` cannot be opened", file.display()), source)
            .hint("name the vault's recovery kit with `--kit FILE`, or the identity of a key that it was sealed to in EARMARK_IDENTITY")
    })?;
    Ok(earmark_store::restore(opened, file, root, ledger).await?)
}

fn identity(opener: &Opener) -> Result<Option<Zeroizing<String>>, DeskError> {
    let read = |path: &Path| {
        std::fs::read_to_string(path)
            .map(Zeroizing::new)
            .map_err(|source| DeskError::io("read", path, source))
    };
    if let Some(path) = &opener.kit {
        let malformed = |source| {
            DeskError::because(Kind::Malformed, format!("`{}` is no recovery kit", path.display()), source)
                .hint("a kit that is locked is opened by the passphrase in EARMARK_KIT_PASSPHRASE")
        };
        let keys = restore_kit(&read(path)?, opener.passphrase.as_deref()).map_err(malformed)?;
        let (_, identity) = backup_key(&keys.blinding)
            .map_err(|source| DeskError::because(Kind::Bug, "the key of backups cannot be had", source))?;
        return Ok(Some(identity));
    }
    opener.identity.as_deref().map(read).transpose()
}
