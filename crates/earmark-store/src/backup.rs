//! A whole vault as one stream: a tar, compressed with zstd.
//!
//! ```text
//! earmark-backup.json   edition of this form, the program's name, when it was made
//! ledger.jsonl          all rows, as of one moment
//! keys/NAME             key files as they lie in the vault
//! blobs/DIGEST          contents
//! manifest.json         the digest of everything above but the blobs, whose names say it; last, so that what was
//!                       cut short is seen
//! ```
//!
//! Not here: sealing. Whoever calls hands in where it goes.

use std::collections::BTreeMap;
use std::fs;
use std::io::Write;
use std::path::Path;

use earmark_model::{Digest, UnixMillis};
use serde::{Deserialize, Serialize};

use crate::{StoreError, Vault, dump};

/// The edition of the form that this program writes.
pub(crate) const FORM: i64 = 1;
pub(crate) const HEAD: &str = "earmark-backup.json";
pub(crate) const LEDGER: &str = "ledger.jsonl";
pub(crate) const MANIFEST: &str = "manifest.json";

/// What stands first.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Head {
    /// [`FORM`] in what this program writes.
    pub(crate) format: i64,
    /// The program's name.
    pub(crate) name: String,
    /// When it was made, RFC 3339.
    pub(crate) made: String,
}

/// A part and its digest.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Part {
    pub(crate) bytes: u64,
    pub(crate) sha256: String,
}

/// What stands last.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Manifest {
    /// Edition of the ledger.
    pub(crate) edition: i64,
    /// Rows in it.
    pub(crate) rows: u64,
    /// Everything that is no blob, by its name in the tar.
    pub(crate) parts: BTreeMap<String, Part>,
    /// How many blobs there are.
    pub(crate) blobs: u64,
    /// SHA-256 over the names of the blobs in their order, each with a line end: says that none is missing.
    pub(crate) blobs_sha256: String,
}

/// What was backed up.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct BackedUp {
    /// Last migration of the ledger.
    pub edition: i64,
    /// Rows of all tables.
    pub rows: u64,
    /// Key files.
    pub keys: u64,
    /// Blobs.
    pub blobs: u64,
    /// Bytes in them.
    pub blob_bytes: u64,
}

/// Writes the whole vault to `out` as it is at one moment, while others may go on writing; gives back `out` too.
///
/// Rows first: whoever writes at the same time writes a blob, or a key, before the row that needs it, so that
/// nothing that a row names is missing.
///
/// # Errors
/// When something cannot be read, [`StoreError::Blob`] with a corrupted blob among it, or `out` not be written
/// (`named` is its path, for the message). What was written is then worthless.
pub async fn back_up<W: Write>(
    vault: &Vault,
    made: UnixMillis,
    out: W,
    named: &Path,
) -> Result<(BackedUp, W), StoreError> {
    let _held = vault.blobs().hold().await?;
    let tmp = vault.tmp();
    let spool = tempfile::Builder::new().prefix("backup-").tempfile_in(&tmp).map_err(StoreError::io(&tmp))?;
    let dumped = dump::write(vault.ledger(), spool.path()).await?;
    let written = |path: &Path| StoreError::io(path.to_owned());
    let mut zstd = zstd::stream::write::Encoder::new(out, 3).map_err(written(named))?;
    zstd.include_checksum(true).map_err(written(named))?;
    let mut tar = tar::Builder::new(zstd);
    let mut parts = BTreeMap::new();

    let head = Head { format: FORM, name: vault.name().to_owned(), made: made.rfc3339() };
    let head = json(&head)?;
    append(&mut tar, HEAD, head.len() as u64, head.as_slice()).map_err(written(named))?;
    parts.insert(HEAD.to_owned(), part(&head));
    let rows = fs::File::open(spool.path()).map_err(StoreError::io(spool.path()))?;
    append(&mut tar, LEDGER, dumped.length, rows).map_err(written(named))?;
    parts.insert(LEDGER.to_owned(), Part { bytes: dumped.length, sha256: dumped.digest.to_string() });

    let keys = vault.key_names()?;
    for name in &keys {
        let (bytes, name) = (vault.read_key(name)?, format!("keys/{name}"));
        append(&mut tar, &name, bytes.len() as u64, bytes.as_slice()).map_err(written(named))?;
        parts.insert(name, part(&bytes));
    }
    let blobs = vault.blobs().list().await?;
    let (mut names, mut blob_bytes) = (String::new(), 0);
    for blob in &blobs {
        let bytes = vault.blobs().get(blob.digest).await?;
        append(&mut tar, &format!("blobs/{}", blob.digest), bytes.len() as u64, bytes.as_slice())
            .map_err(written(named))?;
        names += &format!("{}\n", blob.digest);
        blob_bytes += bytes.len() as u64;
    }
    let manifest = Manifest {
        edition: dumped.edition,
        rows: dumped.rows,
        parts,
        blobs: blobs.len() as u64,
        blobs_sha256: Digest::of(names.as_bytes()).to_string(),
    };
    let manifest = json(&manifest)?;
    append(&mut tar, MANIFEST, manifest.len() as u64, manifest.as_slice()).map_err(written(named))?;
    let out = tar.into_inner().and_then(zstd::stream::write::Encoder::finish).map_err(written(named))?;
    let (keys, blobs) = (keys.len() as u64, blobs.len() as u64);
    Ok((BackedUp { edition: dumped.edition, rows: dumped.rows, keys, blobs, blob_bytes }, out))
}

/// The part that these bytes are.
fn part(bytes: &[u8]) -> Part {
    Part { bytes: bytes.len() as u64, sha256: Digest::of(bytes).to_string() }
}

fn json(document: &impl Serialize) -> Result<Vec<u8>, StoreError> {
    let mut text = serde_json::to_vec_pretty(document).map_err(|why| StoreError::Damaged(why.to_string()))?;
    text.push(b'\n');
    Ok(text)
}

fn append<W: Write>(
    tar: &mut tar::Builder<W>,
    name: &str,
    length: u64,
    content: impl std::io::Read,
) -> std::io::Result<()> {
    let mut header = tar::Header::new_gnu();
    header.set_size(length);
    header.set_mode(0o600);
    header.set_entry_type(tar::EntryType::Regular);
    tar.append_data(&mut header, name, content)
}
