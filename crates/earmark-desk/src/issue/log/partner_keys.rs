//! Transparency for partners: what becomes of a partner's keys, and that a copy of its was made again, is an entry, and
//! the partner can find out that there is one.
//!
//! Each event is two entries. The *key* or *again* entry says what happened, under a random nonce. The *bell* entry says only
//! that the partner's n-th event happened, under a nonce that follows from the partner's secret and n: whoever has
//! the secret reckons the next bell's commitment and looks whether the log holds it, event known or not. To everybody
//! else both look like any other entry.

use std::collections::{BTreeMap, HashMap};
use std::path::Path;

use earmark_log::{Audit, Opening};
use earmark_model::{Digest, Slug};
use earmark_seal::SecretKey;
use earmark_store::{Copy, EntryKind, StoreError};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use super::canonical::canonical;
use super::rows::Rows;
use super::statements;
use crate::desk::Desk;
use crate::error::{DeskError, Kind};
use crate::program::keys;

/// How many bells beyond the last known one a listener tries: an owner who skips a number is found too.
const LISTEN_AHEAD: u64 = 64;

/// How often events are numbered again because another process recorded some between.
const TRIES: usize = 20;

/// One event, as its partner is told.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct KeyEvent {
    /// Its number among the partner's events, from 1.
    pub number: u64,
    /// The key or again entry.
    pub entry: u64,
    /// What it opens to.
    pub document: String,
    /// What opens it, in hexadecimal digits.
    pub nonce: String,
}

/// What a partner needs for listening.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Ears {
    /// The log's name.
    pub origin: String,
    /// The partner.
    pub partner: String,
    /// The partner's secret, in hexadecimal digits: it opens bells and nothing else.
    pub secret: String,
    /// The events so far.
    pub events: Vec<KeyEvent>,
}

/// What a listener heard.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Heard {
    /// The partner.
    pub partner: String,
    /// Entries under the head that was listened to.
    pub size: u64,
    /// Events that the partner was told of and that are in the log.
    pub known: Vec<u64>,
    /// Events that the partner was told of and whose entries are not in the log yet.
    pub not_yet: Vec<u64>,
    /// Numbers of events in the log that the partner was not told of.
    pub unknown: Vec<u64>,
    /// Events whose opening does not fit the entry.
    pub false_events: Vec<u64>,
}

impl Heard {
    /// Whether there is nothing that the partner should ask about.
    #[must_use]
    pub fn is_quiet(&self) -> bool {
        self.unknown.is_empty() && self.false_events.is_empty()
    }
}

/// The secret of one partner.
pub(super) fn secret(blinding: &SecretKey, partner: &str) -> SecretKey {
    blinding.derive(&format!("log bell of {partner}"))
}

/// What the n-th bell of a partner opens to.
pub(super) fn bell(secret: &SecretKey, partner: &str, number: u64) -> (Value, [u8; 32]) {
    let document = json!({ "kind": "bell", "number": number.to_string(), "partner": partner });
    (document, *secret.derive(&format!("log bell {number}")).expose())
}

/// Ends the keys whose time is over, and adds entries for every key that was added, or whose status changed, since the
/// last time; gives how many events.
///
/// # Errors
/// When the ledger cannot be read or written.
pub async fn record_changes(desk: &Desk) -> Result<u64, DeskError> {
    keys::lapse(desk).await?;
    for _ in 0..TRIES {
        let changes = changes(desk).await?;
        if changes.is_empty() {
            return Ok(0);
        }
        match desk.ledger().add_statements(&changes).await {
            // Another process rang the same bell first.
            Err(StoreError::AlreadyThere { .. }) => {}
            other => {
                other?;
                return Ok(changes.len() as u64 / 2);
            }
        }
    }
    Err(DeskError::new(Kind::Unavailable, "other processes change keys faster than they can be recorded"))
}

