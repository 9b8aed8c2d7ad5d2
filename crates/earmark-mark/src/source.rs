/// One file of a revision.
#[derive(Debug, Clone, Copy)]
pub struct SourceFile<'a> {
    /// Index in the manifest.
    pub file: u32,
    /// Path below the root.
    pub path: &'a [u8],
    /// The content.
    pub bytes: &'a [u8],
}
