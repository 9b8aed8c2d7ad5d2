//! uuencode: `begin 644 name`, lines of up to 45 bytes, `end` (POSIX.1-2017, `uuencode`).

use std::borrow::Cow;

use crate::input::{Input, Source};
use crate::opening::{Container, Opening, Part};
use crate::text::readable::lines;
use crate::text::sixbit::{base64, uu_line};

pub(crate) struct Uuencode;

impl Container for Uuencode {
    fn name(&self) -> &'static str {
        "uuencode"
    }

    fn purpose(&self) -> &'static str {
        "files in uuencode anywhere in a text"
    }

    fn limits(&self) -> &'static str {
        "a damaged line is left out"
    }

    fn recognizes(&self, _: &str, content: &[u8]) -> bool {
        (content.starts_with(b"begin") || memchr::memmem::find(content, b"\nbegin").is_some())
            && lines(content).any(|line| begin(line).is_some())
    }

    fn open(&self, mut input: Input<'_>, opening: &mut Opening<'_>) {
        let held = opening.hold(&mut input);
        let mut around = Vec::new();
        let mut all = lines(&held);
        while let Some(line) = all.next() {
            let Some((name, is_base64)) = begin(line) else {
                around.extend_from_slice(line);
                around.push(b'\n');
                continue;
            };
            let (mut content, mut ended, mut bad) = (Vec::new(), false, 0);
            for line in all.by_ref() {
                if line == b"end" || is_base64 && line == b"====" {
                    ended = true;
                    break;
                }
                match uu_line(line) {
                    _ if is_base64 => content.extend(base64(line)),
                    Some(bytes) => content.extend(bytes),
                    None => bad += 1,
                }
            }
            if opening.meter().take(content.len()).is_err() {
                return;
            }
            let part = Part::Named(name);
            if ended && bad == 0 {
                opening.open(part, Source::Slice(&content));
            } else {
                let path = format!("{}!{}", opening.path(), String::from_utf8_lossy(name));
                let end = if ended { "" } else { ", no end" };
                opening.meter().loss(&path, format!("{bad} malformed lines{end}"));
                opening.open_damaged(part, Source::Slice(&content));
            }
        }
        if !around.trim_ascii().is_empty() {
            opening.leaf(Cow::Owned(around), false);
        }
    }
}

/// The name in a line that begins a file, and whether it is base64.
fn begin(line: &[u8]) -> Option<(&[u8], bool)> {
    let (rest, is_base64) = match (line.strip_prefix(b"begin "), line.strip_prefix(b"begin-base64 ")) {
        (Some(rest), _) => (rest, false),
        (_, Some(rest)) => (rest, true),
        _ => return None,
    };
    let digits = rest.iter().take_while(|byte| matches!(byte, b'0'..=b'7')).count();
    let name = rest.get(digits..)?.strip_prefix(b" ")?.trim_ascii();
    (matches!(digits, 3..=4) && !name.is_empty()).then_some((name, is_base64))
}
