//! One mail with its attachments (RFC 2045 to 2049).

use std::borrow::Cow;

use crate::input::{Input, Source};
use crate::opening::{Container, Opening, Part};
use crate::text::mime::{Fields, is_mail, parts};
use crate::text::sixbit::{base64, quoted_printable};

pub(crate) struct Mail;

impl Container for Mail {
    fn name(&self) -> &'static str {
        "mail"
    }

    fn purpose(&self) -> &'static str {
        "a mail: its text and attachments, from base64 or quoted-printable"
    }

    fn limits(&self) -> &'static str {
        "no encrypted mail, no TNEF; text stays in its character set"
    }

    fn recognizes(&self, _: &str, content: &[u8]) -> bool {
        is_mail(content)
    }

    fn open(&self, mut input: Input<'_>, opening: &mut Opening<'_>) {
        let held = opening.hold(&mut input);
        let mut count = 0;
        message(&held, opening, 0, &mut count);
    }
}

/// Parts inside parts: deeper ones are given as they are.
const DEPTH: u32 = 32;

fn message(bytes: &[u8], opening: &mut Opening<'_>, depth: u32, count: &mut u32) {
    if !opening.goes_on() {
        return;
    }
    let (fields, body) = Fields::split(bytes);
    let kind = fields.get("content-type").unwrap_or(b"text/plain").to_ascii_lowercase();
    if kind.starts_with(b"multipart/")
        && depth < DEPTH
        && let Some(boundary) =
            fields.parameter("content-type", "boundary").filter(|boundary| !boundary.is_empty())
    {
        let (parts, ended) = parts(body, &boundary);
        for part in parts {
            message(part, opening, depth + 1, count);
        }
        if !ended {
            opening.loss("the mail ends before its last part");
        }
        return;
    }
    *count += 1;
    let coding = fields.get("content-transfer-encoding").unwrap_or_default().to_ascii_lowercase();
    let decoded = match coding.as_slice() {
        b"base64" => Cow::Owned(base64(body)),
        b"quoted-printable" => Cow::Owned(quoted_printable(body)),
        _ => Cow::Borrowed(body),
    };
    if opening.meter().take(decoded.len()).is_err() {
        return;
    }
    let name = fields
        .parameter("content-disposition", "filename")
        .or_else(|| fields.parameter("content-type", "name"))
        .filter(|name| !name.is_empty())
        .unwrap_or_else(|| default_name(&kind, *count));
    opening.open(Part::Named(&name), Source::Slice(&decoded));
}

fn default_name(kind: &[u8], count: u32) -> Vec<u8> {
    let ending = if kind.starts_with(b"text/html") {
        ".html"
    } else if kind.starts_with(b"text/") {
        ".txt"
    } else if kind.starts_with(b"message/rfc822") {
        ".eml"
    } else {
        ""
    };
    format!("part-{count}{ending}").into_bytes()
}
