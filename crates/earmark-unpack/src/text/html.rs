//! Web pages: the text without its markup, and code as it was before it was shown.

use std::borrow::Cow;

use crate::input::{Input, Source};
use crate::opening::{Container, Opening, Part};
use crate::text::entities;
use crate::text::markup::{Piece, Pieces, Tag};
use crate::text::readable::is_text;
use crate::text::sixbit::base64;

/// Tables in tables: deeper ones are read as if they were none.
const DEPTH: usize = 64;

/// Shorter code stays in the text around it.
const CODE: usize = 40;

pub(crate) struct Html;

impl Container for Html {
    fn name(&self) -> &'static str {
        "html"
    }

    fn purpose(&self) -> &'static str {
        "web pages: the page itself, its text, and every block of code without markup and line numbers"
    }

    fn limits(&self) -> &'static str {
        "scripts are not run, and what they would load is not there"
    }

    fn recognizes(&self, name: &str, content: &[u8]) -> bool {
        is_text(content) && is_page(name, content)
    }

    fn open(&self, mut input: Input<'_>, opening: &mut Opening<'_>) {
        let held = opening.hold(&mut input);
        // A page may itself be what leaked.
        opening.leaf(Cow::Borrowed(&held), false);
        let mut page = Page::default();
        for piece in Pieces::new(&held) {
            page.take(&piece);
        }
        page.finish();
        for (number, code) in page.codes.iter().enumerate() {
            if opening.meter().take(code.len()).is_err() {
                return;
            }
            opening.open(Part::Named(format!("code-{}", number + 1).as_bytes()), Source::Slice(code));
        }
        if !page.text.trim_ascii().is_empty() && opening.meter().take(page.text.len()).is_ok() {
            opening.open(Part::Named(b"text"), Source::Slice(&page.text));
        }
        for (number, data) in page.data.iter().enumerate() {
            let decoded = base64(data);
            if opening.meter().take(decoded.len()).is_ok() && (is_text(&decoded) || opening.knows(&decoded)) {
                opening.open(Part::Named(format!("data-{}", number + 1).as_bytes()), Source::Slice(&decoded));
            }
        }
    }
}

fn is_page(name: &str, content: &[u8]) -> bool {
    let head = content[..content.len().min(4096)].to_ascii_lowercase();
    let has = |needle: &str| memchr::memmem::find(&head, needle.as_bytes()).is_some();
    let start = head.trim_ascii_start();
    let start = start.strip_prefix(b"\xef\xbb\xbf").unwrap_or(start);
    let named = [".html", ".htm", ".xhtml"].iter().any(|ending| name.to_ascii_lowercase().ends_with(ending));
    start.starts_with(b"<!doctype html")
        || start.starts_with(b"<html")
        || start.starts_with(b"<")
            && (has("<html") || has("<pre") || has("<table") || has("<div") || has("<span") || has("<p>"))
        || named && has("<")
}

/// A page being read.
#[derive(Default)]
struct Page {
    text: Vec<u8>,
    codes: Vec<Vec<u8>>,
    /// base64 of `data:` addresses.
    data: Vec<Vec<u8>>,
    /// Open `<pre>` and `<textarea>`, tables and gutters, innermost last.
    open: Vec<Open>,
}

/// An element whose text is kept apart until its end tells what it is.
struct Open {
    element: Vec<u8>,
    kind: OpenKind,
    text: Vec<u8>,
    /// For a table: a cell of code was seen.
    has_code: bool,
    /// How many elements of the same name are open inside.
    nested: u32,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum OpenKind {
    Code,
    Table,
    Gutter,
}

/// Classes of elements that hold line numbers: pygments, rouge, chroma, cgit, gitweb, highlight.js, prism, GitHub,
/// GitLab and others.
const GUTTERS: &[&str] = &[
    "lineno",
    "linenos",
    "linenumber",
    "linenumbers",
    "line-number",
    "line-numbers-rows",
    "linenodiv",
    "linenr",
    "linenum",
    "line-num",
    "blob-num",
    "diff-line-num",
    "gutter",
    "gl",
    "rouge-gutter",
    "hljs-ln-numbers",
    "hljs-ln-n",
    "lnt",
    "ln",
    "lnum",
    "line_numbers",
    "line-numbers",
    "num",
    "nu0",
    "ln-num",
    "react-line-number",
    "codehilite-lineno",
];

/// Classes of elements that hold code.
const CODES: &[&str] = &[
    "code",
    "blob-code",
    "line",
    "lines",
    "highlight",
    "highlighttable",
    "rouge-code",
    "hljs-ln-code",
    "hljs",
    "codehilite",
    "blob-code-inner",
    "source",
    "diff",
    "line_content",
    "lntd",
    "sourcecode",
    "react-code-text",
    "rouge-table",
    "blob",
];

/// Elements that begin on a line of their own.
const BLOCKS: &[&[u8]] = &[
    b"p",
    b"div",
    b"tr",
    b"li",
    b"ul",
    b"ol",
    b"table",
    b"h1",
    b"h2",
    b"h3",
    b"h4",
    b"h5",
    b"h6",
    b"section",
    b"article",
    b"blockquote",
    b"pre",
    b"dt",
    b"dd",
    b"dl",
    b"header",
    b"footer",
    b"tbody",
    b"title",
    b"textarea",
    b"form",
    b"option",
];

fn has_class(tag: &Tag<'_>, classes: &[&str]) -> bool {
    let Some(value) = tag.attribute("class") else { return false };
    value
        .split(u8::is_ascii_whitespace)
        .any(|class| classes.iter().any(|known| class.eq_ignore_ascii_case(known.as_bytes())))
}

impl Page {
    fn out(&mut self) -> &mut Vec<u8> {
        match self.open.last_mut() {
            Some(open) => &mut open.text,
            None => &mut self.text,
        }
    }

