//! Partners as a table: a row for each person of each, in CSV or JSON, the same going out and coming in.

use earmark_store::PartnerStatus;
use serde::{Deserialize, Serialize};

use super::partner::{self, FIRST_CONTACT};
use crate::desk::Desk;
use crate::error::{DeskError, Kind};

/// A row: a partner and one of its people.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Row {
    /// The partner.
    pub slug: String,
    /// Its name.
    pub name: String,
    /// Its country.
    pub country: String,
    /// Its tier.
    pub tier: String,
    /// Where it stands; of a new partner `active` where nothing is said.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub status: Option<PartnerStatus>,
    /// The person's name in addresses; `desk` where nothing is said.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub person: Option<String>,
    /// The person's name.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub person_name: Option<String>,
    /// The person's mail address.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub contact: Option<String>,
    /// The person's keys.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub keys: Vec<String>,
}

impl Row {
    /// The person's name in addresses.
    #[must_use]
    pub fn person(&self) -> &str {
        self.person.as_deref().unwrap_or(FIRST_CONTACT)
    }
}

/// A row of the CSV form: several keys are separated by `|`; an empty cell says nothing.
#[derive(Serialize, Deserialize)]
struct CsvRow {
    slug: String,
    name: String,
    country: String,
    tier: String,
    #[serde(default)]
    status: Option<String>,
    #[serde(default)]
    person: Option<String>,
    #[serde(default)]
    person_name: Option<String>,
    #[serde(default)]
    contact: Option<String>,
    #[serde(default)]
    key: Option<String>,
}

/// The form of a table.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Form {
    /// With a head; what spreadsheets read.
    Csv,
    /// An array of objects.
    Json,
}

/// Reads a table: a JSON array, or CSV with a head.
///
/// # Errors
/// Malformed when it is neither.
pub fn parse(bytes: &[u8]) -> Result<Vec<Row>, DeskError> {
    let malformed = |source: Box<dyn std::error::Error + Send + Sync>| {
        DeskError {
        source: Some(source),
        ..DeskError::new(Kind::Malformed, "the import file is neither JSON nor CSV of partners")
            .hint("the head of the CSV form is slug,name,country,tier,status,person,person_name,contact,key; the last five may be left out")
    }
    };
    if bytes.trim_ascii_start().starts_with(b"[") {
        return serde_json::from_slice(bytes).map_err(|source| malformed(source.into()));
    }
    let given = |cell: Option<String>| cell.filter(|text| !text.trim().is_empty());
    let mut rows = Vec::new();
    for row in csv::ReaderBuilder::new().trim(csv::Trim::All).from_reader(bytes).deserialize() {
        let row: CsvRow = row.map_err(|source| malformed(source.into()))?;
        let status = given(row.status).map(|word| word.parse()).transpose();
        let keys = row.key.as_deref().unwrap_or("").split('|').filter(|key| !key.trim().is_empty());
        rows.push(Row {
            keys: keys.map(str::to_owned).collect(),
            slug: row.slug,
            name: row.name,
            country: row.country,
            tier: row.tier,
            status: status.map_err(|source: earmark_store::UnknownWord| malformed(source.into()))?,
            person: given(row.person),
            person_name: given(row.person_name),
            contact: given(row.contact),
        });
    }
    Ok(rows)
}

/// All partners and their people as a table that [`parse`] reads back. Only keys that can be sealed to are in it.
///
/// # Errors
/// When the ledger cannot be read.
pub async fn rows(desk: &Desk) -> Result<Vec<Row>, DeskError> {
    let mut rows = Vec::new();
    for one in partner::list(desk).await? {
        let keys = desk.ledger().contact_keys(&one.slug).await?;
        for contact in desk.ledger().contacts(&one.slug).await? {
            let theirs = keys.iter().filter(|key| key.contact == contact.slug && key.status.usable());
            rows.push(Row {
                keys: theirs.map(|key| key.public_text.clone()).collect(),
                slug: one.slug.to_string(),
                name: one.name.clone(),
                country: one.country.clone(),
                tier: one.tier.to_string(),
                status: Some(one.status),
                person: Some(contact.slug.to_string()),
                person_name: Some(contact.name),
                contact: contact.mail,
            });
        }
    }
    Ok(rows)
}

/// The table as text.
///
/// # Errors
/// Never in practice: rows can be written.
pub fn text(rows: &[Row], form: Form) -> Result<String, DeskError> {
    let unwritable = |source: Box<dyn std::error::Error + Send + Sync>| DeskError {
        source: Some(source),
        ..DeskError::new(Kind::Bug, "the table cannot be written")
    };
    if form == Form::Json {
        let text = serde_json::to_string_pretty(rows).map_err(|source| unwritable(source.into()))?;
        return Ok(text + "\n");
    }
    let mut out = csv::Writer::from_writer(Vec::new());
    for row in rows {
        let row = CsvRow {
            slug: row.slug.clone(),
            name: row.name.clone(),
            country: row.country.clone(),
            tier: row.tier.clone(),
            status: row.status.map(|status| status.word().to_owned()),
            person: row.person.clone(),
            person_name: row.person_name.clone(),
            contact: row.contact.clone(),
            key: Some(row.keys.join("|")),
        };
        out.serialize(row).map_err(|source| unwritable(source.into()))?;
    }
    let bytes = out.into_inner().map_err(|source| unwritable(source.to_string().into()))?;
    String::from_utf8(bytes).map_err(|source| unwritable(source.into()))
}
