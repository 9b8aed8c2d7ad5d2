//! What reaches the terminal: one JSON document or prose, never both on standard output.

use std::borrow::Cow;
use std::io::{self, IsTerminal, Write};
use std::path::Path;

use earmark_desk::error::DeskError;

use serde::Serialize;

/// How to talk to whoever runs the command.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Output {
    json: bool,
    quiet: bool,
}

impl Output {
    /// An output that prints JSON if `json`, and no remarks if `quiet`.
    pub(crate) fn new(json: bool, quiet: bool) -> Self {
        Self { json, quiet }
    }

    /// Prints the answer: `document` as JSON, or what `prose` makes of it.
    pub(crate) fn answer<T: Serialize>(self, document: &T, prose: impl FnOnce() -> String) -> io::Result<()> {
        let mut out = io::stdout().lock();
        if self.json {
            serde_json::to_writer_pretty(&mut out, document)?;
            writeln!(out)
        } else {
            write!(out, "{}", harmless(&prose()))
        }
    }

    /// Whether JSON was asked for.
    pub(crate) fn is_json(self) -> bool {
        self.json
    }

    /// A remark on standard error, for a person who watches.
    pub(crate) fn remark(self, text: &str) {
        if !self.quiet && !self.json {
            // Nobody who closed standard error misses a remark.
            let _ = writeln!(io::stderr(), "{}", one_line(text));
        }
    }

    /// Whether progress may be drawn.
    pub(crate) fn draws(self) -> bool {
        !self.quiet && io::stderr().is_terminal()
    }
}

/// A failure to print.
pub(crate) fn printing(source: io::Error) -> DeskError {
    DeskError::io("write to", Path::new("standard output"), source)
}

/// Text that cannot move a terminal's cursor or turn its writing round, whoever named the files in it: control
/// characters but line feed and tab are written as escapes.
pub(crate) fn harmless(text: &str) -> Cow<'_, str> {
    escaped(text, |c| !matches!(c, '\n' | '\t') && moves(c))
}

/// The same in one line of bounded length, for errors.
pub(crate) fn one_line(text: &str) -> Cow<'_, str> {
    let text = escaped(text, moves);
    let count = text.chars().count();
    if count <= LONGEST_LINE {
        return text;
    }
    let part = |from: usize, length: usize| text.chars().skip(from).take(length).collect::<String>();
    let half = LONGEST_LINE / 2;
    Cow::Owned(format!("{} … {}", part(0, half), part(count - half, half)))
}

/// Longest error that is printed whole, in characters.
const LONGEST_LINE: usize = 1_200;

/// Control characters, and those that change the direction of what follows.
pub(crate) fn moves(c: char) -> bool {
    c.is_control() || matches!(c, '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
}

fn escaped(text: &str, escape: impl Fn(char) -> bool) -> Cow<'_, str> {
    if !text.contains(&escape) {
        return Cow::Borrowed(text);
    }
    let mut out = String::with_capacity(text.len() + 16);
    for c in text.chars() {
        if escape(c) { out.extend(c.escape_default()) } else { out.push(c) }
    }
    Cow::Owned(out)
}

/// A number with thin groups of three: `1 234 567` (plain space: terminals lack the thin one).
pub(crate) fn grouped(number: u64) -> String {
    let digits = number.to_string();
    let mut text = String::with_capacity(digits.len() + digits.len() / 3);
    for (index, digit) in digits.chars().enumerate() {
        if index > 0 && (digits.len() - index).is_multiple_of(3) {
            text.push(' ');
        }
        text.push(digit);
    }
    text
}

#[cfg(test)]
mod tests {
    #[test]
    fn what_moves_a_cursor_is_escaped_and_errors_stay_short() {
        use super::{LONGEST_LINE, harmless, one_line};
        assert_eq!(harmless("a\tb\nc"), "a\tb\nc");
        assert_eq!(harmless("\u{1b}[2J\u{202e}\u{9b}"), "\\u{1b}[2J\\u{202e}\\u{9b}");
        assert_eq!(one_line("a\nerror: b"), "a\\nerror: b");
        let long = "d/".repeat(5_000);
        assert!(one_line(&long).chars().count() <= LONGEST_LINE + 3);
    }

    #[test]
    fn numbers_are_grouped_by_three() {
        assert_eq!(super::grouped(0), "0");
        assert_eq!(super::grouped(999), "999");
        assert_eq!(super::grouped(1_234_567), "1 234 567");
    }
}
