//! Text with a mark in front of every line: `> ` of an answer, `+` of a patch, `| `.

use crate::input::{Input, Source};
use crate::opening::{Container, Opening, Part};
use crate::text::readable::lines;

/// Fewer lines are no proof.
const LINES: usize = 4;

pub(crate) struct Quoted;

impl Container for Quoted {
    fn name(&self) -> &'static str {
        "quoted lines"
    }

    fn purpose(&self) -> &'static str {
        "text with a mark (`>`, `+`, `|`) in front of every line, given without it"
    }

    fn limits(&self) -> &'static str {
        "from four lines on, nine in ten of them marked alike"
    }

    fn recognizes(&self, _: &str, content: &[u8]) -> bool {
        mark(content).is_some()
    }

    fn open(&self, mut input: Input<'_>, opening: &mut Opening<'_>) {
        let held = opening.hold(&mut input);
        let Some(mark) = mark(&held) else { return };
        let clean = without(mark, &held);
        if opening.meter().take(clean.len()).is_ok() {
            opening.open(Part::Same, Source::Slice(&clean));
        }
    }
}

/// The mark of nine in ten lines, if there is one.
fn mark(content: &[u8]) -> Option<u8> {
    let (mut all, mut marked, mut mark) = (0, 0, None);
    for line in lines(content).filter(|line| !line.trim_ascii().is_empty()) {
        all += 1;
        let first = line.first().copied().filter(|byte| matches!(byte, b'>' | b'+' | b'|'));
        mark = mark.or(first);
        marked += usize::from(first.is_some() && first == mark);
        if all >= 32 && marked * 2 < all {
            return None;
        }
    }
    mark.filter(|_| all >= LINES && marked * 10 >= all * 9)
}

fn without(mark: u8, content: &[u8]) -> Vec<u8> {
    let spaced = lines(content)
        .filter_map(|line| line.strip_prefix(&[mark]))
        .all(|rest| rest.first().is_none_or(|byte| *byte == b' ' || *byte == mark));
    let mut out = Vec::with_capacity(content.len());
    for line in lines(content) {
        let clean = match line.strip_prefix(&[mark]) {
            Some([b' ', rest @ ..]) if spaced => rest,
            Some(rest) => rest,
            None => line,
        };
        out.extend_from_slice(clean);
        out.push(b'\n');
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn marks_go_and_indentation_stays() {
        for (quoted, clean) in [
            ("> a\n>\n>   b\n> c\n> d\n", "a\n\n  b\nc\nd\n"),
            ("+a\n+ b\n+\tc\n+d\n", "a\n b\n\tc\nd\n"),
            (">> a\n>> b\n>> c\n>> d\n", "> a\n> b\n> c\n> d\n"),
            ("> a\r\n> b\r\n> c\r\n> d\r\n", "a\nb\nc\nd\n"),
        ] {
            let mark = mark(quoted.as_bytes()).unwrap();
            assert_eq!(String::from_utf8(without(mark, quoted.as_bytes())).unwrap(), clean);
        }
        assert_eq!(mark(b"> a\nb\nc\nd\n"), None);
        assert_eq!(mark(b"> a\n> b\n"), None);
    }
}
