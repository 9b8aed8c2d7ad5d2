//! Instants as an iCalendar file (RFC 5545):
//!
//! ```text
//! BEGIN:VCALENDAR
//! VERSION:2.0
//! PRODID:-//Earmark//Program//EN
//! METHOD:PUBLISH
//! BEGIN:VEVENT
//! UID:2026-014.advisory.one@early-access
//! SEQUENCE:2
//! DTSTAMP:20260220T090000Z
//! DTSTART:20260301T170000Z
//! SUMMARY:2026-014: advisory
//! ...
//! ```
//!
//! An event keeps its UID for ever; a later schedule has a higher SEQUENCE, by which calendars replace the
//! entry instead of adding one (RFC 5546, section 2.1.5).
//!
//! Not here: invitations with attendees (nobody shall see who else is invited).

use earmark_model::UnixMillis;

/// An instant in a calendar.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Event {
    /// Its identity: the same for every schedule.
    pub uid: String,
    /// The number of the schedule.
    pub sequence: u32,
    /// When this statement was made.
    pub stamped: UnixMillis,
    /// The instant.
    pub at: UnixMillis,
    /// One line.
    pub summary: String,
    /// Any text.
    pub description: String,
    /// Whether it no longer takes place.
    pub canceled: bool,
}

/// Octets in a line of a calendar, without its end.
const LINE: usize = 75;

/// Writes events as one calendar, in the order given.
#[must_use]
pub fn calendar(events: &[Event]) -> String {
    let mut out = String::new();
    for text in ["BEGIN:VCALENDAR", "VERSION:2.0", "PRODID:-//Earmark//Program//EN", "METHOD:PUBLISH"] {
        line(&mut out, text);
    }
    for event in events {
        line(&mut out, "BEGIN:VEVENT");
        line(&mut out, &format!("UID:{}", text(&event.uid)));
        line(&mut out, &format!("SEQUENCE:{}", event.sequence));
        line(&mut out, &format!("DTSTAMP:{}", utc(event.stamped)));
        line(&mut out, &format!("DTSTART:{}", utc(event.at)));
        line(&mut out, &format!("SUMMARY:{}", text(&event.summary)));
        line(&mut out, &format!("DESCRIPTION:{}", text(&event.description)));
        line(&mut out, if event.canceled { "STATUS:CANCELLED" } else { "STATUS:CONFIRMED" });
        // An instant takes no time of anybody's day.
        line(&mut out, "TRANSP:TRANSPARENT");
        line(&mut out, "END:VEVENT");
    }
    line(&mut out, "END:VCALENDAR");
    out
}

/// `20260301T170000Z`: form 2 of RFC 5545, section 3.3.5.
fn utc(instant: UnixMillis) -> String {
    instant.rfc3339().replace(['-', ':'], "")
}

/// Text with its special characters escaped (RFC 5545, section 3.3.11); other control characters are dropped.
fn text(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '\\' | ';' | ',' => out.extend(['\\', c]),
            '\n' => out.push_str("\\n"),
            c if c.is_control() => {}
            c => out.push(c),
        }
    }
    out
}

/// Adds a line, folded at 75 octets and never inside a character (RFC 5545, section 3.1).
fn line(out: &mut String, line: &str) {
    let mut octets = 0;
    for c in line.chars() {
        if octets + c.len_utf8() > LINE {
            out.push_str("\r\n ");
            octets = 1;
        }
        out.push(c);
        octets += c.len_utf8();
    }
    out.push_str("\r\n");
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn event(summary: &str) -> Event {
        Event {
            uid: "2026-014.advisory.one@early-access".to_owned(),
            sequence: 2,
            stamped: UnixMillis(1_771_578_000_000),
            at: UnixMillis(1_772_384_400_000),
            summary: summary.to_owned(),
            description: "2026-03-01 17:00:00 UTC, Sunday\nNothing leaves before.".to_owned(),
            canceled: false,
        }
    }

    #[test]
    fn an_event_reads_as_the_specification_has_it() {
        let text = calendar(&[event("2026-014: advisory, tier one")]);
        assert!(text.contains("\r\nDTSTART:20260301T170000Z\r\n"), "{text}");
        assert!(text.contains("\r\nSEQUENCE:2\r\n"));
        assert!(text.contains("\r\nSUMMARY:2026-014: advisory\\, tier one\r\n"));
        assert!(text.contains("DESCRIPTION:2026-03-01 17:00:00 UTC\\, Sunday\\nNothing leaves before.\r\n"));
        assert!(text.ends_with("END:VEVENT\r\nEND:VCALENDAR\r\n"));
        assert!(calendar(&[Event { canceled: true, ..event("x") }]).contains("STATUS:CANCELLED"));
    }

    proptest! {
        /// Whatever is in a title, lines stay short and the text comes back: nobody can smuggle a property in.
        #[test]
        fn folding_and_escaping_lose_nothing(summary in "\\PC{0,200}") {
            let text = calendar(&[event(&summary)]);
            prop_assert!(text.split("\r\n").all(|line| line.len() <= LINE));
            let unfolded = text.replace("\r\n ", "");
            let read = unfolded.split("\r\n").find_map(|line| line.strip_prefix("SUMMARY:")).unwrap();
            let mut plain = String::new();
            let mut characters = read.chars();
            while let Some(c) = characters.next() {
                match c {
                    '\\' => plain.extend(characters.next()),
                    c => plain.push(c),
                }
            }
            prop_assert_eq!(plain, summary);
            prop_assert_eq!(unfolded.matches("BEGIN:VEVENT\r\n").count(), 1);
        }
    }
}
