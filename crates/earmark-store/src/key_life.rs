use earmark_model::{Digest, Slug, UnixMillis};
use serde::{Deserialize, Serialize};
use sqlx::FromRow;

use crate::act::insert_act;
use crate::columns::{optional_digest, word};
use crate::contact::{insert_contact_key, set_key_status};
use crate::{ContactKey, KeyStatus, Ledger, NewAct, StoreError};

/// What is known of a contact's key beyond the key itself.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct KeyLife {
    /// The partner.
    pub partner: Slug,
    /// The contact.
    pub contact: Slug,
    /// The key.
    pub fingerprint: String,
    /// From when bundles are sealed to it; `None` until somebody approves it.
    pub effective: Option<UnixMillis>,
    /// When it stops by itself.
    pub expires: Option<UnixMillis>,
    /// SHA-256 of the secret that was sealed to it as a test, not yet answered or answered.
    pub proof: Option<Digest>,
    /// When the test was made.
    pub asked: Option<UnixMillis>,
    /// When the holder answered it.
    pub answered: Option<UnixMillis>,
}

#[derive(FromRow)]
struct Row {
    partner: String,
    contact: String,
    fingerprint: String,
    effective: Option<i64>,
    expires: Option<i64>,
    proof: Option<Vec<u8>>,
    asked: Option<i64>,
    answered: Option<i64>,
}

fn key_life(row: Row) -> Result<KeyLife, StoreError> {
    Ok(KeyLife {
        partner: word("key_life.partner", &row.partner)?,
        contact: word("key_life.contact", &row.contact)?,
        fingerprint: row.fingerprint,
        effective: row.effective.map(UnixMillis),
        expires: row.expires.map(UnixMillis),
        proof: optional_digest("key_life.proof", row.proof)?,
        asked: row.asked.map(UnixMillis),
        answered: row.answered.map(UnixMillis),
    })
}

pub(crate) const PUT: &str = "insert into key_life (partner, contact, fingerprint, effective, expires, proof, asked, answered) \
    values ($1, $2, $3, $4, $5, $6, $7, $8) on conflict (partner, contact, fingerprint) do update set \
    effective = excluded.effective, expires = excluded.expires, proof = excluded.proof, asked = excluded.asked, \
    answered = excluded.answered";

/// Writes what is known of a key's life, inside the caller's transaction.
macro_rules! put_key_life {
    ($executor:expr, $life:expr) => {{
        let life: &crate::KeyLife = $life;
        sqlx::query(crate::key_life::PUT)
            .bind(life.partner.as_str())
            .bind(life.contact.as_str())
            .bind(&life.fingerprint)
            .bind(life.effective.map(|at| at.0))
            .bind(life.expires.map(|at| at.0))
            .bind(life.proof.map(|digest| digest.0.to_vec()))
            .bind(life.asked.map(|at| at.0))
            .bind(life.answered.map(|at| at.0))
            .execute($executor)
            .await
            .map_err(crate::StoreError::on_write("key", &life.fingerprint))?
    }};
}
pub(crate) use put_key_life;

impl Ledger {
    /// Adds a key with what is known of its life.
    ///
    /// # Errors
    /// As [`Ledger::add_contact_key`].
    pub async fn add_living_key(
        &self,
        key: &ContactKey,
        life: &KeyLife,
        act: &NewAct,
    ) -> Result<(), StoreError> {
        in_transaction!(self, |connection| {
            insert_contact_key!(&mut *connection, key);
            put_key_life!(&mut *connection, life);
            insert_act!(&mut *connection, act);
        });
        Ok(())
    }

    /// Changes a key's status and life.
    ///
    /// # Errors
    /// [`StoreError::NotThere`].
    pub async fn change_key(
        &self,
        life: &KeyLife,
        status: KeyStatus,
        act: &NewAct,
    ) -> Result<(), StoreError> {
        in_transaction!(self, |connection| {
            let rows =
                set_key_status!(&mut *connection, &life.partner, &life.contact, &life.fingerprint, status);
            if rows == 0 {
                return Err(StoreError::not_there("key", &life.fingerprint));
            }
            put_key_life!(&mut *connection, life);
            insert_act!(&mut *connection, act);
        });
        Ok(())
    }

    /// What is known of the keys of a partner; a key without a row here was added before lives were kept.
    pub async fn key_lives(&self, partner: &Slug) -> Result<Vec<KeyLife>, StoreError> {
        const SQL: &str = "select partner, contact, fingerprint, effective, expires, proof, asked, answered \
                           from key_life where partner = $1 order by contact, fingerprint";
        let rows: Vec<Row> =
            on_pool!(self, |pool| sqlx::query_as(SQL).bind(partner.as_str()).fetch_all(pool).await?);
        rows.into_iter().map(key_life).collect()
    }
}
