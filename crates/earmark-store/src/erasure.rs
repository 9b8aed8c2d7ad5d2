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

/// What is erased where no person is erased as a whole.
#[derive(Debug, Clone, Default)]
pub struct RowErasure {
    /// Entries of the log whose rows go, each with the tombstone that says so.
    pub entries: Vec<(u64, NewStatement)>,
    /// Keys, by partner, contact and fingerprint.
    pub keys: Vec<(Slug, Slug, String)>,
    /// Messages whose words go.
    pub messages: Vec<u64>,
    /// A partner whose name goes.
    pub partner: Option<Slug>,
    /// Somebody of the staff whose address goes.
    pub staff: Option<Slug>,
    /// What stands where something stood.
    pub mark: String,
}

const STATEMENT: &str = "delete from statement where log_index = $1";
const MESSAGE: &str =
    "update message set mail = null, subject = $2, body = $2, calendar = null where id = $1";

/// Erases the rows behind entries, inside the caller's transaction.
macro_rules! erase_entries {
    ($connection:expr, $entries:expr) => {
        for (index, tombstone) in $entries {
            append_statements!($connection, [tombstone]);
            let gone = sqlx::query(STATEMENT)
                .bind(count("entry", *index)?)
                .execute(&mut *$connection)
                .await?
                .rows_affected();
            if gone == 0 {
                return Err(StoreError::not_there("row for entry", index));
            }
        }
    };
}

/// Takes the words of messages, inside the caller's transaction.
macro_rules! erase_messages {
    ($connection:expr, $messages:expr, $mark:expr) => {
        for message in $messages {
            sqlx::query(MESSAGE)
                .bind(count("message", *message)?)
                .bind($mark)
                .execute(&mut *$connection)
                .await?;
        }
    };
}

impl Ledger {
    /// Erases rows, all or nothing.
    ///
    /// # Errors
    /// [`StoreError::NotThere`] when one of them is not there.
    pub async fn erase_rows(&self, erasure: &RowErasure, acts: &[NewAct]) -> Result<(), StoreError> {
        const LIFE: &str = "delete from key_life where partner = $1 and contact = $2 and fingerprint = $3";
        const KEY: &str = "delete from contact_key where partner = $1 and contact = $2 and fingerprint = $3";
        const PARTNER: &str = "update partner set name = $2 where slug = $1";
        const STAFF: &str = "update staff set mail = null where name = $1";
        let RowErasure { entries, keys, messages, partner, staff, mark } = erasure;
        in_transaction!(self, |connection| {
            erase_entries!(connection, entries);
            for (partner, contact, fingerprint) in keys {
                let mut gone = 0;
                for sql in [LIFE, KEY] {
                    gone = sqlx::query(sql)
                        .bind(partner.as_str())
                        .bind(contact.as_str())
                        .bind(fingerprint)
                        .execute(&mut *connection)
                        .await?
                        .rows_affected();
                }
                if gone == 0 {
                    return Err(StoreError::not_there("key", fingerprint));
                }
            }
            erase_messages!(connection, messages, mark);
            if let Some(slug) = partner {
                sqlx::query(PARTNER).bind(slug.as_str()).bind(mark).execute(&mut *connection).await?;
            }
            if let Some(name) = staff {
                sqlx::query(STAFF).bind(name.as_str()).execute(&mut *connection).await?;
            }
            for act in acts {
                insert_act!(&mut *connection, act);
            }
        });
        Ok(())
    }

    /// Erases a person: name, address, keys, what they were told, and the rows behind entries of the log; all or nothing.
    ///
    /// # Errors
    /// [`StoreError::NotThere`] when there is no such contact, or nothing behind an entry.
    pub async fn erase_person(&self, erasure: &PersonErasure, act: &NewAct) -> Result<(), StoreError> {
        const LIFE: &str = "delete from key_life where partner = $1 and contact = $2";
        const KEY: &str = "delete from contact_key where partner = $1 and contact = $2";
        const ROSTER: &str =
            "update roster set left_at = $3 where partner = $1 and contact = $2 and left_at is null";
        const CONTACT: &str = "update contact set name = $3, mail = null where partner = $1 and slug = $2";
        const SIGNED: &str = "update acceptance set signed_by = $3 where partner = $1 and signed_by = $2";
        let (partner, contact) = (erasure.partner.as_str(), erasure.contact.as_str());
        in_transaction!(self, |connection| {
            erase_entries!(connection, &erasure.entries);
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
            erase_messages!(connection, &erasure.messages, &erasure.mark);
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
