use std::io::Read as _;

use earmark_model::{EntryKind, Limits};
use flate2::Crc;

use crate::extract::error::ExtractError;
use crate::extract::folder::{Folder, shown};
use crate::meter::Meter;
use crate::zip::directory::{Record, records};
use crate::zip::entry::{Entry, decoder};
use crate::zip::local::Local;

/// Reads a zip archive into `folder`, by its central directory: it alone has the modes.
pub(super) fn read(bytes: &[u8], folder: &mut Folder) -> Result<(), ExtractError> {
    let records = records(bytes).map_err(|why| ExtractError::Damaged { at: bytes.len() as u64, why })?;
    for record in records {
        if record.name.ends_with(b"/") {
            continue;
        }
        let content = content(bytes, &record, folder)?;
        // Made on a system without modes: an ordinary file.
        let mode = if record.mode == 0 { 0o644 } else { record.mode };
        let kind = match mode & 0o170_000 {
            0o120_000 => EntryKind::Symlink,
            0 | 0o100_000 => EntryKind::File,
            _ => {
                let why = "neither a file nor a symbolic link";
                return Err(ExtractError::Unsupported { path: shown(&record.name), why });
            }
        };
        folder.add(&record.name, mode, kind, &content)?;
    }
    Ok(())
}

fn content(bytes: &[u8], record: &Record, folder: &Folder) -> Result<Vec<u8>, ExtractError> {
    let damaged = |why| ExtractError::Damaged { at: record.offset, why };
    let start = usize::try_from(record.offset).ok().filter(|start| *start < bytes.len());
    let Some(mut local) = start.and_then(|start| Local::parse(&bytes[start..])) else {
        return Err(damaged("the directory points to no file"));
    };
    if local.encrypted {
        return Err(ExtractError::Unsupported { path: shown(&record.name), why: "encrypted" });
    }
    let start = start.unwrap_or(0) + local.length;
    let end = usize::try_from(record.packed).ok().and_then(|packed| start.checked_add(packed));
    let Some(packed) = end.and_then(|end| bytes.get(start..end)) else {
        return Err(damaged("the archive ends inside a file"));
    };
    if record.size > folder.bytes_left() {
        return Err(ExtractError::TooLarge(folder.bytes_left()));
    }
    if local.method == 0 {
        let mut crc = Crc::new();
        crc.update(packed);
        return if crc.sum() == record.crc { Ok(packed.to_vec()) } else { Err(damaged("wrong checksum")) };
    }
    let Some(decoder) = decoder(local.method, packed) else {
        return Err(ExtractError::Unsupported {
            path: shown(&record.name),
            why: "an unknown compression method",
        });
    };
    // The directory knows what a streamed head does not.
    (local.streamed, local.crc, local.size) = (false, record.crc, record.size);
    let meter = Meter::new(&Limits { bytes: record.size, ..Limits::default() });
    let mut content = Vec::new();
    let read = Entry::new(&local, packed, decoder, String::new(), std::rc::Rc::clone(&meter))
        .read_to_end(&mut content);
    if read.is_err() || meter.gaps() > 0 {
        return Err(damaged("a file does not decode to what it should be"));
    }
    Ok(content)
}
