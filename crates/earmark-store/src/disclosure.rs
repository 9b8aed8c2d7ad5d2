use earmark_model::{Slug, UnixMillis};
use serde::{Deserialize, Serialize};
use sqlx::FromRow;

use crate::columns::{number, word, words};
use crate::{Ledger, StoreError};

/// The state of an embargo.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Embargo {
    /// Nobody has asked for one.
    None,
    /// Terms are on the table.
    Proposed,
    /// In force.
    Active,
    /// In force, under terms that changed since they were accepted.
    Revised,
    /// Over.
    Exited,
}

words!(Embargo {
    None = "none",
    Proposed = "proposed",
    Active = "active",
    Revised = "revised",
    Exited = "exited",
});

/// How likely it is that the flaw is used.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Exploitation {
    /// No sign of it.
    Unproven,
    /// To be expected.
    Likely,
    /// Seen.
    Exploited,
}

words!(Exploitation { Unproven = "unproven", Likely = "likely", Exploited = "exploited" });

/// A label of the Traffic Light Protocol 2.0 (FIRST).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum Tlp {
    /// For the eyes of the named only.
    #[serde(rename = "TLP:RED")]
    Red,
    /// Within the organization.
    #[serde(rename = "TLP:AMBER+STRICT")]
    AmberStrict,
    /// Within the organization and its clients.
    #[serde(rename = "TLP:AMBER")]
    Amber,
    /// Within the community.
    #[serde(rename = "TLP:GREEN")]
    Green,
    /// For everybody.
    #[serde(rename = "TLP:CLEAR")]
    Clear,
}

words!(Tlp {
    Red = "TLP:RED",
    AmberStrict = "TLP:AMBER+STRICT",
    Amber = "TLP:AMBER",
    Green = "TLP:GREEN",
    Clear = "TLP:CLEAR",
});

/// Who holds a disclosure's deliveries back, since when and why.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Hold {
    /// Since when.
    pub since: UnixMillis,
    /// Who said stop.
    pub by: String,
    /// Why.
    pub why: String,
}

/// One embargoed matter.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Disclosure {
    /// Its name in addresses.
    pub id: Slug,
    /// Its name for people.
    pub title: String,
    /// Where its embargo stands.
    pub embargo: Embargo,
    /// Severity on the CVSS scale times ten, 0 to 100.
    pub severity_tenths: Option<u8>,
    /// The CVSS vector behind it.
    pub cvss: Option<String>,
    /// How likely it is that the flaw is used.
    pub exploitation: Exploitation,
    /// Whether it can spread by itself.
    pub wormable: bool,
    /// How far what is said may go.
    pub tlp: Tlp,
    /// CVE ids.
    pub cves: Vec<String>,
    /// Whether partners may deploy protection before the public instant.
    pub deploy_early: bool,
    /// A drill: never convertible into a real one.
    pub exercise: bool,
    /// The coordinated release: T-0.
    pub public_at: Option<UnixMillis>,
    /// The owner's zone (IANA), in which instants are shown beside UTC.
    pub zone: String,
    /// Set while nothing leaves.
    pub held: Option<Hold>,
    /// When the embargo was broken by an early breach.
    pub broken: Option<UnixMillis>,
    /// Number of the schedule in force; SEQUENCE of calendars.
    pub sequence: u32,
    /// Number of changes so far.
    pub edition: u64,
    /// When it was added.
    pub added: UnixMillis,
}

#[derive(FromRow)]
struct Row {
    id: String,
    title: String,
    embargo: String,
    severity: Option<i64>,
    cvss: Option<String>,
    exploitation: String,
    wormable: bool,
    tlp: String,
    cves: String,
    deploy_early: bool,
    exercise: bool,
    public_at: Option<i64>,
    zone: String,
    held: Option<i64>,
    held_by: Option<String>,
    held_why: Option<String>,
    broken: Option<i64>,
    sequence: i64,
    edition: i64,
    added: i64,
}

