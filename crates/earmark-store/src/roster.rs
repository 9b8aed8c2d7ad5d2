use earmark_model::{Slug, UnixMillis};
use serde::{Deserialize, Serialize};
use sqlx::FromRow;

use crate::act::insert_act;
use crate::columns::word;
use crate::recipient::insert_recipient;
use crate::{Ledger, NewAct, Recipient, StoreError};

/// A person on a partner's need-to-know roster.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Rostered {
    /// The partner.
    pub partner: Slug,
    /// The person.
    pub contact: Slug,
    /// Since when.
    pub added: UnixMillis,
    /// Since when no more.
    pub left: Option<UnixMillis>,
}

#[derive(FromRow)]
struct Row {
    partner: String,
    contact: String,
    added: i64,
    left_at: Option<i64>,
}

impl Ledger {
    /// Puts a person on the roster, with the recipient that their copies are made for, or back on it.
    ///
    /// # Errors
    /// [`StoreError::Refused`] when there is no such contact.
    pub async fn join_roster(&self, recipient: &Recipient, act: &NewAct) -> Result<(), StoreError> {
        const SQL: &str = "insert into roster (partner, contact, added) values ($1, $2, $3) \
                           on conflict (partner, contact) do update set left_at = null";
        in_transaction!(self, |connection| {
            sqlx::query(SQL)
                .bind(recipient.partner.as_ref().map(Slug::as_str))
                .bind(recipient.contact.as_ref().map(Slug::as_str))
                .bind(act.at.0)
                .execute(&mut *connection)
                .await
                .map_err(StoreError::on_write("roster", &recipient.id))?;
            insert_recipient!(&mut *connection, recipient);
            insert_act!(&mut *connection, act);
        });
        Ok(())
    }

    /// Takes a person off the roster.
    ///
    /// # Errors
    /// [`StoreError::NotThere`] when they are not on it.
    pub async fn leave_roster(&self, partner: &Slug, contact: &Slug, act: &NewAct) -> Result<(), StoreError> {
        const SQL: &str =
            "update roster set left_at = $3 where partner = $1 and contact = $2 and left_at is null";
        in_transaction!(self, |connection| {
            let rows = sqlx::query(SQL)
                .bind(partner.as_str())
                .bind(contact.as_str())
                .bind(act.at.0)
                .execute(&mut *connection)
                .await?
                .rows_affected();
            if rows == 0 {
                return Err(StoreError::not_there("roster entry", format!("{partner}/{contact}")));
            }
            insert_act!(&mut *connection, act);
        });
        Ok(())
    }

    /// Everybody who is or was on a roster.
    pub async fn rosters(&self) -> Result<Vec<Rostered>, StoreError> {
        const SQL: &str = "select partner, contact, added, left_at from roster order by partner, contact";
        let rows: Vec<Row> = on_pool!(self, |pool| sqlx::query_as(SQL).fetch_all(pool).await?);
        rows.into_iter()
            .map(|row| {
                Ok(Rostered {
                    partner: word("roster.partner", &row.partner)?,
                    contact: word("roster.contact", &row.contact)?,
                    added: UnixMillis(row.added),
                    left: row.left_at.map(UnixMillis),
                })
            })
            .collect()
    }
}
