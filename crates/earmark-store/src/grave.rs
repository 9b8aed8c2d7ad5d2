use earmark_model::UnixMillis;
use serde::{Deserialize, Serialize};
use sqlx::FromRow;

use crate::act::insert_act;
use crate::columns::number;
use crate::{Ledger, NewAct, StoreError};

/// An act that takes more than one person, or time: what exactly is asked.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Asked {
    /// What it would be done to.
    pub noun: String,
    /// Which one.
    pub subject: String,
    /// What would be done.
    pub act: String,
    /// With which values: assent to these is no assent to others.
    pub document: String,
}

/// An open request for a grave act and who has said yes.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Grave {
    /// Its number.
    pub id: u64,
    /// What is asked.
    #[serde(flatten)]
    pub asked: Asked,
    /// Since when.
    pub since: UnixMillis,
    /// Not before then, where the staff is too small for two.
    pub not_before: Option<UnixMillis>,
    /// Who said yes, in that order, the first being who asked.
    pub assents: Vec<String>,
}

#[derive(FromRow)]
struct Row {
    id: i64,
    noun: String,
    subject: String,
    act: String,
    document: String,
    asked: i64,
    not_before: Option<i64>,
}

impl Ledger {
    /// Asks for a grave act in the name of `who`, or adds their yes to the open request for the same
    /// thing; gives the request as it then stands. `not_before` counts for a new request only.
    ///
    /// # Errors
    /// When the ledger cannot be written.
    pub async fn assent(
        &self,
        asked: &Asked,
        who: &str,
        now: UnixMillis,
        not_before: Option<UnixMillis>,
    ) -> Result<Grave, StoreError> {
        const ASK: &str = "insert into grave (noun, subject, act, document, asked, not_before) \
            values ($1, $2, $3, $4, $5, $6) on conflict (noun, subject, act, document) where closed is null do nothing";
        const OPEN: &str = "select id, noun, subject, act, document, asked, not_before from grave \
            where noun = $1 and subject = $2 and act = $3 and document = $4 and closed is null";
        const YES: &str =
            "insert into assent (grave, who, at) values ($1, $2, $3) on conflict (grave, who) do nothing";
        const WHO: &str = "select who from assent where grave = $1 order by at, who";
        let (row, assents): (Row, Vec<String>) = in_transaction!(self, |connection| {
            sqlx::query(ASK)
                .bind(&asked.noun)
                .bind(&asked.subject)
                .bind(&asked.act)
                .bind(&asked.document)
                .bind(now.0)
                .bind(not_before.map(|at| at.0))
                .execute(&mut *connection)
                .await
                .map_err(StoreError::on_write("request", &asked.subject))?;
            let row: Row = sqlx::query_as(OPEN)
                .bind(&asked.noun)
                .bind(&asked.subject)
                .bind(&asked.act)
                .bind(&asked.document)
                .fetch_one(&mut *connection)
                .await?;
            sqlx::query(YES).bind(row.id).bind(who).bind(now.0).execute(&mut *connection).await?;
            let assents = sqlx::query_scalar(WHO).bind(row.id).fetch_all(&mut *connection).await?;
            (row, assents)
        });
        grave(row, assents)
    }

    /// Closes a request, done or withdrawn; says whether it was open.
    ///
    /// # Errors
    /// When the ledger cannot be written.
    pub async fn close_grave(&self, id: u64, now: UnixMillis, act: &NewAct) -> Result<bool, StoreError> {
        const SQL: &str = "update grave set closed = $2 where id = $1 and closed is null";
        let id = crate::columns::count("request", id)?;
        let closed = in_transaction!(self, |connection| {
            let closed =
                sqlx::query(SQL).bind(id).bind(now.0).execute(&mut *connection).await?.rows_affected();
            if closed > 0 {
                insert_act!(&mut *connection, act);
            }
            closed
        });
        Ok(closed > 0)
    }

    /// The open requests, oldest first.
    pub async fn open_graves(&self) -> Result<Vec<Grave>, StoreError> {
        const SQL: &str = "select id, noun, subject, act, document, asked, not_before from grave \
                           where closed is null order by id";
        const WHO: &str = "select who from assent where grave = $1 order by at, who";
        let rows: Vec<Row> = on_pool!(self, |pool| sqlx::query_as(SQL).fetch_all(pool).await?);
        let mut graves = Vec::with_capacity(rows.len());
        for row in rows {
            let who = on_pool!(self, |pool| sqlx::query_scalar(WHO).bind(row.id).fetch_all(pool).await?);
            graves.push(grave(row, who)?);
        }
        Ok(graves)
    }
}

fn grave(row: Row, assents: Vec<String>) -> Result<Grave, StoreError> {
    let Row { id, noun, subject, act, document, asked, not_before } = row;
    Ok(Grave {
        id: number("grave.id", id)?,
        asked: Asked { noun, subject, act, document },
        since: UnixMillis(asked),
        not_before: not_before.map(UnixMillis),
        assents,
    })
}
