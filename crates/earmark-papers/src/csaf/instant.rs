use earmark_model::UnixMillis;
use jiff::Timestamp;

/// Reads an instant of RFC 3339 with a zone; a leap second counts as the second before it.
pub(crate) fn parse(text: &str) -> Option<UnixMillis> {
    let shape = text.get(10..11).is_some_and(|separator| matches!(separator, "T" | "t"));
    let instant: Timestamp = text.parse().ok().filter(|_| shape)?;
    Some(UnixMillis(instant.as_millisecond()))
}
