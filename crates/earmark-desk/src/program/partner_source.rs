//! Partners and their people out of files that other programs wrote: tables with columns of their own, address cards,
//! keyrings, files of allowed signers.

use std::collections::BTreeMap;

use earmark_papers::{Card, read_vcards};
use earmark_seal::{RecipientKey, read_allowed_signers};
use earmark_store::Contact;

use super::name_slug::slug_of;
use super::partner_table::{self, COLUMNS, Columns, Row};
use crate::desk::Desk;
use crate::error::{DeskError, Kind};

/// What a file is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Source {
    /// A table: CSV with a head, or a JSON array.
    Table,
    /// Address cards: a row for each, which names its organization.
    Cards,
    /// OpenPGP certificates, for people who are there, by the addresses in their user ids.
    Keyring,
    /// SSH keys, for people who are there, by the addresses before them.
    Signers,
}

/// How a file is read.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Reading {
    /// What it is; found out where nothing is said.
    pub source: Option<Source>,
    /// For a column of ours the name that the file has for it.
    pub map: BTreeMap<String, String>,
    /// Values of columns that the file lacks, or leaves empty.
    pub set: BTreeMap<String, String>,
}

/// A row, or why it is none, under the name by which people find it in the file.
pub(super) type Read = Result<Row, (String, DeskError)>;

/// Reads the rows of a file.
///
/// # Errors
/// Malformed when it is none of those, or names columns that are not there.
pub(super) async fn read(desk: &Desk, bytes: &[u8], reading: &Reading) -> Result<Vec<Read>, DeskError> {
    for name in reading.map.keys().chain(reading.set.keys()) {
        if !COLUMNS.contains(&name.as_str()) {
            return Err(DeskError::new(Kind::Malformed, format!("`{name}` is no column"))
                .hint(format!("there are {}", COLUMNS.join(", "))));
        }
    }
    match reading.source.unwrap_or_else(|| guess(bytes)) {
        Source::Table => {
            let columns = Columns { map: &reading.map, set: &reading.set };
            Ok(partner_table::parse_with(bytes, &columns)?.into_iter().map(Ok).collect())
        }
        Source::Cards => {
            let cards = read_vcards(bytes);
            let cards =
                cards.map_err(|source| DeskError::because(Kind::Malformed, "these are no cards", source))?;
            Ok(cards.iter().map(|card| of_card(card, &reading.set)).collect())
        }
        Source::Keyring => of_keyring(desk, bytes).await,
        Source::Signers => of_signers(desk, bytes).await,
    }
}

fn guess(bytes: &[u8]) -> Source {
    let start = bytes.trim_ascii_start();
    if earmark_papers::is_vcard(bytes) {
        return Source::Cards;
    }
    if start.starts_with(b"-----BEGIN PGP") || start.first().is_some_and(|byte| byte & 0x80 != 0) {
        // A table in UTF-8 may begin with a byte order mark.
        return if start.starts_with("\u{feff}".as_bytes()) { Source::Table } else { Source::Keyring };
    }
    let text = std::str::from_utf8(bytes).unwrap_or_default();
    let mut lines = read_allowed_signers(text);
    if lines.next().is_some_and(|line| line.is_ok()) { Source::Signers } else { Source::Table }
}

fn of_card(card: &Card, set: &BTreeMap<String, String>) -> Read {
    let shown = card.name.clone().or_else(|| card.mails.first().cloned()).unwrap_or_default();
    let wrong = |why: &str, hint: &str| {
        (shown.clone(), DeskError::new(Kind::Malformed, why.to_owned()).hint(hint.to_owned()))
    };
    let value = |column: &str, own: Option<String>| {
        own.filter(|text| !text.trim().is_empty()).or_else(|| set.get(column).cloned())
    };
    let name = value("name", card.organization.clone());
    let name =
        name.ok_or_else(|| wrong("the card names no organization", "give one with `--set name=...`"))?;
    let slug = set.get("slug").cloned().unwrap_or_else(|| slug_of(&name));
    // Cards write countries in words.
    let country = card.country.clone().filter(|text| text.len() == 2);
    let country = value("country", country).ok_or_else(|| {
        wrong("the card names no country by its two letters", "give it with `--set country=DE`")
    })?;
    let tier =
        value("tier", None).ok_or_else(|| wrong("cards name no tier", "give it with `--set tier=...`"))?;
    let status = match set.get("status").map(|word| word.parse()) {
        Some(Ok(status)) => Some(status),
        Some(Err(_)) => return Err(wrong("`--set status` names no status", "such as `applicant`")),
        None => None,
    };
    let mut keys = Vec::new();
    for key in &card.keys {
        let text = RecipientKey::parse(key).and_then(|key| key.to_text());
        keys.push(text.map_err(|source| {
            let message = "a key of the card cannot be read";
            (shown.clone(), DeskError::because(Kind::Malformed, message, source))
        })?);
    }
    Ok(Row {
        slug,
        name,
        country,
        tier,
        status,
        person: card.name.as_deref().map(slug_of).filter(|slug| !slug.is_empty()),
        person_name: card.name.clone(),
        contact: card.mails.first().cloned(),
        keys,
    })
}

