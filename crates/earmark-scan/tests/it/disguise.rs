//! What a leaker does to a text; simple on purpose, and shares nothing with the code under test.

use crate::garden::Seed;

const KEPT: &[&str] = &[
    "static", "int", "void", "long", "struct", "size_t", "char", "unsigned", "return", "if", "for", "while",
    "switch", "case", "default", "break",
];

/// Every name another one, numbers other numbers.
pub(crate) fn renamed(text: &str, salt: u64) -> String {
    let mut out = String::new();
    let mut rest = text;
    while let Some(first) = rest.chars().next() {
        let word = rest.find(|c: char| !(c.is_alphanumeric() || c == '_')).unwrap_or(rest.len());
        if word == 0 {
            out.push(first);
            rest = &rest[first.len_utf8()..];
            continue;
        }
        let (name, tail) = rest.split_at(word);
        rest = tail;
        if KEPT.contains(&name) {
            out += name;
        } else {
            let hash =
                name.bytes().fold(salt, |sum, byte| (sum ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3));
            let digit = name.starts_with(|c: char| c.is_ascii_digit());
            out += &if digit { format!("{}", hash % 9_999) } else { format!("n{hash:x}") };
        }
    }
    out
}

/// Without comments.
pub(crate) fn stripped(text: &str) -> String {
    let mut out = String::new();
    let mut rest = text;
    while let Some((before, comment)) = rest.split_once("/*") {
        out += before;
        rest = comment.split_once("*/").map_or("", |(_, after)| after);
    }
    out + rest
}

/// Other white space everywhere, braces on lines of their own.
pub(crate) fn reformatted(text: &str) -> String {
    let mut out = String::new();
    for line in text.lines() {
        let tabs = line.len() - line.trim_start().len();
        out += &"    ".repeat(tabs);
        out += &line.trim().replace(" {", "\n{").replace(", ", ",").replace("= ", "=\n      ");
        out += "\r\n";
    }
    out
}

/// About one line in `every` replaced or followed by another.
pub(crate) fn edited(text: &str, every: usize, seed: &mut Seed) -> String {
    let mut out = String::new();
    for line in text.lines() {
        match seed.below(2 * every) {
            0 => out += &format!("other_{}(changed, {});\n", seed.below(99), seed.below(99)),
            1 => out += &format!("{line}\nadded_{} = more({});\n", seed.below(99), seed.below(99)),
            _ => out += &format!("{line}\n"),
        }
    }
    out
}

pub(crate) fn prefixed(text: &str, prefix: impl Fn(usize) -> String) -> String {
    text.lines().enumerate().map(|(number, line)| format!("{}{line}\n", prefix(number + 1))).collect()
}
