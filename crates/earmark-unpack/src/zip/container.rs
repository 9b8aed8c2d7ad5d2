use std::rc::Rc;

use flate2::Crc;

use crate::input::{Input, Source};
use crate::opening::{Container, Opening, Part};
use crate::zip::entry::{End, Entry, decoder, descriptor};
use crate::zip::local::{Local, MAGIC, find};

pub(crate) struct Zip;

impl Container for Zip {
    fn name(&self) -> &'static str {
        "zip"
    }

    fn purpose(&self) -> &'static str {
        "zip archives (also jar, docx, self-extracting ones), whole, cut at either end, or damaged"
    }

    fn limits(&self) -> &'static str {
        "no encrypted files; stored, deflate, bzip2, lzma, zstd and xz, not deflate64, ppmd and older methods"
    }

    fn recognizes(&self, _: &str, content: &[u8]) -> bool {
        find(content, 0).is_some()
    }

    fn open(&self, mut input: Input<'_>, opening: &mut Opening<'_>) {
        let held = opening.hold(&mut input);
        // An error here is a limit, which the opening tells of itself.
        let _ = carve(&held, opening);
    }
}

/// What lies between files and is no part of the archive is worth a leaf from this length on: the program in front
/// of a self-extracting archive, the rest of a disk image, the content of a file whose head is lost.
const BETWEEN: usize = 512;

fn carve(bytes: &[u8], opening: &mut Opening<'_>) -> std::io::Result<()> {
    let (mut at, mut between) = (0, 0);
    loop {
        // Looks at the clock, too: there may be very many.
        opening.meter().take(0)?;
        let next = find(bytes, at);
        let start = next.unwrap_or(bytes.len());
        // At the end stands the directory; what is before a later file is damage or a stranger.
        let rest = &bytes[at..start];
        if rest.len() >= BETWEEN && memchr::memmem::find(&rest[..BETWEEN], b"PK").is_none() {
            between += 1;
            opening
                .open_damaged(Part::Named(format!("lost+found/{between}").as_bytes()), Source::Slice(rest));
        }
        if next.is_none() {
            return Ok(());
        }
        let Some(local) = Local::parse(&bytes[start..]) else { return Ok(()) };
        let content = &bytes[start + local.length..];
        at = start + local.length;
        if local.is_folder() {
            continue;
        }
        at += if local.encrypted {
            let path = inner_path(opening, &local);
            opening.meter().loss(&path, "encrypted");
            skippable(content, &local)
        } else if local.method == 0 {
            stored(content, &local, opening)
        } else {
            packed(content, &local, opening)?
        };
    }
}

fn inner_path(opening: &Opening<'_>, local: &Local) -> String {
    format!("{}!{}", opening.path(), String::from_utf8_lossy(&local.name))
}

/// How much to pass over for an entry whose length only its head tells: that length if it leads to
/// something of a zip archive, else nothing.
fn skippable(content: &[u8], local: &Local) -> usize {
    let length = usize::try_from(local.packed).unwrap_or(usize::MAX);
    match content.get(length..) {
        Some(rest) if rest.starts_with(b"PK") => length,
        _ => 0,
    }
}

fn packed(content: &[u8], local: &Local, opening: &mut Opening<'_>) -> std::io::Result<usize> {
    let path = inner_path(opening, local);
    let Some(decoder) = decoder(local.method, content) else {
        opening.meter().loss(&path, format!("compression method {} is not known", local.method));
        return Ok(skippable(content, local));
    };
    let mut entry = Entry::new(local, content, decoder, path, Rc::clone(opening.meter()));
    opening.open(Part::Named(&local.name), Source::Stream(&mut entry));
    let (end, used) = entry.finish()?;
    Ok(match end {
        End::Good | End::Doubtful => used,
        End::Broken => {
            // What a damaged entry swallowed may hold whole ones.
            let length = skippable(content, local);
            if let Some(rest) = content.get(used..length)
                && opening.knows(rest)
            {
                opening.open_damaged(Part::Named(&local.name), Source::Slice(rest));
            }
            length
        }
    })
}

fn stored(content: &[u8], local: &Local, opening: &mut Opening<'_>) -> usize {
    let path = inner_path(opening, local);
    let part = Part::Named(&local.name);
    let length = if local.streamed && local.packed == 0 {
        streamed_length(content)
    } else {
        usize::try_from(local.packed).unwrap_or(usize::MAX)
    };
    let Some(whole) = content.get(..length) else {
        // Up to the next head, if there is one: the length may be what is damaged.
        let length = find(content, 0).unwrap_or(content.len());
        opening.meter().gap(&path, "the archive ends inside this file");
        opening.open_damaged(part, Source::Slice(&content[..length]));
        return length;
    };
    let mut crc = Crc::new();
    crc.update(whole);
    let trailer = descriptor(&content[length..], crc.sum(), length as u64, length as u64);
    if trailer.is_some() || !local.streamed && crc.sum() == local.crc {
        opening.open(part, Source::Slice(whole));
        return length + trailer.unwrap_or(0);
    }
    opening.meter().gap(&path, "wrong checksum");
    opening.open_damaged(part, Source::Slice(whole));
    // Should the length be wrong, the files that were swallowed are found in there.
    length
}

/// The length of a stored content that is told only behind it: up to the descriptor that fits, else up to
/// the next head.
fn streamed_length(content: &[u8]) -> usize {
    for at in memchr::memmem::find_iter(content, b"PK\x07\x08") {
        let told = content
            .get(at + 8..at + 12)
            .map(|bytes| bytes.iter().rev().fold(0, |sum, byte| sum << 8 | u64::from(*byte)));
        if told == Some(at as u64) {
            return at;
        }
    }
    let end = memchr::memmem::find_iter(content, b"PK")
        .find(|at| content[*at..].starts_with(b"PK\x01\x02") || content[*at..].starts_with(MAGIC));
    end.unwrap_or(content.len())
}
