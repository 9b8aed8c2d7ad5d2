//! A lexer for every language, driven by a [`Lexicon`]: total, linear, without memory of its own.
//!
//! Finding sites uses a grammar; reading uses only this, so that hostile bytes meet no parser.

use earmark_model::Span;

/// The lexical shape of a language.
#[derive(Debug)]
pub struct Lexicon {
    /// Words that are no names, sorted.
    pub keywords: &'static [&'static str],
    /// What starts a comment that ends with the line.
    pub line_comments: &'static [&'static str],
    /// What opens and closes a longer comment.
    pub block_comments: &'static [(&'static str, &'static str)],
    /// Quoted literals, tried in order.
    pub quotes: &'static [Quote],
    /// Punctuation of two bytes and more, longest first; other bytes stand alone.
    pub punctuation: &'static [&'static str],
    /// Whether words are told apart (prose) or blinded as names (code).
    pub prose: bool,
}

/// A kind of quoted literal.
#[derive(Debug)]
pub struct Quote {
    /// What opens it.
    pub open: &'static str,
    /// What closes it.
    pub close: &'static str,
    /// Whether a backslash takes the next byte with it.
    pub escape: bool,
    /// Whether it may run over line ends.
    pub multiline: bool,
    /// Longest content in bytes; a longer one is no literal (Rust's lifetimes).
    pub longest: usize,
}

/// One token.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Token {
    /// Where.
    pub span: Span,
    /// A hash of the text; [`NAME`] for every name of code.
    pub blind: u32,
    /// A hash of the text.
    pub exact: u32,
}

/// What every name hashes to when blinded.
pub const NAME: u32 = 1;

/// Hashes a token's text: FNV-1a with 64 bits, folded; never [`NAME`] or less.
#[must_use]
pub(crate) fn hash(text: &[u8]) -> u32 {
    let mut state: u64 = 0xcbf2_9ce4_8422_2325;
    for byte in text {
        state = (state ^ u64::from(*byte)).wrapping_mul(0x0100_0000_01b3);
    }
    let folded = (state ^ (state >> 32)) & 0xffff_ffff;
    u32::try_from(folded).unwrap_or(u32::MAX).max(NAME + 1)
}

/// Splits `text` into tokens; comments and white space are left out. Never fails: a byte that fits
/// nothing is a token of its own, an unclosed quote ends with its line or the text.
#[must_use]
pub fn lex(text: &[u8], lexicon: &Lexicon) -> Vec<Token> {
    let mut tokens = Vec::with_capacity(text.len() / 5);
    let mut at = 0;
    let limit = text.len().min(u32::MAX as usize);
    while at < limit {
        let rest = &text[at..limit];
        if let Some(skip) = blank(rest).or_else(|| comment(rest, lexicon)) {
            at += skip;
            continue;
        }
        let (length, name) = token_length(rest, lexicon);
        let word = &rest[..length];
        let exact = hash(word);
        let blind = if name && !lexicon.prose && !is_keyword(word, lexicon) { NAME } else { exact };
        let span = Span::new(at as u32, (at + length) as u32);
        tokens.push(Token { span, blind, exact });
        at += length;
    }
    tokens
}

fn is_keyword(word: &[u8], lexicon: &Lexicon) -> bool {
    lexicon.keywords.binary_search_by(|keyword| keyword.as_bytes().cmp(word)).is_ok()
}

fn blank(rest: &[u8]) -> Option<usize> {
    let count = rest.iter().take_while(|byte| byte.is_ascii_whitespace() || **byte == 0x0b).count();
    if count > 0 {
        return Some(count);
    }
    if rest.starts_with(b"\\\n") {
        return Some(2);
    }
    rest.starts_with(b"\\\r\n").then_some(3)
}

fn comment(rest: &[u8], lexicon: &Lexicon) -> Option<usize> {
    for open in lexicon.line_comments {
        if rest.starts_with(open.as_bytes()) {
            return Some(rest.iter().position(|byte| *byte == b'\n').unwrap_or(rest.len()));
        }
    }
    for (open, close) in lexicon.block_comments {
        if rest.starts_with(open.as_bytes()) {
            let inner = &rest[open.len()..];
            let end = find(inner, close.as_bytes()).map_or(rest.len(), |at| open.len() + at + close.len());
            return Some(end);
        }
    }
    None
}

fn find(text: &[u8], needle: &[u8]) -> Option<usize> {
    let first = *needle.first()?;
    let mut at = 0;
    while let Some(step) = text.get(at..)?.iter().position(|byte| *byte == first) {
        at += step;
        if text[at..].starts_with(needle) {
            return Some(at);
        }
        at += 1;
    }
    None
}

