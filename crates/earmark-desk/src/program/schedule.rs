//! When a stage is due: as given, and reckoned.

use earmark_model::{Slug, UnixMillis};
use earmark_store::{InstantState, Stage, StageInstant};

use crate::actor::slug;
use crate::desk::Desk;
use crate::error::{DeskError, Kind};

/// The tier of the public instant.
pub const EVERYBODY: &str = "all";

/// When, as somebody said it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum When {
    /// At this instant.
    At(UnixMillis),
    /// So many milliseconds from the public instant; before it where negative.
    FromPublic(i64),
}

/// A stage of a tier and when it is due.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StageAt {
    /// The stage.
    pub stage: Stage,
    /// The tier.
    pub tier: Slug,
    /// When.
    pub when: When,
}

impl StageAt {
    /// Reads `STAGE:TIER=WHEN`; when is an instant (RFC 3339) or a lead such as `-24h`, `-5d`, `-90m`, `+2h`.
    ///
    /// # Errors
    /// Malformed.
    pub fn parse(text: &str) -> Result<Self, DeskError> {
        let malformed = || {
            DeskError::new(Kind::Malformed, format!("`{text}` is no stage"))
                .hint("write STAGE:TIER=WHEN, such as `proof-of-concept:one=-24h` or `advisory:two=2026-03-01T17:00Z`")
        };
        let (left, when) = text.split_once('=').ok_or_else(malformed)?;
        let (stage, tier) = left.split_once(':').ok_or_else(malformed)?;
        let stage = parse_stage(stage)?;
        if stage == Stage::Public {
            return Err(DeskError::new(Kind::Malformed, "the public instant is given with `--public`"));
        }
        Ok(Self { stage, tier: slug(tier)?, when: parse_when(when)? })
    }

    /// The instant, given the public one.
    ///
    /// # Errors
    /// Malformed when it counts from a public instant that is not set.
    pub fn resolve(&self, public: Option<UnixMillis>) -> Result<UnixMillis, DeskError> {
        match (self.when, public) {
            (When::At(at), _) => Ok(at),
            (When::FromPublic(millis), Some(public)) => Ok(UnixMillis(public.0.saturating_add(millis))),
            (When::FromPublic(_), None) => Err(DeskError::new(
                Kind::Malformed,
                format!(
                    "{} for tier `{}` counts from a public instant that is not set",
                    self.stage, self.tier
                ),
            )
            .hint("set it with `--public INSTANT`")),
        }
    }
}

/// The stage of that name.
///
/// # Errors
/// Malformed, with the names there are.
pub fn parse_stage(text: &str) -> Result<Stage, DeskError> {
    text.parse().map_err(|_| {
        let known: Vec<&str> = Stage::DELIVERED.iter().map(|stage| stage.word()).collect();
        DeskError::new(Kind::Malformed, format!("`{text}` is no stage"))
            .hint(format!("there are {}", known.join(", ")))
    })
}

/// An instant of RFC 3339.
///
/// # Errors
/// Malformed.
pub fn parse_instant(text: &str) -> Result<UnixMillis, DeskError> {
    text.parse()
        .map_err(|source: earmark_model::InstantError| DeskError::new(Kind::Malformed, source.to_string()))
}

fn parse_when(text: &str) -> Result<When, DeskError> {
    if !text.starts_with(['-', '+']) {
        return parse_instant(text).map(When::At);
    }
    let malformed = || {
        DeskError::new(Kind::Malformed, format!("`{text}` is no lead time"))
            .hint("write a number and `d`, `h` or `m`: `-5d`, `-24h`, `-90m`, `+2h`")
    };
    parse_span(text).map(When::FromPublic).ok_or_else(malformed)
}

/// So many days, hours or minutes, in milliseconds.
fn parse_span(text: &str) -> Option<i64> {
    let (number, unit) = text.split_at_checked(text.len().checked_sub(1)?)?;
    let unit = match unit {
        "d" => 86_400_000,
        "h" => 3_600_000,
        "m" => 60_000,
        _ => return None,
    };
    // A century is enough, and keeps every sum within range.
    let number: i64 = number.parse().ok()?;
    (number.unsigned_abs() <= 36_500 * 1_440).then_some(number * unit)
}

/// A wait such as `2d`, `24h` or `90m`, in minutes.
///
/// # Errors
/// Malformed.
pub fn parse_wait(text: &str) -> Result<u32, DeskError> {
    let minutes = parse_span(text).map(|millis| millis / 60_000);
    minutes.and_then(|minutes| u32::try_from(minutes).ok()).ok_or_else(|| {
        DeskError::new(Kind::Malformed, format!("`{text}` is no wait"))
            .hint("write a number and `d`, `h` or `m`: `2d`, `24h`, `90m`")
    })
}

/// Refuses an instant that has passed.
///
/// # Errors
/// Refused.
pub(super) fn not_past(desk: &Desk, what: &str, at: UnixMillis) -> Result<(), DeskError> {
    if at > desk.now() {
        return Ok(());
    }
    Err(DeskError::new(Kind::Refused, format!("{what} would be at {}, which has passed", at.rfc3339()))
        .hint("nothing leaves at an instant that has passed; give a later one"))
}

/// A new instant under a schedule.
#[must_use]
pub(super) fn instant(
    stage: Stage,
    tier: Slug,
    sequence: u32,
    at: UnixMillis,
    state: InstantState,
) -> StageInstant {
    StageInstant { stage, tier, sequence, at, state, fired: None }
}

/// Whether an instant may still fire, now or after it is released from a hold.
#[must_use]
pub(super) fn is_open(instant: &StageInstant) -> bool {
    matches!(instant.state, InstantState::Draft | InstantState::Waiting | InstantState::Held)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_stage_is_given_by_lead_or_by_instant() {
        let public = UnixMillis(1_772_384_400_000);
        for (text, at) in [
            ("proof-of-concept:one=-24h", "2026-02-28T17:00:00Z"),
            ("advisory:2=-5d", "2026-02-24T17:00:00Z"),
            ("detection-guidance:one=+90m", "2026-03-01T18:30:00Z"),
            ("source:one=2026-03-09T00:00+01:00", "2026-03-08T23:00:00Z"),
        ] {
            let stage = StageAt::parse(text).unwrap();
            assert_eq!(stage.resolve(Some(public)).unwrap().rfc3339(), at, "{text}");
        }
        for text in [
            "",
            "advisory",
            "advisory:one",
            "advisory:one=",
            "advisory:one=-",
            "advisory:one=-5",
            "advisory:one=-5y",
            "advisory:one=--5d",
            "advisory:one=-99999999999d",
            "advisory:ONE=-5d",
            "poc:one=-5d",
            "public:all=-5d",
            "advisory:one=2026-03-01T17:00",
            "advisory:one=-é",
        ] {
            assert_eq!(StageAt::parse(text).unwrap_err().kind, Kind::Malformed, "{text}");
        }
        assert!(StageAt::parse("advisory:one=-5d").unwrap().resolve(None).is_err());
    }
}
