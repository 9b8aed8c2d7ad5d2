//! What the invented leaker does: comments gone, names changed, reformatted, cut to a part, packed among
//! thousands of other files; or, in 2012, posted on a web page.

use std::path::Path;

use earmark_desk::error::{DeskError, Kind};
use earmark_disguise::{
    Archive, Language, Names, Share, SourceFile, excerpt, highlight_page, language, pack, reformat, rename,
    strip_comments,
};

/// Other people's files in the haul.
pub(super) const DECOYS: usize = 2_000;

/// What was leaked.
pub(crate) struct Leak {
    /// The haul's bytes.
    pub bytes: Vec<u8>,
    /// Files of the copy in it.
    pub files: usize,
    /// Lines of the copy in it, after the disguise.
    pub lines: usize,
}

/// The files of a folder that are text, sorted by path.
pub(super) fn texts(root: &Path) -> Result<Vec<SourceFile>, DeskError> {
    let tree = earmark_desk::issue::tree::read(root, Path::new(""))?;
    let text = |file: earmark_desk::issue::tree::TreeFile| {
        Some(SourceFile::new(file.entry.path_text(), String::from_utf8(file.bytes).ok()?))
    };
    Ok(tree.files.into_iter().filter_map(text).collect())
}

/// Disguises every file in the same way.
pub(super) fn disguise(files: &[SourceFile], seed: u64) -> Vec<SourceFile> {
    let mut names = Names::new(seed);
    files
        .iter()
        .map(|file| {
            let spoken = language(&file.path);
            if matches!(spoken, Language::Prose | Language::Other) {
                return file.clone();
            }
            let bare = strip_comments(spoken, &file.text);
            let renamed = rename(spoken, &bare, &mut names);
            SourceFile::new(file.path.clone(), reformat(spoken, &renamed, seed))
        })
        .collect()
}

/// Cuts a copy to about `lines` lines, disguises them, and packs them among [`DECOYS`] other files.
pub(super) fn haul(copy: &[SourceFile], lines: usize, seed: u64) -> Result<Leak, DeskError> {
    let part = excerpt(copy, Share::Lines(lines), seed);
    let disguised = disguise(&part, seed);
    let bytes = pack(&disguised, Archive::TarGz, DECOYS, seed)
        .map_err(|source| DeskError::because(Kind::Bug, "the haul cannot be packed", source))?;
    let lines = disguised.iter().map(|file| file.text.lines().count()).sum();
    Ok(Leak { bytes, files: disguised.len(), lines })
}

/// Posts the client of 2012, disguised, on a web page.
pub(crate) fn web_page(copy: &[SourceFile], seed: u64) -> Leak {
    let client: Vec<SourceFile> =
        copy.iter().filter(|file| language(&file.path) == Language::C).cloned().collect();
    let disguised = disguise(&client, seed);
    let code: String = disguised.iter().map(|file| file.text.as_str()).collect();
    let lines = code.lines().count();
    Leak {
        bytes: highlight_page("poc for that bug, enjoy", &code).into_bytes(),
        files: disguised.len(),
        lines,
    }
}
