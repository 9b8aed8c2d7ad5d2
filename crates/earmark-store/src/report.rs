use earmark_model::{RecipientId, Slug, UnixMillis};
use serde::{Deserialize, Serialize};
use sqlx::FromRow;

use crate::act::insert_act;
use crate::columns::{word, words};
use crate::{Ledger, NewAct, StoreError};

/// Whether a recipient is affected by a flaw.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Affected {
    /// It is.
    Affected,
    /// It is not.
    NotAffected,
    /// It has not looked yet.
    NotLooked,
}

words!(Affected { Affected = "affected", NotAffected = "not-affected", NotLooked = "not-looked" });

/// How far a recipient's protection is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Protection {
    /// Nothing is done.
    None,
    /// It is being made.
    Building,
    /// It could go out.
    Ready,
    /// Its customers have it.
    Live,
    /// It cannot make any.
    Cannot,
}

words!(Protection {
    None = "none",
    Building = "building",
    Ready = "ready",
    Live = "live",
    Cannot = "cannot",
});

/// What a recipient says of itself; what it leaves out stays as it was.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Report {
    /// About which disclosure.
    pub disclosure: Slug,
    /// Who.
    pub recipient: RecipientId,
    /// Whether it is affected.
    pub affected: Option<Affected>,
    /// How far its protection is.
    pub protection: Option<Protection>,
    /// Since when, or from when on, protection is live.
    pub live_at: Option<UnixMillis>,
    /// Names of its signatures or rules.
    pub signatures: Vec<String>,
    /// Anything else.
    pub note: Option<String>,
    /// When it said so.
    pub at: UnixMillis,
}

#[derive(FromRow)]
struct Row {
    disclosure: String,
    recipient: String,
    affected: Option<String>,
    protection: Option<String>,
    live_at: Option<i64>,
    signatures: String,
    note: Option<String>,
    at: i64,
}

fn report(row: Row) -> Result<Report, StoreError> {
    let signatures = serde_json::from_str(&row.signatures)
        .map_err(|why| StoreError::Damaged(format!("`report.signatures`: {why}")))?;
    Ok(Report {
        disclosure: word("report.disclosure", &row.disclosure)?,
        recipient: word("report.recipient", &row.recipient)?,
        affected: row.affected.map(|text| word("report.affected", &text)).transpose()?,
        protection: row.protection.map(|text| word("report.protection", &text)).transpose()?,
        live_at: row.live_at.map(UnixMillis),
        signatures,
        note: row.note,
        at: UnixMillis(row.at),
    })
}

impl Ledger {
    /// Records what a recipient says.
    ///
    /// # Errors
    /// [`StoreError::Refused`] when disclosure or recipient is not there.
    pub async fn add_report(&self, new: &Report, act: &NewAct) -> Result<(), StoreError> {
        const SQL: &str = "insert into report \
            (disclosure, recipient, affected, protection, live_at, signatures, note, at) \
            values ($1, $2, $3, $4, $5, $6, $7, $8)";
        let signatures =
            serde_json::to_string(&new.signatures).map_err(|why| StoreError::Damaged(why.to_string()))?;
        in_transaction!(self, |connection| {
            sqlx::query(SQL)
                .bind(new.disclosure.as_str())
                .bind(new.recipient.as_str())
                .bind(new.affected.map(Affected::word))
                .bind(new.protection.map(Protection::word))
                .bind(new.live_at.map(|at| at.0))
                .bind(&signatures)
                .bind(new.note.as_deref())
                .bind(new.at.0)
                .execute(&mut *connection)
                .await
                .map_err(StoreError::on_write("report", &new.recipient))?;
            insert_act!(&mut *connection, act);
        });
        Ok(())
    }

    /// What was said about a disclosure, in order.
    pub async fn reports(&self, disclosure: &Slug) -> Result<Vec<Report>, StoreError> {
        const SQL: &str = "select disclosure, recipient, affected, protection, live_at, signatures, note, at \
                           from report where disclosure = $1 order by id";
        let rows: Vec<Row> =
            on_pool!(self, |pool| sqlx::query_as(SQL).bind(disclosure.as_str()).fetch_all(pool).await?);
        rows.into_iter().map(report).collect()
    }
}