/// The people who are there, as rows without keys, and the addresses that mean them.
struct People {
    rows: Vec<(Row, Contact)>,
}

impl People {
    async fn read(desk: &Desk) -> Result<Self, DeskError> {
        let mut rows = Vec::new();
        for partner in desk.ledger().partners().await? {
            for contact in desk.ledger().contacts(&partner.slug).await? {
                let row = Row {
                    slug: partner.slug.to_string(),
                    name: partner.name.clone(),
                    country: partner.country.clone(),
                    tier: partner.tier.to_string(),
                    status: None,
                    person: Some(contact.slug.to_string()),
                    person_name: None,
                    contact: None,
                    keys: Vec::new(),
                };
                rows.push((row, contact));
            }
        }
        Ok(Self { rows })
    }

    /// Gives a key to whoever has one of the addresses; of several people to none.
    fn give(&mut self, addresses: &[String], key: &str) -> Result<(), DeskError> {
        let same = |contact: &Contact| {
            let mail = contact.mail.as_deref();
            addresses.iter().any(|one| mail.is_some_and(|mail| mail.eq_ignore_ascii_case(one)))
        };
        let mut whose = self.rows.iter_mut().filter(|(_, contact)| same(contact));
        match (whose.next(), whose.next()) {
            (Some((row, _)), None) => {
                row.keys.push(key.to_owned());
                Ok(())
            }
            (Some(_), Some(_)) => {
                Err(DeskError::new(Kind::Refused, "more than one of the people has an address of this key"))
            }
            (None, _) => Err(DeskError::new(Kind::NotFound, "none of the people has an address of this key")),
        }
    }

    fn with_keys(self, refused: Vec<Read>) -> Vec<Read> {
        let rows = self.rows.into_iter().map(|(row, _)| row).filter(|row| !row.keys.is_empty());
        rows.map(Ok).chain(refused).collect()
    }
}

async fn of_keyring(desk: &Desk, bytes: &[u8]) -> Result<Vec<Read>, DeskError> {
    let keys = RecipientKey::parse_all(bytes);
    let keys = keys.map_err(|source| DeskError::because(Kind::Malformed, "this is no keyring", source))?;
    let (mut people, mut refused) = (People::read(desk).await?, Vec::new());
    for key in keys {
        let mails = key.mails();
        let shown = mails.first().cloned().unwrap_or_else(|| key.fingerprint());
        let given = match key.to_text() {
            Ok(text) => people.give(&mails, &text),
            Err(source) => {
                Err(DeskError::because(Kind::Malformed, "the key cannot be written again", source))
            }
        };
        if let Err(why) = given {
            refused.push(Err((shown, why)));
        }
    }
    Ok(people.with_keys(refused))
}

async fn of_signers(desk: &Desk, bytes: &[u8]) -> Result<Vec<Read>, DeskError> {
    let no_text = |source| DeskError::because(Kind::Malformed, "this is no file of allowed signers", source);
    let text = std::str::from_utf8(bytes).map_err(no_text)?;
    let (mut people, mut refused) = (People::read(desk).await?, Vec::new());
    for line in read_allowed_signers(text) {
        let line = match line {
            Ok(line) => line,
            Err(number) => {
                let why = DeskError::new(Kind::Malformed, "it is no line of allowed signers");
                refused.push(Err((format!("line {number}"), why)));
                continue;
            }
        };
        let limited = line.options.iter().find(|one| !one.starts_with("namespaces="));
        let given = match limited {
            // A key that is good for some time only, or for making others, is nothing to seal to unseen.
            Some(option) => Err(DeskError::new(Kind::Refused, format!("the key is limited by `{option}`"))
                .hint("add it with `earmark partner key add`, and `key expire`")),
            None => people.give(&line.principals, &line.key),
        };
        if let Err(why) = given {
            refused.push(Err((line.principals.join(","), why)));
        }
    }
    Ok(people.with_keys(refused))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_is_what_it_looks_like() {
        assert_eq!(guess(b"slug,name,country,tier\n"), Source::Table);
        assert_eq!(guess(b"[{}]"), Source::Table);
        assert_eq!(guess("\u{feff}slug,name".as_bytes()), Source::Table);
        assert_eq!(guess(b"\nBEGIN:VCARD\n"), Source::Cards);
        assert_eq!(guess(b"-----BEGIN PGP PUBLIC KEY BLOCK-----\n"), Source::Keyring);
        assert_eq!(guess(b"\x99\x01"), Source::Keyring);
        assert_eq!(guess(b"# x\na@b.example ssh-ed25519 AAAA\n"), Source::Signers);
    }
}
