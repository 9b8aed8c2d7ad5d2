//! What is held of a person, and erasing it: rows, keys, words sent, and the rows behind the log's entries.

use std::collections::BTreeSet;

use earmark_model::Slug;
use earmark_store::{Contact, EntryKind, PersonErasure};
use serde::Serialize;
use serde_json::{Value, json};

use super::rows::{Row, Rows};
use super::statements;
use crate::actor::{self, Right, slug};
use crate::desk::Desk;
use crate::error::{DeskError, Kind};
use crate::history;
use crate::program::legal_hold;

/// What stands where something was erased.
pub(super) const MARK: &str = "erased";

/// A class of personal data: why it is held, on what basis, how long, and who reads it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub struct Class {
    /// What.
    pub class: &'static str,
    /// What for.
    pub purpose: &'static str,
    /// On what basis.
    pub basis: &'static str,
    /// How long.
    pub retention: &'static str,
    /// By whom.
    pub readers: &'static str,
    /// Whether erasing a person erases it.
    pub erased: bool,
}

/// Every class of personal data that a vault holds of a partner's people.
pub const CLASSES: [Class; 7] = [
    Class {
        class: "contact",
        purpose: "to reach the person",
        basis: "agreement with the partner",
        retention: "until the person leaves; due 90 days after the partner is removed",
        readers: "staff",
        erased: true,
    },
    Class {
        class: "key",
        purpose: "to seal bundles to the person",
        basis: "agreement with the partner",
        retention: "as the person's; the last bundles may have to be explained",
        readers: "staff",
        erased: true,
    },
    Class {
        class: "acceptance",
        purpose: "to show who signed an agreement",
        basis: "legal claims",
        retention: "as long as the agreement and claims from it",
        readers: "staff",
        erased: true,
    },
    Class {
        class: "message",
        purpose: "to show what was told and when",
        basis: "legitimate interest in equal treatment",
        retention: "three years after the disclosure is public",
        readers: "staff",
        erased: true,
    },
    Class {
        class: "receipt",
        purpose: "to show that a copy arrived",
        basis: "legal claims",
        retention: "as long as the copy may leak",
        readers: "staff, an arbiter",
        erased: true,
    },
    Class {
        class: "copy",
        purpose: "to name the copy behind a leak",
        basis: "legitimate interest",
        retention: "as long as the copy may leak",
        readers: "staff, an arbiter",
        erased: false,
    },
    Class {
        class: "history",
        purpose: "to show who decided what",
        basis: "legal claims",
        retention: "as long as the vault",
        readers: "staff, auditors",
        erased: false,
    },
];

/// What is held of one class.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Item {
    /// The class.
    #[serde(flatten)]
    pub class: Class,
    /// Each thing, in a line.
    pub what: Vec<String>,
}

/// What is held of a person.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Held {
    /// `partner/contact`.
    pub person: String,
    /// Why nothing may be erased, where a legal hold stands.
    pub legal_hold: Option<String>,
    /// By class.
    pub items: Vec<Item>,
}

/// What an erasure came to.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Erased {
    /// `partner/contact`.
    pub person: String,
    /// The ground.
    pub basis: String,
    /// Entries of the log whose rows are gone.
    pub entries: Vec<u64>,
    /// Messages whose words are gone; files of them elsewhere are the reader's to remove.
    pub messages: Vec<u64>,
    /// Tables in which the name or address still stands, within other words.
    pub left: Vec<String>,
}

