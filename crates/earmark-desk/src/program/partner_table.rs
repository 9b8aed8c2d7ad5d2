//! Partners as a table: a row for each person of each, in CSV or JSON, the same going out and coming in.

use std::collections::BTreeMap;

use earmark_store::PartnerStatus;
use serde::{Deserialize, Serialize};

use super::name_slug::slug_of;
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

/// A row of the CSV form as it goes out: several keys are separated by `|`; an empty cell says nothing.
#[derive(Serialize)]
struct CsvRow {
    slug: String,
    name: String,
    country: String,
    tier: String,
    status: Option<String>,
    person: Option<String>,
    person_name: Option<String>,
    contact: Option<String>,
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

/// The columns of the CSV form, and the members of the JSON form but for `key`, which is `keys` there.
pub const COLUMNS: [&str; 9] =
    ["slug", "name", "country", "tier", "status", "person", "person_name", "contact", "key"];

/// What a file calls the columns, and what stands where it says nothing.
#[derive(Debug, Clone, Copy)]
pub(super) struct Columns<'a> {
    /// The file's name for a column of ours.
    pub(super) map: &'a BTreeMap<String, String>,
    /// Values of columns that it lacks, or leaves empty.
    pub(super) set: &'a BTreeMap<String, String>,
}

/// Reads a table: a JSON array, or CSV with a head.
///
/// # Errors
/// Malformed when it is neither.
pub fn parse(bytes: &[u8]) -> Result<Vec<Row>, DeskError> {
    parse_with(bytes, &Columns { map: &BTreeMap::new(), set: &BTreeMap::new() })
}

/// The same, of a file that has names of its own for the columns, or lacks some.
///
/// # Errors
/// Malformed when it is neither, or a column that was named is not there.
pub(super) fn parse_with(bytes: &[u8], columns: &Columns<'_>) -> Result<Vec<Row>, DeskError> {
    let malformed = |source: Box<dyn std::error::Error + Send + Sync>| {
        DeskError {
        source: Some(source),
        ..DeskError::new(Kind::Malformed, "the import file is neither JSON nor CSV of partners")
            .hint("the head of the CSV form is slug,name,country,tier,status,person,person_name,contact,key; the last five may be left out, and `--map`, `--set` help where a file has other columns")
    }
    };
    let bytes = bytes.strip_prefix("\u{feff}".as_bytes()).unwrap_or(bytes);
    if bytes.trim_ascii_start().starts_with(b"[") {
        return serde_json::from_slice(bytes).map_err(|source| malformed(source.into()));
    }
    let mut reader = csv::ReaderBuilder::new().trim(csv::Trim::All).from_reader(bytes);
    let head = reader.headers().map_err(|source| malformed(source.into()))?.clone();
    let places = places(&head, columns.map)?;
    let mut rows = Vec::new();
    for record in reader.records() {
        let record = record.map_err(|source| malformed(source.into()))?;
        let cell = |column: &str| {
            let there =
                places.get(column).and_then(|at| record.get(*at)).filter(|text| !text.trim().is_empty());
            there.map(str::to_owned).or_else(|| columns.set.get(column).cloned())
        };
        let needed = |column: &'static str| {
            // An empty cell is refused with its row, a column that is not there with the file.
            let there = places.contains_key(column) || columns.set.contains_key(column);
            there.then(|| cell(column).unwrap_or_default()).ok_or_else(|| {
                let has: Vec<&str> = head.iter().collect();
                malformed(format!("it has no column `{column}`, but {}", has.join(", ")).into())
            })
        };
        let status = cell("status").map(|word| word.parse()).transpose();
        let keys = cell("key").unwrap_or_default();
        let name = needed("name")?;
        let slug =
            if places.contains_key("slug") || columns.set.contains_key("slug") || columns.map.is_empty() {
                needed("slug")?
            } else {
                slug_of(&name)
            };
        rows.push(Row {
            keys: keys.split('|').filter(|key| !key.trim().is_empty()).map(str::to_owned).collect(),
            slug,
            name,
            country: needed("country")?,
            tier: needed("tier")?,
            status: status.map_err(|source: earmark_store::UnknownWord| malformed(source.into()))?,
            person: cell("person"),
            person_name: cell("person_name"),
            contact: cell("contact"),
        });
    }
    Ok(rows)
}

/// Where each column of ours stands.
fn places(
    head: &csv::StringRecord,
    map: &BTreeMap<String, String>,
) -> Result<BTreeMap<&'static str, usize>, DeskError> {
    let mut places = BTreeMap::new();
    for column in COLUMNS {
        let mapped = map.get(column);
        let name = mapped.map_or(column, String::as_str);
        let at =
            head.iter().position(|one| one == name || (mapped.is_some() && one.eq_ignore_ascii_case(name)));
        match (at, mapped) {
            (Some(at), _) => {
                places.insert(column, at);
            }
            (None, Some(name)) => {
                let has: Vec<&str> = head.iter().collect();
                return Err(DeskError::new(Kind::Malformed, format!("the file has no column `{name}`"))
                    .hint(format!("it has {}", has.join(", "))));
            }
            (None, None) => {}
        }
    }
    Ok(places)
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
