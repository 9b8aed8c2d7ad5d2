//! Tokens of the languages written with braces: C, JavaScript, Rust.

use super::token::{Kind, Scanner, Token, is_word};
use crate::language::Language;

/// A regular expression longer than this is taken for a division, so that scanning stays linear.
const REGEX_BYTES: usize = 2_000;

/// Longest first within each length; everything else is one byte.
const OPERATORS: [&str; 43] = [
    ">>>=", "...", "<<=", ">>=", "===", "!==", "**=", "&&=", "||=", "??=", ">>>", "..=", "->*", "<=>", "->",
    "++", "--", "<<", ">>", "<=", ">=", "==", "!=", "&&", "||", "+=", "-=", "*=", "/=", "%=", "&=", "^=",
    "|=", "##", "::", "=>", "?.", "??", "**", "..", "<:", ":>", "<%",
];

pub(super) fn lex(language: Language, text: &str) -> Vec<Token<'_>> {
    let mut scanner = Scanner::new(text);
    let mut tokens: Vec<Token<'_>> = Vec::new();
    while let Some(byte) = scanner.peek(0) {
        let kind = match byte {
            b'\\'
                if language == Language::C
                    && matches!(scanner.rest(), [_, b'\n', ..] | [_, b'\r', b'\n', ..]) =>
            {
                scanner.skip_past(b"\n");
                Kind::Blank
            }
            _ if byte.is_ascii_whitespace() => {
                scanner.blank();
                Kind::Blank
            }
            b'/' if scanner.peek(1) == Some(b'/') => {
                scanner.line(language == Language::C);
                Kind::LineComment
            }
            b'/' if scanner.peek(1) == Some(b'*') => {
                block_comment(&mut scanner, language == Language::Rust);
                Kind::BlockComment
            }
            _ => code(language, &mut scanner, &tokens, byte),
        };
        tokens.push(scanner.take(kind));
    }
    tokens
}

fn code(language: Language, scanner: &mut Scanner<'_>, tokens: &[Token<'_>], byte: u8) -> Kind {
    let next_is_digit = scanner.peek(1).is_some_and(|next| next.is_ascii_digit());
    match byte {
        _ if byte.is_ascii_digit() || byte == b'.' && next_is_digit => {
            scanner.number(language != Language::Rust);
            Kind::Number
        }
        b'"' if language == Language::Rust => {
            rust_string(scanner);
            Kind::Quoted
        }
        b'"' => {
            scanner.quoted(b'"');
            Kind::Quoted
        }
        b'\'' if language == Language::Rust => rust_quote(scanner),
        b'\'' => {
            scanner.quoted(b'\'');
            Kind::Quoted
        }
        b'`' if language == Language::JavaScript => {
            template(scanner);
            Kind::Quoted
        }
        b'/' if language == Language::JavaScript && value_may_start(tokens) => regex(scanner),
        b'<' if language == Language::C && follows_include(tokens) => header(scanner),
        _ if is_word(byte) => word_or_prefixed(language, scanner),
        _ => {
            let rest = scanner.rest();
            let found = OPERATORS
                .iter()
                .find(|&&operator| rest.starts_with(operator.as_bytes()) && known(language, operator));
            scanner.skip(found.map_or(1, |operator| operator.len()));
            Kind::Punct
        }
    }
}

/// Tells whether the language has that operator of more than one character.
fn known(language: Language, operator: &str) -> bool {
    match operator {
        ">>>=" | ">>>" | "===" | "!==" | "**=" | "**" | "&&=" | "||=" | "??=" | "??" | "?." => {
            language == Language::JavaScript
        }
        "=>" => language != Language::C,
        "::" | "->" => language != Language::JavaScript,
        "++" | "--" => language != Language::Rust,
        "..=" | ".." => language == Language::Rust,
        "->*" | "<=>" | "##" | "<:" | ":>" | "<%" => language == Language::C,
        _ => true,
    }
}

fn block_comment(scanner: &mut Scanner<'_>, nested: bool) {
    scanner.skip(2);
    if !nested {
        scanner.skip_past(b"*/");
        return;
    }
    let mut depth = 1_usize;
    while depth > 0 && scanner.peek(0).is_some() {
        match scanner.rest() {
            [b'/', b'*', ..] => {
                depth += 1;
                scanner.skip(2);
            }
            [b'*', b'/', ..] => {
                depth -= 1;
                scanner.skip(2);
            }
            _ => scanner.skip(1),
        }
    }
}

/// Moves over a Rust string, which runs over line ends.
fn rust_string(scanner: &mut Scanner<'_>) {
    scanner.skip(1);
    while let Some(byte) = scanner.peek(0) {
        scanner.skip(if byte == b'\\' { 2 } else { 1 });
        if byte == b'"' {
            return;
        }
    }
}

/// Moves over a character or a lifetime.
fn rust_quote(scanner: &mut Scanner<'_>) -> Kind {
    let rest = scanner.rest();
    let length = match rest.get(1) {
        Some(b'\\') => {
            scanner.quoted(b'\'');
            return Kind::Quoted;
        }
        Some(&first) if first != b'\'' && first != b'\n' => {
            1 + rest[2..].iter().take(3).take_while(|&&byte| byte & 0xc0 == 0x80).count()
        }
        _ => {
            scanner.skip(1);
            return Kind::Punct;
        }
    };
    if rest.get(1 + length) == Some(&b'\'') {
        scanner.skip(2 + length);
        return Kind::Quoted;
    }
    scanner.skip(1);
    if scanner.peek(0).is_some_and(|byte| is_word(byte) && !byte.is_ascii_digit()) {
        scanner.word();
        return Kind::Lifetime;
    }
    Kind::Punct
}

