use crate::markdown;

/// What `COPY.md` says beside the fixed words. The same for every recipient: the file names none.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CopyNote {
    /// Name of the sharing program.
    pub program: String,
    /// The asset's name.
    pub asset: String,
    /// What people call the revision: a number or a date.
    ///
    /// Never a digest of the original: whoever holds a copy with few sites could try all forms until the
    /// digest fits, and so restore the original.
    pub revision: String,
    /// Where to ask, and where to report a loss.
    pub contact: Option<String>,
    /// Whether `VARIES.md` stands beside it.
    pub varies: bool,
}

/// Writes `COPY.md`: what a recipient should know of a marked copy. Deterministic, ends with a line feed.
#[must_use]
pub fn copy_md(note: &CopyNote) -> String {
    let mut out = format!(
        "# About this copy\n\n\
         {} ({}), shared by {}.\n\n\
         **This copy is individually marked.** It does what every other copy does, but some of its text is \
         written in one of several equivalent ways, chosen for its recipient.\n\n\
         * File hashes differ between partners, and a function may stand some lines further up or down. File names, \
         modes and the number of lines agree: cite a file and a function, not a hash or a line.\n\
         * Keep it as it is. Formatters, renamers and comment strippers change nothing that you may do with it, \
         but a copy that has been through them says less about where a leak came from, also in your favor.\n\
         * Share it only as the terms allow, and only from your own copy.\n\
         * `SHA256SUMS` lists every file and is signed: `sha256sum -c SHA256SUMS`, and `ssh-keygen -Y verify` or `minisign -V` \
         with the program’s key.\n",
        markdown::words(&note.asset),
        markdown::words(&note.revision),
        markdown::words(&note.program),
    );
    if note.varies {
        out += "* `VARIES.md` lists fields that may take any value in an attack. Do not key detection on them.\n";
    }
    out += "\nIf material like this turns up where it should not be, its marks can be read. Such a reading is evidence \
            of which copy was used, not of fault: it says nothing about who took the copy, or how.\n";
    out += &match &note.contact {
        Some(contact) => format!(
            "\nQuestions, or “I may have lost this”: {}. An early word helps most.\n",
            markdown::words(contact)
        ),
        None => String::new(),
    };
    out
}
