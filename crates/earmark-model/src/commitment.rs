use std::fmt;

use crate::Digest;

/// A hiding hash and the nonce that opens it.
///
/// The digest is published; whoever holds the nonce and the document can show what it bound. The
/// nonce therefore stays out of debug output and has no serialized form of its own.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct Commitment {
    /// What goes into the log.
    pub digest: Digest,
    /// 32 random bytes, kept beside the row that the commitment binds.
    pub nonce: [u8; 32],
}

impl fmt::Debug for Commitment {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Commitment({:?})", self.digest)
    }
}
