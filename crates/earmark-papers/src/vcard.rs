//! Address cards: vCard 2.1, 3.0 and 4.0 (RFC 2426, RFC 6350), as far as names, addresses and keys go.
//!
//! ```text
//! BEGIN:VCARD
//! VERSION:3.0
//! FN:Ann Harbor
//! ORG:Harbor Security;PSIRT
//! EMAIL;TYPE=work:ann@harbor.example
//! KEY:data:application/pgp-keys;base64,mDMEZ...
//! END:VCARD
//! ```
//!
//! Not here: photos, telephones, and what a card's fields are taken for.

use base64::Engine;
use base64::engine::general_purpose::{STANDARD, STANDARD_NO_PAD};

/// Most cards of a file that are read.
const MOST_CARDS: usize = 100_000;

/// One card.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Card {
    /// The person's name as it is shown.
    pub name: Option<String>,
    /// The organization, without its units.
    pub organization: Option<String>,
    /// Mail addresses, the first one first.
    pub mails: Vec<String>,
    /// The country of the first address that has one, as it is written there.
    pub country: Option<String>,
    /// Keys: text, or the bytes of a certificate.
    pub keys: Vec<Vec<u8>>,
}

/// A file holds no cards.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum CardError {
    /// Not a text in UTF-8.
    #[error("the cards are no text in UTF-8")]
    NoText,
    /// Begins no card, or ends one that did not begin, or the last one is cut short.
    #[error("line {0} of the cards stands outside of a card, or ends none")]
    Outside(usize),
    /// More than anybody has.
    #[error("there are more than {MOST_CARDS} cards")]
    Many,
}

/// Whether a file looks like cards.
#[must_use]
pub fn is_vcard(bytes: &[u8]) -> bool {
    let start = bytes.trim_ascii_start();
    start.get(..11).is_some_and(|start| start.eq_ignore_ascii_case(b"BEGIN:VCARD"))
}

/// Reads all cards of a file. Fields that cannot be read are left out.
///
/// # Errors
/// [`CardError`].
pub fn read_vcards(bytes: &[u8]) -> Result<Vec<Card>, CardError> {
    let text = std::str::from_utf8(bytes).map_err(|_| CardError::NoText)?;
    let (mut cards, mut open): (Vec<Card>, Option<Card>) = (Vec::new(), None);
    let mut last = 0;
    for (line, number) in unfolded(text) {
        last = number;
        let Some((name, parameters, value)) = property(&line) else { continue };
        match (name.as_str(), open.as_mut()) {
            ("BEGIN", None) if value.eq_ignore_ascii_case("VCARD") => open = Some(Card::default()),
            ("END", Some(_)) if value.eq_ignore_ascii_case("VCARD") => {
                if cards.len() == MOST_CARDS {
                    return Err(CardError::Many);
                }
                cards.extend(open.take());
            }
            ("BEGIN" | "END", _) | (_, None) => return Err(CardError::Outside(number)),
            (name, Some(card)) => take(card, name, &parameters, &value),
        }
    }
    if open.is_some() { Err(CardError::Outside(last)) } else { Ok(cards) }
}

fn take(card: &mut Card, name: &str, parameters: &[String], value: &str) {
    let plain = |text: &str| Some(unescaped(text)).filter(|text| !text.trim().is_empty());
    let decoded =
        |text: &str| if has(parameters, "QUOTED-PRINTABLE") { quoted(text) } else { text.to_owned() };
    match name {
        "FN" => card.name = card.name.take().or_else(|| plain(&decoded(value))),
        "ORG" => {
            let first = decoded(value);
            let first = parts(&first).into_iter().next().unwrap_or_default();
            card.organization = card.organization.take().or_else(|| plain(&first));
        }
        "EMAIL" => card.mails.extend(plain(value)),
        "ADR" => {
            let whole = decoded(value);
            let country = parts(&whole).into_iter().nth(6).unwrap_or_default();
            card.country = card.country.take().or_else(|| plain(&country));
        }
        "KEY" => card.keys.extend(key(parameters, value)),
        _ => {}
    }
}

/// A key: the data of a `data:` address, base64 where a parameter says so, or else text.
fn key(parameters: &[String], value: &str) -> Option<Vec<u8>> {
    let base64 = |text: &str| {
        let text: String = text.chars().filter(|c| !c.is_whitespace()).collect();
        STANDARD.decode(&text).or_else(|_| STANDARD_NO_PAD.decode(&text)).ok()
    };
    if let Some(data) = value.strip_prefix("data:") {
        let (head, data) = data.split_once(',')?;
        return if head.ends_with(";base64") { base64(data) } else { Some(data.as_bytes().to_vec()) };
    }
    if ["ENCODING=B", "ENCODING=BASE64", "BASE64", "B"].iter().any(|word| has(parameters, word)) {
        return base64(value);
    }
    // An address where the key may be had is none.
    let is_address = value.starts_with("http:") || value.starts_with("https:");
    (!is_address && !value.trim().is_empty()).then(|| unescaped(value).into_bytes())
}

fn has(parameters: &[String], word: &str) -> bool {
    parameters.iter().any(|one| one == word || one.strip_prefix("ENCODING=") == Some(word))
}

/// Lines with their continuations, which begin with a space or tab, and the number of the first.
fn unfolded(text: &str) -> Vec<(String, usize)> {
    let mut lines: Vec<(String, usize)> = Vec::new();
    for (line, number) in text.split('\n').zip(1..) {
        let line = line.strip_suffix('\r').unwrap_or(line);
        match (line.strip_prefix([' ', '\t']), lines.last_mut()) {
            (Some(rest), Some((before, _))) => before.push_str(rest),
            // A soft break of quoted-printable, which vCard 2.1 has.
            (None, Some((before, _))) if before.ends_with('=') && is_quoted(before) => {
                before.pop();
                before.push_str(line);
            }
            _ if line.trim().is_empty() => {}
            _ => lines.push((line.to_owned(), number)),
        }
    }
    lines
}