async fn changes(desk: &Desk) -> Result<Vec<earmark_store::NewStatement>, DeskError> {
    let rows = Rows::read(desk).await?;
    let mut counts = counts(&rows);
    let last = last_events(&rows);
    let blinding = desk.other_key("blinding")?;
    let now = desk.now();
    let mut new = Vec::new();
    for partner in desk.ledger().partners().await? {
        let slug = partner.slug.as_str();
        for key in desk.ledger().contact_keys(&partner.slug).await? {
            let id = (slug.to_owned(), key.contact.to_string(), key.fingerprint.clone());
            if last.get(&id).map(String::as_str) == Some(key.status.word()) {
                continue;
            }
            let number = next(&mut counts, slug);
            let document = json!({
                "at": now.rfc3339(),
                "contact": key.contact.as_str(),
                "event": key.status.word(),
                "fingerprint": key.fingerprint,
                "key_sha256": Digest::of(key.public_text.as_bytes()).to_string(),
                "kind": "key",
                "number": number.to_string(),
                "partner": slug,
            });
            new.push(statements::fresh(desk, EntryKind::Key, &document, now)?);
            let (document, nonce) = bell(&secret(&blinding, slug), slug, number);
            new.push(statements::with_nonce(nonce, EntryKind::Bell, &document, now)?);
        }
    }
    Ok(new)
}

/// The number of a partner's next event.
fn next(counts: &mut HashMap<String, u64>, partner: &str) -> u64 {
    let number = counts.entry(partner.to_owned()).or_insert(0);
    *number += 1;
    *number
}

/// A copy that is there already, made once more.
pub(in crate::issue) struct Again {
    /// The record of the copy.
    pub(in crate::issue) copy: Copy,
    /// SHA-256 of the sealed file; `None` for a plain tree.
    pub(in crate::issue) bundle: Option<Digest>,
}

/// Adds an entry for each copy that was made again, and a bell for its partner; gives the indexes, in order. (Copies of
/// the owner's own staff have nobody to ring for.)
///
/// # Errors
/// When the ledger cannot be read or written.
pub(in crate::issue) async fn record_again(desk: &Desk, again: &[Again]) -> Result<Vec<u64>, DeskError> {
    if again.is_empty() {
        return Ok(Vec::new());
    }
    let recipients = desk.ledger().recipients().await?;
    let blinding = desk.other_key("blinding")?;
    for _ in 0..TRIES {
        let mut counts = counts(&Rows::read(desk).await?);
        let (mut new, mut places, now) = (Vec::new(), Vec::new(), desk.now());
        for Again { copy: Copy { copy, log_index }, bundle } in again {
            let recipient = recipients.iter().find(|one| one.id == copy.recipient);
            let partner = recipient.and_then(|one| one.partner.as_ref()).map(|slug| slug.as_str());
            let mut document = json!({
                "at": now.rfc3339(),
                "bundle": bundle.map(|digest| digest.to_string()),
                "copy": copy.copy_sha256.to_string(),
                "entry": log_index.to_string(),
                "kind": "again",
                "recipient": copy.recipient.as_str(),
            });
            places.push(new.len() as u64);
            let Some(partner) = partner else {
                new.push(statements::fresh(desk, EntryKind::Again, &document, now)?);
                continue;
            };
            let number = next(&mut counts, partner);
            document["number"] = json!(number.to_string());
            document["partner"] = json!(partner);
            new.push(statements::fresh(desk, EntryKind::Again, &document, now)?);
            let (document, nonce) = bell(&secret(&blinding, partner), partner, number);
            new.push(statements::with_nonce(nonce, EntryKind::Bell, &document, now)?);
        }
        match desk.ledger().add_statements(&new).await {
            Err(StoreError::AlreadyThere { .. }) => {}
            last => {
                let first = last?;
                return Ok(places.into_iter().map(|place| first + place).collect());
            }
        }
    }
    Err(DeskError::new(Kind::Unavailable, "other processes ring bells faster than they can be recorded"))
}

fn text<'a>(document: &'a Value, name: &str) -> &'a str {
    document.get(name).and_then(Value::as_str).unwrap_or_default()
}

