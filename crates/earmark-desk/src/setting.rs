//! Settings: few, each with a line of history.

use serde_json::json;

use crate::desk::Desk;
use crate::error::DeskError;
use crate::history;

/// The noun of settings in the history.
pub(crate) const NOUN: &str = "setting";

/// Keeps a setting, with a line of history where it changes.
///
/// # Errors
/// When the ledger cannot be written.
pub(crate) async fn keep(desk: &Desk, name: &str, value: &str) -> Result<(), DeskError> {
    if desk.ledger().setting(name).await?.as_deref() == Some(value) {
        return Ok(());
    }
    let act = history::act(desk, NOUN, name, "set", &json!({ "value": value }));
    desk.ledger().add_act(&act).await?;
    Ok(desk.ledger().set_setting(name, value).await?)
}