fn is_quoted(line: &str) -> bool {
    let head = line.split(':').next().unwrap_or_default();
    head.to_ascii_uppercase().contains("QUOTED-PRINTABLE")
}

/// Name without group, parameters in capitals, value.
fn property(line: &str) -> Option<(String, Vec<String>, String)> {
    // A colon within quotes belongs to a parameter.
    let mut within = false;
    let colon = line.char_indices().find(|(_, c)| {
        within ^= *c == '"';
        *c == ':' && !within
    });
    let (head, value) = line.split_at(colon?.0);
    let mut words = head.split(';');
    let name = words.next()?.rsplit('.').next()?.trim().to_ascii_uppercase();
    Some((name, words.map(|word| word.trim().to_ascii_uppercase()).collect(), value[1..].to_owned()))
}

/// The parts of a value, which `;` separates unless a backslash is before it; still escaped.
fn parts(value: &str) -> Vec<String> {
    let (mut parts, mut escaped) = (vec![String::new()], false);
    for c in value.chars() {
        if c == ';' && !escaped {
            parts.push(String::new());
            continue;
        }
        escaped = c == '\\' && !escaped;
        if let Some(part) = parts.last_mut() {
            part.push(c);
        }
    }
    parts
}

fn unescaped(value: &str) -> String {
    let (mut text, mut chars) = (String::new(), value.chars());
    while let Some(c) = chars.next() {
        match (c, c == '\\') {
            (_, true) => match chars.next() {
                Some('n' | 'N') => text.push('\n'),
                Some(other) => text.push(other),
                None => {}
            },
            (other, false) => text.push(other),
        }
    }
    text.trim().to_owned()
}

/// Quoted-printable without its soft breaks (RFC 2045, section 6.7); what is none of it stays.
fn quoted(text: &str) -> String {
    let (mut bytes, mut rest) = (Vec::new(), text.as_bytes());
    while let Some((first, more)) = rest.split_first() {
        let byte = (*first == b'=')
            .then(|| more.get(..2))
            .flatten()
            .and_then(|digits| std::str::from_utf8(digits).ok())
            .and_then(|digits| u8::from_str_radix(digits, 16).ok());
        bytes.push(byte.unwrap_or(*first));
        rest = if byte.is_some() { more.get(2..).unwrap_or_default() } else { more };
    }
    String::from_utf8_lossy(&bytes).into_owned()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn cards_of_every_version_are_read() {
        let text = "BEGIN:VCARD\r\nVERSION:2.1\r\nFN;CHARSET=UTF-8;ENCODING=QUOTED-PRINTABLE:J=C3=B6rg =\r\nHafen\r\n\
                    ORG:Harbor\\; Security;PSIRT\r\nEND:VCARD\r\n\
                    begin:vcard\nversion:3.0\nitem1.FN:Ann \n Harbor\nEMAIL;TYPE=\"a:b\":ann@harbor.example\n\
                    ADR:;;1 Quay;Port;;1;DE\nKEY;TYPE=PGP;ENCODING=b:YWJj\nKEY:https://x.example/k\nend:vcard\n\n\
                    BEGIN:VCARD\nVERSION:4.0\nFN:Ben\nKEY:data:application/pgp-keys;base64,ZGVm\n\
                    KEY;VALUE=text:ssh-ed25519 AAAA x\\, y\nEND:VCARD";
        let cards = read_vcards(text.as_bytes()).unwrap();
        assert_eq!(cards.len(), 3);
        assert_eq!(cards[0].name.as_deref(), Some("Jörg Hafen"));
        assert_eq!(cards[0].organization.as_deref(), Some("Harbor; Security"));
        assert_eq!((cards[1].name.as_deref(), cards[1].country.as_deref()), (Some("Ann Harbor"), Some("DE")));
        assert_eq!(
            (&cards[1].mails[0][..], &cards[1].keys[..]),
            ("ann@harbor.example", &[b"abc".to_vec()][..])
        );
        assert_eq!(cards[2].keys, [b"def".to_vec(), b"ssh-ed25519 AAAA x, y".to_vec()]);
        assert!(is_vcard(text.as_bytes()) && !is_vcard(b"slug,name"));
    }

    #[test]
    fn what_is_none_is_refused() {
        for (text, why) in [
            ("FN:Ann\n", CardError::Outside(1)),
            ("BEGIN:VCARD\nFN:Ann\n", CardError::Outside(2)),
            ("BEGIN:VCARD\nBEGIN:VCARD\n", CardError::Outside(2)),
            ("END:VCARD\n", CardError::Outside(1)),
        ] {
            assert_eq!(read_vcards(text.as_bytes()), Err(why), "{text:?}");
        }
        assert_eq!(read_vcards(b"BEGIN:VCARD\n\xff"), Err(CardError::NoText));
        assert_eq!(read_vcards(b""), Ok(Vec::new()));
    }

    proptest! {
        #[test]
        fn no_bytes_panic(bytes in proptest::collection::vec(any::<u8>(), 0..200), lines in "(BEGIN:VCARD\n|END:VCARD\n|FN[;:=A-Z0-9\\\\\"é]*\n|KEY[^\n]*\n){0,9}") {
            let _ = read_vcards(&bytes);
            let _ = read_vcards(lines.as_bytes());
        }
    }
}
