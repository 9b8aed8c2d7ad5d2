use earmark_model::{Commitment, UnixMillis};

use crate::columns::{bytes32, count, number};
use crate::entry::append_entry;
use crate::{EntryKind, Ledger, StoreError};

/// A fact for the log that has no table of its own.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewStatement {
    /// What it binds; neither a plan nor a copy.
    pub kind: EntryKind,
    /// The canonical JSON that the commitment binds.
    pub document: String,
    /// Binds the document.
    pub commitment: Commitment,
    /// When it was made.
    pub added: UnixMillis,
}

/// What an entry opens to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Statement {
    /// Index of the entry.
    pub log_index: u64,
    /// The canonical JSON that its commitment binds.
    pub document: String,
    /// What opens the commitment.
    pub nonce: [u8; 32],
}

type Row = (i64, String, Vec<u8>);

fn statement((log_index, document, nonce): Row) -> Result<Statement, StoreError> {
    Ok(Statement {
        log_index: number("statement.log_index", log_index)?,
        document,
        nonce: bytes32("statement.nonce", nonce)?,
    })
}

/// Appends statements inside the caller's transaction; gives the index after the last one.
macro_rules! append_statements {
    ($connection:expr, $new:expr) => {{
        let mut next: i64 = 0;
        for new in $new {
            let new: &crate::NewStatement = new;
            let log_index = append_entry!($connection, new.kind, &new.commitment.digest, new.added);
            sqlx::query("insert into statement (log_index, document, nonce) values ($1, $2, $3)")
                .bind(log_index)
                .bind(&new.document)
                .bind(new.commitment.nonce.to_vec())
                .execute(&mut *$connection)
                .await
                .map_err(crate::StoreError::on_write("statement", log_index))?;
            next = log_index + 1;
        }
        next
    }};
}
pub(crate) use append_statements;

impl Ledger {
    /// Adds statements with their entries, all or none and without others between; gives the first index.
    ///
    /// # Errors
    /// [`StoreError::AlreadyThere`] when a commitment is in the sequence.
    pub async fn add_statements(&self, new: &[NewStatement]) -> Result<u64, StoreError> {
        let next: i64 = in_transaction!(self, |connection| append_statements!(connection, new));
        let next: u64 = number("entry.log_index", next)?;
        Ok(next.saturating_sub(new.len() as u64))
    }

    /// All statements that were not erased, in the order of the log.
    pub async fn statements(&self) -> Result<Vec<Statement>, StoreError> {
        const SQL: &str = "select log_index, document, nonce from statement order by log_index";
        let rows: Vec<Row> = on_pool!(self, |pool| sqlx::query_as(SQL).fetch_all(pool).await?);
        rows.into_iter().map(statement).collect()
    }

    /// Erases what entry `log_index` opens to (a copy's row or a statement) and adds `tombstone`, a statement
    /// of the kind erasure, both or neither; gives the tombstone's index. The entry itself stays.
    ///
    /// # Errors
    /// [`StoreError::NotThere`] when there is nothing to erase. A plan cannot be erased.
    pub async fn erase(&self, log_index: u64, tombstone: &NewStatement) -> Result<u64, StoreError> {
        const BUNDLES: &str = "delete from bundle where exists (select 1 from copy \
            where copy.plan = bundle.plan and copy.recipient = bundle.recipient and copy.log_index = $1)";
        const COPY: &str = "delete from copy where log_index = $1";
        const STATEMENT: &str = "delete from statement where log_index = $1";
        let index = count("entry", log_index)?;
        let next: i64 = in_transaction!(self, |connection| {
            let next = append_statements!(connection, [tombstone]);
            sqlx::query(BUNDLES).bind(index).execute(&mut *connection).await?;
            let mut erased = 0;
            for sql in [COPY, STATEMENT] {
                erased += sqlx::query(sql).bind(index).execute(&mut *connection).await?.rows_affected();
            }
            if erased == 0 {
                return Err(StoreError::not_there("row for entry", log_index));
            }
            next
        });
        let next: u64 = number("entry.log_index", next)?;
        Ok(next.saturating_sub(1))
    }
}
