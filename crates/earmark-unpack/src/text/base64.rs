//! base64 blocks in the midst of text.

use std::borrow::Cow;
use std::ops::Range;

use crate::input::{Input, Source};
use crate::opening::{Container, Opening, Part};
use crate::text::readable::is_text;
use crate::text::sixbit::{base64, is_base64};

/// Lines of a block are at least this long, but for the last.
const LINE: usize = 40;
/// A block has at least so many characters.
const BLOCK: usize = 160;

pub(crate) struct Base64;

impl Container for Base64 {
    fn name(&self) -> &'static str {
        "base64"
    }

    fn purpose(&self) -> &'static str {
        "blocks of base64 anywhere in a text"
    }

    fn limits(&self) -> &'static str {
        "blocks of 160 characters and more, in lines of 40 and more, that give text or another container"
    }

    fn recognizes(&self, _: &str, content: &[u8]) -> bool {
        is_text(content) && Blocks { content, at: 0 }.next().is_some()
    }

    fn open(&self, mut input: Input<'_>, opening: &mut Opening<'_>) {
        let held = opening.hold(&mut input);
        let (mut count, mut covered) = (0, 0);
        for block in (Blocks { content: &held, at: 0 }) {
            let decoded = base64(&held[block.clone()]);
            if opening.meter().take(decoded.len()).is_err() {
                return;
            }
            if is_text(&decoded) || opening.knows(&decoded) {
                count += 1;
                covered += block.len();
                opening.open(Part::Named(format!("base64-{count}").as_bytes()), Source::Slice(&decoded));
            }
        }
        if covered * 10 < held.len() * 9 {
            opening.leaf(Cow::Borrowed(&held), false);
        }
    }
}

/// Finds the blocks of a text.
struct Blocks<'a> {
    content: &'a [u8],
    at: usize,
}

impl Iterator for Blocks<'_> {
    type Item = Range<usize>;

    fn next(&mut self) -> Option<Range<usize>> {
        while self.at < self.content.len() {
            let start = self.at;
            let (mut end, mut last) = (start, usize::MAX);
            loop {
                let line = line_at(self.content, end);
                let coded = self.content[line.clone()].trim_ascii_end();
                // A short line ends the block.
                if coded.is_empty() || last < LINE || !coded.iter().all(|byte| is_base64(*byte)) {
                    break;
                }
                last = coded.len();
                end = line.end;
            }
            if end == start {
                self.at = line_at(self.content, start).end;
                continue;
            }
            self.at = end;
            let block = &self.content[start..end];
            if block.len() >= BLOCK && is_mixed(block) {
                return Some(start..end);
            }
        }
        None
    }
}

/// The line at `at` with its end.
fn line_at(content: &[u8], at: usize) -> Range<usize> {
    at..memchr::memchr(b'\n', &content[at..]).map_or(content.len(), |end| at + end + 1)
}

/// Whether a block has letters of both cases, or digits and letters beyond hexadecimal ones: not an identifier,
/// a ruler or a hexadecimal dump.
fn is_mixed(block: &[u8]) -> bool {
    let has = |test: fn(&u8) -> bool| block.iter().any(test);
    has(u8::is_ascii_uppercase)
        && has(u8::is_ascii_lowercase)
        && has(|byte| byte.is_ascii_alphabetic() && !byte.is_ascii_hexdigit())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn blocks_are_found_between_prose() {
        let block =
            "QUJDREVGR0hJSktMTU5PUFFSU1RVVldYWVphYmNkZWZnaGlqa2xtbm9wcXJzdHV2\n".repeat(3) + "d3h5eg==\n";
        let text = format!("Hello,\n\n{block}\nBye\n{block}{}\n", "deadbeef".repeat(40));
        let found: Vec<_> = Blocks { content: text.as_bytes(), at: 0 }.map(|range| &text[range]).collect();
        assert_eq!(found, [&block, &block]);
    }
}
