//! A vault out of a backup: everything is compared with its digest before a row is written.

use std::collections::BTreeMap;
use std::fs;
use std::io::{self, Read};
use std::path::Path;

use earmark_model::Digest;
use serde::Serialize;
use serde::de::DeserializeOwned;

use crate::backup::{FORM, HEAD, Head, LEDGER, MANIFEST, Manifest, Part};
use crate::blobs::Blobs;
use crate::database::Pool;
use crate::digesting::Digesting;
use crate::files::write_durably;
use crate::load::{self, Dump};
use crate::local_blobs::LocalBlobs;
use crate::vault::VaultMaking;
use crate::{Ledger, StoreError, Vault, VaultSettings, dump};

/// Head and manifest are short; a longer one is none.
const SHORT: u64 = 1 << 20;

/// Longest manifest and longest key file, in bytes.
const LONG: u64 = 1 << 26;

/// So many bytes of blobs are written to the disk at once.
const AT_ONCE: usize = 32 << 20;

/// What was restored.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Restored {
    /// The program's name.
    pub name: String,
    /// When the backup was made, RFC 3339.
    pub made: String,
    /// Last migration of the ledger that was backed up; it has been through all later ones since.
    pub edition: i64,
    /// Rows of all tables.
    pub rows: u64,
    /// Key files.
    pub keys: u64,
    /// Blobs.
    pub blobs: u64,
}

/// Makes a vault in the new or empty folder `root` out of the backup that `input` reads (`named` is its path, for
/// messages); with `ledger`, the rows go into that empty PostgreSQL database, else into a file of the vault.
///
/// `vault.toml` is written last, when every part has had its digest and the rows read back have the digest of those
/// that were backed up. What an interrupted restoring left behind counts as empty.
///
/// # Errors
/// [`StoreError::NotEmpty`] for a folder or database that holds something; [`StoreError::Backup`] when the backup
/// is cut short, changed or none; [`StoreError::Newer`] when a later edition made it. No vault is made then.
pub async fn restore(
    input: impl Read,
    named: &Path,
    root: &Path,
    ledger: Option<&str>,
) -> Result<(Vault, Restored), StoreError> {
    let making = VaultMaking::begin(root)?;
    match unpack_and_load(input, named, &making, ledger).await {
        Ok((ledger_of, settings, restored)) => Ok((making.finish(settings, ledger_of)?, restored)),
        Err(why) => {
            // The error is what matters; what stays counts as empty next time.
            drop(making.give_up());
            Err(why)
        }
    }
}

async fn unpack_and_load(
    input: impl Read,
    named: &Path,
    making: &VaultMaking,
    address: Option<&str>,
) -> Result<(Ledger, VaultSettings, Restored), StoreError> {
    let spool = making.root().join("tmp").join(LEDGER);
    let (head, manifest, keys) = unpack(input, named, making, &spool).await?;
    let mut dump = Dump::open(&spool)?;
    if dump.edition != manifest.edition {
        return Err(wrong(named, "its ledger is of another edition than it says"));
    }
    let ledger = match address {
        Some(url) => {
            let ledger = Ledger::postgres_at(url, dump.edition).await?;
            if let Pool::Postgres(pool) = &ledger.pool {
                load::into_postgres(&mut dump, pool).await?;
            }
            ledger
        }
        None => {
            let path = making.ledger_file();
            let ledger = Ledger::sqlite_at(&path, dump.edition).await?;
            load::into_sqlite(&mut dump, &path).await?;
            ledger
        }
    };
    // Not the dump but the rows: what the database now holds is what was backed up.
    let back = making.root().join("tmp").join("back.jsonl");
    let again = dump::write(&ledger, &back).await?;
    for done in [spool, back] {
        fs::remove_file(&done).map_err(StoreError::io(&done))?;
    }
    if Some(again.digest.to_string()) != manifest.parts.get(LEDGER).map(|part| part.sha256.clone()) {
        return Err(wrong(named, "its rows are not what the database gives back"));
    }
    ledger.migrate().await?;
    let settings = VaultSettings {
        format: crate::FORMAT,
        name: head.name.clone(),
        ledger: address.map(ToOwned::to_owned),
    };
    let restored = Restored {
        name: head.name,
        made: head.made,
        edition: manifest.edition,
        rows: manifest.rows,
        keys,
        blobs: manifest.blobs,
    };
    Ok((ledger, settings, restored))
}

