use earmark_model::{Slug, UnixMillis};

use crate::act::insert_act;
use crate::columns::count;
use crate::database::Pool;
use crate::entry::append_entry;
use crate::statement::append_statements;
use crate::{Ledger, NewAct, NewStatement, StoreError};

/// What is erased of a person, and what takes its place.
#[derive(Debug, Clone)]
pub struct PersonErasure {
    /// The partner.
    pub partner: Slug,
    /// The person, whose row stays without name and address: other rows name it.
    pub contact: Slug,
    /// The person's name, as acceptances may have it.
    pub name: String,
    /// Entries of the log whose rows go, each with the tombstone that says so.
    pub entries: Vec<(u64, NewStatement)>,
    /// Messages whose words go.
    pub messages: Vec<u64>,
    /// What stands where something stood.
    pub mark: String,
    /// When.
    pub at: UnixMillis,
}

impl Ledger {
    /// Erases a person: name, address, keys, what they were told, and the rows behind entries of the log; all or nothing.
    ///
    /// # Errors
    /// [`StoreError::NotThere`] when there is no such contact, or nothing behind an entry.
    pub async fn erase_person(&self, erasure: &PersonErasure, act: &NewAct) -> Result<(), StoreError> {
        const STATEMENT: &str = "delete from statement where log_index = $1";
        const LIFE: &str = "delete from key_life where partner = $1 and contact = $2";
        const KEY: &str = "delete from contact_key where partner = $1 and contact = $2";
        const ROSTER: &str =
            "update roster set left_at = $3 where partner = $1 and contact = $2 and left_at is null";
        const CONTACT: &str = "update contact set name = $3, mail = null where partner = $1 and slug = $2";
        const SIGNED: &str = "update acceptance set signed_by = $3 where partner = $1 and signed_by = $2";
        const MESSAGE: &str =
            "update message set mail = null, subject = $2, body = $2, calendar = null where id = $1";
        let (partner, contact) = (erasure.partner.as_str(), erasure.contact.as_str());
        in_transaction!(self, |connection| {
            for (index, tombstone) in &erasure.entries {
                append_statements!(connection, [tombstone]);
                let gone = sqlx::query(STATEMENT)
                    .bind(count("entry", *index)?)
                    .execute(&mut *connection)
                    .await?
                    .rows_affected();
                if gone == 0 {
                    return Err(StoreError::not_there("row for entry", index));
                }
            }
            for sql in [LIFE, KEY] {
                sqlx::query(sql).bind(partner).bind(contact).execute(&mut *connection).await?;
            }
            sqlx::query(ROSTER)
                .bind(partner)
                .bind(contact)
                .bind(erasure.at.0)
                .execute(&mut *connection)
                .await?;
            let found = sqlx::query(CONTACT)
                .bind(partner)
                .bind(contact)
                .bind(&erasure.mark)
                .execute(&mut *connection)
                .await?
                .rows_affected();
            if found == 0 {
                return Err(StoreError::not_there("contact", format!("{partner}/{contact}")));
            }
            sqlx::query(SIGNED)
                .bind(partner)
                .bind(&erasure.name)
                .bind(&erasure.mark)
                .execute(&mut *connection)
                .await?;
            for message in &erasure.messages {
                sqlx::query(MESSAGE)
                    .bind(count("message", *message)?)
                    .bind(&erasure.mark)
                    .execute(&mut *connection)
                    .await?;
            }
            insert_act!(&mut *connection, act);
        });
        Ok(())
    }

    /// Overwrites what deleted rows left in the database's own files, as far as it can be told to.
    ///
    /// SQLite: writes the file anew and empties the write-ahead log. PostgreSQL removes it by itself in time.
    ///
    /// # Errors
    /// [`StoreError::Busy`] while others read, [`StoreError::Full`].
    pub async fn scrub(&self) -> Result<(), StoreError> {
        if let Pool::Sqlite(pool) = &self.pool {
            sqlx::query("vacuum").execute(pool).await?;
            sqlx::query("pragma wal_checkpoint(truncate)").execute(pool).await?;
        }
        Ok(())
    }
}
