/// Why an index can be neither built nor used.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum IndexError {
    /// The bytes do not start like an index.
    #[error("these bytes are no index")]
    NotAnIndex,
    /// A version that this reader does not know.
    #[error("the index has version {0}, this reader knows version 1")]
    Version(u32),
    /// The checksum does not fit: the bytes were damaged.
    #[error("the index is damaged: its checksum does not fit")]
    Checksum,
    /// The checksum fits, but the content contradicts itself.
    #[error("the index contradicts itself in its section `{0}`")]
    Contradiction(&'static str),
    /// The index was made with another index key.
    #[error("the index was made with another index key")]
    OtherKey,
    /// More text than one segment can number: 2^31 tokens or symbols.
    #[error("the revision is too large for one index segment")]
    TooLarge,
}
