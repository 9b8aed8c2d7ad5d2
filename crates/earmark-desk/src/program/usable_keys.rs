//! Which keys of a recipient a bundle is sealed to.

use earmark_model::UnixMillis;
use earmark_seal::CheckedKey;
use earmark_store::Recipient;

use crate::desk::Desk;
use crate::error::{DeskError, Kind};

/// The keys to which a bundle for `recipient` can be sealed at `at`; at least one.
///
/// # Errors
/// Refused, with the reason, when none of their keys can be used then.
pub async fn usable_keys(
    desk: &Desk,
    recipient: &Recipient,
    at: UnixMillis,
) -> Result<Vec<CheckedKey>, DeskError> {
    let (rows, lives) = match &recipient.partner {
        Some(partner) => {
            (desk.ledger().contact_keys(partner).await?, desk.ledger().key_lives(partner).await?)
        }
        None => (Vec::new(), Vec::new()),
    };
    let mut keys = Vec::new();
    let mut why = None;
    for row in rows.iter().filter(|row| row.status.usable()) {
        if recipient.contact.as_ref().is_some_and(|contact| *contact != row.contact) {
            continue;
        }
        let life = lives.iter().find(|one| one.contact == row.contact && one.fingerprint == row.fingerprint);
        if let Some(life) = life {
            if life.effective.is_none_or(|from| from > at) {
                why = Some(DeskError::new(Kind::Refused, "its new key is not in effect yet"));
                continue;
            }
            if life.expires.is_some_and(|until| until <= at) {
                why = Some(DeskError::new(Kind::Refused, "its key has expired"));
                continue;
            }
        }
        match desk.check_key_at(row.public_text.as_bytes(), at) {
            Ok(key) => keys.push(key),
            Err(error) => why = Some(error),
        }
    }
    if keys.is_empty() {
        let error = why.unwrap_or_else(|| DeskError::new(Kind::Refused, "it has no key"));
        return Err(DeskError::new(
            Kind::Refused,
            format!("cannot seal a bundle to `{}`: {error}", recipient.id),
        )
        .hint(format!(
            "add a key with `earmark partner key add {} KEY`, or issue with `--plain`",
            recipient.id
        )));
    }
    Ok(keys)
}
