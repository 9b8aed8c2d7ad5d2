use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use earmark_model::{Digest, UnixMillis};

use crate::blobs::{BlobError, BlobFuture, Blobs, Held, StoredBlob};

/// Blobs in memory, for tests and trials. It has no clock: to it every blob was put long ago.
#[derive(Debug, Default)]
pub struct MemoryBlobs {
    blobs: Mutex<BTreeMap<Digest, Vec<u8>>>,
    /// As many more than one as there are holders.
    holders: Arc<()>,
}

impl MemoryBlobs {
    fn held(&self) -> MutexGuard<'_, BTreeMap<Digest, Vec<u8>>> {
        // No step leaves the map half-changed, so a holder that panicked did no harm.
        self.blobs.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Blobs for MemoryBlobs {
    fn put_all(&self, blobs: Vec<Vec<u8>>) -> BlobFuture<'_, Vec<Digest>> {
        Box::pin(async move {
            let mut held = self.held();
            Ok(blobs
                .into_iter()
                .map(|bytes| {
                    let digest = Digest::of(&bytes);
                    held.insert(digest, bytes);
                    digest
                })
                .collect())
        })
    }

    fn get(&self, digest: Digest) -> BlobFuture<'_, Vec<u8>> {
        Box::pin(async move { self.held().get(&digest).cloned().ok_or(BlobError::Missing(digest)) })
    }

    fn has(&self, digest: Digest) -> BlobFuture<'_, bool> {
        Box::pin(async move { Ok(self.held().contains_key(&digest)) })
    }

    fn list(&self) -> BlobFuture<'_, Vec<StoredBlob>> {
        Box::pin(async move {
            let stored = |(digest, bytes): (&Digest, &Vec<u8>)| StoredBlob {
                digest: *digest,
                length: bytes.len() as u64,
                touched: UnixMillis(i64::MIN),
            };
            Ok(self.held().iter().map(stored).collect())
        })
    }

    fn hold(&self) -> BlobFuture<'_, Held> {
        Box::pin(async move { Ok(Box::new(Arc::clone(&self.holders)) as Held) })
    }

    fn remove(&self, digest: Digest, _since: UnixMillis) -> BlobFuture<'_, bool> {
        Box::pin(async move {
            if Arc::strong_count(&self.holders) > 1 {
                return Ok(false);
            }
            self.held().remove(&digest);
            Ok(true)
        })
    }
}
