//! A token, and the cursor that cuts it.

/// What a token is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Kind {
    /// White space, or a line end taken back by a backslash.
    Blank,
    /// A comment up to the end of its line, which is not part of it.
    LineComment,
    /// A comment with both its ends.
    BlockComment,
    /// An identifier or a keyword.
    Word,
    /// A Rust lifetime or loop label with its quote.
    Lifetime,
    /// A number with its suffix.
    Number,
    /// Anything quoted: string, character, template, regular expression, header name.
    Quoted,
    /// An operator or bracket.
    Punct,
}

/// One piece of a text.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Token<'a> {
    pub(crate) kind: Kind,
    pub(crate) text: &'a str,
}

impl Token<'_> {
    /// Tells whether a compiler would see this token.
    pub(crate) fn is_code(&self) -> bool {
        !matches!(self.kind, Kind::Blank | Kind::LineComment | Kind::BlockComment)
    }

    /// Tells whether this is the operator or bracket `text`.
    pub(crate) fn is(&self, text: &str) -> bool {
        self.kind == Kind::Punct && self.text == text
    }

    /// Tells whether this blank ends the line (a line end after a backslash does not).
    pub(crate) fn ends_line(&self) -> bool {
        self.kind == Kind::Blank && !self.text.starts_with('\\') && self.text.contains('\n')
    }
}

/// Tells whether a byte can stand in an identifier; all of UTF-8 beyond ASCII can.
pub(crate) fn is_word(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || byte == b'_' || byte == b'$' || byte >= 0x80
}

/// A cursor over a text with the start of the token under way.
///
/// INVARIANT: tokens end at the text's end or next to an ASCII byte, so no character is cut.
pub(crate) struct Scanner<'a> {
    text: &'a str,
    start: usize,
    at: usize,
}

impl<'a> Scanner<'a> {
    pub(crate) fn new(text: &'a str) -> Self {
        Self { text, start: 0, at: 0 }
    }

    /// The byte `ahead` bytes from here, if the text reaches so far.
    pub(crate) fn peek(&self, ahead: usize) -> Option<u8> {
        self.text.as_bytes().get(self.at + ahead).copied()
    }

    /// What is left of the text.
    pub(crate) fn rest(&self) -> &'a [u8] {
        &self.text.as_bytes()[self.at..]
    }

    /// The byte before the token under way.
    pub(crate) fn before(&self) -> Option<u8> {
        self.start.checked_sub(1).map(|place| self.text.as_bytes()[place])
    }

    /// Moves on by `count` bytes, at most to the end.
    pub(crate) fn skip(&mut self, count: usize) {
        self.at = (self.at + count).min(self.text.len());
    }

    /// Moves on while `wanted` holds.
    pub(crate) fn skip_while(&mut self, wanted: impl Fn(u8) -> bool) {
        let rest = self.rest();
        self.at += rest.iter().position(|&byte| !wanted(byte)).unwrap_or(rest.len());
    }

    /// Moves to the first `end`, and behind it; to the end of the text when there is none.
    pub(crate) fn skip_past(&mut self, end: &[u8]) {
        let rest = self.rest();
        match rest.windows(end.len()).position(|window| window == end) {
            Some(place) => self.at += place + end.len(),
            None => self.at = self.text.len(),
        }
    }

    /// Moves over white space.
    pub(crate) fn blank(&mut self) {
        self.skip_while(|byte| byte.is_ascii_whitespace());
    }

    /// Moves to the end of the line; a backslash before the line end takes the next line in when `spliced`.
    pub(crate) fn line(&mut self, spliced: bool) {
        while let Some(byte) = self.peek(0) {
            if byte == b'\n' {
                return;
            }
            if spliced && byte == b'\\' {
                if self.peek(1) == Some(b'\r') && self.peek(2) == Some(b'\n') {
                    self.skip(1);
                }
                self.skip(2);
            } else {
                self.skip(1);
            }
        }
        self.complete_character();
    }

    /// Moves over an identifier.
    pub(crate) fn word(&mut self) {
        self.skip_while(is_word);
    }

    /// Moves over a number; `dotted` tells whether a point before something other than a digit belongs to it.
    pub(crate) fn number(&mut self, dotted: bool) {
        let hex = matches!(self.rest(), [b'0', b'x' | b'X', ..]);
        while let Some(byte) = self.peek(0) {
            let next = self.peek(1);
            if byte == b'.' {
                let digit = next.is_some_and(|next| next.is_ascii_digit());
                let range = next == Some(b'.');
                if !(digit || dotted && !range) {
                    return;
                }
            } else if !is_word(byte) {
                return;
            }
            let exponent = if hex { matches!(byte, b'p' | b'P') } else { matches!(byte, b'e' | b'E') };
            self.skip(1);
            if exponent && matches!(next, Some(b'+' | b'-')) {
                self.skip(1);
            }
        }
    }

    /// Moves over a string from its opening `quote`; it ends at the line's end when nothing closes it.
    pub(crate) fn quoted(&mut self, quote: u8) {
        self.skip(1);
        while let Some(byte) = self.peek(0) {
            match byte {
                b'\\' => {
                    if self.peek(1) == Some(b'\r') && self.peek(2) == Some(b'\n') {
                        self.skip(1);
                    }
                    self.skip(2);
                }
                b'\n' => break,
                _ => {
                    self.skip(1);
                    if byte == quote {
                        break;
                    }
                }
            }
        }
        self.complete_character();
    }

    /// Moves to the next character's start: an escape may have stopped inside one.
    pub(crate) fn complete_character(&mut self) {
        while !self.text.is_char_boundary(self.at) {
            self.at += 1;
        }
    }

    /// Ends the token under way here.
    pub(crate) fn take(&mut self, kind: Kind) -> Token<'a> {
        self.complete_character();
        let text = &self.text[self.start..self.at];
        self.start = self.at;
        Token { kind, text }
    }
}