/// Length of the token at the start of `rest` (not empty), and whether it is a word.
fn token_length(rest: &[u8], lexicon: &Lexicon) -> (usize, bool) {
    for quote in lexicon.quotes {
        if let Some(length) = quoted(rest, quote) {
            return (length, false);
        }
    }
    let first = rest[0];
    if is_word_start(first) {
        return (rest.iter().take_while(|byte| is_word(**byte)).count(), true);
    }
    if first.is_ascii_digit() || (first == b'.' && rest.get(1).is_some_and(u8::is_ascii_digit)) {
        return (number(rest), false);
    }
    for sign in lexicon.punctuation {
        if rest.starts_with(sign.as_bytes()) {
            return (sign.len(), false);
        }
    }
    (1, false)
}

fn is_word_start(byte: u8) -> bool {
    byte.is_ascii_alphabetic() || matches!(byte, b'_' | b'$') || byte >= 0x80
}

fn is_word(byte: u8) -> bool {
    is_word_start(byte) || byte.is_ascii_digit()
}

fn number(rest: &[u8]) -> usize {
    let hex = rest.len() > 1 && rest[0] == b'0' && matches!(rest[1], b'x' | b'X');
    let mut length = 1;
    while let Some(byte) = rest.get(length) {
        let previous = rest[length - 1];
        let exponent = if hex { matches!(previous, b'p' | b'P') } else { matches!(previous, b'e' | b'E') };
        let dotted = *byte == b'.' && rest.get(length + 1) != Some(&b'.');
        if byte.is_ascii_alphanumeric()
            || *byte == b'_'
            || dotted
            || (exponent && matches!(byte, b'+' | b'-'))
        {
            length += 1;
        } else {
            break;
        }
    }
    length
}

fn quoted(rest: &[u8], quote: &Quote) -> Option<usize> {
    if !rest.starts_with(quote.open.as_bytes()) {
        return None;
    }
    let close = quote.close.as_bytes();
    let mut at = quote.open.len();
    let limit = at.saturating_add(quote.longest);
    while at < rest.len() {
        if rest[at..].starts_with(close) {
            return Some(at + close.len());
        }
        if at >= limit {
            return None;
        }
        match rest[at] {
            b'\\' if quote.escape => at += 2,
            b'\n' if !quote.multiline => return (quote.longest == usize::MAX).then_some(at),
            _ => at += 1,
        }
    }
    (quote.longest == usize::MAX).then_some(rest.len())
}

#[cfg(test)]
mod tests {
    use super::*;

    const PLAIN: Lexicon = Lexicon {
        keywords: &["if", "return"],
        line_comments: &["//"],
        block_comments: &[("/*", "*/")],
        quotes: &[Quote { open: "\"", close: "\"", escape: true, multiline: false, longest: usize::MAX }],
        punctuation: &["->", "++"],
        prose: false,
    };

    fn texts(source: &str) -> Vec<&str> {
        lex(source.as_bytes(), &PLAIN).iter().map(|token| &source[token.span.range()]).collect()
    }

    #[test]
    fn splits_code() {
        assert_eq!(
            texts("if(p->x++)/* c */ return 0x1F+1e-3; // end"),
            ["if", "(", "p", "->", "x", "++", ")", "return", "0x1F", "+", "1e-3", ";"]
        );
        assert_eq!(texts(r#"s = "a\"b" "c"#), ["s", "=", r#""a\"b""#, "\"c"]);
    }

    #[test]
    fn names_are_blinded_and_keywords_not() {
        let tokens = lex(b"if a b", &PLAIN);
        assert_ne!(tokens[0].blind, NAME);
        assert_eq!((tokens[1].blind, tokens[2].blind), (NAME, NAME));
        assert_ne!(tokens[1].exact, tokens[2].exact);
    }

    #[test]
    fn any_bytes_end() {
        for seed in 0..2000u32 {
            let bytes: Vec<u8> = (0..seed % 40)
                .map(|i| (seed.wrapping_mul(2_654_435_761).wrapping_add(i * 97).rotate_left(i)) as u8)
                .collect();
            let tokens = lex(&bytes, &PLAIN);
            assert!(tokens.windows(2).all(|pair| pair[0].span.end <= pair[1].span.start));
            assert!(
                tokens.iter().all(|token| token.span.end as usize <= bytes.len() && !token.span.is_empty())
            );
        }
        assert_eq!(lex(b"\"abc\\", &PLAIN).len(), 1);
    }
}
