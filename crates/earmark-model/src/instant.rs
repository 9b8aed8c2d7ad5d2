use std::str::FromStr;

use serde::{Deserialize, Serialize};

/// An instant: milliseconds since 1970-01-01T00:00:00Z, leap seconds not counted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
pub struct UnixMillis(pub i64);

impl UnixMillis {
    /// The instant in RFC 3339, UTC, to the second: `2026-03-01T17:00:00Z`.
    #[must_use]
    pub fn rfc3339(self) -> String {
        let seconds = self.0.div_euclid(1000);
        let (days, second) = (seconds.div_euclid(86_400), seconds.rem_euclid(86_400));
        let (year, month, day) = civil(days);
        let (hour, minute, second) = (second / 3600, second / 60 % 60, second % 60);
        format!("{year:04}-{month:02}-{day:02}T{hour:02}:{minute:02}:{second:02}Z")
    }
}

/// Why a text is no instant.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum InstantError {
    /// It is not of the form.
    #[error("`{0}` is no instant; write `2026-03-01T17:00:00Z`, or the offset in place of `Z`")]
    Form(String),
    /// It lacks `Z` or an offset: nobody knows which hour is meant.
    #[error("`{0}` names no time zone; end it with `Z`, or an offset such as `+01:00`")]
    NoZone(String),
    /// No calendar has it.
    #[error("there is no such date or time: `{0}`")]
    Range(String),
}

impl FromStr for UnixMillis {
    type Err = InstantError;

    /// Reads an instant of RFC 3339, section 5.6; seconds may be left out, `T` may be a space. A leap
    /// second counts as the second after it.
    fn from_str(text: &str) -> Result<Self, InstantError> {
        let form = || InstantError::Form(text.chars().take(60).collect());
        let (date, rest) = text.split_at_checked(10).ok_or_else(form)?;
        let [year, month, day] = fields(date, '-').ok_or_else(form)?;
        let rest = rest.strip_prefix(['T', 't', ' ']).ok_or_else(form)?;
        let split = rest.find(['Z', 'z', '+', '-']);
        let (time, zone) =
            rest.split_at(split.ok_or_else(|| InstantError::NoZone(text.chars().take(60).collect()))?);
        let (time, fraction) = time.split_once('.').unwrap_or((time, "0"));
        let padded = if time.len() == 5 { format!("{time}:00") } else { time.to_owned() };
        let [hour, minute, second] = fields(&padded, ':').ok_or_else(form)?;
        if fraction.is_empty() || fraction.len() > 9 || !fraction.bytes().all(|byte| byte.is_ascii_digit()) {
            return Err(form());
        }
        let millis: i64 = format!("{fraction:0<3}")[..3].parse().map_err(|_| form())?;
        let offset = match zone {
            "Z" | "z" => 0,
            other => {
                let [hours, minutes] = fields(&other[1..], ':').ok_or_else(form)?;
                if hours > 23 || minutes > 59 {
                    return Err(InstantError::Range(text.to_owned()));
                }
                (hours * 60 + minutes) * if other.starts_with('-') { -60 } else { 60 }
            }
        };
        let days = days(year, month, day);
        let shown = (1..=12).contains(&month) && civil(days) == (year, month, day);
        if !shown || hour > 23 || minute > 59 || second > 60 {
            return Err(InstantError::Range(text.to_owned()));
        }
        Ok(Self((days * 86_400 + hour * 3600 + minute * 60 + second - offset) * 1000 + millis))
    }
}

/// Numbers of two or four digits between separators.
fn fields<const N: usize>(text: &str, separator: char) -> Option<[i64; N]> {
    let mut numbers = [0; N];
    let mut parts = text.split(separator);
    for number in &mut numbers {
        let part = parts.next()?;
        let well_formed = matches!(part.len(), 2 | 4) && part.bytes().all(|byte| byte.is_ascii_digit());
        *number = if well_formed { part.parse().ok()? } else { return None };
    }
    parts.next().is_none().then_some(numbers)
}

/// The day number of a date, after Howard Hinnant's `days_from_civil`; of a date that does not exist,
/// the number of one that does.
fn days(year: i64, month: i64, day: i64) -> i64 {
    let year = year - i64::from(month <= 2);
    let (era, year_of_era) = (year.div_euclid(400), year.rem_euclid(400));
    let shifted = (month + 9) % 12;
    let day_of_year = (153 * shifted + 2) / 5 + day - 1;
    era * 146_097 + year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_of_year - 719_468
}

/// The proleptic Gregorian date of a day number, after Howard Hinnant, "chrono-compatible
/// low-level date algorithms", `civil_from_days`.
fn civil(days: i64) -> (i64, i64, i64) {
    let shifted = days + 719_468;
    let (era, day_of_era) = (shifted.div_euclid(146_097), shifted.rem_euclid(146_097));
    let year_of_era = (day_of_era - day_of_era / 1460 + day_of_era / 36_524 - day_of_era / 146_096) / 365;
    let day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    let shifted_month = (5 * day_of_year + 2) / 153;
    let day = day_of_year - (153 * shifted_month + 2) / 5 + 1;
    let month = if shifted_month < 10 { shifted_month + 3 } else { shifted_month - 9 };
    (year_of_era + era * 400 + i64::from(month <= 2), month, day)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn shows_known_instants() {
        assert_eq!(UnixMillis(0).rfc3339(), "1970-01-01T00:00:00Z");
        assert_eq!(UnixMillis(951_827_696_789).rfc3339(), "2000-02-29T12:34:56Z");
        assert_eq!(UnixMillis(-1).rfc3339(), "1969-12-31T23:59:59Z");
        assert_eq!(UnixMillis(1_772_384_400_000).rfc3339(), "2026-03-01T17:00:00Z");
    }

    #[test]
    fn reads_what_it_shows_and_what_others_write() {
        for millis in (-62_000_000_000_000..=4_000_000_000_000_i64).step_by(86_413_579_000) {
            let instant = UnixMillis(millis.div_euclid(1000) * 1000);
            assert_eq!(instant.rfc3339().parse(), Ok(instant));
        }
        let same = UnixMillis(1_772_384_400_000);
        for text in [
            "2026-03-01T17:00:00Z",
            "2026-03-01 17:00Z",
            "2026-03-01T18:00:00+01:00",
            "2026-03-01T11:30-05:30",
        ] {
            assert_eq!(text.parse(), Ok(same), "{text}");
        }
        assert_eq!("2026-03-01T17:00:00.25Z".parse(), Ok(UnixMillis(same.0 + 250)));
        assert!(matches!("2026-03-01T17:00:00".parse::<UnixMillis>(), Err(InstantError::NoZone(_))));
        for text in [
            "",
            "2026-03-01",
            "tomorrow",
            "2026-3-1T17:00Z",
            "2026-03-01T17Z",
            "2026-03-01T17:00:00.Z",
            "é026-03-01T17:00Z",
        ] {
            assert!(matches!(text.parse::<UnixMillis>(), Err(InstantError::Form(_))), "{text}");
        }
        for text in [
            "2026-02-29T17:00Z",
            "2026-13-01T17:00Z",
            "2026-00-01T17:00Z",
            "2026-01-32T17:00Z",
            "2026-01-01T24:00Z",
            "2026-01-01T23:00+24:00",
        ] {
            assert!(matches!(text.parse::<UnixMillis>(), Err(InstantError::Range(_))), "{text}");
        }
    }
}
