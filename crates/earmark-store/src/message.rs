use earmark_model::{Slug, UnixMillis};
use serde::{Deserialize, Serialize};
use sqlx::FromRow;

use crate::columns::{number, word};
use crate::{Ledger, StoreError};

/// What somebody is to be told.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct NewMessage {
    /// Telling twice under one key is telling once.
    pub unique_key: String,
    /// About which disclosure.
    pub disclosure: Option<Slug>,
    /// A recipient's id, or `staff:NAME`.
    pub recipient: String,
    /// Where mail goes, if it is known.
    pub mail: Option<String>,
    /// One line.
    pub subject: String,
    /// The text.
    pub body: String,
    /// An iCalendar file that goes with it.
    pub calendar: Option<String>,
}

/// A message with what became of it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Message {
    /// Its number.
    pub id: u64,
    /// What is said.
    #[serde(flatten)]
    pub message: NewMessage,
    /// When it was queued.
    pub queued: UnixMillis,
    /// When it left.
    pub sent: Option<UnixMillis>,
}

#[derive(FromRow)]
struct Row {
    id: i64,
    unique_key: String,
    disclosure: Option<String>,
    recipient: String,
    mail: Option<String>,
    subject: String,
    body: String,
    calendar: Option<String>,
    queued: i64,
    sent: Option<i64>,
}

fn message(row: Row) -> Result<Message, StoreError> {
    let Row { id, unique_key, disclosure, recipient, mail, subject, body, calendar, queued, sent } = row;
    let disclosure = disclosure.map(|id| word("message.disclosure", &id)).transpose()?;
    Ok(Message {
        id: number("message.id", id)?,
        message: NewMessage { unique_key, disclosure, recipient, mail, subject, body, calendar },
        queued: UnixMillis(queued),
        sent: sent.map(UnixMillis),
    })
}

/// Queues a message inside the caller's transaction; one of that key that is there stays as it is.
macro_rules! insert_message {
    ($executor:expr, $new:expr, $now:expr) => {{
        let new: &crate::NewMessage = $new;
        sqlx::query(
            "insert into message (unique_key, disclosure, recipient, mail, subject, body, calendar, queued) \
             values ($1, $2, $3, $4, $5, $6, $7, $8) on conflict (unique_key) do nothing",
        )
        .bind(&new.unique_key)
        .bind(new.disclosure.as_ref().map(earmark_model::Slug::as_str))
        .bind(&new.recipient)
        .bind(new.mail.as_deref())
        .bind(&new.subject)
        .bind(&new.body)
        .bind(new.calendar.as_deref())
        .bind($now.0)
        .execute($executor)
        .await
        .map_err(crate::StoreError::on_write("message", &new.unique_key))?
    }};
}
pub(crate) use insert_message;

impl Ledger {
    /// Queues messages, all or none.
    ///
    /// # Errors
    /// When the ledger cannot be written.
    pub async fn queue_messages(&self, new: &[NewMessage], now: UnixMillis) -> Result<(), StoreError> {
        in_transaction!(self, |connection| for one in new {
            insert_message!(&mut *connection, one, now);
        });
        Ok(())
    }

    /// At most `limit` messages that have not left, oldest first.
    pub async fn unsent_messages(&self, limit: u32) -> Result<Vec<Message>, StoreError> {
        const SQL: &str = "select id, unique_key, disclosure, recipient, mail, subject, body, calendar, queued, sent \
                           from message where sent is null order by id limit $1";
        let rows: Vec<Row> =
            on_pool!(self, |pool| sqlx::query_as(SQL).bind(i64::from(limit)).fetch_all(pool).await?);
        rows.into_iter().map(message).collect()
    }

    /// The messages about a disclosure, in the order they were queued.
    pub async fn messages_about(&self, disclosure: &Slug) -> Result<Vec<Message>, StoreError> {
        const SQL: &str = "select id, unique_key, disclosure, recipient, mail, subject, body, calendar, queued, sent \
                           from message where disclosure = $1 order by id";
        let rows: Vec<Row> =
            on_pool!(self, |pool| sqlx::query_as(SQL).bind(disclosure.as_str()).fetch_all(pool).await?);
        rows.into_iter().map(message).collect()
    }

    /// Records that messages left.
    ///
    /// # Errors
    /// When the ledger cannot be written.
    pub async fn set_sent(&self, ids: &[u64], now: UnixMillis) -> Result<(), StoreError> {
        const SQL: &str = "update message set sent = $2 where id = $1 and sent is null";
        in_transaction!(self, |connection| for id in ids {
            let id = crate::columns::count("message", *id)?;
            sqlx::query(SQL).bind(id).bind(now.0).execute(&mut *connection).await?;
        });
        Ok(())
    }
}
