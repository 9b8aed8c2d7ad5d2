use earmark_model::UnixMillis;
use serde::{Deserialize, Serialize};
use sqlx::FromRow;

use crate::columns::number;
use crate::{Ledger, StoreError};

/// Something that was done: a line of history, never changed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct NewAct {
    /// What it was done to: `partner`, `disclosure`, `policy`, ...
    pub noun: String,
    /// Which one.
    pub subject: String,
    /// What was done: a verb.
    pub act: String,
    /// By whom.
    pub actor: String,
    /// When.
    pub at: UnixMillis,
    /// Its particulars, as JSON.
    pub document: String,
}

/// A line of history with its number.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Act {
    /// Its number; rises.
    pub id: u64,
    /// What was done.
    #[serde(flatten)]
    pub act: NewAct,
}

#[derive(FromRow)]
struct Row {
    id: i64,
    noun: String,
    subject: String,
    act: String,
    actor: String,
    at: i64,
    document: String,
}

fn act(row: Row) -> Result<Act, StoreError> {
    let Row { id, noun, subject, act, actor, at, document } = row;
    let act = NewAct { noun, subject, act, actor, at: UnixMillis(at), document };
    Ok(Act { id: number("act.id", id)?, act })
}

/// Writes an act inside the caller's transaction.
macro_rules! insert_act {
    ($executor:expr, $new:expr) => {{
        let new: &crate::NewAct = $new;
        sqlx::query(
            "insert into act (noun, subject, act, actor, at, document) values ($1, $2, $3, $4, $5, $6)",
        )
        .bind(&new.noun)
        .bind(&new.subject)
        .bind(&new.act)
        .bind(&new.actor)
        .bind(new.at.0)
        .bind(&new.document)
        .execute($executor)
        .await
        .map_err(crate::StoreError::on_write("act", &new.act))?
    }};
}
pub(crate) use insert_act;

impl Ledger {
    /// Adds a line of history that no other row goes with.
    ///
    /// # Errors
    /// When the ledger cannot be written.
    pub async fn add_act(&self, new: &NewAct) -> Result<(), StoreError> {
        on_pool!(self, |pool| insert_act!(pool, new).rows_affected());
        Ok(())
    }

    /// The history of one subject, in order.
    pub async fn acts(&self, noun: &str, subject: &str) -> Result<Vec<Act>, StoreError> {
        const SQL: &str = "select id, noun, subject, act, actor, at, document from act \
                           where noun = $1 and subject = $2 order by id";
        let rows: Vec<Row> =
            on_pool!(self, |pool| sqlx::query_as(SQL).bind(noun).bind(subject).fetch_all(pool).await?);
        rows.into_iter().map(act).collect()
    }

    /// The history of all subjects of one noun, in order.
    pub async fn acts_of(&self, noun: &str) -> Result<Vec<Act>, StoreError> {
        const SQL: &str =
            "select id, noun, subject, act, actor, at, document from act where noun = $1 order by id";
        let rows: Vec<Row> = on_pool!(self, |pool| sqlx::query_as(SQL).bind(noun).fetch_all(pool).await?);
        rows.into_iter().map(act).collect()
    }
}
