//! Importing partners with a preview: every row is looked at before any is written, and all are written at once.

use std::collections::{BTreeMap, BTreeSet};

use earmark_model::{IdError, Slug};
use earmark_store::{Contact, ContactKey, Intake, Partner, PartnerStatus};
use serde::Serialize;
use serde_json::json;

use super::partner::{self, NewPartner};
use super::partner_source::{self, Reading};
use super::partner_table::Row;
use super::people::is_address;
use crate::actor::{self, Right};
use crate::cooling;
use crate::desk::Desk;
use crate::error::{DeskError, Kind};
use crate::history;

/// What an import does, or would do.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct Preview {
    /// Partners that are new.
    pub added: Vec<String>,
    /// Partners that are there and become otherwise.
    pub changed: Vec<Changed>,
    /// Partners that are there and stay as they are.
    pub unchanged: Vec<String>,
    /// The same, under the name of earlier releases.
    pub duplicate: Vec<String>,
    /// Rows that cannot be used, with the reason.
    pub rejected: Vec<Rejected>,
    /// Whether anything was written.
    pub written: bool,
}

/// A partner that becomes otherwise.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Changed {
    /// Which.
    pub slug: String,
    /// What: `name`, `country`, `tier`, `person NAME`, `key FINGERPRINT`.
    pub what: Vec<String>,
}

/// A row that cannot be used.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Rejected {
    /// Number of the row, from 1, the head not counted.
    pub row: usize,
    /// The partner it is about.
    pub slug: String,
    /// Why.
    pub why: String,
}

/// What is there, and what rows so far make of it.
struct Draft {
    partners: BTreeMap<Slug, Partner>,
    contacts: BTreeMap<(Slug, Slug), Contact>,
    keys: BTreeSet<(Slug, Slug, String)>,
    /// Partners that a row of this file added.
    new: BTreeSet<Slug>,
    seen: BTreeSet<(Slug, Slug)>,
    embargo: bool,
    intake: Intake,
    what: BTreeMap<Slug, Vec<String>>,
}

/// Takes the rows of `bytes`, a table, cards, a keyring or allowed signers, one for each person of a partner: adds what is new, changes
/// what is there, all or none. Keys are added and none is taken away.
///
/// With `dry_run` nothing is written. A rejected row keeps the others from being written too.
///
/// # Errors
/// When the file is none of those, or a row was rejected and this is no dry run.
pub async fn import(
    desk: &Desk,
    bytes: &[u8],
    reading: &Reading,
    dry_run: bool,
) -> Result<Preview, DeskError> {
    actor::require(desk, Right::Manage).await?;
    let read = partner_source::read(desk, bytes, reading).await?;
    let mut draft = Draft::read(desk).await?;
    let mut preview = Preview::default();
    let mut rows = Vec::new();
    for (row, number) in read.into_iter().zip(1..) {
        let (slug, why) = match row {
            Ok(row) => {
                let why = draft.take(desk, &row).err();
                rows.push(row);
                (rows.last().map(|row| row.slug.clone()).unwrap_or_default(), why)
            }
            Err((shown, why)) => (shown, Some(why)),
        };
        if let Some(why) = why {
            preview.rejected.push(Rejected { row: number, slug, why: why.to_string() });
        }
    }
    let mut named: Vec<&str> = Vec::new();
    for row in &rows {
        if !named.contains(&row.slug.as_str()) && !preview.rejected.iter().any(|one| one.slug == row.slug) {
            named.push(&row.slug);
        }
    }
    for name in named {
        let slug: Slug = name.parse().map_err(malformed)?;
        match draft.what.remove(&slug) {
            _ if draft.new.contains(&slug) => preview.added.push(name.to_owned()),
            Some(what) => {
                let act = history::act(desk, "partner", name, "import", &json!({ "changed": what }));
                draft.intake.acts.push(act);
                preview.changed.push(Changed { slug: name.to_owned(), what });
            }
            None => preview.unchanged.push(name.to_owned()),
        }
    }
    preview.duplicate.clone_from(&preview.unchanged);
    if dry_run {
        return Ok(preview);
    }
    if let Some(first) = preview.rejected.first() {
        let message = format!(
            "{} rows cannot be used, the first is row {}: {}",
            preview.rejected.len(),
            first.row,
            first.why
        );
        return Err(
            DeskError::new(Kind::Malformed, message).hint("`--dry-run` lists every row; nothing was written")
        );
    }
    draft.intake.partners = draft
        .partners
        .into_values()
        .filter(|one| {
            !draft.new.contains(&one.slug) && preview.changed.iter().any(|it| it.slug == one.slug.as_str())
        })
        .collect();
    desk.ledger().take_in(&draft.intake).await?;
    preview.written = true;
    Ok(preview)
}

fn malformed(source: IdError) -> DeskError {
    DeskError::new(Kind::Malformed, source.to_string())
}

impl Draft {
    async fn read(desk: &Desk) -> Result<Self, DeskError> {
        let ledger = desk.ledger();
        let partners: BTreeMap<Slug, Partner> =
            ledger.partners().await?.into_iter().map(|one| (one.slug.clone(), one)).collect();
        let contacts = ledger.all_contacts().await?.into_iter();
        let mut keys = BTreeSet::new();
        for slug in partners.keys() {
            let theirs = ledger.contact_keys(slug).await?.into_iter();
            keys.extend(theirs.map(|key| (key.partner, key.contact, key.fingerprint)));
        }
        Ok(Self {
            contacts: contacts.map(|one| ((one.partner.clone(), one.slug.clone()), one)).collect(),
            keys,
            partners,
            new: BTreeSet::new(),
            seen: BTreeSet::new(),
            embargo: cooling::embargo_is_open(desk).await?,
            intake: Intake::default(),
            what: BTreeMap::new(),
        })
    }

