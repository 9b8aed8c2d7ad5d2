//! Tokens of the languages whose comments start with `#`: Python, shell, TOML.

use super::token::{Kind, Scanner, Token, is_word};

const OPERATORS: [&str; 26] = [
    "**=", "//=", ">>=", "<<=", "...", "**", "//", ">>", "<<", "<=", ">=", "==", "!=", "->", ":=", "+=",
    "-=", "*=", "/=", "%=", "&=", "|=", "^=", "@=", "&&", "||",
];

/// Cuts Python when `python`; otherwise a `#` inside a word (as in `$#` or a color) starts no comment.
pub(super) fn lex(text: &str, python: bool) -> Vec<Token<'_>> {
    let mut scanner = Scanner::new(text);
    let mut tokens = Vec::new();
    while let Some(byte) = scanner.peek(0) {
        let kind = match byte {
            b'\\' if matches!(scanner.rest(), [_, b'\n', ..] | [_, b'\r', b'\n', ..]) => {
                scanner.skip_past(b"\n");
                Kind::Blank
            }
            _ if byte.is_ascii_whitespace() => {
                scanner.blank();
                Kind::Blank
            }
            b'#' if python
                || scanner.before().is_none_or(|before| before.is_ascii_whitespace() || before == b';') =>
            {
                scanner.line(false);
                Kind::LineComment
            }
            b'"' | b'\'' => {
                string(&mut scanner, byte);
                Kind::Quoted
            }
            _ if byte.is_ascii_digit()
                || byte == b'.' && scanner.peek(1).is_some_and(|next| next.is_ascii_digit()) =>
            {
                scanner.number(true);
                Kind::Number
            }
            _ if is_word(byte) => word_or_prefixed(&mut scanner, python),
            _ => {
                let rest = scanner.rest();
                let found = OPERATORS.iter().find(|&&operator| rest.starts_with(operator.as_bytes()));
                scanner.skip(found.map_or(1, |operator| operator.len()));
                Kind::Punct
            }
        };
        tokens.push(scanner.take(kind));
    }
    tokens
}

fn string(scanner: &mut Scanner<'_>, quote: u8) {
    if scanner.rest().starts_with(&[quote; 3]) {
        scanner.skip(3);
        while let Some(byte) = scanner.peek(0) {
            if scanner.rest().starts_with(&[quote; 3]) {
                scanner.skip(3);
                return;
            }
            scanner.skip(if byte == b'\\' { 2 } else { 1 });
        }
    } else {
        scanner.quoted(quote);
    }
}

fn word_or_prefixed(scanner: &mut Scanner<'_>, python: bool) -> Kind {
    let rest = scanner.rest();
    let length = rest.iter().position(|&byte| !is_word(byte)).unwrap_or(rest.len());
    scanner.skip(length);
    let prefix = length <= 2 && rest[..length].iter().all(|byte| b"rRbBuUfFtT".contains(byte));
    match rest.get(length) {
        Some(&quote @ (b'"' | b'\'')) if python && prefix => {
            string(scanner, quote);
            Kind::Quoted
        }
        _ => Kind::Word,
    }
}
