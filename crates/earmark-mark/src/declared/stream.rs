//! Words as declared sites are read by: alike however prose is retyped, numbers are spelled, or
//! strings are split.
//!
//! Prose: letters and digits in small letters; what stands between words is nothing, and an
//! apostrophe vanishes. Code: the carrier's tokens; numbers and characters by value; strings as
//! their content, word by word and sign by sign.

use earmark_model::Span;

use crate::lex::{Lexicon, NAME, Token, hash, lex};

/// One word.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Word {
    pub(super) span: Span,
    /// A hash of what it says.
    pub(super) exact: u32,
    /// The same; [`NAME`] for every name of code.
    pub(super) blind: u32,
}

/// What surrounds a declared text, and so how it is split into words.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Setting {
    /// Prose, and comments.
    Prose,
    /// Whole tokens of code.
    Code,
    /// A part of a string.
    Quoted,
}

/// The words of a text. Comments of code are left out unless `comments` says otherwise.
pub(super) fn words(text: &[u8], lexicon: &Lexicon, comments: bool) -> Vec<Word> {
    let mut out = Vec::with_capacity(text.len() / 5);
    if lexicon.prose {
        prose(text, 0, &mut out);
        return out;
    }
    let mut end = 0;
    for token in lex(text, lexicon) {
        if comments {
            comment(text, end, token.span.start as usize, &mut out);
        }
        end = token.span.end as usize;
        code(text, token, lexicon, &mut out);
    }
    if comments {
        comment(text, end, text.len(), &mut out);
    }
    out
}

fn comment(text: &[u8], from: usize, to: usize, out: &mut Vec<Word>) {
    if let Some(gap) = text.get(from..to).filter(|gap| !gap.iter().all(u8::is_ascii_whitespace)) {
        prose(gap, from, out);
    }
}

/// What surrounds `span` of a file.
pub(super) fn setting(text: &[u8], lexicon: &Lexicon, tokens: &[Token], span: Span) -> Setting {
    if lexicon.prose {
        return Setting::Prose;
    }
    let first = tokens.partition_point(|token| token.span.end <= span.start);
    match tokens.get(first) {
        Some(token) if token.span.start < span.end => {
            let cut = token.span.start < span.start || token.span.end > span.end;
            if cut && quoted(text, token.span, lexicon).is_some() { Setting::Quoted } else { Setting::Code }
        }
        _ => Setting::Prose,
    }
}

/// The words of a form.
pub(super) fn form_words(form: &[u8], lexicon: &Lexicon, setting: Setting) -> Vec<Word> {
    let mut out = Vec::new();
    match setting {
        Setting::Prose => prose(form, 0, &mut out),
        Setting::Quoted => content(form, 0, &mut out),
        Setting::Code => out = words(form, lexicon, false),
    }
    out
}

fn push(out: &mut Vec<Word>, start: usize, end: usize, word: u32) {
    let at = |byte: usize| u32::try_from(byte).unwrap_or(u32::MAX);
    out.push(Word { span: Span::new(at(start), at(end)), exact: word, blind: word });
}

fn code(text: &[u8], token: Token, lexicon: &Lexicon, out: &mut Vec<Word>) {
    let span = token.span;
    let bytes = text.get(span.range()).unwrap_or_default();
    if token.blind == NAME {
        out.push(Word { span, exact: token.exact, blind: NAME });
    } else if let Some(inside) = quoted(text, span, lexicon) {
        let inner = text.get(inside.range()).unwrap_or_default();
        match inner {
            [one] if bytes[0] == b'\'' => {
                push(out, span.start as usize, span.end as usize, hash(format!("#{one}").as_bytes()))
            }
            _ => content(inner, inside.start as usize, out),
        }
    } else {
        let word = value(bytes).map_or(token.exact, |value| hash(format!("#{value}").as_bytes()));
        out.push(Word { span, exact: word, blind: word });
    }
}

/// The content of a quoted literal.
fn quoted(text: &[u8], span: Span, lexicon: &Lexicon) -> Option<Span> {
    let bytes = text.get(span.range())?;
    let quote = lexicon.quotes.iter().find(|quote| bytes.starts_with(quote.open.as_bytes()))?;
    let open = u32::try_from(quote.open.len()).ok()?;
    let inner = bytes.get(quote.open.len()..)?;
    let close =
        if inner.ends_with(quote.close.as_bytes()) { u32::try_from(quote.close.len()).ok()? } else { 0 };
    Some(Span::new(span.start + open, span.end - close))
}

