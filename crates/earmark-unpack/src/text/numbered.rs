//! Text with line numbers in front: `cat -n`, `nl`, `12: code`, `12| code`, `grep -n`.

use crate::input::{Input, Source};
use crate::opening::{Container, Opening, Part};
use crate::text::readable::lines;

/// Fewer lines are no proof.
const LINES: usize = 5;

pub(crate) struct Numbered;

impl Container for Numbered {
    fn name(&self) -> &'static str {
        "numbered lines"
    }

    fn purpose(&self) -> &'static str {
        "text with a number in front of every line, given without it"
    }

    fn limits(&self) -> &'static str {
        "from five lines on, nine in ten of them numbered, mostly one by one"
    }

    fn recognizes(&self, _: &str, content: &[u8]) -> bool {
        is_numbered(content)
    }

    fn open(&self, mut input: Input<'_>, opening: &mut Opening<'_>) {
        let held = opening.hold(&mut input);
        let clean = without_numbers(&held);
        if opening.meter().take(clean.len()).is_ok() {
            opening.open(Part::Same, Source::Slice(&clean));
        }
    }
}

/// The number in front of a line and what follows it: a sign and the rest.
fn split(line: &[u8]) -> Option<(u64, u8, &[u8])> {
    let rest = line.trim_ascii_start();
    let rest = rest.strip_prefix(b"L").unwrap_or(rest);
    let digits = rest.iter().take_while(|byte| byte.is_ascii_digit()).count();
    if !(1..=7).contains(&digits) {
        return None;
    }
    let number = rest[..digits].iter().fold(0, |sum, digit| sum * 10 + u64::from(digit - b'0'));
    match rest.get(digits..)? {
        [] => Some((number, b' ', &[])),
        [sign @ (b'\t' | b' ' | b':' | b'|' | b'.' | b')' | b'-'), rest @ ..] => Some((number, *sign, rest)),
        _ => None,
    }
}

fn is_numbered(content: &[u8]) -> bool {
    let (mut all, mut numbered, mut ascending, mut next, mut with_text) = (0, 0, 0, 0, 0);
    let mut before: Option<u64> = None;
    for line in lines(content) {
        if line.trim_ascii().is_empty() {
            continue;
        }
        all += 1;
        if let Some((number, _, rest)) = split(line) {
            numbered += 1;
            with_text += usize::from(!rest.trim_ascii().is_empty());
            ascending += usize::from(before.is_none_or(|before| number > before));
            next += usize::from(before.is_none_or(|before| number == before + 1));
            before = Some(number);
        }
        // Most texts are refused here.
        if all >= 32 && numbered * 2 < all {
            return false;
        }
    }
    all >= LINES
        && numbered * 10 >= all * 9
        && ascending * 20 >= numbered * 19
        && next * 10 >= numbered * 8
        && with_text * 2 >= numbered
}

fn without_numbers(content: &[u8]) -> Vec<u8> {
    // One space after the sign belongs to the numbers if it stands in every line.
    let spaced = lines(content)
        .filter_map(split)
        .all(|(_, sign, rest)| sign != b' ' && rest.first().is_none_or(|byte| *byte == b' '));
    let mut out = Vec::with_capacity(content.len());
    for line in lines(content) {
        let clean = match split(line) {
            Some((_, _, [b' ', rest @ ..])) if spaced => rest,
            Some((_, _, rest)) => rest,
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

    const CODE: &str = "int f(int a)\n{\n\tif (a)\n\t\treturn 1;\n\n\treturn 12 * a;\n}\n";

    fn with(form: impl Fn(usize, &str) -> String) -> String {
        CODE.lines().enumerate().map(|(index, line)| form(index + 9, line) + "\n").collect()
    }

    #[test]
    fn every_form_comes_out_clean() {
        for text in [
            with(|number, line| format!("{number:6}\t{line}")),
            with(|number, line| format!("{number}: {line}")),
            with(|number, line| format!("{number}:{line}")),
            with(|number, line| format!("{number:>4} | {line}")).replace(" | ", "| "),
            with(|number, line| format!("L{number}: {line}")),
            with(|number, line| format!("{number} {line}")),
        ] {
            assert!(is_numbered(text.as_bytes()), "{text}");
            assert_eq!(String::from_utf8(without_numbers(text.as_bytes())).unwrap(), CODE);
        }
        let nl = CODE.lines().filter(|line| !line.is_empty()).enumerate();
        let nl: String = nl.map(|(index, line)| format!("{:6}\t{line}\n", index + 1)).collect();
        assert!(is_numbered(nl.as_bytes()));
    }

    #[test]
    fn other_texts_are_left_alone() {
        let basic: String = (1..20).map(|line| format!("{} PRINT {line}\n", line * 10)).collect();
        let table: String = (1..20).map(|line| format!("{line}.5 {}\n", line * 3)).collect();
        let numbers: String = (1..20).map(|line| format!("{line}\n")).collect();
        for text in [CODE, &basic, &numbers, "1. one\n2. two\n", "", &table.replace(".5", "5")] {
            assert!(!is_numbered(text.as_bytes()), "{text}");
        }
    }
}
