use std::io;
use std::path::PathBuf;
use std::pin::Pin;

use earmark_model::{Digest, UnixMillis};

/// Why a blob was not read or written.
#[derive(Debug, thiserror::Error)]
pub enum BlobError {
    /// There is no blob of that digest.
    #[error("there is no blob `{0}`")]
    Missing(Digest),
    /// The blob's content is not what its name says; putting the right content again heals it.
    #[error("the blob `{0}` is corrupted: its content has another digest")]
    Corrupted(Digest),
    /// No room left; nothing was changed.
    #[error("no space is left for blobs in `{0}`")]
    Full(PathBuf),
    /// A file could not be read or written.
    #[error("`{path}`: {source}")]
    Io {
        /// Which.
        path: PathBuf,
        /// Why.
        source: io::Error,
    },
    /// The work was given up because the program is ending.
    #[error("the program is ending")]
    Ending,
}

/// What [`Blobs::list`] says of one blob.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct StoredBlob {
    /// Its name.
    pub digest: Digest,
    /// Its length in bytes.
    pub length: u64,
    /// When it was last put, by the store's own clock.
    pub touched: UnixMillis,
}

/// Keeps blobs from being removed until it is dropped.
pub type Held = Box<dyn Send>;

/// What a method of [`Blobs`] returns: boxed, so that stores can be chosen at run time.
pub type BlobFuture<'a, T> = Pin<Box<dyn Future<Output = Result<T, BlobError>> + Send + 'a>>;

/// Content by its SHA-256: what was put is there, whole, until it is removed.
///
/// A put that returned has reached the disk. Putting what is there is cheap and does no harm. A
/// crash inside a put leaves either the blob or nothing of that name.
pub trait Blobs: Send + Sync {
    /// Stores `bytes` and gives their digest.
    fn put(&self, bytes: Vec<u8>) -> BlobFuture<'_, Digest> {
        Box::pin(async move {
            let digest = Digest::of(&bytes);
            self.put_all(vec![bytes]).await?;
            Ok(digest)
        })
    }

    /// Stores many blobs and gives their digests in the same order; cheaper than one by one.
    ///
    /// After an error some of them may be there.
    fn put_all(&self, blobs: Vec<Vec<u8>>) -> BlobFuture<'_, Vec<Digest>>;

    /// The content of that digest.
    ///
    /// Fails with [`BlobError::Missing`], or [`BlobError::Corrupted`] when what is stored does not
    /// have that digest.
    fn get(&self, digest: Digest) -> BlobFuture<'_, Vec<u8>>;

    /// Whether there is a blob of that digest (its content is not checked).
    fn has(&self, digest: Digest) -> BlobFuture<'_, bool>;

    /// All blobs, by digest.
    fn list(&self) -> BlobFuture<'_, Vec<StoredBlob>>;

    /// While what it gives is held, nothing is removed; puts go on.
    fn hold(&self) -> BlobFuture<'_, Held>;

    /// Removes a blob unless it was put at `since` or later; gives whether it is gone.
    ///
    /// A put that runs at the same time wins: its blob is there afterwards.
    fn remove(&self, digest: Digest, since: UnixMillis) -> BlobFuture<'_, bool>;
}