fn disclosure(row: Row) -> Result<Disclosure, StoreError> {
    let held = match (row.held, row.held_by, row.held_why) {
        (Some(since), Some(by), Some(why)) => Some(Hold { since: UnixMillis(since), by, why }),
        _ => None,
    };
    let cves = serde_json::from_str(&row.cves)
        .map_err(|why| StoreError::Damaged(format!("`disclosure.cves`: {why}")))?;
    Ok(Disclosure {
        id: word("disclosure.id", &row.id)?,
        title: row.title,
        embargo: word("disclosure.embargo", &row.embargo)?,
        severity_tenths: row.severity.map(|value| number("disclosure.severity", value)).transpose()?,
        cvss: row.cvss,
        exploitation: word("disclosure.exploitation", &row.exploitation)?,
        wormable: row.wormable,
        tlp: word("disclosure.tlp", &row.tlp)?,
        cves,
        deploy_early: row.deploy_early,
        exercise: row.exercise,
        public_at: row.public_at.map(UnixMillis),
        zone: row.zone,
        held,
        broken: row.broken.map(UnixMillis),
        sequence: number("disclosure.sequence", row.sequence)?,
        edition: number("disclosure.edition", row.edition)?,
        added: UnixMillis(row.added),
    })
}

/// Binds a disclosure's columns in the order of the statements below.
macro_rules! bind_disclosure {
    ($query:expr, $new:expr) => {{
        let new: &crate::Disclosure = $new;
        let held = new.held.as_ref();
        let cves =
            serde_json::to_string(&new.cves).map_err(|why| crate::StoreError::Damaged(why.to_string()))?;
        $query
            .bind(new.id.as_str())
            .bind(&new.title)
            .bind(new.embargo.word())
            .bind(new.severity_tenths.map(i64::from))
            .bind(new.cvss.as_deref())
            .bind(new.exploitation.word())
            .bind(new.wormable)
            .bind(new.tlp.word())
            .bind(cves)
            .bind(new.deploy_early)
            .bind(new.exercise)
            .bind(new.public_at.map(|at| at.0))
            .bind(&new.zone)
            .bind(held.map(|held| held.since.0))
            .bind(held.map(|held| held.by.as_str()))
            .bind(held.map(|held| held.why.as_str()))
            .bind(new.broken.map(|at| at.0))
            .bind(i64::from(new.sequence))
            .bind(crate::columns::count("disclosure", new.edition)?)
    }};
}
pub(crate) use bind_disclosure;

pub(crate) const UPDATE: &str = "update disclosure set title = $2, embargo = $3, severity = $4, cvss = $5, \
    exploitation = $6, wormable = $7, tlp = $8, cves = $9, deploy_early = $10, exercise = $11, public_at = $12, \
    zone = $13, held = $14, held_by = $15, held_why = $16, broken = $17, sequence = $18, edition = edition + 1 \
    where id = $1 and edition = $19";

const COLUMNS_OF_ONE: &str = "select id, title, embargo, severity, cvss, exploitation, wormable, tlp, cves, \
    deploy_early, exercise, public_at, zone, held, held_by, held_why, broken, sequence, edition, added \
    from disclosure where id = $1";
const COLUMNS_OF_ALL: &str = "select id, title, embargo, severity, cvss, exploitation, wormable, tlp, cves, \
    deploy_early, exercise, public_at, zone, held, held_by, held_why, broken, sequence, edition, added \
    from disclosure order by added, id";

pub(crate) const INSERT: &str = "insert into disclosure (id, title, embargo, severity, cvss, exploitation, wormable, \
    tlp, cves, deploy_early, exercise, public_at, zone, held, held_by, held_why, broken, sequence, edition, added) \
    values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19, $20)";

impl Ledger {
    /// The disclosure of that name.
    ///
    /// # Errors
    /// [`StoreError::NotThere`].
    pub async fn disclosure(&self, id: &Slug) -> Result<Disclosure, StoreError> {
        let row: Option<Row> = on_pool!(self, |pool| sqlx::query_as(COLUMNS_OF_ONE)
            .bind(id.as_str())
            .fetch_optional(pool)
            .await?);
        row.map_or_else(|| Err(StoreError::not_there("disclosure", id)), disclosure)
    }

    /// All disclosures, in the order they were added.
    pub async fn disclosures(&self) -> Result<Vec<Disclosure>, StoreError> {
        let rows: Vec<Row> = on_pool!(self, |pool| sqlx::query_as(COLUMNS_OF_ALL).fetch_all(pool).await?);
        rows.into_iter().map(disclosure).collect()
    }
}