    fn take(&mut self, piece: &Piece<'_>) {
        match piece {
            Piece::Text(text) => entities::decode(text, self.out()),
            Piece::Open(tag) => self.enter(tag),
            Piece::Close(name) => self.leave(name),
        }
    }

    fn new_line(&mut self) {
        let out = self.out();
        if out.last().is_some_and(|byte| *byte != b'\n') {
            out.push(b'\n');
        }
    }

    fn enter(&mut self, tag: &Tag<'_>) {
        for attribute in ["href", "src", "data"] {
            if let Some(value) = tag.attribute(attribute)
                && value.starts_with(b"data:")
                && let Some(at) = memchr::memmem::find(&value[..value.len().min(200)], b";base64,")
            {
                self.data.push(value[at + 8..].to_vec());
            }
        }
        for open in self.open.iter_mut().filter(|open| open.element == tag.name) {
            open.nested += u32::from(!tag.closed);
        }
        let in_gutter = self.open.last().is_some_and(|open| open.kind == OpenKind::Gutter);
        let kind = match tag.name.as_slice() {
            b"br" => {
                self.out().push(b'\n');
                None
            }
            _ if tag.closed || in_gutter => None,
            b"td" | b"th" | b"span" | b"div" | b"a" | b"pre" | b"code" | b"i" | b"b"
                if has_class(tag, GUTTERS) =>
            {
                Some(OpenKind::Gutter)
            }
            b"pre" | b"textarea" | b"listing" | b"xmp" => {
                // Inside a table the code belongs to the table: its columns are told apart there.
                self.mark_code();
                Some(OpenKind::Code)
            }
            b"table" => Some(OpenKind::Table),
            _ => None,
        };
        if matches!(tag.name.as_slice(), b"td" | b"th" | b"table" | b"div") && has_class(tag, CODES) {
            self.mark_code();
        }
        if kind != Some(OpenKind::Gutter) && BLOCKS.contains(&tag.name.as_slice()) {
            self.new_line();
        }
        if let Some(kind) = kind.filter(|_| self.open.len() < DEPTH) {
            let has_code = kind == OpenKind::Table && has_class(tag, CODES);
            self.open.push(Open { element: tag.name.clone(), kind, text: Vec::new(), has_code, nested: 0 });
        } else if matches!(tag.name.as_slice(), b"td" | b"th")
            && self.out().last().is_some_and(|byte| *byte != b'\n')
        {
            self.out().push(b'\t');
        }
    }

    fn mark_code(&mut self) {
        if let Some(table) = self.open.iter_mut().rev().find(|open| open.kind == OpenKind::Table) {
            table.has_code = true;
        }
    }

    fn leave(&mut self, name: &[u8]) {
        if let Some(at) = self.open.iter().rposition(|open| open.element == name && open.nested == 0) {
            // What was left open inside ends here as well.
            while self.open.len() > at {
                self.close();
            }
        }
        for open in self.open.iter_mut().filter(|open| open.element == name) {
            open.nested = open.nested.saturating_sub(1);
        }
        if BLOCKS.contains(&name) {
            self.new_line();
        }
    }

    /// Closes the innermost open element and decides where its text belongs.
    fn close(&mut self) {
        let Some(open) = self.open.pop() else { return };
        let is_code = match open.kind {
            OpenKind::Gutter if is_numbers(&open.text) => return,
            OpenKind::Code if is_numbers(&open.text) => return,
            OpenKind::Gutter => false,
            OpenKind::Code => true,
            OpenKind::Table => open.has_code,
        };
        let text = open.text.strip_prefix(b"\n").unwrap_or(&open.text);
        let outermost =
            !self.open.iter().any(|outer| outer.kind == OpenKind::Code || outer.kind == OpenKind::Table);
        if is_code && outermost && text.trim_ascii().len() >= CODE {
            self.codes.push(text.to_vec());
        } else {
            self.out().extend_from_slice(text);
        }
    }

    fn finish(&mut self) {
        while !self.open.is_empty() {
            self.close();
        }
    }
}

/// Whether a text is only line numbers.
fn is_numbers(text: &[u8]) -> bool {
    text.iter().all(|byte| {
        byte.is_ascii_digit()
            || byte.is_ascii_whitespace()
            || matches!(byte, b':' | b'.' | b'|' | b'+' | b'-')
    })
}
