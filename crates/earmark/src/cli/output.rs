//! What reaches the terminal: one JSON document or prose, never both on standard output.

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
            write!(out, "{}", prose())
        }
    }

    /// A remark on standard error, for a person who watches.
    pub(crate) fn remark(self, text: &str) {
        if !self.quiet && !self.json {
            eprintln!("{text}");
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
    fn numbers_are_grouped_by_three() {
        assert_eq!(super::grouped(0), "0");
        assert_eq!(super::grouped(999), "999");
        assert_eq!(super::grouped(1_234_567), "1 234 567");
    }
}
