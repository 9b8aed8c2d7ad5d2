//! Who receives: a partner as a whole, or the persons of its need-to-know roster, or the owner's staff.

use std::collections::{BTreeMap, BTreeSet};

use earmark_model::Slug;
use earmark_store::{Contact, DeliveryState, Disclosure, Partner, PartnerStatus, Recipient};

use crate::desk::Desk;
use crate::error::DeskError;

/// The tier of the owner's own staff in schedules.
pub const OWNER: &str = "owner";

/// A recipient with what is known about them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Addressee {
    /// Who.
    pub recipient: Recipient,
    /// Their partner; `None` for the owner's staff.
    pub partner: Option<Partner>,
    /// Where mail goes.
    pub mail: Option<String>,
}

impl Addressee {
    /// The tier that decides when they receive.
    #[must_use]
    pub fn tier(&self) -> &str {
        self.partner.as_ref().map_or(OWNER, |partner| partner.tier.as_str())
    }

    /// Whether their partner is in the program and not set aside.
    #[must_use]
    pub fn receives(&self) -> bool {
        let standing =
            |partner: &Partner| matches!(partner.status, PartnerStatus::Active | PartnerStatus::OnNotice);
        self.partner.as_ref().is_none_or(standing)
    }
}

/// Everybody whom copies are made for today, by id. Where a partner keeps a roster its persons stand for it.
///
/// # Errors
/// When the ledger cannot be read.
pub async fn all(desk: &Desk) -> Result<Vec<Addressee>, DeskError> {
    let ledger = desk.ledger();
    let partners: BTreeMap<Slug, Partner> =
        ledger.partners().await?.into_iter().map(|one| (one.slug.clone(), one)).collect();
    let rosters = ledger.rosters().await?;
    let on_roster: BTreeSet<(&Slug, &Slug)> =
        rosters.iter().filter(|one| one.left.is_none()).map(|one| (&one.partner, &one.contact)).collect();
    let with_roster: BTreeSet<&Slug> = on_roster.iter().map(|(partner, _)| *partner).collect();
    let mut contacts: BTreeMap<Slug, Vec<Contact>> = BTreeMap::new();
    for contact in ledger.all_contacts().await? {
        contacts.entry(contact.partner.clone()).or_default().push(contact);
    }
    let mut all = Vec::new();
    for recipient in ledger.recipients().await? {
        let (partner, mail) = match (&recipient.partner, &recipient.contact) {
            (None, _) => (None, None),
            (Some(slug), None) if with_roster.contains(slug) => continue,
            (Some(slug), Some(person)) if !on_roster.contains(&(slug, person)) => continue,
            (Some(slug), person) => {
                let people = contacts.get(slug).map_or(&[][..], Vec::as_slice);
                let theirs = people.iter().filter(|one| person.as_ref().is_none_or(|who| *who == one.slug));
                let mail = theirs.filter_map(|one| one.mail.clone()).next();
                (partners.get(slug).cloned(), mail)
            }
        };
        all.push(Addressee { recipient, partner, mail });
    }
    Ok(all)
}

/// Everybody whom a disclosure may reach: of a drill those who take part, else everybody.
///
/// # Errors
/// When the ledger cannot be read.
pub async fn of(desk: &Desk, disclosure: &Disclosure) -> Result<Vec<Addressee>, DeskError> {
    let mut all = all(desk).await?;
    if disclosure.exercise {
        let inside = desk.ledger().participants(&disclosure.id).await?;
        all.retain(|to| inside.contains(&to.recipient.id));
    }
    Ok(all)
}

/// Those who were told of a disclosure already: to others even its existence is a secret.
///
/// # Errors
/// When the ledger cannot be read.
pub async fn told(desk: &Desk, disclosure: &Disclosure) -> Result<Vec<Addressee>, DeskError> {
    let deliveries = desk.ledger().deliveries(&disclosure.id).await?.into_iter();
    let told: BTreeSet<_> =
        deliveries.filter(|one| one.state != DeliveryState::Denied).map(|one| one.recipient).collect();
    let mut all = of(desk, disclosure).await?;
    all.retain(|to| told.contains(&to.recipient.id));
    Ok(all)
}