/// How many events each partner has had.
fn counts(rows: &Rows) -> HashMap<String, u64> {
    let mut counts = HashMap::new();
    for (_, document) in rows.documents(EntryKind::Bell) {
        let number: u64 = text(&document, "number").parse().unwrap_or(0);
        let count = counts.entry(text(&document, "partner").to_owned()).or_insert(0);
        *count = number.max(*count);
    }
    counts
}

/// The last event of each key, by partner, contact and fingerprint.
fn last_events(rows: &Rows) -> HashMap<(String, String, String), String> {
    let events = rows.documents(EntryKind::Key).map(|(_, document)| {
        let field = |name| text(&document, name).to_owned();
        ((field("partner"), field("contact"), field("fingerprint")), field("event"))
    });
    events.collect()
}

/// Checks the key entries against the bells and the rows of keys; gives a line for each fault, and how many changes are
/// not recorded yet.
pub(super) async fn check(desk: &Desk, rows: &Rows) -> Result<(Vec<String>, u64), DeskError> {
    let mut faults = Vec::new();
    let blinding = desk.other_key("blinding")?;
    let mut rung: BTreeMap<String, Vec<u64>> = BTreeMap::new();
    let mut said: BTreeMap<String, Vec<u64>> = BTreeMap::new();
    for (index, document) in rows.documents(EntryKind::Bell) {
        let (partner, number) = (text(&document, "partner"), text(&document, "number").parse().unwrap_or(0));
        let (_, nonce) = bell(&secret(&blinding, partner), partner, number);
        let opening = rows.opening(desk, index).await?;
        if opening.nonce != nonce {
            faults.push(format!("entry {index} is a bell that its partner cannot hear"));
        }
        rung.entry(partner.to_owned()).or_default().push(number);
        // The event itself stands before its bell, and may have been erased lawfully.
        if index.checked_sub(1).is_some_and(|event| rows.erased.contains_key(&event)) {
            said.entry(partner.to_owned()).or_default().push(number);
        }
    }
    for (index, document) in rows.documents(EntryKind::Key) {
        let partner = text(&document, "partner");
        said.entry(partner.to_owned()).or_default().push(text(&document, "number").parse().unwrap_or(0));
        let slug: Slug = match partner.parse() {
            Ok(slug) => slug,
            Err(_) => {
                faults.push(format!("entry {index} is about a key of nobody"));
                continue;
            }
        };
        let keys = desk.ledger().contact_keys(&slug).await?;
        let same = keys.iter().any(|key| {
            key.contact.as_str() == text(&document, "contact")
                && key.fingerprint == text(&document, "fingerprint")
                && Digest::of(key.public_text.as_bytes()).to_string() == text(&document, "key_sha256")
        });
        if !same {
            faults.push(format!("the key that entry {index} is about is gone or was exchanged"));
        }
    }
    for (index, document) in rows.documents(EntryKind::Again) {
        let partner = text(&document, "partner");
        if !partner.is_empty() {
            said.entry(partner.to_owned()).or_default().push(text(&document, "number").parse().unwrap_or(0));
        }
        let entry = text(&document, "entry").parse().unwrap_or(u64::MAX);
        let same = rows.erased.contains_key(&entry)
            || rows.copies().any(|copy| {
                copy.log_index == entry
                    && copy.copy.recipient.as_str() == text(&document, "recipient")
                    && copy.copy.copy_sha256.to_string() == text(&document, "copy")
            });
        if !same {
            faults.push(format!("the copy that entry {index} is about is gone or was exchanged"));
        }
    }
    said.values_mut().for_each(|numbers| numbers.sort_unstable());
    for (partner, numbers) in &rung {
        let gapless = numbers.iter().zip(1..).all(|(number, wanted)| *number == wanted);
        if !gapless || said.get(partner) != Some(numbers) {
            faults.push(format!("the events of `{partner}` are not numbered without gaps"));
        }
    }
    if said.keys().any(|partner| !rung.contains_key(partner)) {
        faults.push("there are events without bells".to_owned());
    }
    Ok((faults, changes(desk).await?.len() as u64 / 2))
}

