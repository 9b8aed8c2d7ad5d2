//! Cutting HTML into tags and text (the HTML standard's tokenizer, without its exceptions).

/// A piece of a page.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Piece<'a> {
    /// Text, with references.
    Text(&'a [u8]),
    /// `<name attributes>`.
    Open(Tag<'a>),
    /// `</name>`.
    Close(Vec<u8>),
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Tag<'a> {
    /// In lower case.
    pub(crate) name: Vec<u8>,
    attributes: &'a [u8],
    /// `<br/>`.
    pub(crate) closed: bool,
}

impl<'a> Tag<'a> {
    /// The value of an attribute (name in lower case), with its references.
    pub(crate) fn attribute(&self, name: &str) -> Option<&'a [u8]> {
        let mut rest = self.attributes;
        loop {
            let start = rest.iter().position(|byte| !byte.is_ascii_whitespace() && *byte != b'/')?;
            rest = &rest[start..];
            let end = rest
                .iter()
                .position(|byte| byte.is_ascii_whitespace() || *byte == b'=')
                .unwrap_or(rest.len());
            let (key, after) = rest.split_at(end);
            let after = after.trim_ascii_start();
            let (value, next): (&[u8], &[u8]) = match after.strip_prefix(b"=").map(<[u8]>::trim_ascii_start) {
                None => (b"", after),
                Some([quote @ (b'"' | b'\''), value @ ..]) => {
                    let end = memchr::memchr(*quote, value).unwrap_or(value.len());
                    (&value[..end], value.get(end + 1..).unwrap_or_default())
                }
                Some(value) => {
                    let end = value.iter().position(u8::is_ascii_whitespace).unwrap_or(value.len());
                    value.split_at(end)
                }
            };
            if key.eq_ignore_ascii_case(name.as_bytes()) {
                return Some(value);
            }
            // A lone `=` would stand still.
            rest = if end == 0 { rest.get(1..)? } else { next };
        }
    }
}

/// Cuts `page` into pieces. Comments, declarations, scripts and style sheets are left out.
pub(crate) struct Pieces<'a> {
    rest: &'a [u8],
}

impl<'a> Pieces<'a> {
    pub(crate) fn new(page: &'a [u8]) -> Self {
        Self { rest: page }
    }

    fn skip_past(&mut self, needle: &[u8]) {
        let end = memchr::memmem::find(self.rest, needle).map_or(self.rest.len(), |at| at + needle.len());
        self.rest = &self.rest[end..];
    }

    /// Passes over the raw text of `<name>`, up to its end.
    fn skip_raw(&mut self, name: &[u8]) {
        let mut at = 0;
        while let Some(found) = memchr::memmem::find(&self.rest[at..], b"</") {
            at += found + 2;
            if self.rest[at..].get(..name.len()).is_some_and(|text| text.eq_ignore_ascii_case(name)) {
                self.rest = &self.rest[at - 2..];
                return;
            }
        }
        self.rest = &[];
    }
}

impl<'a> Iterator for Pieces<'a> {
    type Item = Piece<'a>;

    fn next(&mut self) -> Option<Piece<'a>> {
        loop {
            if self.rest.is_empty() {
                return None;
            }
            // A `<` that begins no tag is text.
            let begins = |at: &usize| {
                matches!(self.rest.get(at + 1), Some(b'a'..=b'z' | b'A'..=b'Z' | b'/' | b'!' | b'?'))
            };
            let at = memchr::memchr_iter(b'<', self.rest).find(begins).unwrap_or(self.rest.len());
            if at > 0 {
                let (text, rest) = self.rest.split_at(at);
                self.rest = rest;
                return Some(Piece::Text(text));
            }
            if self.rest.starts_with(b"<!--") {
                self.skip_past(b"-->");
                continue;
            }
            if let Some(data) = self.rest.strip_prefix(b"<![CDATA[") {
                let end = memchr::memmem::find(data, b"]]>").unwrap_or(data.len());
                self.rest = data.get(end + 3..).unwrap_or_default();
                return Some(Piece::Text(&data[..end]));
            }
            if matches!(self.rest[1], b'!' | b'?') {
                self.skip_past(b">");
                continue;
            }
            let inside = tag_end(self.rest);
            let (tag, rest) = self.rest.split_at(inside);
            self.rest = rest.get(1..).unwrap_or_default();
            let tag = &tag[1..];
            if let Some(name) = tag.strip_prefix(b"/") {
                return Some(Piece::Close(name.trim_ascii().to_ascii_lowercase()));
            }
            let end =
                tag.iter().position(|byte| byte.is_ascii_whitespace() || *byte == b'/').unwrap_or(tag.len());
            let name = tag[..end].to_ascii_lowercase();
            if matches!(name.as_slice(), b"script" | b"style" | b"noscript" | b"svg") {
                self.skip_raw(&name);
            }
            return Some(Piece::Open(Tag { name, attributes: &tag[end..], closed: tag.ends_with(b"/") }));
        }
    }
}

/// Where the tag at the start of `bytes` ends: its `>` outside quotes, as long as the quotes end soon.
fn tag_end(bytes: &[u8]) -> usize {
    let mut quote = None;
    for (at, byte) in bytes.iter().enumerate() {
        match (quote, byte) {
            (None, b'>') => return at,
            (None, b'"' | b'\'') if at > 0 && matches!(bytes[at - 1], b'=' | b' ') => quote = Some(*byte),
            (Some(open), byte) if *byte == open => quote = None,
            _ => {}
        }
    }
    // A quote that never ends is a mistake.
    memchr::memchr(b'>', bytes).unwrap_or(bytes.len())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_page_falls_into_pieces() {
        let page = b"<!DOCTYPE html><!-- <b> --><p Class='a>b' data-x=1 hidden>x < y<br/><script>if (a</b>)</SCRIPT>z</p >";
        let pieces: Vec<_> = Pieces::new(page).collect();
        let Piece::Open(tag) = &pieces[0] else { panic!("{pieces:?}") };
        assert_eq!(tag.attribute("class"), Some(&b"a>b"[..]));
        assert_eq!(tag.attribute("data-x"), Some(&b"1"[..]));
        assert_eq!(tag.attribute("hidden"), Some(&b""[..]));
        assert_eq!(tag.attribute("none"), None);
        assert_eq!(pieces[1], Piece::Text(b"x < y"));
        assert!(matches!(&pieces[2], Piece::Open(tag) if tag.name == b"br" && tag.closed));
        assert_eq!(pieces[4], Piece::Close(b"script".to_vec()));
        assert_eq!(pieces[5], Piece::Text(b"z"));
        assert_eq!(pieces[6], Piece::Close(b"p".to_vec()));
    }

    #[test]
    fn malformed_pages_end() {
        for page in
            [&b"<"[..], b"</", b"<!--", b"<![CDATA[x", b"<a =", b"<a b='", b"<script>", b"<?", b"<a / / =x>"]
        {
            for piece in Pieces::new(page) {
                if let Piece::Open(tag) = piece {
                    assert_eq!(tag.attribute("none"), None);
                }
            }
        }
    }
}
