use earmark_model::EntryKind;

use crate::extract::error::ExtractError;
use crate::extract::folder::{Folder, shown};
use crate::tar::header::{BLOCK, Header, Kind};
use crate::tar::names::Names;

/// Reads a tar archive into `folder`.
pub(super) fn read(bytes: &[u8], folder: &mut Folder) -> Result<(), ExtractError> {
    let mut names = Names::default();
    let mut at = 0;
    loop {
        let damaged = |why| ExtractError::Damaged { at: at as u64, why };
        let Some(block) = bytes.get(at..at + BLOCK) else {
            return Err(if at == 0 { ExtractError::Unknown } else { damaged("it ends without an end mark") });
        };
        if block.iter().all(|byte| *byte == 0) {
            return Ok(());
        }
        let Some(mut header) = Header::parse(block) else {
            return Err(if at == 0 { ExtractError::Unknown } else { damaged("no valid head") });
        };
        at += BLOCK;
        if !Names::are_in(header.kind) {
            names.apply(&mut header);
        }
        let has_content = !matches!(header.kind, Kind::Folder | Kind::Symlink | Kind::HardLink);
        let size = if has_content { usize::try_from(header.size).unwrap_or(usize::MAX) } else { 0 };
        let end = at.checked_add(size).filter(|end| *end <= bytes.len());
        let Some(content) = end.map(|end| &bytes[at..end]) else {
            return Err(ExtractError::Damaged { at: at as u64, why: "it ends inside a file" });
        };
        match header.kind {
            Kind::LongName | Kind::LongLink | Kind::Pax => names.learn(header.kind, content),
            Kind::Folder => {}
            Kind::File if header.flag == b'S' => {
                return Err(ExtractError::Unsupported { path: shown(&header.name), why: "a sparse file" });
            }
            Kind::File => folder.add(&header.name, header.mode, EntryKind::File, content)?,
            Kind::Symlink => folder.add(&header.name, header.mode, EntryKind::Symlink, &header.link)?,
            Kind::HardLink => folder.link(&header.name, &header.link)?,
            // pax records for all files: git writes one with its commit.
            Kind::Other if matches!(header.flag, b'g' | b'V') => {}
            Kind::Other => {
                return Err(ExtractError::Unsupported {
                    path: shown(&header.name),
                    why: "neither a file nor a symbolic link",
                });
            }
        }
        at = (at + size).next_multiple_of(BLOCK).min(bytes.len());
    }
}
