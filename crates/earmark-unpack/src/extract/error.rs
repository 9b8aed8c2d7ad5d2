/// An archive is not whole, not sound, or not of a kind that can be taken over as it is.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ExtractError {
    /// It is no tar (plain or compressed by gzip, bzip2, xz or zstd) and no zip.
    #[error("neither a tar nor a zip archive")]
    Unknown,
    /// It is damaged or cut.
    #[error("the archive is damaged at byte {at}: {why}")]
    Damaged {
        /// Where it was noticed, in the archive after decompression.
        at: u64,
        /// What was noticed.
        why: &'static str,
    },
    /// The compression around it is damaged.
    #[error("the compressed archive is damaged: {0}")]
    Compression(String),
    /// A name that leads out of the folder, or none.
    #[error("`{0}` is not a path below the archive's folder")]
    Path(String),
    /// Two files of one name.
    #[error("`{0}` is there twice")]
    Twice(String),
    /// A device, a pipe, an encrypted or oddly compressed file, a link to nothing.
    #[error("`{path}` cannot be taken over: {why}")]
    Unsupported {
        /// The file.
        path: String,
        /// What it is.
        why: &'static str,
    },
    /// It holds more than allowed.
    #[error("the archive is larger than the limit of {0} bytes or files")]
    TooLarge(u64),
}
