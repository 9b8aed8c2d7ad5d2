use earmark_model::UnixMillis;
use jiff::tz::TimeZone;
use jiff::{Timestamp, Zoned};

/// `2026-03-01 17:00:00 UTC, Sunday`.
#[must_use]
pub(crate) fn words(instant: UnixMillis) -> String {
    let shown = instant.rfc3339();
    let (date, time) = shown.split_once('T').unwrap_or((&shown, ""));
    format!("{date} {} UTC, {}", time.trim_end_matches('Z'), weekday(instant))
}

/// The instant in UTC and in a zone of the IANA database, each with its weekday:
/// `2026-03-01 17:00 UTC, Sunday (18:00 in Europe/Berlin, Sunday)`. A zone that nobody knows is left out.
#[must_use]
pub fn instant_words(instant: UnixMillis, zone: &str) -> String {
    let utc = words(instant);
    let Some(local) = local(instant, zone) else { return utc };
    let (date, time) = (local.date(), local.time());
    let day = if format!("{date}") == utc.get(..10).unwrap_or_default() {
        String::new()
    } else {
        format!("{date} ")
    };
    let second = if time.second() == 0 { String::new() } else { format!(":{:02}", time.second()) };
    format!(
        "{utc} ({day}{:02}:{:02}{second} in {zone}, {})",
        time.hour(),
        time.minute(),
        local_weekday(instant, zone)
    )
}

/// The day of the week of an instant in a zone of the IANA database; in UTC where nobody knows the zone.
#[must_use]
pub fn local_weekday(instant: UnixMillis, zone: &str) -> &'static str {
    let offset = local(instant, zone).map_or(0, |local| i64::from(local.offset().seconds()));
    weekday(UnixMillis(offset * 1000 + instant.0))
}

/// Whether a name is that of a time zone.
#[must_use]
pub fn is_zone(name: &str) -> bool {
    TimeZone::get(name).is_ok()
}

fn local(instant: UnixMillis, zone: &str) -> Option<Zoned> {
    let zone = TimeZone::get(zone).ok()?;
    (zone != TimeZone::UTC).then_some(())?;
    Some(Timestamp::from_millisecond(instant.0).ok()?.to_zoned(zone))
}

/// The day of the week of an instant, in UTC.
#[must_use]
pub fn weekday(instant: UnixMillis) -> &'static str {
    // 1970-01-01 was a Thursday.
    match instant.0.div_euclid(86_400_000).rem_euclid(7) {
        0 => "Thursday",
        1 => "Friday",
        2 => "Saturday",
        3 => "Sunday",
        4 => "Monday",
        5 => "Tuesday",
        _ => "Wednesday",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn instants_name_their_weekday() {
        assert_eq!(words(UnixMillis(1_772_384_400_000)), "2026-03-01 17:00:00 UTC, Sunday");
        assert_eq!(words(UnixMillis(-1)), "1969-12-31 23:59:59 UTC, Wednesday");
    }

    #[test]
    fn a_zone_shows_its_own_date_and_weekday() {
        let instant = UnixMillis(1_772_384_400_000);
        let shown = |zone| instant_words(instant, zone);
        assert_eq!(
            shown("Europe/Berlin"),
            "2026-03-01 17:00:00 UTC, Sunday (18:00 in Europe/Berlin, Sunday)"
        );
        assert_eq!(
            shown("Asia/Tokyo"),
            "2026-03-01 17:00:00 UTC, Sunday (2026-03-02 02:00 in Asia/Tokyo, Monday)"
        );
        assert_eq!(shown("UTC"), "2026-03-01 17:00:00 UTC, Sunday");
        assert_eq!(shown("Mars/Olympus"), "2026-03-01 17:00:00 UTC, Sunday");
        assert!(is_zone("America/New_York") && !is_zone("Mars/Olympus"));
    }
}