/// Everything about a person that the ledger holds.
struct Dossier {
    contact: Contact,
    id: String,
    keys: BTreeSet<String>,
    /// Statements about the person: key events and receipts.
    entries: Vec<(u64, &'static str)>,
    copies: Vec<u64>,
    messages: Vec<(u64, String)>,
    signed: Vec<String>,
    acts: usize,
}

async fn dossier(desk: &Desk, rows: &Rows, person: &str) -> Result<Dossier, DeskError> {
    let malformed = || DeskError::new(Kind::Malformed, format!("`{person}` is no `PARTNER/CONTACT`"));
    let (partner, contact) = person.split_once('/').ok_or_else(malformed)?;
    let (partner, contact): (Slug, Slug) = (slug(partner)?, slug(contact)?);
    let found = desk.ledger().contacts(&partner).await?.into_iter().find(|one| one.slug == contact);
    let contact = found.ok_or_else(|| {
        DeskError::new(Kind::NotFound, format!("there is nobody `{person}`"))
            .hint(format!("`earmark partner contact list {partner}` shows its people"))
    })?;
    let keys: BTreeSet<String> = desk
        .ledger()
        .contact_keys(&partner)
        .await?
        .into_iter()
        .filter(|key| key.contact == contact.slug)
        .map(|key| key.fingerprint)
        .collect();
    let mut entries = Vec::new();
    for kind in [EntryKind::Key, EntryKind::Receipt, EntryKind::Again] {
        for (index, document) in rows.documents(kind) {
            let text = |name: &str| document.get(name).and_then(Value::as_str).unwrap_or_default();
            let theirs = match kind {
                EntryKind::Key => {
                    text("partner") == partner.as_str() && text("contact") == contact.slug.as_str()
                }
                _ => text("recipient") == person || keys.contains(text("fingerprint")),
            };
            if theirs {
                entries.push((index, kind.word()));
            }
        }
    }
    let copies = rows.of.iter().filter_map(|(index, row)| match row {
        Row::Copy(copy) if copy.copy.recipient.as_str() == person => Some(*index),
        _ => None,
    });
    let copies = copies.collect();
    let (mut messages, mut signed, mut acts) = (Vec::new(), Vec::new(), 0);
    for table in desk.ledger().all_rows(&["position", "entry", "statement"]).await? {
        let cell = |row: &[Value], column: &str| {
            let index = table.columns.iter().position(|name| name == column);
            index.and_then(|index| row.get(index)).and_then(Value::as_str).unwrap_or_default().to_owned()
        };
        for row in &table.rows {
            match table.table.as_str() {
                "message" if cell(row, "recipient") == person || mentions(row, &contact) => {
                    let id = row.first().and_then(Value::as_u64).unwrap_or_default();
                    messages.push((id, cell(row, "subject")));
                }
                "acceptance"
                    if cell(row, "partner") == partner.as_str() && cell(row, "signed_by") == contact.name =>
                {
                    signed.push(cell(row, "agreement"));
                }
                "act" => {
                    let named = format!("\"contact\":\"{}\"", contact.slug);
                    acts += usize::from(
                        cell(row, "subject") == partner.as_str() && cell(row, "document").contains(&named),
                    );
                }
                _ => {}
            }
        }
    }
    entries.sort_unstable();
    Ok(Dossier { contact, id: person.to_owned(), keys, entries, copies, messages, signed, acts })
}

/// Whether a row holds the person's name or address.
fn mentions(row: &[Value], contact: &Contact) -> bool {
    let words = [Some(contact.name.as_str()), contact.mail.as_deref()];
    let words: Vec<&str> =
        words.into_iter().flatten().filter(|word| !word.is_empty() && *word != MARK).collect();
    row.iter().filter_map(Value::as_str).any(|text| words.iter().any(|word| text.contains(word)))
}

/// What is held of a person, `PARTNER/CONTACT`, by class.
///
/// # Errors
/// Not found.
pub async fn held(desk: &Desk, person: &str) -> Result<Held, DeskError> {
    let rows = Rows::read(desk).await?;
    let dossier = dossier(desk, &rows, person).await?;
    let entries = |kind: &str| -> Vec<String> {
        dossier
            .entries
            .iter()
            .filter(|(_, one)| *one == kind)
            .map(|(index, _)| format!("entry {index}"))
            .collect()
    };
    let what = |class: &str| -> Vec<String> {
        match class {
            "contact" => {
                let mail = dossier.contact.mail.clone().unwrap_or_else(|| "no mail".to_owned());
                vec![format!("{} {mail}", dossier.contact.name)]
            }
            "key" => dossier.keys.iter().cloned().chain(entries("key")).collect(),
            "acceptance" => dossier.signed.clone(),
            "message" => dossier.messages.iter().map(|(id, subject)| format!("{id} {subject}")).collect(),
            "receipt" => entries("receipt"),
            "copy" => {
                let copies = dossier.copies.iter().map(|index| format!("entry {index}"));
                copies.chain(entries("again")).collect()
            }
            _ if dossier.acts > 0 => vec![format!("{} lines", dossier.acts)],
            _ => Vec::new(),
        }
    };
    let items = CLASSES.iter().map(|class| Item { class: *class, what: what(class.class) }).collect();
    Ok(Held { person: dossier.id.clone(), legal_hold: legal_hold::of(desk, person).await?, items })
}

/// Erases what is held of a person: name and address, keys, acceptances' names, words of messages, and the rows behind
/// key events and receipts in the log, each with a tombstone. Records of copies stay: they name the recipient by its
/// id, and a verdict's replay needs them (`log erase` takes them one by one).
///
/// # Errors
/// Refused under a legal hold or when the actor may not; not found; malformed without a ground.
pub async fn erase(desk: &Desk, person: &str, basis: &str) -> Result<Erased, DeskError> {
    actor::require(desk, Right::Manage).await?;
    statements::require_ground(basis)?;
    legal_hold::refuse(desk, person).await?;
    // What is not recorded yet would be recorded as gone.
    super::partner_keys::record_changes(desk).await?;
    let rows = Rows::read(desk).await?;
    let dossier = dossier(desk, &rows, person).await?;
    let Dossier { contact, .. } = &dossier;
    let now = desk.now();
    let mut entries = Vec::new();
    for (index, _) in &dossier.entries {
        entries.push((*index, statements::tombstone(desk, &rows, *index, basis)?));
    }
    let erasure = PersonErasure {
        partner: contact.partner.clone(),
        contact: contact.slug.clone(),
        name: contact.name.clone(),
        entries,
        messages: dossier.messages.iter().map(|(id, _)| *id).collect(),
        mark: MARK.to_owned(),
        at: now,
    };
    let particulars = json!({ "contact": contact.slug, "basis": basis });
    let act = history::act(desk, "partner", contact.partner.as_str(), "erase person", &particulars);
    desk.ledger().erase_person(&erasure, &act).await?;
    desk.ledger().scrub().await?;
    let mut left = Vec::new();
    for table in desk.ledger().all_rows(&["position", "entry"]).await? {
        if table.rows.iter().any(|row| mentions(row, contact)) {
            left.push(table.table);
        }
    }
    Ok(Erased {
        person: dossier.id,
        basis: basis.to_owned(),
        entries: dossier.entries.iter().map(|(index, _)| *index).collect(),
        messages: erasure.messages,
        left,
    })
}