/// What a partner is handed for listening: its secret and the openings of its events so far.
///
/// # Errors
/// When there is no such partner.
pub async fn ears(desk: &Desk, partner: &str) -> Result<Ears, DeskError> {
    let slug: Slug = partner
        .parse()
        .map_err(|source: earmark_model::IdError| DeskError::new(Kind::Malformed, source.to_string()))?;
    desk.ledger().partner(&slug).await?;
    let rows = Rows::read(desk).await?;
    let mut events = Vec::new();
    let of_copies = rows.documents(EntryKind::Again);
    for (entry, document) in rows.documents(EntryKind::Key).chain(of_copies) {
        if text(&document, "partner") == partner {
            let opening = rows.opening(desk, entry).await?;
            let number = text(&document, "number").parse().unwrap_or(0);
            events.push(KeyEvent {
                number,
                entry,
                document: opening.document,
                nonce: earmark_log::hex(&opening.nonce),
            });
        }
    }
    events.sort_unstable_by_key(|event| event.number);
    let secret = secret(&desk.other_key("blinding")?, partner);
    Ok(Ears {
        origin: super::identity::rhythm(desk).await?.origin,
        partner: partner.to_owned(),
        secret: earmark_log::hex(secret.expose()),
        events,
    })
}

/// Listens to a published log for a partner. Needs no vault.
///
/// # Errors
/// When the log is not to be trusted, or `ears` are malformed.
pub fn listen(ears: &Ears, folder: &Path, keys: &[String]) -> Result<Heard, DeskError> {
    let trust = super::parse_trust(keys, Some(folder))?;
    let Audit { entries, faults, .. } = earmark_log::audit(folder, &trust)
        .map_err(|source| DeskError::because(Kind::Unavailable, "the log cannot be read", source))?;
    if let Some(fault) = faults.first() {
        return Err(DeskError::new(Kind::Refused, format!("the log is not sound: {fault}"))
            .hint("`earmark log verify --log DIR` lists everything that is wrong"));
    }
    if trust.log.first().is_some_and(|key| key.name() != ears.origin) {
        return Err(DeskError::new(Kind::Conflict, format!("this is not the log of `{}`", ears.origin)));
    }
    let malformed = || DeskError::new(Kind::Malformed, "the file of key events is malformed");
    let secret = SecretKey::from_bytes(earmark_log::unhex32(&ears.secret).ok_or_else(malformed)?);
    let there: HashMap<&[u8], u64> =
        entries.iter().zip(0..).map(|(entry, index)| (entry.as_slice(), index)).collect();
    let mut heard = Heard {
        partner: ears.partner.clone(),
        size: entries.len() as u64,
        known: Vec::new(),
        not_yet: Vec::new(),
        unknown: Vec::new(),
        false_events: Vec::new(),
    };
    for event in &ears.events {
        let nonce = earmark_log::unhex32(&event.nonce).ok_or_else(malformed)?;
        let commitment = Opening { nonce, document: event.document.clone() }.commitment();
        match entries.get(usize::try_from(event.entry).unwrap_or(usize::MAX)) {
            Some(entry) if *entry == commitment => heard.known.push(event.number),
            Some(_) => heard.false_events.push(event.number),
            None => heard.not_yet.push(event.number),
        }
    }
    // A number that no log of this size can have comes from a damaged file, and would be a long wait.
    let most = heard.size + LISTEN_AHEAD;
    let mut last = heard.known.iter().chain(&heard.not_yet).copied().max().unwrap_or(0).min(most);
    let mut number = 1;
    while number <= last.saturating_add(LISTEN_AHEAD) {
        let (document, nonce) = bell(&secret, &ears.partner, number);
        let commitment = Opening { nonce, document: canonical(&document)? }.commitment();
        if there.contains_key(commitment.as_slice()) {
            last = last.max(number);
            if !ears.events.iter().any(|event| event.number == number) {
                heard.unknown.push(number);
            }
        }
        number += 1;
    }
    Ok(heard)
}
