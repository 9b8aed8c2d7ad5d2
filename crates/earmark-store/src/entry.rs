use earmark_model::{Digest, UnixMillis};
use serde::{Deserialize, Serialize};

use crate::columns::{count, digest, instant, number, word, words};
use crate::{Ledger, StoreError};

/// What an entry of the log's sequence binds.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum EntryKind {
    /// A plan, before its first copy.
    Plan,
    /// A copy, before its delivery.
    Copy,
    /// That a copy was made once more, before it leaves.
    Again,
    /// What became of a recipient's key, before anything is sealed to it.
    Key,
    /// Tells a partner, and nobody else, that something became of its keys, or that a copy of its was made again.
    Bell,
    /// A recipient's signature over a copy.
    Receipt,
    /// That the row of another entry was erased, and on what ground.
    Erasure,
    /// Which keys sign from here on.
    Handover,
    /// The rows of the entries before it, every field of them.
    Batch,
    /// Nothing: it hides how many of the others there are.
    Padding,
}

words!(EntryKind {
    Plan = "plan",
    Copy = "copy",
    Again = "again",
    Key = "key",
    Bell = "bell",
    Receipt = "receipt",
    Erasure = "erasure",
    Handover = "handover",
    Batch = "batch",
    Padding = "padding",
});

/// One row of the gapless sequence that the public log shows.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Entry {
    /// Index of the leaf, from 0 without gaps.
    pub log_index: u64,
    /// What it binds.
    pub kind: EntryKind,
    /// The commitment, which is all that the log will show.
    pub commitment: Digest,
    /// When it was added.
    pub added: UnixMillis,
}

type Row = (i64, String, Vec<u8>, i64);

fn entry((log_index, kind, commitment, added): Row) -> Result<Entry, StoreError> {
    Ok(Entry {
        log_index: number("entry.log_index", log_index)?,
        kind: word("entry.kind", &kind)?,
        commitment: digest("entry.commitment", commitment)?,
        added: instant(added),
    })
}

/// Takes the next index and writes the entry, inside the caller's transaction; gives the index.
///
/// Taking the number locks the tail until the transaction ends, so that entries commit in the order
/// of their indexes and a rolled-back one leaves no gap.
macro_rules! append_entry {
    ($connection:expr, $kind:expr, $commitment:expr, $added:expr) => {{
        let commitment: &earmark_model::Digest = $commitment;
        let log_index: i64 =
            sqlx::query_scalar("update tail set length = length + 1 where one = 1 returning length - 1")
                .fetch_one(&mut *$connection)
                .await?;
        sqlx::query("insert into entry (log_index, kind, commitment, added) values ($1, $2, $3, $4)")
            .bind(log_index)
            .bind($kind.word())
            .bind(commitment.0.to_vec())
            .bind($added.0)
            .execute(&mut *$connection)
            .await
            .map_err(crate::StoreError::on_write("entry", commitment))?;
        log_index
    }};
}
pub(crate) use append_entry;

impl Ledger {
    /// At most `limit` entries from index `from` on, in order.
    pub async fn entries(&self, from: u64, limit: u64) -> Result<Vec<Entry>, StoreError> {
        const SQL: &str = "select log_index, kind, commitment, added from entry \
                           where log_index >= $1 order by log_index limit $2";
        let (from, limit) = (count("entry", from)?, i64::try_from(limit).unwrap_or(i64::MAX));
        let rows: Vec<Row> =
            on_pool!(self, |pool| sqlx::query_as(SQL).bind(from).bind(limit).fetch_all(pool).await?);
        rows.into_iter().map(entry).collect()
    }

    /// How many entries the sequence has: the index of the next one.
    pub async fn log_length(&self) -> Result<u64, StoreError> {
        const SQL: &str = "select length from tail where one = 1";
        let length: i64 = on_pool!(self, |pool| sqlx::query_scalar(SQL).fetch_one(pool).await?);
        number("tail.length", length)
    }
}
