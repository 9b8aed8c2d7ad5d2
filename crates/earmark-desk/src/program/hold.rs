//! Stop: one person holds everything back, two let it go on.

use earmark_model::UnixMillis;
use earmark_store::{Hold, InstantState};
use serde_json::json;

use super::matter::Matter;
use crate::actor::Right;
use crate::approval::{self, Alone, Answer, Waits};
use crate::desk::Desk;
use crate::error::{DeskError, Kind};

/// Holds every delivery and key of a disclosure that has not left. Anybody on the staff may.
///
/// # Errors
/// Refused when it is held already.
pub async fn hold(desk: &Desk, id: &str, why: &str) -> Result<(), DeskError> {
    let matter = Matter::load(desk, id, Right::Stop).await?;
    if let Some(held) = &matter.disclosure.held {
        return Err(DeskError::new(
            Kind::Refused,
            format!("disclosure `{id}` is held since {} by `{}`", held.since.rfc3339(), held.by),
        ));
    }
    let mut change = matter.change(desk, "hold", &json!({ "why": why }));
    change.disclosure.held =
        Some(Hold { since: desk.now(), by: desk.actor().to_owned(), why: why.to_owned() });
    Ok(desk.ledger().change_disclosure(&change, desk.now()).await?)
}

/// Lets a held disclosure go on, and its stages that a late breach held; takes two people. What became due meanwhile
/// leaves at once. Gives what it waits for.
///
/// # Errors
/// Refused when nothing is held.
pub async fn resume(desk: &Desk, id: &str) -> Result<Option<Waits>, DeskError> {
    let matter = Matter::load(desk, id, Right::Approve).await?;
    let stages: Vec<_> = matter.open().filter(|one| one.state == InstantState::Held).collect();
    let since = matter.disclosure.held.as_ref().map(|held| held.since);
    if since.is_none() && stages.is_empty() {
        return Err(DeskError::new(Kind::Refused, format!("disclosure `{id}` is not held")));
    }
    // A yes to this hold is no yes to the next one.
    let values = json!({
        "held": since.map(UnixMillis::rfc3339),
        "stages": stages.iter().map(|one| format!("{}:{}", one.stage, one.tier)).collect::<Vec<_>>(),
    });
    let leave = match approval::ask(desk, ("disclosure", id, "resume"), &values, Alone::AfterWaiting).await? {
        Answer::Given(leave) => leave,
        Answer::Waits(waits) => return Ok(Some(waits)),
    };
    let mut change = matter.change(desk, "resume", &values);
    change.disclosure.held = None;
    for one in stages {
        change.moves.push((one.stage, one.tier.clone(), InstantState::Waiting));
    }
    desk.ledger().change_disclosure(&change, desk.now()).await?;
    approval::close(desk, &leave).await?;
    Ok(None)
}
