use earmark_model::{Slug, UnixMillis};
use serde::{Deserialize, Serialize};
use sqlx::FromRow;

use crate::act::insert_act;
use crate::columns::{number, word};
use crate::{Ledger, NewAct, StoreError};

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
    /// How often a mail server was tried.
    pub tries: u32,
    /// When it was given up: whoever it is for was not told.
    pub failed: Option<UnixMillis>,
    /// What the mail server said last, where it did not take the message.
    pub reply: Option<String>,
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
    tries: i64,
    failed: Option<i64>,
    reply: Option<String>,
}

fn message(row: Row) -> Result<Message, StoreError> {
    let Row { unique_key, recipient, mail, subject, body, calendar, .. } = row;
    let disclosure = row.disclosure.map(|id| word("message.disclosure", &id)).transpose()?;
    Ok(Message {
        id: number("message.id", row.id)?,
        message: NewMessage { unique_key, disclosure, recipient, mail, subject, body, calendar },
        queued: UnixMillis(row.queued),
        sent: row.sent.map(UnixMillis),
        tries: number("message.tries", row.tries)?,
        failed: row.failed.map(UnixMillis),
        reply: row.reply,
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

macro_rules! select {
    ($rest:literal) => {
        concat!(
            "select id, unique_key, disclosure, recipient, mail, subject, body, calendar, queued, sent, tries, \
             failed, reply from message ",
            $rest
        )
    };
}

/// Takes messages for one worker. `$1` is now, `$2` the end of the lease, `$4` the latest instant that a next try can
/// lie at: one beyond it was set by a clock that has been put back since.
macro_rules! claim {
    ($lock:literal) => {
        concat!(
            "update message set lease = $2, tries = tries + 1 where id in (select id from message \
             where sent is null and failed is null and (next_try is null or next_try <= $1 or next_try > $4) \
             and (lease is null or lease <= $1 or lease > $2) order by id limit $3",
            $lock,
            ") returning id, unique_key, disclosure, recipient, mail, subject, body, calendar, queued, sent, tries, \
             failed, reply"
        )
    };
}

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
        const SQL: &str = select!("where sent is null and failed is null order by id limit $1");
        let rows: Vec<Row> =
            on_pool!(self, |pool| sqlx::query_as(SQL).bind(i64::from(limit)).fetch_all(pool).await?);
        rows.into_iter().map(message).collect()
    }

    /// The messages about a disclosure, in the order they were queued.
    pub async fn messages_about(&self, disclosure: &Slug) -> Result<Vec<Message>, StoreError> {
        const SQL: &str = select!("where disclosure = $1 order by id");
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

    /// Takes at most `limit` messages that are to be sent, oldest first, until `lease`: of any number of workers one gets
    /// each. A message whose worker let its lease end is free again.
    ///
    /// # Errors
    /// When the ledger cannot be written.
    pub async fn claim_messages(
        &self,
        now: UnixMillis,
        lease: UnixMillis,
        longest_wait_millis: i64,
        limit: u32,
    ) -> Result<Vec<Message>, StoreError> {
        const SQLITE: &str = claim!("");
        const POSTGRES: &str = claim!(" for update skip locked");
        let sql = match &self.pool {
            crate::database::Pool::Sqlite(_) => SQLITE,
            crate::database::Pool::Postgres(_) => POSTGRES,
        };
        let rows: Vec<Row> = in_transaction!(self, |connection| sqlx::query_as(sql)
            .bind(now.0)
            .bind(lease.0)
            .bind(i64::from(limit))
            .bind(now.0.saturating_add(longest_wait_millis))
            .fetch_all(&mut *connection)
            .await?);
        let mut messages: Vec<Message> = rows.into_iter().map(message).collect::<Result<_, _>>()?;
        messages.sort_by_key(|one| one.id);
        Ok(messages)
    }

    /// Gives messages back that no server was asked about, as if they had not been taken.
    ///
    /// # Errors
    /// When the ledger cannot be written.
    pub async fn release_messages(&self, ids: &[u64]) -> Result<(), StoreError> {
        const SQL: &str = "update message set lease = null, tries = tries - 1 where id = $1 and sent is null";
        in_transaction!(self, |connection| for id in ids {
            let id = crate::columns::count("message", *id)?;
            sqlx::query(SQL).bind(id).execute(&mut *connection).await?;
        });
        Ok(())
    }

    /// Gives a message back that a server did not take, to be tried again at `next_try`.
    ///
    /// # Errors
    /// When the ledger cannot be written.
    pub async fn postpone_message(
        &self,
        id: u64,
        next_try: UnixMillis,
        reply: &str,
    ) -> Result<(), StoreError> {
        const SQL: &str = "update message set lease = null, next_try = $2, reply = $3 \
                           where id = $1 and sent is null and failed is null";
        let number = crate::columns::count("message", id)?;
        on_pool!(self, |pool| sqlx::query(SQL)
            .bind(number)
            .bind(next_try.0)
            .bind(reply)
            .execute(pool)
            .await
            .map(drop)?);
        Ok(())
    }

    /// Gives a message up, once, and queues what others are told of it.
    ///
    /// # Errors
    /// When the ledger cannot be written.
    pub async fn fail_message(
        &self,
        id: u64,
        reply: &str,
        others: &[NewMessage],
        now: UnixMillis,
    ) -> Result<(), StoreError> {
        const SQL: &str = "update message set lease = null, failed = $2, reply = $3 \
                           where id = $1 and sent is null and failed is null";
        let number = crate::columns::count("message", id)?;
        in_transaction!(self, |connection| {
            let rows = sqlx::query(SQL)
                .bind(number)
                .bind(now.0)
                .bind(reply)
                .execute(&mut *connection)
                .await?
                .rows_affected();
            for one in others.iter().filter(|_| rows > 0) {
                insert_message!(&mut *connection, one, now);
            }
        });
        Ok(())
    }

    /// Lets the messages about a disclosure that were given up be tried again, each to the address that `mails` has for
    /// its recipient; gives how many.
    ///
    /// # Errors
    /// When the ledger cannot be written.
    pub async fn retry_messages(
        &self,
        disclosure: &Slug,
        mails: &[(String, Option<String>)],
        act: &NewAct,
    ) -> Result<u64, StoreError> {
        const SQL: &str = "update message set failed = null, next_try = null, queued = $4, mail = coalesce($3, mail) \
                           where disclosure = $1 and recipient = $2 and sent is null and failed is not null";
        Ok(in_transaction!(self, |connection| {
            let mut rows = 0;
            for (recipient, mail) in mails {
                rows += sqlx::query(SQL)
                    .bind(disclosure.as_str())
                    .bind(recipient)
                    .bind(mail.as_deref())
                    .bind(act.at.0)
                    .execute(&mut *connection)
                    .await?
                    .rows_affected();
            }
            insert_act!(&mut *connection, act);
            rows
        }))
    }
}
