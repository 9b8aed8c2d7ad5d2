use earmark_model::{Slug, UnixMillis};
use serde::{Deserialize, Serialize};
use sqlx::FromRow;

use crate::act::insert_act;
use crate::columns::{number, word};
use crate::{Ledger, NewAct, StoreError};

/// One version of a text that partners accept.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Agreement {
    /// Its name.
    pub name: Slug,
    /// Its version, from 1.
    pub version: u32,
    /// What its clauses are called; policy asks for them.
    pub clauses: Vec<String>,
    /// The text.
    pub body: String,
    /// When it was added.
    pub added: UnixMillis,
}

/// That a partner accepted a version.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Acceptance {
    /// Who.
    pub partner: Slug,
    /// Which agreement.
    pub agreement: Slug,
    /// Which version of it.
    pub version: u32,
    /// The person who signed.
    pub signed_by: String,
    /// When.
    pub at: UnixMillis,
}

#[derive(FromRow)]
struct Row {
    name: String,
    version: i64,
    clauses: String,
    body: String,
    added: i64,
}

#[derive(FromRow)]
struct AcceptanceRow {
    partner: String,
    agreement: String,
    version: i64,
    signed_by: String,
    at: i64,
}

fn agreement(row: Row) -> Result<Agreement, StoreError> {
    let clauses = serde_json::from_str(&row.clauses)
        .map_err(|why| StoreError::Damaged(format!("`agreement.clauses`: {why}")))?;
    Ok(Agreement {
        name: word("agreement.name", &row.name)?,
        version: number("agreement.version", row.version)?,
        clauses,
        body: row.body,
        added: UnixMillis(row.added),
    })
}

fn acceptance(row: AcceptanceRow) -> Result<Acceptance, StoreError> {
    Ok(Acceptance {
        partner: word("acceptance.partner", &row.partner)?,
        agreement: word("acceptance.agreement", &row.agreement)?,
        version: number("acceptance.version", row.version)?,
        signed_by: row.signed_by,
        at: UnixMillis(row.at),
    })
}

impl Ledger {
    /// Adds a version of an agreement.
    ///
    /// # Errors
    /// [`StoreError::AlreadyThere`]: a version never changes.
    pub async fn add_agreement(&self, new: &Agreement, act: &NewAct) -> Result<(), StoreError> {
        const SQL: &str =
            "insert into agreement (name, version, clauses, body, added) values ($1, $2, $3, $4, $5)";
        let clauses =
            serde_json::to_string(&new.clauses).map_err(|why| StoreError::Damaged(why.to_string()))?;
        in_transaction!(self, |connection| {
            sqlx::query(SQL)
                .bind(new.name.as_str())
                .bind(i64::from(new.version))
                .bind(&clauses)
                .bind(&new.body)
                .bind(new.added.0)
                .execute(&mut *connection)
                .await
                .map_err(StoreError::on_write("agreement", format!("{} {}", new.name, new.version)))?;
            insert_act!(&mut *connection, act);
        });
        Ok(())
    }

    /// All versions of all agreements.
    pub async fn agreements(&self) -> Result<Vec<Agreement>, StoreError> {
        const SQL: &str = "select name, version, clauses, body, added from agreement order by name, version";
        let rows: Vec<Row> = on_pool!(self, |pool| sqlx::query_as(SQL).fetch_all(pool).await?);
        rows.into_iter().map(agreement).collect()
    }

    /// Records that a partner accepted a version.
    ///
    /// # Errors
    /// [`StoreError::AlreadyThere`]; [`StoreError::Refused`] when there is no such partner or version.
    pub async fn accept_agreement(&self, new: &Acceptance, act: &NewAct) -> Result<(), StoreError> {
        const SQL: &str = "insert into acceptance (partner, agreement, version, signed_by, at) \
                           values ($1, $2, $3, $4, $5)";
        in_transaction!(self, |connection| {
            sqlx::query(SQL)
                .bind(new.partner.as_str())
                .bind(new.agreement.as_str())
                .bind(i64::from(new.version))
                .bind(&new.signed_by)
                .bind(new.at.0)
                .execute(&mut *connection)
                .await
                .map_err(StoreError::on_write("acceptance", &new.agreement))?;
            insert_act!(&mut *connection, act);
        });
        Ok(())
    }

    /// What was ever accepted, by partner, agreement and version.
    pub async fn acceptances(&self) -> Result<Vec<Acceptance>, StoreError> {
        const SQL: &str = "select partner, agreement, version, signed_by, at from acceptance \
                           order by partner, agreement, version";
        let rows: Vec<AcceptanceRow> = on_pool!(self, |pool| sqlx::query_as(SQL).fetch_all(pool).await?);
        rows.into_iter().map(acceptance).collect()
    }
}
