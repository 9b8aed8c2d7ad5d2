use super::recent::Recent;
use super::token::{FIRST_MARK, NAMES, NUMBER, STRING, Tokens};
use super::words::{Keywords, directive};

/// A line comment longer than this is read as code: somebody joined the lines.
const LONG_LINE: usize = 300;
/// A string is not looked for beyond this many bytes.
const LONG_STRING: usize = 4096;

#[derive(Clone, Copy, PartialEq, Eq)]
enum Kind {
    Blank,
    Newline,
    Word,
    Digit,
    Quote,
    Slash,
    Hash,
    Dash,
    Less,
    /// Left out altogether: braces, semicolons, backslashes, backticks.
    Nothing,
    Mark,
}

const KINDS: [Kind; 256] = {
    let mut table = [Kind::Blank; 256];
    let mut byte = 0;
    while byte < 256 {
        let b = byte as u8;
        table[byte] = match b {
            b'\n' => Kind::Newline,
            b'a'..=b'z' | b'A'..=b'Z' | b'_' | b'$' | 0x80.. => Kind::Word,
            b'0'..=b'9' => Kind::Digit,
            b'"' | b'\'' => Kind::Quote,
            b'/' => Kind::Slash,
            b'#' => Kind::Hash,
            b'-' => Kind::Dash,
            b'<' => Kind::Less,
            b'{' | b'}' | b';' | b'\\' | b'`' => Kind::Nothing,
            b'!'..=b'~' => Kind::Mark,
            _ => Kind::Blank,
        };
        byte += 1;
    }
    table
};

const fn in_word(byte: u8) -> bool {
    matches!(KINDS[byte as usize], Kind::Word | Kind::Digit)
}

const WORD: [bool; 256] = {
    let mut table = [false; 256];
    let mut byte = 0;
    while byte < 256 {
        table[byte] = in_word(byte as u8);
        byte += 1;
    }
    table
};

/// How many lines there are, and how many open as a quote, a diff or a line number would.
#[derive(Debug, Default, Clone, Copy, PartialEq, Eq)]
pub(crate) struct PrefixCount {
    pub(crate) lines: u32,
    pub(crate) prefixed: u32,
}

/// Turns bytes into [`Tokens`]; keeps its tables from text to text.
pub(crate) struct Lexer {
    recent: Recent,
    keywords: Keywords,
}

impl Lexer {
    pub(crate) fn new() -> Self {
        Self { recent: Recent::new(), keywords: Keywords::get() }
    }

    /// Replaces `out` by the tokens of `bytes`; never fails, whatever the bytes.
    pub(crate) fn read(&mut self, bytes: &[u8], out: &mut Tokens) -> PrefixCount {
        out.reset();
        self.recent.clear();
        let mut count = PrefixCount::default();
        let mut at = 0;
        while let Some(&byte) = bytes.get(at) {
            match KINDS[usize::from(byte)] {
                Kind::Blank | Kind::Nothing => at += 1,
                Kind::Newline => {
                    at += 1;
                    count.lines += 1;
                    if let Some(b'>' | b'+' | b'-' | b'|' | b' ' | b'\t' | b'0'..=b'9') = bytes.get(at) {
                        count.prefixed += u32::from(prefixed(&bytes[at..]));
                    }
                }
                Kind::Word => at = self.word(bytes, at, out),
                Kind::Digit => {
                    out.push(NUMBER, NUMBER, at);
                    at = number_end(bytes, at);
                }
                Kind::Quote => at = quote(bytes, at, out),
                Kind::Slash => match bytes.get(at + 1) {
                    Some(b'*') => at = block_end(bytes, at + 2, b"*/"),
                    Some(b'/') => at = line_comment(bytes, at, 2),
                    _ => at = mark(bytes, at, out),
                },
                Kind::Hash => at = hash(bytes, at, out),
                Kind::Dash => {
                    let comment = bytes.get(at + 1) == Some(&b'-')
                        && matches!(bytes.get(at + 2), Some(b' ' | b'\t'))
                        && after_blank(bytes, at);
                    at = if comment { line_comment(bytes, at, 2) } else { mark(bytes, at, out) };
                }
                Kind::Less => {
                    at = if bytes[at..].starts_with(b"<!--") {
                        block_end(bytes, at + 4, b"-->")
                    } else {
                        mark(bytes, at, out)
                    };
                }
                Kind::Mark => at = mark(bytes, at, out),
            }
        }
        out.end = bytes.len() as u32;
        count
    }

