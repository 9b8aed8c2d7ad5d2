//! A mail as a file that any mail program sends (RFC 5322, MIME of RFC 2045): a text, and a calendar beside it.
//!
//! ```text
//! From: Early Access <psirt@example.org>
//! To: ann@harbor.example
//! Subject: =?UTF-8?B?...?=
//! Date: Sun, 01 Mar 2026 17:00:00 +0000
//! Message-ID: <17.earmark@example.org>
//! MIME-Version: 1.0
//! Content-Type: multipart/mixed; boundary="earmark-17"
//! ```
//!
//! Not here: sending.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use earmark_model::UnixMillis;

use crate::instant::weekday;

/// What a mail says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Mail {
    /// The sender's address.
    pub from: String,
    /// The receiver's address.
    pub to: String,
    /// One line.
    pub subject: String,
    /// When it was written.
    pub date: UnixMillis,
    /// A number that no other mail of the sender has.
    pub number: u64,
    /// The text.
    pub body: String,
    /// An iCalendar file.
    pub calendar: Option<String>,
}

/// Writes the mail; lines end with CRLF. Control characters in addresses and subject become spaces, so that no line of
/// the head can be smuggled in.
#[must_use]
pub fn mail(mail: &Mail) -> String {
    let boundary = format!("earmark-{}", mail.number);
    let domain = mail.from.rsplit_once('@').map_or("localhost", |(_, domain)| domain.trim_end_matches('>'));
    let mut out = String::new();
    for (name, value) in [
        ("From", one_line(&mail.from)),
        ("To", one_line(&mail.to)),
        ("Subject", encoded(&one_line(&mail.subject))),
        ("Date", date(mail.date)),
        ("Message-ID", format!("<{}.earmark@{}>", mail.number, one_line(domain))),
        ("Auto-Submitted", "auto-generated".to_owned()),
        ("MIME-Version", "1.0".to_owned()),
        ("Content-Type", format!("multipart/mixed; boundary=\"{boundary}\"")),
    ] {
        out += &format!("{name}: {value}\r\n");
    }
    part(&mut out, &boundary, "text/plain; charset=utf-8", None, &mail.body);
    if let Some(calendar) = &mail.calendar {
        part(
            &mut out,
            &boundary,
            "text/calendar; charset=utf-8; method=PUBLISH",
            Some("instants.ics"),
            calendar,
        );
    }
    out + &format!("\r\n--{boundary}--\r\n")
}

fn part(out: &mut String, boundary: &str, kind: &str, file: Option<&str>, text: &str) {
    *out += &format!("\r\n--{boundary}\r\nContent-Type: {kind}\r\nContent-Transfer-Encoding: base64\r\n");
    if let Some(file) = file {
        *out += &format!("Content-Disposition: attachment; filename=\"{file}\"\r\n");
    }
    *out += "\r\n";
    let coded = STANDARD.encode(text);
    for (index, c) in coded.chars().enumerate() {
        if index > 0 && index % 76 == 0 {
            *out += "\r\n";
        }
        out.push(c);
    }
    *out += "\r\n";
}

fn one_line(text: &str) -> String {
    text.chars().map(|c| if c.is_control() { ' ' } else { c }).collect()
}

/// A header's text: as it is where it is short ASCII, else in encoded words of at most 75 characters (RFC 2047).
fn encoded(text: &str) -> String {
    if text.is_ascii() && text.len() <= 900 && !text.contains("=?") {
        return text.to_owned();
    }
    let mut words = Vec::new();
    let mut word = String::new();
    for c in text.chars() {
        // 45 octets are 60 characters of base 64.
        if word.len() + c.len_utf8() > 45 {
            words.push(std::mem::take(&mut word));
        }
        word.push(c);
    }
    words.push(word);
    let words: Vec<String> =
        words.iter().map(|word| format!("=?UTF-8?B?{}?=", STANDARD.encode(word))).collect();
    words.join("\r\n ")
}

/// `Sun, 01 Mar 2026 17:00:00 +0000`.
fn date(instant: UnixMillis) -> String {
    const MONTHS: [&str; 12] =
        ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];
    let shown = instant.rfc3339();
    let (date, time) = shown.split_once('T').unwrap_or((&shown, ""));
    let mut fields = date.split('-');
    let year = fields.next().unwrap_or_default();
    let month: usize = fields.next().and_then(|text| text.parse().ok()).unwrap_or(1);
    let day = fields.next().unwrap_or_default();
    let month = MONTHS.get(month.wrapping_sub(1)).unwrap_or(&"Jan");
    let weekday = weekday(instant).get(..3).unwrap_or_default();
    format!("{weekday}, {day} {month} {year} {} +0000", time.trim_end_matches('Z'))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn specimen(subject: &str) -> Mail {
        Mail {
            from: "Early Access <psirt@example.org>".to_owned(),
            to: "ann@harbor.example".to_owned(),
            subject: subject.to_owned(),
            date: UnixMillis(1_772_384_400_000),
            number: 17,
            body: "Grüße\n".repeat(40),
            calendar: Some("BEGIN:VCALENDAR\r\nEND:VCALENDAR\r\n".to_owned()),
        }
    }

    #[test]
    fn a_mail_reads_as_the_specification_has_it() {
        let text = mail(&specimen("[TLP:AMBER] 2026-014: advisory"));
        assert!(text.starts_with("From: Early Access <psirt@example.org>\r\nTo: ann@harbor.example\r\n"));
        assert!(text.contains("\r\nSubject: [TLP:AMBER] 2026-014: advisory\r\n"));
        assert!(text.contains("\r\nDate: Sun, 01 Mar 2026 17:00:00 +0000\r\n"));
        assert!(text.contains("\r\nMessage-ID: <17.earmark@example.org>\r\n"));
        assert!(text.contains("\r\nQkVHSU46VkNBTEVOREFSDQpFTkQ6VkNBTEVOREFSDQo=\r\n"));
        assert!(text.ends_with("\r\n--earmark-17--\r\n"));
        assert!(text.lines().all(|line| line.len() < 998), "RFC 5322, 2.1.1");
    }

    #[test]
    fn nobody_smuggles_a_line_into_the_head() {
        let text = mail(&Mail { to: "a@b\r\nBcc: c@d".to_owned(), ..specimen("x\r\nBcc: e@f") });
        assert!(!text.contains("\r\nBcc:"));
    }

    #[test]
    fn other_letters_are_encoded_in_words_of_bounded_length() {
        let long = "Ärgernis ".repeat(30);
        let text = mail(&specimen(&long));
        let head = text.split("\r\n\r\n").next().unwrap();
        assert!(head.is_ascii());
        assert!(head.lines().filter(|line| line.contains("=?UTF-8?B?")).all(|line| line.len() <= 85));
    }
}
