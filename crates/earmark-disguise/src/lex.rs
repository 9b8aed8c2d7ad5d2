//! Cuts text into tokens without ever failing.
//!
//! The tokens of a text, put together again, are the text: nothing is lost, and text that is no
//! program at all still comes out as some sequence of tokens. Unfinished strings end with their
//! line, unfinished comments with the file.
//!
//! Not here: grammar. Nothing above the single token is recognized.

mod braces;
mod hashes;
mod token;

pub(crate) use token::{Kind, Token};

use crate::language::Language;

/// Cuts `text` by the lexical rules of `language`.
pub(crate) fn lex(language: Language, text: &str) -> Vec<Token<'_>> {
    match language {
        Language::C | Language::JavaScript | Language::Rust => braces::lex(language, text),
        Language::Python => hashes::lex(text, true),
        Language::Other => hashes::lex(text, false),
        Language::Prose => prose(text),
    }
}

fn prose(text: &str) -> Vec<Token<'_>> {
    let mut tokens = Vec::new();
    let mut scanner = token::Scanner::new(text);
    while let Some(byte) = scanner.peek(0) {
        if byte.is_ascii_whitespace() {
            scanner.blank();
            tokens.push(scanner.take(Kind::Blank));
        } else if token::is_word(byte) {
            scanner.word();
            tokens.push(scanner.take(Kind::Word));
        } else {
            scanner.skip(1);
            tokens.push(scanner.take(Kind::Punct));
        }
    }
    tokens
}

/// Tells whether `left` and `right`, written without a blank between them, are still these two tokens.
pub(crate) fn may_touch(language: Language, left: &str, right: &str) -> bool {
    let joined = format!("{left}{right}");
    let tokens = lex(language, &joined);
    matches!(tokens.as_slice(), [first, second] if first.text == left && second.text == right)
}

#[cfg(test)]
mod tests;
