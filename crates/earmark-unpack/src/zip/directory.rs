//! The central directory, for archives that we trust (sections 4.3.12 to 4.3.16): it alone holds the files'
//! modes.

use crate::zip::local::field;

/// What the directory tells of a file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Record {
    pub(crate) name: Vec<u8>,
    /// Unix mode with the file's kind; 0 if the archive was made where there are none.
    pub(crate) mode: u32,
    pub(crate) crc: u32,
    pub(crate) packed: u64,
    pub(crate) size: u64,
    /// Where the local head starts.
    pub(crate) offset: u64,
}

/// Length of the end record without its comment.
const END: usize = 22;

fn number(bytes: &[u8], at: usize, width: usize) -> Option<u64> {
    let field = bytes.get(at..at.checked_add(width)?)?;
    Some(field.iter().rev().fold(0, |sum, byte| sum << 8 | u64::from(*byte)))
}

/// All records of the directory of `archive`.
///
/// # Errors
/// Says what is wrong with it.
pub(crate) fn records(archive: &[u8]) -> Result<Vec<Record>, &'static str> {
    const NONE: &str = "no end record";
    // The last 64 KiB may be a comment.
    let from = archive.len().saturating_sub(END + 0xffff);
    let end = memchr::memmem::rfind(&archive[from..], b"PK\x05\x06").map(|at| from + at).ok_or(NONE)?;
    let comment = number(archive, end + 20, 2).ok_or(NONE)?;
    if (end + END) as u64 + comment != archive.len() as u64 {
        return Err("something follows the end record, or its comment is cut");
    }
    let mut count = number(archive, end + 10, 2).ok_or(NONE)?;
    let mut offset = number(archive, end + 16, 4).ok_or(NONE)?;
    let locator = end.checked_sub(20).filter(|at| archive[*at..].starts_with(b"PK\x06\x07"));
    if let Some(locator) = locator {
        let wide =
            number(archive, locator + 8, 8).and_then(|at| usize::try_from(at).ok()).unwrap_or(usize::MAX);
        if !archive.get(wide..).is_some_and(|rest| rest.starts_with(b"PK\x06\x06")) {
            return Err("no zip64 end record");
        }
        count = number(archive, wide.saturating_add(32), 8).ok_or(NONE)?;
        offset = number(archive, wide.saturating_add(48), 8).ok_or(NONE)?;
    }
    let mut at = usize::try_from(offset).unwrap_or(usize::MAX);
    let mut records = Vec::new();
    for _ in 0..count {
        let (record, length) =
            record(archive.get(at..).unwrap_or_default()).ok_or("a malformed directory")?;
        records.push(record);
        at += length;
    }
    Ok(records)
}

fn record(bytes: &[u8]) -> Option<(Record, usize)> {
    if !bytes.starts_with(b"PK\x01\x02") {
        return None;
    }
    let length = |at| number(bytes, at, 2).map(|length| length as usize);
    let (name, extra, comment) = (length(28)?, length(30)?, length(32)?);
    let made_by = number(bytes, 5, 1)?;
    let attributes = number(bytes, 38, 4)? as u32;
    let (mut packed, mut size, mut offset) =
        (number(bytes, 20, 4)?, number(bytes, 24, 4)?, number(bytes, 42, 4)?);
    let extra_field = bytes.get(46 + name..46 + name + extra)?;
    if let Some(wide) = field(extra_field, 1) {
        let mut next = 0;
        for value in [&mut size, &mut packed, &mut offset] {
            if *value == u64::from(u32::MAX) {
                *value = number(wide, next, 8)?;
                next += 8;
            }
        }
    }
    let record = Record {
        name: bytes.get(46..46 + name)?.to_vec(),
        // 3 is Unix, 19 is OS X.
        mode: if matches!(made_by, 3 | 19) { attributes >> 16 } else { 0 },
        crc: number(bytes, 16, 4)? as u32,
        packed,
        size,
        offset,
    };
    Some((record, 46 + name + extra + comment))
}
