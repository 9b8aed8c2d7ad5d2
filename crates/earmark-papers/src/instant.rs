use earmark_model::UnixMillis;

/// `2026-03-01 17:00:00 UTC, Sunday`.
#[must_use]
pub(crate) fn words(instant: UnixMillis) -> String {
    let shown = instant.rfc3339();
    let (date, time) = shown.split_once('T').unwrap_or((&shown, ""));
    format!("{date} {} UTC, {}", time.trim_end_matches('Z'), weekday(instant))
}

fn weekday(instant: UnixMillis) -> &'static str {
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
}
