//! Mailboxes: mails one after the other, each behind a line `From sender date` (RFC 4155).

use crate::input::{Input, Source};
use crate::opening::{Container, Opening, Part};
use crate::text::mime::is_mail;

pub(crate) struct Mbox;

impl Container for Mbox {
    fn name(&self) -> &'static str {
        "mbox"
    }

    fn purpose(&self) -> &'static str {
        "mailboxes of mails one after the other"
    }

    fn limits(&self) -> &'static str {
        "up to the length that is held in memory"
    }

    fn recognizes(&self, _: &str, content: &[u8]) -> bool {
        is_start(content) && is_mail(content)
    }

    fn open(&self, mut input: Input<'_>, opening: &mut Opening<'_>) {
        let held = opening.hold(&mut input);
        let mut starts = vec![0];
        starts.extend(
            memchr::memmem::find_iter(&held, b"\nFrom ").map(|at| at + 1).filter(|at| is_start(&held[*at..])),
        );
        starts.push(held.len());
        for (number, range) in starts.windows(2).enumerate() {
            let (head, message) = held[range[0]..range[1]].split_at(
                memchr::memchr(b'\n', &held[range[0]..range[1]]).map_or(range[1] - range[0], |end| end + 1),
            );
            debug_assert!(head.starts_with(b"From "));
            let name = format!("message-{}", number + 1);
            opening.open(Part::Named(name.as_bytes()), Source::Slice(&unquoted(message)));
            if !opening.goes_on() {
                return;
            }
        }
    }
}

/// Whether a line `From ... hh:mm...` starts here.
fn is_start(content: &[u8]) -> bool {
    let line = content[..content.len().min(300)].split(|byte| *byte == b'\n').next().unwrap_or_default();
    line.starts_with(b"From ")
        && line
            .windows(5)
            .any(|time| time[2] == b':' && [0, 1, 3, 4].iter().all(|at: &usize| time[*at].is_ascii_digit()))
}

/// `>From` at the start of a line, which hid it from readers of mailboxes, becomes `From` again.
fn unquoted(message: &[u8]) -> Vec<u8> {
    let mut out = Vec::with_capacity(message.len());
    for line in message.split_inclusive(|byte| *byte == b'\n') {
        let rest = line.trim_start_with(b'>');
        out.extend_from_slice(if rest.starts_with(b"From ") && line.len() > rest.len() {
            &line[1..]
        } else {
            line
        });
    }
    out
}

trait TrimStart {
    fn trim_start_with(&self, byte: u8) -> &[u8];
}

impl TrimStart for [u8] {
    fn trim_start_with(&self, byte: u8) -> &[u8] {
        let count = self.iter().take_while(|found| **found == byte).count();
        &self[count..]
    }
}