    #[inline]
    fn word(&mut self, bytes: &[u8], start: usize, out: &mut Tokens) -> usize {
        let mut end = start + 1;
        while bytes.get(end).is_some_and(|byte| WORD[usize::from(*byte)]) {
            end += 1;
        }
        let length = end - start;
        // A letter or two before a quote belong to the string: L"..", u8"..", rb"..".
        if length <= 2 && matches!(bytes.get(end), Some(b'"' | b'\'')) {
            return end;
        }
        let head = head(bytes, start, length);
        if length <= 8
            && let Some(code) = self.keywords.code(head)
        {
            out.push(code, code, start);
            return end;
        }
        let mut hash = head ^ (length as u64) << 56;
        let mut rest = start + 8;
        while rest < end {
            hash = hash.wrapping_mul(0x9e37_79b9_7f4a_7c15).rotate_left(29)
                ^ self::head(bytes, rest, end - rest);
            rest += 8;
        }
        let hash = (hash.wrapping_mul(0xd6e8_feb8_6659_fd93) >> 32) as u32;
        let back = self.recent.seen(hash, out.len() as u32 + 1);
        debug_assert!(back < NAMES);
        out.push(0, back, start);
        end
    }
}

/// The first eight of `length` bytes, little-endian, padded with zeros.
#[inline]
fn head(bytes: &[u8], start: usize, length: usize) -> u64 {
    let keep = length.min(8);
    if let Some(eight) = bytes[start..].first_chunk::<8>() {
        let word = u64::from_le_bytes(*eight);
        return if keep == 8 { word } else { word & ((1 << (8 * keep)) - 1) };
    }
    let mut padded = [0; 8];
    padded[..keep].copy_from_slice(&bytes[start..start + keep]);
    u64::from_le_bytes(padded)
}

fn number_end(bytes: &[u8], start: usize) -> usize {
    let mut end = start + 1;
    while let Some(byte) = bytes.get(end) {
        let sign = matches!(byte, b'+' | b'-')
            && matches!(bytes[end - 1], b'e' | b'E')
            && bytes.get(start + 1) != Some(&b'x');
        if WORD[usize::from(*byte)] || *byte == b'.' || sign {
            end += 1;
        } else {
            break;
        }
    }
    end
}

/// Reads a string or character; a quote that opens nothing is passed over.
fn quote(bytes: &[u8], start: usize, out: &mut Tokens) -> usize {
    let mark = bytes[start];
    let before = start.checked_sub(1).map_or(b'\n', |at| bytes[at]);
    // An apostrophe (don't, 1'000) or a lifetime (&'a, <'a).
    if mark == b'\''
        && (WORD[usize::from(before)] && start > 1 && WORD[usize::from(bytes[start - 2])]
            || matches!(before, b'&' | b'<'))
    {
        return start + 1;
    }
    let triple = [mark; 3];
    let end = if bytes[start..].starts_with(&triple) {
        Some(block_end(bytes, start + 3, &triple))
    } else {
        string_end(bytes, start + 1, mark)
    };
    let Some(end) = end else { return start + 1 };
    if out.codes.last() != Some(&STRING) {
        out.push(STRING, STRING, start);
    }
    end
}

/// One past the closing quote; `None` if the line ends first.
fn string_end(bytes: &[u8], from: usize, mark: u8) -> Option<usize> {
    let mut at = from;
    let stop = bytes.len().min(from + LONG_STRING);
    while at < stop {
        match bytes[at] {
            b'\\' => at += 2,
            b'\n' => return None,
            byte if byte == mark => return Some(at + 1),
            _ => at += 1,
        }
    }
    None
}