    /// Takes one row; nothing of it when it is refused.
    fn take(&mut self, desk: &Desk, row: &Row) -> Result<(), DeskError> {
        let admission = partner::check(desk, &row.as_new())?;
        let person: Slug = row.person().parse().map_err(malformed)?;
        if !self.seen.insert((admission.partner.slug.clone(), person.clone())) {
            return Err(DeskError::new(Kind::Malformed, "the file names this person of the partner twice"));
        }
        if let Some(mail) = row.contact.as_deref().filter(|mail| !is_address(mail)) {
            return Err(DeskError::new(Kind::Malformed, format!("`{mail}` is no mail address")));
        }
        let name = row.person_name.clone().unwrap_or_else(|| admission.contact.name.clone());
        if name.trim().is_empty() || name.chars().any(char::is_control) {
            return Err(DeskError::new(Kind::Malformed, "a person needs a name, in one line"));
        }
        let slug = admission.partner.slug.clone();
        let contact = Contact { slug: person.clone(), name, ..admission.contact };
        let keys: Vec<ContactKey> =
            admission.keys.into_iter().map(|key| ContactKey { contact: person.clone(), ..key }).collect();
        let Some(there) = self.partners.get(&slug) else {
            let status = row.status.unwrap_or(admission.partner.status);
            let partner = Partner { status, ..admission.partner };
            for key in &keys {
                self.keys.insert((slug.clone(), person.clone(), key.fingerprint.clone()));
            }
            self.contacts.insert((slug.clone(), person), contact.clone());
            let act = history::act(desk, "partner", slug.as_str(), "add", &json!({ "status": status }));
            self.intake.acts.push(act);
            let recipient = admission.recipient;
            let mut keys = keys;
            if self.embargo {
                self.intake.keys.extend(cooling::waiting(std::mem::take(&mut keys)));
            }
            self.partners.insert(slug.clone(), partner.clone());
            self.intake.admissions.push(earmark_store::Admission { partner, contact, keys, recipient });
            self.new.insert(slug);
            return Ok(());
        };
        self.change(desk, row, &admission.partner, there.clone(), contact, keys)
    }

    fn change(
        &mut self,
        desk: &Desk,
        row: &Row,
        wanted: &Partner,
        there: Partner,
        contact: Contact,
        keys: Vec<ContactKey>,
    ) -> Result<(), DeskError> {
        let slug = there.slug.clone();
        let same = |one: &Partner| {
            (&one.name, &one.country, &one.tier) == (&wanted.name, &wanted.country, &wanted.tier)
        };
        let new = self.new.contains(&slug);
        if self.what.contains_key(&slug) || new {
            // An earlier row of this file said how the partner is to be.
            if !same(&there) {
                return Err(DeskError::new(
                    Kind::Malformed,
                    "two rows say different things about this partner",
                ));
            }
        }
        if let Some(status) = row.status.filter(|status| *status != there.status) {
            let message = format!("it is {}, and an import does not make it {status}", there.status);
            return Err(DeskError::new(Kind::Refused, message));
        }
        let mut what = Vec::new();
        for (name, differs) in [
            ("name", there.name != wanted.name),
            ("country", there.country != wanted.country),
            ("tier", there.tier != wanted.tier),
        ] {
            what.extend(differs.then(|| name.to_owned()));
        }
        let fresh: Vec<ContactKey> = keys
            .into_iter()
            .filter(|key| !self.keys.contains(&(slug.clone(), key.contact.clone(), key.fingerprint.clone())))
            .collect();
        if let Some(key) = fresh.first().filter(|_| self.embargo && !new) {
            let message = format!(
                "while an embargo is open, the key `{}` takes `earmark partner key add`",
                key.fingerprint
            );
            return Err(DeskError::new(Kind::Refused, message));
        }
        let id = (slug.clone(), contact.slug.clone());
        let known = self.contacts.get(&id);
        // What a row does not give stays.
        let contact = Contact {
            name: match (known, &row.person_name) {
                (Some(known), None) => known.name.clone(),
                _ => contact.name,
            },
            mail: contact.mail.or_else(|| known.and_then(|one| one.mail.clone())),
            added: known.map_or(contact.added, |one| one.added),
            ..contact
        };
        if known != Some(&contact) {
            what.push(format!("person {}", contact.slug));
            self.intake.contacts.push(contact.clone());
            self.contacts.insert(id, contact);
        }
        for key in fresh {
            what.push(format!("key {}", key.fingerprint));
            self.keys.insert((slug.clone(), key.contact.clone(), key.fingerprint.clone()));
            let effective = (!self.embargo).then(|| desk.now());
            let life = cooling::life(&key, effective, None);
            self.intake.keys.push((key, life));
        }
        if !what.is_empty() {
            self.what.entry(slug.clone()).or_default().extend(what);
        }
        let changed = Partner {
            name: wanted.name.clone(),
            country: wanted.country.clone(),
            tier: wanted.tier.clone(),
            ..there
        };
        self.partners.insert(slug, changed);
        Ok(())
    }
}

impl Row {
    /// The partner that the row would add.
    fn as_new(&self) -> NewPartner {
        NewPartner {
            slug: self.slug.clone(),
            name: self.name.clone(),
            country: self.country.clone(),
            tier: self.tier.clone(),
            contact: self.contact.clone(),
            keys: self.keys.clone(),
            applicant: self.status == Some(PartnerStatus::Applicant),
        }
    }
}
