//! Erasing what is no person's as a whole: a key that is over, a partner that was removed, an account of the staff.
//!
//! The line of history is the tombstone of a row; a key's events in the log have theirs there, too.

use earmark_store::{EntryKind, NewAct, PartnerStatus, RowErasure};
use serde_json::{Value, json};

use super::messages;
use super::partner_keys::record_changes;
use super::person::{self, Erased, MARK};
use super::rows::Rows;
use super::statements;
use crate::actor::{self, Right, slug};
use crate::desk::Desk;
use crate::error::{DeskError, Kind};
use crate::history;
use crate::program::legal_hold;

/// What stands before the name of somebody of the staff.
const STAFF: &str = "staff:";

/// Erases what `subject` names: a person `PARTNER/CONTACT`, a removed `PARTNER` with its people, or `staff:NAME` who left.
///
/// # Errors
/// Refused under a legal hold, for who is still there, or when the actor may not; not found; malformed without a ground.
pub async fn erase(desk: &Desk, subject: &str, basis: &str) -> Result<Erased, DeskError> {
    match subject.strip_prefix(STAFF) {
        Some(name) => erase_staff(desk, name, basis).await,
        None if subject.contains('/') => person::erase(desk, subject, basis).await,
        None => erase_partner(desk, subject, basis).await,
    }
}

async fn erase_partner(desk: &Desk, name: &str, basis: &str) -> Result<Erased, DeskError> {
    actor::require(desk, Right::Manage).await?;
    statements::require_ground(basis)?;
    let partner = desk.ledger().partner(&slug(name)?).await?;
    if partner.status != PartnerStatus::Removed {
        let why = format!("partner `{name}` is {}: only one that was removed is erased", partner.status);
        return Err(
            DeskError::new(Kind::Refused, why).hint("its people are erased one by one, as `PARTNER/CONTACT`")
        );
    }
    let people = desk.ledger().contacts(&partner.slug).await?;
    // All or nothing, as far as holds go.
    for one in &people {
        legal_hold::refuse(desk, &format!("{name}/{}", one.slug)).await?;
    }
    legal_hold::refuse(desk, name).await?;
    let mut erased = Erased {
        person: name.to_owned(),
        basis: basis.to_owned(),
        entries: Vec::new(),
        messages: messages_to(desk, |recipient| recipient.split('/').next() == Some(name)).await?,
        left: Vec::new(),
    };
    for one in people.iter().filter(|one| one.name != MARK) {
        let person = person::erase(desk, &format!("{name}/{}", one.slug), basis).await?;
        erased.entries.extend(person.entries);
        erased.messages.extend(person.messages);
    }
    erased.messages.sort_unstable();
    erased.messages.dedup();
    let erasure = RowErasure {
        messages: erased.messages.clone(),
        partner: Some(partner.slug.clone()),
        mark: MARK.to_owned(),
        ..RowErasure::default()
    };
    let act = history::act(desk, "partner", name, "erase partner", &json!({ "basis": basis }));
    write(desk, &erasure, act).await?;
    Ok(erased)
}

async fn erase_staff(desk: &Desk, name: &str, basis: &str) -> Result<Erased, DeskError> {
    actor::require(desk, Right::Administer).await?;
    statements::require_ground(basis)?;
    let known = desk.ledger().staff().await?.into_iter().find(|one| one.name.as_str() == name);
    let missing = || DeskError::new(Kind::NotFound, format!("`{name}` was never of the staff"));
    let person = known.ok_or_else(missing)?;
    if person.left.is_none() {
        return Err(DeskError::new(Kind::Refused, format!("`{name}` is of the staff"))
            .hint(format!("`earmark staff leave {name}` comes first")));
    }
    let subject = format!("{STAFF}{name}");
    legal_hold::refuse(desk, &subject).await?;
    let messages = messages_to(desk, |recipient| recipient == subject).await?;
    let erasure = RowErasure {
        messages: messages.clone(),
        staff: Some(person.name),
        mark: MARK.to_owned(),
        ..RowErasure::default()
    };
    let act = history::act(desk, "staff", name, "erase", &json!({ "basis": basis }));
    write(desk, &erasure, act).await?;
    Ok(Erased { person: subject, basis: basis.to_owned(), entries: Vec::new(), messages, left: Vec::new() })
}

/// Erases a key that is over, with the rows behind its events in the log.
///
/// # Errors
/// Refused while it can be sealed to, or under a legal hold; not found; malformed without a ground.
pub async fn erase_key(desk: &Desk, name: &str, fingerprint: &str, basis: &str) -> Result<Erased, DeskError> {
    actor::require(desk, Right::Manage).await?;
    statements::require_ground(basis)?;
    let partner = slug(name)?;
    desk.ledger().partner(&partner).await?;
    let keys = desk.ledger().contact_keys(&partner).await?;
    let mut found = keys.into_iter().filter(|key| key.fingerprint.starts_with(fingerprint));
    let (Some(key), None) = (found.next(), found.next()) else {
        let why = format!("`{fingerprint}` names no key of `{name}`, or more than one");
        return Err(DeskError::new(Kind::NotFound, why)
            .hint(format!("`earmark partner key list {name}` shows its keys")));
    };
    if key.status.usable() {
        return Err(DeskError::new(Kind::Refused, format!("the key `{}` is in use", key.fingerprint))
            .hint(format!("`earmark partner key revoke {name} FINGERPRINT --why WHY` comes first")));
    }
    let person = format!("{name}/{}", key.contact);
    legal_hold::refuse(desk, &person).await?;
    // What is not recorded yet would be recorded as gone.
    record_changes(desk).await?;
    let rows = Rows::read(desk).await?;
    let mut entries = Vec::new();
    for (index, document) in rows.documents(EntryKind::Key) {
        let text = |member: &str| document.get(member).and_then(Value::as_str).unwrap_or_default();
        let theirs = text("partner") == name && text("contact") == key.contact.as_str();
        if theirs && text("fingerprint") == key.fingerprint {
            entries.push((index, statements::tombstone(desk, &rows, index, basis)?));
        }
    }
    let indexes = entries.iter().map(|(index, _)| *index).collect();
    let erasure = RowErasure {
        entries,
        keys: vec![(partner, key.contact.clone(), key.fingerprint.clone())],
        mark: MARK.to_owned(),
        ..RowErasure::default()
    };
    // Not the fingerprint: the history is never erased.
    let act =
        history::act(desk, "partner", name, "erase key", &json!({ "contact": key.contact, "basis": basis }));
    write(desk, &erasure, act).await?;
    Ok(Erased { person, basis: basis.to_owned(), entries: indexes, messages: Vec::new(), left: Vec::new() })
}

async fn write(desk: &Desk, erasure: &RowErasure, act: NewAct) -> Result<(), DeskError> {
    desk.ledger().erase_rows(erasure, &[act]).await?;
    Ok(desk.ledger().scrub().await?)
}

/// Messages to whom `theirs` says, whose words are still there.
async fn messages_to(desk: &Desk, theirs: impl Fn(&str) -> bool) -> Result<Vec<u64>, DeskError> {
    let all = messages::messages(desk).await?.into_iter();
    Ok(all.filter(|one| theirs(&one.recipient)).map(|one| one.id).collect())
}
