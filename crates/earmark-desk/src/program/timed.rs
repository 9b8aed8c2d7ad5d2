//! Keys that are given away at an instant: what travels early is sealed to them.

use earmark_model::Slug;
use earmark_seal::TimedKey;
use earmark_store::Stage;

use crate::desk::Desk;
use crate::error::{DeskError, Kind};

/// A name that no two stages share: `+` is in no slug.
fn name(disclosure: &Slug, stage: Stage, tier: &Slug) -> String {
    format!("timed+{disclosure}+{stage}+{tier}.key")
}

/// The key of a stage for a tier, made when it is first asked for.
///
/// # Errors
/// When it cannot be kept or read.
pub fn key(desk: &Desk, disclosure: &Slug, stage: Stage, tier: &Slug) -> Result<TimedKey, DeskError> {
    if let Some(key) = made(desk, disclosure, stage, tier)? {
        return Ok(key);
    }
    let name = name(disclosure, stage, tier);
    let fresh = TimedKey::generate();
    match desk.keep_secret(&name, &format!("{}\n", *fresh.secret_text())) {
        Ok(()) => Ok(fresh),
        // Another process was faster: its key is the one.
        Err(error) if error.kind == Kind::Conflict => made(desk, disclosure, stage, tier)?.ok_or(error),
        Err(error) => Err(error),
    }
}

/// The key of a stage for a tier, if anything was ever sealed to it.
///
/// # Errors
/// When it cannot be read.
pub fn made(
    desk: &Desk,
    disclosure: &Slug,
    stage: Stage,
    tier: &Slug,
) -> Result<Option<TimedKey>, DeskError> {
    let name = name(disclosure, stage, tier);
    let Some(text) = desk.secret(&name)? else { return Ok(None) };
    TimedKey::parse(&text).map(Some).map_err(|source| {
        DeskError::because(Kind::Unavailable, format!("key file `{name}` is damaged"), source)
    })
}
