//! Holders: who is known to have an unmarked or foreign version.

use earmark_model::AssetName;
pub use earmark_store::Holder;
use earmark_store::NewHolder;

use crate::desk::Desk;
use crate::error::{DeskError, Kind};

/// Records that `who` has an unmarked or foreign version, of `asset` or of anything.
///
/// # Errors
/// When there is no such asset.
pub async fn add(desk: &Desk, who: &str, asset: Option<AssetName>, note: &str) -> Result<Holder, DeskError> {
    if who.trim().is_empty() || who.chars().any(char::is_control) {
        return Err(DeskError::new(Kind::Malformed, "a holder needs a name, in one line"));
    }
    if let Some(asset) = &asset {
        desk.ledger().asset(asset).await?;
    }
    let now = desk.now();
    let holder = NewHolder {
        who: who.to_owned(),
        note: note.to_owned(),
        asset,
        revision: None,
        since: now,
        added: now,
    };
    let id = desk.ledger().add_holder(&holder).await?;
    Ok(Holder { id, holder })
}

/// All recorded holders, in the order they were stated.
///
/// # Errors
/// When the ledger cannot be read.
pub async fn list(desk: &Desk) -> Result<Vec<Holder>, DeskError> {
    Ok(desk.ledger().holders().await?)
}

/// The names of those who may have an unmarked version of `asset`.
///
/// # Errors
/// When the ledger cannot be read.
pub async fn of_asset(desk: &Desk, asset: &AssetName) -> Result<Vec<String>, DeskError> {
    let holders = desk.ledger().holders().await?.into_iter().map(|holder| holder.holder);
    Ok(holders
        .filter(|holder| holder.asset.as_ref().is_none_or(|of| of == asset))
        .map(|holder| holder.who)
        .collect())
}