/// Words and signs of a string's content.
fn content(text: &[u8], from: usize, out: &mut Vec<Word>) {
    let mut at = 0;
    while let Some(byte) = text.get(at) {
        let letters = text[at..].iter().take_while(|byte| is_letter(**byte)).count();
        let length = letters.max(1);
        if !byte.is_ascii_whitespace() {
            push(out, from + at, from + at + length, hash(&text[at..at + length]));
        }
        at += length;
    }
}

fn is_letter(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || byte >= 0x80
}

fn prose(text: &[u8], from: usize, out: &mut Vec<Word>) {
    let mut word = String::new();
    let (mut start, mut at) = (0, 0);
    for chunk in text.utf8_chunks() {
        for letter in chunk.valid().chars() {
            if letter.is_alphanumeric() {
                if word.is_empty() {
                    start = at;
                }
                word.extend(letter.to_lowercase().filter(|small| small.is_alphanumeric()));
            } else if !is_nothing(letter) && !word.is_empty() {
                push(out, from + start, from + at, hash(word.as_bytes()));
                word.clear();
            }
            at += letter.len_utf8();
        }
        if !chunk.invalid().is_empty() && !word.is_empty() {
            push(out, from + start, from + at, hash(word.as_bytes()));
            word.clear();
        }
        at += chunk.invalid().len();
    }
    if !word.is_empty() {
        push(out, from + start, from + at, hash(word.as_bytes()));
    }
}

/// What may stand inside a word without parting it: apostrophes, and what cannot be seen.
fn is_nothing(letter: char) -> bool {
    matches!(letter, '\'' | '\u{2019}' | '\u{ad}' | '\u{200b}'..='\u{200d}' | '\u{2060}' | '\u{feff}')
}

/// The value of an integer literal of C, Python, JavaScript or Rust.
fn value(text: &[u8]) -> Option<u128> {
    let text = std::str::from_utf8(text).ok()?;
    if !text.starts_with(|first: char| first.is_ascii_digit()) {
        return None;
    }
    let text: String = text.chars().filter(|c| *c != '_').map(|c| c.to_ascii_lowercase()).collect();
    let (digits, radix) = match text.as_bytes() {
        [b'0', b'x', ..] => (&text[2..], 16),
        [b'0', b'b', ..] => (&text[2..], 2),
        [b'0', b'o', ..] => (&text[2..], 8),
        [b'0', second, ..] if second.is_ascii_digit() => (&text[1..], 8),
        _ => (text.as_str(), 10),
    };
    let count = digits.chars().take_while(|digit| digit.is_digit(radix)).count();
    let (number, suffix) = digits.split_at(count);
    let known = [
        "", "u", "l", "ul", "lu", "ll", "ull", "llu", "n", "u8", "u16", "u32", "u64", "usize", "i8", "i16",
        "i32", "i64", "isize",
    ];
    if !known.contains(&suffix) {
        return None;
    }
    u128::from_str_radix(number, radix).ok()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::carriers::carrier_of;
    use crate::language::Language;

    fn exact(text: &str, language: Language) -> Vec<u32> {
        let lexicon = carrier_of(language).unwrap().lexicon();
        words(text.as_bytes(), lexicon, false).iter().map(|word| word.exact).collect()
    }

    #[test]
    fn retyped_prose_has_the_same_words() {
        let text = "The *server* doesn\u{2019}t re-read 1,024 bytes.\n> Stra\u{df}e";
        assert_eq!(
            exact(text, Language::Markdown),
            exact("the server doesnt re read 1 024 bytes stra\u{df}e", Language::Text)
        );
        assert_ne!(exact("one", Language::Text), exact("two", Language::Text));
    }

    #[test]
    fn code_says_the_same_however_it_is_spelled() {
        assert_eq!(exact("f(0x41, 255u)", Language::C), exact("f ( 65,0xFF ) // c", Language::C));
        assert_eq!(exact("f('A')", Language::C), exact("f(0x41)", Language::C));
        assert_eq!(exact("p(\"a b, c\")", Language::C), exact("p(\"a \" \"b, c\")", Language::C));
        assert_ne!(exact("11", Language::C), exact("\"11\"", Language::C));
        assert_ne!(exact("1.5", Language::C), exact("1", Language::C));
    }

    #[test]
    fn any_bytes_end() {
        let lexicon = carrier_of(Language::C).unwrap().lexicon();
        for bytes in [&b"\xff\xfe 'a"[..], b"\"", b"'", b"\"\\", b"/*", b"0x", b"1e", b"\xc3("] {
            for comments in [false, true] {
                let found = words(bytes, lexicon, comments);
                assert!(found.iter().all(|word| word.span.end as usize <= bytes.len()));
            }
        }
    }
}
