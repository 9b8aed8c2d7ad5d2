//! The people of a partner, and its need-to-know roster: with one, each person on it receives a copy of their own.

use earmark_model::Slug;
use earmark_store::{Contact, Recipient};
use serde::Serialize;
use serde_json::json;

use crate::actor::{self, Right, slug};
use crate::desk::Desk;
use crate::error::{DeskError, Kind};
use crate::history;

/// A person of a partner.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Person {
    /// The partner.
    pub partner: Slug,
    /// The person's name in addresses.
    pub contact: Slug,
    /// The person's name.
    pub name: String,
    /// Where mail goes.
    pub mail: Option<String>,
    /// How many keys of theirs can be sealed to.
    pub keys: usize,
    /// Whether they are on the roster.
    pub on_roster: bool,
}

/// Adds a person to a partner, or gives one that is there another name or address.
///
/// # Errors
/// Not found, or malformed for a name or address that is none.
pub async fn put(
    desk: &Desk,
    partner: &str,
    contact: &str,
    name: Option<&str>,
    mail: Option<&str>,
) -> Result<Person, DeskError> {
    actor::require(desk, Right::Manage).await?;
    let (partner, contact) = (slug(partner)?, slug(contact)?);
    desk.ledger().partner(&partner).await?;
    let known = desk.ledger().contacts(&partner).await?.into_iter().find(|one| one.slug == contact);
    let name = name.map(str::to_owned).or_else(|| known.as_ref().map(|one| one.name.clone()));
    let one_line = |text: &&String| !text.trim().is_empty() && !text.chars().any(char::is_control);
    let Some(name) = name.as_ref().filter(one_line) else {
        return Err(DeskError::new(
            Kind::Malformed,
            format!("`{partner}/{contact}` needs a name, in one line"),
        )
        .hint("give it with `--name`"));
    };
    if let Some(mail) = mail.filter(|mail| !is_address(mail)) {
        return Err(DeskError::new(Kind::Malformed, format!("`{mail}` is no mail address")));
    }
    let verb = if known.is_some() { "change contact" } else { "add contact" };
    let person = Contact {
        partner: partner.clone(),
        slug: contact.clone(),
        name: name.clone(),
        mail: mail.map(str::to_owned).or_else(|| known.as_ref().and_then(|one| one.mail.clone())),
        added: known.map_or_else(|| desk.now(), |one| one.added),
    };
    // Neither name nor address: the history is never erased.
    let act = history::act(desk, "partner", partner.as_str(), verb, &json!({ "contact": contact }));
    desk.ledger().put_contact(&person, &act).await?;
    of(desk, &partner, &contact).await
}

/// Whether it may stand in a mail's head: one `@`, something on both sides, no space and no control character.
pub(super) fn is_address(text: &str) -> bool {
    let both = text
        .split_once('@')
        .is_some_and(|(name, host)| !name.is_empty() && !host.is_empty() && !host.contains('@'));
    both && !text.chars().any(|c| c.is_whitespace() || c.is_control() || matches!(c, '<' | '>' | ','))
}

/// Puts a person on the roster: from then on copies are made per person, and for nobody else of that partner.
///
/// # Errors
/// Not found.
pub async fn join(desk: &Desk, partner: &str, contact: &str) -> Result<Person, DeskError> {
    actor::require(desk, Right::Manage).await?;
    let (partner, contact) = (slug(partner)?, slug(contact)?);
    of(desk, &partner, &contact).await?;
    let id = format!("{partner}/{contact}")
        .parse()
        .map_err(|source: earmark_model::IdError| DeskError::new(Kind::Malformed, source.to_string()))?;
    let act = history::act(desk, "partner", partner.as_str(), "join roster", &json!({ "contact": contact }));
    desk.ledger().join_roster(&Recipient::of(id, desk.now()), &act).await?;
    of(desk, &partner, &contact).await
}

/// Takes a person off the roster. With the last one the partner receives as a whole again.
///
/// # Errors
/// Not found when they are not on it.
pub async fn leave(desk: &Desk, partner: &str, contact: &str) -> Result<Person, DeskError> {
    actor::require(desk, Right::Manage).await?;
    let (partner, contact) = (slug(partner)?, slug(contact)?);
    let act = history::act(desk, "partner", partner.as_str(), "leave roster", &json!({ "contact": contact }));
    desk.ledger().leave_roster(&partner, &contact, &act).await?;
    of(desk, &partner, &contact).await
}

/// The people of a partner, by their names in addresses.
///
/// # Errors
/// Not found.
pub async fn list(desk: &Desk, partner: &str) -> Result<Vec<Person>, DeskError> {
    let partner = slug(partner)?;
    desk.ledger().partner(&partner).await?;
    let keys = desk.ledger().contact_keys(&partner).await?;
    let rosters = desk.ledger().rosters().await?;
    let person = |one: Contact| Person {
        keys: keys.iter().filter(|key| key.contact == one.slug && key.status.usable()).count(),
        on_roster: rosters
            .iter()
            .any(|row| row.partner == partner && row.contact == one.slug && row.left.is_none()),
        partner: one.partner,
        contact: one.slug,
        name: one.name,
        mail: one.mail,
    };
    Ok(desk.ledger().contacts(&partner).await?.into_iter().map(person).collect())
}

async fn of(desk: &Desk, partner: &Slug, contact: &Slug) -> Result<Person, DeskError> {
    let found = list(desk, partner.as_str()).await?.into_iter().find(|one| one.contact == *contact);
    found.ok_or_else(|| {
        DeskError::new(Kind::NotFound, format!("partner `{partner}` has no contact `{contact}`"))
            .hint(format!("`earmark partner contact list {partner}` shows its people"))
    })
}
