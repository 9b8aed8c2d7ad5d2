use std::io::{self, Write};

use earmark_model::Digest;

use crate::tar::{TarEntry, TarError, TarWriter};

/// Why a bundle was not packed: the entries failed (`E`), or the packing did.
#[derive(Debug, thiserror::Error)]
pub enum BundleError<E> {
    /// Whoever makes the entries failed.
    #[error(transparent)]
    Entry(E),
    /// They cannot be packed.
    #[error(transparent)]
    Tar(#[from] TarError),
}

impl<E> From<io::Error> for BundleError<E> {
    fn from(error: io::Error) -> Self {
        Self::Tar(TarError::Io(error))
    }
}

/// Packs entries, sorted by path, as a deterministic tar; gives its SHA-256. One entry at a time is in memory.
///
/// # Errors
/// [`BundleError`]; what was written is then worthless.
pub fn write_tar<'a, E>(
    entries: impl IntoIterator<Item = Result<TarEntry<'a>, E>>,
    out: impl Write,
) -> Result<Digest, BundleError<E>> {
    let mut tar = TarWriter::new(out);
    for entry in entries {
        tar.append(&entry.map_err(BundleError::Entry)?)?;
    }
    Ok(tar.finish()?.1)
}

/// Packs entries, sorted by path, as a tar compressed with zstd; gives the SHA-256 of the tar, before
/// compression. Only the tar is deterministic: another version of zstd may compress otherwise.
///
/// # Errors
/// [`BundleError`]; what was written is then worthless.
pub fn write_tar_zst<'a, E>(
    entries: impl IntoIterator<Item = Result<TarEntry<'a>, E>>,
    out: impl Write,
) -> Result<Digest, BundleError<E>> {
    let mut zstd = zstd::stream::write::Encoder::new(out, 3)?;
    let digest = write_tar(entries, &mut zstd)?;
    zstd.finish()?.flush()?;
    Ok(digest)
}

/// The digest of a copy: SHA-256 of its uncompressed deterministic tar.
///
/// # Errors
/// As [`write_tar`].
pub fn copy_digest<'a, E>(
    entries: impl IntoIterator<Item = Result<TarEntry<'a>, E>>,
) -> Result<Digest, BundleError<E>> {
    write_tar(entries, io::sink())
}
