//! Partners, their first contact, and the keys that bundles are sealed to.

use earmark_model::{Slug, UnixMillis};
pub use earmark_store::Partner;
use earmark_store::{Admission, Contact, ContactKey, Intake, KeyStatus, PartnerStatus, Recipient};
use serde::{Deserialize, Serialize};

use crate::actor::{self, Right};
use crate::cooling;
use crate::desk::Desk;
use crate::error::{DeskError, Kind};
use crate::history;

/// The contact that a partner gets when none is named.
pub(super) const FIRST_CONTACT: &str = "desk";

/// A partner to be added.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct NewPartner {
    /// Its name in addresses, which is also its recipient's id.
    pub slug: String,
    /// Its name for people.
    pub name: String,
    /// The country whose law binds it, ISO 3166-1 alpha-2.
    pub country: String,
    /// Its tier.
    pub tier: String,
    /// Mail address of its first contact.
    #[serde(default)]
    pub contact: Option<String>,
    /// Keys of that contact as text: age recipient, OpenSSH line, OpenPGP certificate.
    #[serde(default)]
    pub keys: Vec<String>,
    /// It only asked to join, and receives nothing until it is admitted.
    #[serde(default)]
    pub applicant: bool,
}

/// A partner with its contacts and keys.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Shown {
    /// The partner.
    #[serde(flatten)]
    pub partner: Partner,
    /// Its people.
    pub contacts: Vec<Contact>,
    /// Their keys, whatever their status.
    pub keys: Vec<ContactKey>,
}

/// Checks names, country and every key, and touches nothing.
///
/// # Errors
/// One clear reason, of kind malformed, for the first thing that is wrong.
pub fn check(desk: &Desk, new: &NewPartner) -> Result<Admission, DeskError> {
    let added = desk.now();
    let malformed = |source: earmark_model::IdError| DeskError::new(Kind::Malformed, source.to_string());
    let slug: Slug = new.slug.parse().map_err(malformed)?;
    let tier: Slug = new.tier.parse().map_err(malformed)?;
    let country = new.country.to_uppercase();
    if country.len() != 2 || !country.bytes().all(|byte| byte.is_ascii_uppercase()) {
        return Err(DeskError::new(Kind::Malformed, format!("`{}` is no country code", new.country))
            .hint("use the two letters of ISO 3166-1, such as `DE`"));
    }
    if new.name.trim().is_empty() || new.name.chars().any(char::is_control) {
        return Err(DeskError::new(Kind::Malformed, format!("partner `{slug}` needs a name, in one line")));
    }
    let person: Slug = FIRST_CONTACT.parse().map_err(malformed)?;
    let mut keys = Vec::new();
    for text in &new.keys {
        keys.push(check_key(desk, &slug, &person, text)?.0);
    }
    let contact = Contact {
        partner: slug.clone(),
        slug: person,
        name: new.contact.clone().unwrap_or_else(|| new.name.clone()),
        mail: new.contact.clone(),
        added,
    };
    let id = slug.as_str().parse().map_err(malformed)?;
    let status = if new.applicant { PartnerStatus::Applicant } else { PartnerStatus::Active };
    let partner = Partner { slug, name: new.name.clone(), country, tier, status, added };
    Ok(Admission { partner, contact, keys, recipient: Recipient::of(id, added) })
}

/// Checks one key: that it is one, and that a bundle can be sealed to it today. Gives its own end, too, if it has one.
pub(super) fn check_key(
    desk: &Desk,
    partner: &Slug,
    contact: &Slug,
    text: &str,
) -> Result<(ContactKey, Option<UnixMillis>), DeskError> {
    let checked = desk.check_key(text.as_bytes())?;
    let key = checked.key();
    let unwritable = |source| DeskError::because(Kind::Malformed, "the key cannot be written again", source);
    let unusable = |source| DeskError::because(Kind::Refused, "the key cannot be sealed to", source);
    let expires = key.expires(desk.now()).map_err(unusable)?;
    let row = ContactKey {
        partner: partner.clone(),
        contact: contact.clone(),
        kind: key.kind(),
        public_text: key.to_text().map_err(unwritable)?,
        fingerprint: key.fingerprint(),
        added: desk.now(),
        status: KeyStatus::Added,
    };
    Ok((row, expires))
}

/// Adds a partner with its first contact, keys and recipient. While an embargo is open the keys wait.
///
/// # Errors
/// Refused when the actor may not; when something is malformed, a key cannot be sealed to, or the slug is taken.
pub async fn add(desk: &Desk, new: &NewPartner) -> Result<Shown, DeskError> {
    add_all(desk, std::slice::from_ref(new)).await?;
    show(desk, &new.slug).await
}

/// Adds partners, all or none.
///
/// # Errors
/// As [`add`], for the first one that is refused.
pub async fn add_all(desk: &Desk, new: &[NewPartner]) -> Result<(), DeskError> {
    actor::require(desk, Right::Manage).await?;
    let mut checked: Vec<Admission> = new.iter().map(|one| check(desk, one)).collect::<Result<_, _>>()?;
    let mut keys = Vec::new();
    if cooling::embargo_is_open(desk).await? {
        keys = checked.iter_mut().flat_map(|one| cooling::waiting(std::mem::take(&mut one.keys))).collect();
    }
    let acts = checked.iter().map(|one| {
        let particulars = serde_json::json!({ "status": one.partner.status });
        history::act(desk, "partner", one.partner.slug.as_str(), "add", &particulars)
    });
    let acts = acts.collect();
    Ok(desk.ledger().take_in(&Intake { admissions: checked, keys, acts, ..Intake::default() }).await?)
}

/// One partner with everything about it.
///
/// # Errors
/// When there is no such partner.
pub async fn show(desk: &Desk, slug: &str) -> Result<Shown, DeskError> {
    let slug: Slug = slug
        .parse()
        .map_err(|source: earmark_model::IdError| DeskError::new(Kind::Malformed, source.to_string()))?;
    let ledger = desk.ledger();
    Ok(Shown {
        partner: ledger.partner(&slug).await?,
        contacts: ledger.contacts(&slug).await?,
        keys: ledger.contact_keys(&slug).await?,
    })
}

/// All partners, by slug.
///
/// # Errors
/// When the ledger cannot be read.
pub async fn list(desk: &Desk) -> Result<Vec<Partner>, DeskError> {
    Ok(desk.ledger().partners().await?)
}