/// One past the closing mark; a comment that never ends was none: only its opening is passed over.
fn block_end(bytes: &[u8], from: usize, close: &[u8]) -> usize {
    let mut at = from;
    while let Some(rest) = bytes.get(at..) {
        let Some(found) = rest.iter().position(|byte| *byte == close[0]) else {
            return from.min(bytes.len());
        };
        if rest[found..].starts_with(close) {
            return at + found + close.len();
        }
        at += found + 1;
    }
    from.min(bytes.len())
}

fn line_comment(bytes: &[u8], start: usize, opening: usize) -> usize {
    let rest = &bytes[start..];
    let shown = &rest[..rest.len().min(LONG_LINE)];
    match shown.iter().position(|byte| *byte == b'\n') {
        Some(length) => start + length,
        None if rest.len() <= LONG_LINE => bytes.len(),
        None => start + opening,
    }
}

fn after_blank(bytes: &[u8], at: usize) -> bool {
    at == 0 || matches!(bytes[at - 1], b' ' | b'\t' | b'\n' | b'\r')
}

/// Reads `#`: a directive of the preprocessor, a comment, or only a mark.
fn hash(bytes: &[u8], start: usize, out: &mut Tokens) -> usize {
    let mut word = start + 1;
    while matches!(bytes.get(word), Some(b' ' | b'\t')) {
        word += 1;
    }
    let mut end = word;
    while bytes.get(end).is_some_and(|byte| WORD[usize::from(*byte)]) && end < word + 10 {
        end += 1;
    }
    let name = &bytes[word..end];
    // Lists of headers are alike everywhere, and sorted at will.
    if name == b"include" {
        return line_comment(bytes, start, end - start);
    }
    if directive(name) {
        return mark(bytes, start, out);
    }
    let comment =
        after_blank(bytes, start) && !matches!(bytes.get(start + 1), Some(b'[' | b'#' | b'{' | b'('));
    if comment { line_comment(bytes, start, 1) } else { mark(bytes, start, out) }
}

/// Reads one or two characters of punctuation.
#[inline]
fn mark(bytes: &[u8], at: usize, out: &mut Tokens) -> usize {
    let first = bytes[at];
    let (code, length) = match (first, bytes.get(at + 1)) {
        (b'-', Some(b'>')) => (1, 2),
        (b'=', Some(b'>')) => (2, 2),
        (b'=', Some(b'=')) => (3, 2),
        (b'!', Some(b'=')) => (4, 2),
        (b'<', Some(b'=')) => (5, 2),
        (b'>', Some(b'=')) => (6, 2),
        (b'&', Some(b'&')) => (7, 2),
        (b'|', Some(b'|')) => (8, 2),
        (b'+', Some(b'+')) => (9, 2),
        (b'-', Some(b'-')) => (10, 2),
        (b'<', Some(b'<')) => (11, 2),
        (b'>', Some(b'>')) => (12, 2),
        (b':', Some(b':')) => (13, 2),
        (b'+' | b'-' | b'*' | b'/' | b'%' | b'&' | b'|' | b'^', Some(b'=')) => (14, 2),
        _ => (15 + SINGLE[usize::from(first)], 1),
    };
    out.push(FIRST_MARK + code, FIRST_MARK + code, at);
    at + length
}

/// Numbers the single punctuation marks.
const SINGLE: [u8; 256] = {
    let mut table = [0; 256];
    let mut byte = 0;
    let mut next = 0;
    while byte < 128 {
        if (byte as u8).is_ascii_punctuation() {
            table[byte] = next;
            next += 1;
        }
        byte += 1;
    }
    table
};

/// Whether a line opens as a quote, a diff or a numbered listing would.
fn prefixed(line: &[u8]) -> bool {
    match line.first() {
        Some(b'>' | b'+' | b'-' | b'|') => true,
        _ => {
            let digits = line.iter().take(12).skip_while(|byte| matches!(byte, b' ' | b'\t'));
            let mut seen = false;
            for byte in digits {
                match byte {
                    b'0'..=b'9' => seen = true,
                    b':' | b'|' | b'.' | b' ' | b'\t' | b')' | b'-' => return seen,
                    _ => return false,
                }
            }
            false
        }
    }
}