/// Moves over a template literal with the expressions in it.
fn template(scanner: &mut Scanner<'_>) {
    // `true` on the stack is template text, `false` an expression inside one.
    let mut open = vec![true];
    scanner.skip(1);
    while let (Some(&text), Some(byte)) = (open.last(), scanner.peek(0)) {
        match byte {
            b'\\' => scanner.skip(1),
            b'`' if text => {
                open.pop();
            }
            b'`' => open.push(true),
            b'$' if text && scanner.peek(1) == Some(b'{') => {
                scanner.skip(1);
                open.push(false);
            }
            b'{' if !text => open.push(false),
            b'}' if !text => {
                open.pop();
            }
            b'"' | b'\'' if !text => {
                scanner.quoted(byte);
                continue;
            }
            _ => {}
        }
        scanner.skip(1);
    }
}

/// Tells whether a slash here starts a regular expression.
fn value_may_start(tokens: &[Token<'_>]) -> bool {
    let Some(before) = tokens.iter().rev().find(|token| token.is_code()) else { return true };
    match before.kind {
        Kind::Punct => !matches!(before.text, ")" | "]" | "}" | "++" | "--"),
        Kind::Word => matches!(
            before.text,
            "return"
                | "typeof"
                | "case"
                | "in"
                | "of"
                | "delete"
                | "void"
                | "throw"
                | "new"
                | "else"
                | "do"
                | "instanceof"
                | "yield"
                | "await"
        ),
        _ => false,
    }
}

fn regex(scanner: &mut Scanner<'_>) -> Kind {
    let rest = scanner.rest();
    let mut in_class = false;
    let mut place = 1;
    while place < rest.len().min(REGEX_BYTES) {
        match rest[place] {
            b'\n' => break,
            b'\\' => place += 1,
            b'[' => in_class = true,
            b']' => in_class = false,
            b'/' if !in_class => {
                scanner.skip(place + 1);
                scanner.word();
                return Kind::Quoted;
            }
            _ => {}
        }
        place += 1;
    }
    scanner.skip(if rest.get(1) == Some(&b'=') { 2 } else { 1 });
    Kind::Punct
}

/// Tells whether the last two tokens of the line are `#include`.
fn follows_include(tokens: &[Token<'_>]) -> bool {
    let mut code = tokens.iter().rev().filter(|token| token.is_code());
    let word = code.next().is_some_and(|token| matches!(token.text, "include" | "include_next" | "import"));
    word && code.next().is_some_and(|token| token.is("#"))
}

fn header(scanner: &mut Scanner<'_>) -> Kind {
    let rest = scanner.rest();
    let line = rest.iter().position(|&byte| byte == b'\n').unwrap_or(rest.len());
    if let Some(end) = rest[..line].iter().position(|&byte| byte == b'>') {
        scanner.skip(end + 1);
        return Kind::Quoted;
    }
    scanner.skip(1);
    Kind::Punct
}

/// Moves over a word, and over the string it is the prefix of.
fn word_or_prefixed(language: Language, scanner: &mut Scanner<'_>) -> Kind {
    let rest = scanner.rest();
    let length = rest.iter().position(|&byte| !is_word(byte)).unwrap_or(rest.len());
    let (word, behind) = rest.split_at(length);
    scanner.skip(length);
    match (language, word, behind) {
        (Language::C, b"L" | b"u" | b"U" | b"u8", [quote @ (b'"' | b'\''), ..]) => {
            scanner.quoted(*quote);
            Kind::Quoted
        }
        (Language::C, b"R" | b"LR" | b"uR" | b"UR" | b"u8R", [b'"', tail @ ..]) => {
            match tail.iter().take(17).position(|&byte| byte == b'(') {
                Some(open) => {
                    let close = [b")".as_slice(), &tail[..open], b"\""].concat();
                    scanner.skip(2 + open);
                    scanner.skip_past(&close);
                }
                None => scanner.quoted(b'"'),
            }
            Kind::Quoted
        }
        (Language::Rust, b"b", [b'\'', ..]) => {
            scanner.quoted(b'\'');
            Kind::Quoted
        }
        (Language::Rust, b"b" | b"c", [b'"', ..]) => {
            rust_string(scanner);
            Kind::Quoted
        }
        (Language::Rust, b"r" | b"br" | b"cr", [b'"' | b'#', ..]) => {
            let hashes = behind.iter().position(|&byte| byte != b'#').unwrap_or(behind.len());
            if behind.get(hashes) == Some(&b'"') {
                scanner.skip(hashes + 1);
                let mut close = vec![b'"'];
                close.resize(hashes + 1, b'#');
                scanner.skip_past(&close);
                Kind::Quoted
            } else if word == b"r" && hashes == 1 && behind.get(1).is_some_and(|&byte| is_word(byte)) {
                scanner.skip(1);
                scanner.word();
                Kind::Word
            } else {
                Kind::Word
            }
        }
        _ => Kind::Word,
    }
}