/// Puts blobs and keys into their places and the ledger's dump into `spool`, and compares all of it with its digests.
async fn unpack(
    input: impl Read,
    named: &Path,
    making: &VaultMaking,
    spool: &Path,
) -> Result<(Head, Manifest, u64), StoreError> {
    let read = |why: io::Error| match why.kind() {
        io::ErrorKind::StorageFull | io::ErrorKind::QuotaExceeded => StoreError::io(making.root())(why),
        _ => wrong(named, &why.to_string()),
    };
    let zstd = zstd::stream::read::Decoder::new(input).map_err(read)?;
    let mut tar = tar::Archive::new(zstd);
    let tmp = making.root().join("tmp");
    let blobs = LocalBlobs::new(making.root().join("blobs"), tmp.clone());
    let (mut head, mut manifest): (Option<Head>, Option<Manifest>) = (None, None);
    let mut parts: BTreeMap<String, Part> = BTreeMap::new();
    let (mut names, mut count, mut keys) = (String::new(), 0u64, 0u64);
    let mut waiting = Waiting::default();
    for entry in tar.entries().map_err(read)? {
        let mut entry = entry.map_err(read)?;
        let name = String::from_utf8(entry.path_bytes().into_owned())
            .map_err(|_| wrong(named, "a name in it is no text"))?;
        if manifest.is_some() {
            return Err(wrong(named, "something stands behind its end"));
        }
        if head.is_none() && name != HEAD {
            return Err(wrong(named, "it does not begin as a backup does"));
        }
        if let Some(digest) = name.strip_prefix("blobs/") {
            let digest: Digest =
                digest.parse().map_err(|_| wrong(named, "a blob in it has no digest for a name"))?;
            let mut bytes = Vec::new();
            entry.read_to_end(&mut bytes).map_err(read)?;
            if Digest::of(&bytes) != digest {
                return Err(wrong(named, &format!("the blob `{digest}` is not what its name says")));
            }
            names += &format!("{digest}\n");
            count += 1;
            if waiting.add(bytes) {
                waiting.put(&blobs).await?;
            }
            continue;
        }
        if name == LEDGER {
            let mut entry = Digesting::new(entry);
            let mut file = fs::File::create(spool).map_err(StoreError::io(spool))?;
            io::copy(&mut entry, &mut file).map_err(read)?;
            let (_, digest, bytes) = entry.finish();
            parts.insert(name, Part { bytes, sha256: digest.to_string() });
            continue;
        }
        let longest = if name == HEAD { SHORT } else { LONG };
        let mut bytes = Vec::new();
        (&mut entry).take(longest + 1).read_to_end(&mut bytes).map_err(read)?;
        if bytes.len() as u64 > longest {
            return Err(wrong(named, &format!("`{name}` in it is too long")));
        }
        if name == MANIFEST {
            manifest = Some(parse(named, &name, &bytes)?);
            continue;
        }
        if name == HEAD {
            head = Some(first(named, &bytes)?);
        } else if let Some(key) = name.strip_prefix("keys/").filter(|key| is_file_name(key)) {
            let place = making.root().join("keys").join(key);
            write_durably(&tmp, &place, &bytes).map_err(StoreError::io(&place))?;
            keys += 1;
        } else {
            return Err(wrong(named, &format!("`{name}` in it is not known")));
        }
        parts.insert(name, Part { bytes: bytes.len() as u64, sha256: Digest::of(&bytes).to_string() });
    }
    waiting.put(&blobs).await?;
    // To the very end, where the sums of compression and sealing are.
    if !ends_here(&mut tar.into_inner()).map_err(read)? {
        return Err(wrong(named, "something stands behind its end"));
    }
    let (Some(head), Some(manifest)) = (head, manifest) else {
        return Err(wrong(named, "it is cut short"));
    };
    let blobs_sha256 = Digest::of(names.as_bytes()).to_string();
    if parts != manifest.parts || (count, &blobs_sha256) != (manifest.blobs, &manifest.blobs_sha256) {
        return Err(wrong(named, "a part of it is missing or not what its manifest says"));
    }
    Ok((head, manifest, keys))
}

/// Reads to the end; says whether nothing but zeros was left.
fn ends_here(rest: &mut impl Read) -> io::Result<bool> {
    let mut buffer = [0; 8192];
    loop {
        match rest.read(&mut buffer)? {
            0 => return Ok(true),
            read if buffer.get(..read).unwrap_or_default().iter().any(|byte| *byte != 0) => return Ok(false),
            _ => {}
        }
    }
}

/// Blobs that are written to the disk together.
#[derive(Default)]
struct Waiting {
    blobs: Vec<Vec<u8>>,
    bytes: usize,
}

impl Waiting {
    /// Adds one; says whether there are enough.
    fn add(&mut self, blob: Vec<u8>) -> bool {
        self.bytes += blob.len();
        self.blobs.push(blob);
        self.bytes >= AT_ONCE
    }

    async fn put(&mut self, blobs: &LocalBlobs) -> Result<(), StoreError> {
        self.bytes = 0;
        blobs.put_all(std::mem::take(&mut self.blobs)).await?;
        Ok(())
    }
}

fn first(named: &Path, bytes: &[u8]) -> Result<Head, StoreError> {
    // The edition first: a later one may have changed the meaning of everything else.
    let document: serde_json::Value = parse(named, HEAD, bytes)?;
    match document.get("format").and_then(serde_json::Value::as_i64) {
        Some(found) if found > FORM => Err(StoreError::Newer { found, known: FORM }),
        Some(FORM) => parse(named, HEAD, bytes),
        _ => Err(wrong(named, "its edition is missing")),
    }
}

fn parse<T: DeserializeOwned>(named: &Path, name: &str, bytes: &[u8]) -> Result<T, StoreError> {
    serde_json::from_slice(bytes).map_err(|why| wrong(named, &format!("`{name}` in it is malformed: {why}")))
}

/// Whether it is the name of a file and no way out of the folder.
fn is_file_name(name: &str) -> bool {
    !name.is_empty() && name != "." && name != ".." && !name.contains(['/', '\0'])
}

fn wrong(named: &Path, why: &str) -> StoreError {
    StoreError::Backup { path: named.to_owned(), why: why.to_owned() }
}
