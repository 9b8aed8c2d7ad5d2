use earmark_model::UnixMillis;

use crate::columns::{count, instant, number};
use crate::entry::append_entry;
use crate::statement::append_statements;
use crate::{Ledger, NewStatement, StoreError};

/// A head of the log as it was signed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SignedHead {
    /// How many entries it is over.
    pub size: u64,
    /// The signed note, with the log's own signatures only.
    pub note: String,
    /// When it was signed.
    pub signed: UnixMillis,
}

/// A witness's signature line under a head.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Cosignature {
    /// The head's size.
    pub size: u64,
    /// The line, without its line end.
    pub line: String,
}

impl Ledger {
    /// Adds the last statements before a head, and the head, all or none.
    ///
    /// # Errors
    /// [`StoreError::Outdated`] when the sequence has not `length` entries any more: somebody added one
    /// since the head was reckoned. [`StoreError::AlreadyThere`] when there is a head of this size.
    pub async fn add_head(
        &self,
        length: u64,
        statements: &[NewStatement],
        head: &SignedHead,
    ) -> Result<(), StoreError> {
        // As for copies: the tail is locked before looking.
        const LOCK: &str = "update tail set length = length where one = 1";
        const LENGTH: &str = "select length from tail where one = 1";
        const HEAD: &str = "insert into checkpoint (size, note, signed) values ($1, $2, $3)";
        let (expected, size) = (count("entry", length)?, count("checkpoint", head.size)?);
        in_transaction!(self, |connection| {
            sqlx::query(LOCK).execute(&mut *connection).await?;
            let found: i64 = sqlx::query_scalar(LENGTH).fetch_one(&mut *connection).await?;
            if found != expected {
                return Err(StoreError::Outdated { what: "log", name: length.to_string() });
            }
            append_statements!(connection, statements);
            sqlx::query(HEAD)
                .bind(size)
                .bind(&head.note)
                .bind(head.signed.0)
                .execute(&mut *connection)
                .await
                .map_err(StoreError::on_write("checkpoint", head.size))?;
        });
        Ok(())
    }

    /// All heads, smallest first.
    pub async fn heads(&self) -> Result<Vec<SignedHead>, StoreError> {
        const SQL: &str = "select size, note, signed from checkpoint order by size";
        let rows: Vec<(i64, String, i64)> =
            on_pool!(self, |pool| sqlx::query_as(SQL).fetch_all(pool).await?);
        let head = |(size, note, signed)| {
            Ok(SignedHead { size: number("checkpoint.size", size)?, note, signed: instant(signed) })
        };
        rows.into_iter().map(head).collect()
    }

    /// Lets the holder of a key cosign heads. Adding it again changes nothing.
    pub async fn add_witness(&self, key: &str) -> Result<(), StoreError> {
        const SQL: &str = "insert into witness (key) values ($1) on conflict (key) do nothing";
        on_pool!(self, |pool| sqlx::query(SQL).bind(key).execute(pool).await.map(drop)?);
        Ok(())
    }

    /// The keys of those who may cosign.
    pub async fn witnesses(&self) -> Result<Vec<String>, StoreError> {
        const SQL: &str = "select key from witness order by key";
        Ok(on_pool!(self, |pool| sqlx::query_scalar(SQL).fetch_all(pool).await?))
    }

    /// Adds a witness's signature line under the head of `size` entries. Adding it again changes nothing.
    ///
    /// # Errors
    /// [`StoreError::Refused`] when there is no such head.
    pub async fn add_cosignature(&self, new: &Cosignature) -> Result<(), StoreError> {
        const SQL: &str =
            "insert into cosignature (size, line) values ($1, $2) on conflict (size, line) do nothing";
        let size = count("checkpoint", new.size)?;
        on_pool!(self, |pool| sqlx::query(SQL)
            .bind(size)
            .bind(&new.line)
            .execute(pool)
            .await
            .map_err(StoreError::on_write("cosignature", new.size))
            .map(drop)?);
        Ok(())
    }

    /// All cosignatures, by size.
    pub async fn cosignatures(&self) -> Result<Vec<Cosignature>, StoreError> {
        const SQL: &str = "select size, line from cosignature order by size, line";
        let rows: Vec<(i64, String)> = on_pool!(self, |pool| sqlx::query_as(SQL).fetch_all(pool).await?);
        rows.into_iter()
            .map(|(size, line)| Ok(Cosignature { size: number("cosignature.size", size)?, line }))
            .collect()
    }
}
