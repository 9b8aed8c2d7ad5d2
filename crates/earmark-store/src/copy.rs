use earmark_model::{AssetName, Commitment, Digest, RecipientId, UnixMillis};

use crate::columns::{bytes32, count, digest, instant, number, optional_digest, word};
use crate::entry::append_entry;
use crate::error::named;
use crate::{EntryKind, Ledger, StoreError};

/// A copy about to be delivered.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewCopy {
    /// Of which plan.
    pub plan: Digest,
    /// For whom.
    pub recipient: RecipientId,
    /// SHA-256 of its uncompressed deterministic tar.
    pub copy_sha256: Digest,
    /// SHA-256 of the sealed file; `None` when it was handed over unsealed.
    pub bundle_sha256: Option<Digest>,
    /// How many sites were written.
    pub sites: u64,
    /// Binds recipient, copy and instant.
    pub commitment: Commitment,
    /// When it was issued.
    pub issued: UnixMillis,
}

/// A copy as recorded.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Copy {
    /// What was issued.
    pub copy: NewCopy,
    /// Index of its entry in the log's sequence.
    pub log_index: u64,
}

/// The record of a copy, and whether it was made just now.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Recorded {
    /// The record, which is the older one when there was one.
    pub copy: Copy,
    /// Whether it was made just now. If not, the commitment that was handed in is void.
    pub new: bool,
}

/// A sealed file made of a copy.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Bundle {
    /// SHA-256 of the file.
    pub sha256: Digest,
    /// The copy's plan.
    pub plan: Digest,
    /// The copy's recipient.
    pub recipient: RecipientId,
    /// When it was sealed.
    pub sealed: UnixMillis,
}

type Row = (Vec<u8>, String, Vec<u8>, Option<Vec<u8>>, i64, Vec<u8>, Vec<u8>, i64, i64);

fn copy(row: Row) -> Result<Copy, StoreError> {
    let (plan, recipient, copy_sha256, bundle_sha256, sites, commitment, nonce, log_index, issued) = row;
    let copy = NewCopy {
        plan: digest("copy.plan", plan)?,
        recipient: word("copy.recipient", &recipient)?,
        copy_sha256: digest("copy.copy_sha256", copy_sha256)?,
        bundle_sha256: optional_digest("copy.bundle_sha256", bundle_sha256)?,
        sites: number("copy.sites", sites)?,
        commitment: Commitment {
            digest: digest("copy.commitment", commitment)?,
            nonce: bytes32("copy.nonce", nonce)?,
        },
        issued: instant(issued),
    };
    Ok(Copy { copy, log_index: number("copy.log_index", log_index)? })
}

macro_rules! select {
    ($rest:literal) => {
        concat!(
            "select plan, recipient, copy_sha256, bundle_sha256, sites, commitment, nonce, log_index, issued \
             from copy ",
            $rest
        )
    };
}

/// Records one copy within a transaction that holds the tail.
macro_rules! record {
    ($connection:expr, $new:expr) => {{
        const THERE: &str = select!("where plan = $1 and recipient = $2");
        const INSERT: &str = "insert into copy (plan, recipient, copy_sha256, bundle_sha256, sites, \
            commitment, nonce, log_index, issued) values ($1, $2, $3, $4, $5, $6, $7, $8, $9)";
        const BUNDLE: &str = "insert into bundle (sha256, plan, recipient, sealed) values ($1, $2, $3, $4) \
            on conflict (sha256) do nothing";
        let new: &NewCopy = $new;
        let connection = &mut *$connection;
        let what = format!("{} for {}", named(&new.plan), new.recipient);
        let sites = count("copy", new.sites)?;
        let there: Option<Row> = sqlx::query_as(THERE)
            .bind(new.plan.0.to_vec())
            .bind(new.recipient.as_str())
            .fetch_optional(&mut *connection)
            .await?;
        let recorded = match there {
            Some(row) => Recorded { copy: copy(row)?, new: false },
            None => {
                let log_index =
                    append_entry!(connection, EntryKind::Copy, &new.commitment.digest, new.issued);
                sqlx::query(INSERT)
                    .bind(new.plan.0.to_vec())
                    .bind(new.recipient.as_str())
                    .bind(new.copy_sha256.0.to_vec())
                    .bind(new.bundle_sha256.map(|digest| digest.0.to_vec()))
                    .bind(sites)
                    .bind(new.commitment.digest.0.to_vec())
                    .bind(new.commitment.nonce.to_vec())
                    .bind(log_index)
                    .bind(new.issued.0)
                    .execute(&mut *connection)
                    .await
                    .map_err(StoreError::on_write("copy", &what))?;
                let log_index = number("copy.log_index", log_index)?;
                Recorded { copy: Copy { copy: new.clone(), log_index }, new: true }
            }
        };
        if recorded.copy.copy.copy_sha256 != new.copy_sha256 {
            return Err(StoreError::Differs { what: "copy", name: what });
        }
        if let Some(bundle) = new.bundle_sha256 {
            sqlx::query(BUNDLE)
                .bind(bundle.0.to_vec())
                .bind(new.plan.0.to_vec())
                .bind(new.recipient.as_str())
                .bind(new.issued.0)
                .execute(&mut *connection)
                .await
                .map_err(StoreError::on_write("bundle", named(&bundle)))?;
        }
        recorded
    }};
}

impl Ledger {
    /// Records a copy and its entry in the log's sequence, or answers with the record that is there: see
    /// [`record_copies`](Self::record_copies).
    ///
    /// # Errors
    /// As there.
    pub async fn record_copy(&self, new: &NewCopy) -> Result<Recorded, StoreError> {
        let mut recorded = self.record_copies(std::slice::from_ref(new)).await?;
        recorded.pop().ok_or_else(|| StoreError::not_there("copy", named(&new.plan)))
    }

    /// Records copies and their entries in the log's sequence, all or none, each answered with its record or the one
    /// that is there already; either way its bundle, if any, is noted.
    ///
    /// # Errors
    /// [`StoreError::Differs`] when the record that is there has another copy digest: a copy is a
    /// function of plan and recipient, so something is wrong with one of the two.
    /// [`StoreError::Refused`] when a plan or a recipient is not there.
    pub async fn record_copies(&self, copies: &[NewCopy]) -> Result<Vec<Recorded>, StoreError> {
        // The tail is locked before looking, so that of two processes issuing the same copy the
        // second one sees the first one's record.
        const LOCK: &str = "update tail set length = length where one = 1";
        Ok(in_transaction!(self, |connection| {
            sqlx::query(LOCK).execute(&mut *connection).await?;
            let mut recorded = Vec::with_capacity(copies.len());
            for new in copies {
                recorded.push(record!(connection, new));
            }
            recorded
        }))
    }

    /// The record of a copy, or `None` when none was issued.
    pub async fn copy(&self, plan: &Digest, recipient: &RecipientId) -> Result<Option<Copy>, StoreError> {
        const SQL: &str = select!("where plan = $1 and recipient = $2");
        let row: Option<Row> = on_pool!(self, |pool| sqlx::query_as(SQL)
            .bind(plan.0.to_vec())
            .bind(recipient.as_str())
            .fetch_optional(pool)
            .await?);
        row.map(copy).transpose()
    }

    /// The copies of a plan, in the order of the log.
    pub async fn copies_of(&self, plan: &Digest) -> Result<Vec<Copy>, StoreError> {
        const SQL: &str = select!("where plan = $1 order by log_index");
        let rows: Vec<Row> =
            on_pool!(self, |pool| sqlx::query_as(SQL).bind(plan.0.to_vec()).fetch_all(pool).await?);
        rows.into_iter().map(copy).collect()
    }

    /// The copies ever issued to a recipient, in the order of the log.
    pub async fn copies_for(&self, recipient: &RecipientId) -> Result<Vec<Copy>, StoreError> {
        const SQL: &str = select!("where recipient = $1 order by log_index");
        let rows: Vec<Row> =
            on_pool!(self, |pool| sqlx::query_as(SQL).bind(recipient.as_str()).fetch_all(pool).await?);
        rows.into_iter().map(copy).collect()
    }

    /// All copies, in the order of the log.
    pub async fn copies(&self) -> Result<Vec<Copy>, StoreError> {
        const SQL: &str = select!("order by log_index");
        let rows: Vec<Row> = on_pool!(self, |pool| sqlx::query_as(SQL).fetch_all(pool).await?);
        rows.into_iter().map(copy).collect()
    }

    /// Those who hold a record for any revision dealt from one code, by id: the n of a trace.
    pub async fn recipients_of_code(
        &self,
        asset: &AssetName,
        epoch: u32,
    ) -> Result<Vec<RecipientId>, StoreError> {
        const SQL: &str = "select distinct recipient from copy join plan on plan.id = copy.plan \
                           where asset = $1 and epoch = $2 order by recipient";
        let ids: Vec<String> = on_pool!(self, |pool| sqlx::query_scalar(SQL)
            .bind(asset.as_str())
            .bind(i64::from(epoch))
            .fetch_all(pool)
            .await?);
        ids.iter().map(|id| word("copy.recipient", id)).collect()
    }

    /// The bundles and copies whose file or tar has this digest: recognizes an untouched one.
    pub async fn copies_with_bytes(&self, sha256: &Digest) -> Result<Vec<Copy>, StoreError> {
        const SQL: &str = select!(
            "where copy_sha256 = $1 or exists (select 1 from bundle where bundle.sha256 = $1 \
             and bundle.plan = copy.plan and bundle.recipient = copy.recipient) order by log_index"
        );
        let rows: Vec<Row> =
            on_pool!(self, |pool| sqlx::query_as(SQL).bind(sha256.0.to_vec()).fetch_all(pool).await?);
        rows.into_iter().map(copy).collect()
    }

    /// All bundles ever sealed, oldest first.
    pub async fn bundles(&self) -> Result<Vec<Bundle>, StoreError> {
        const SQL: &str = "select sha256, plan, recipient, sealed from bundle order by sealed, sha256";
        let rows: Vec<(Vec<u8>, Vec<u8>, String, i64)> =
            on_pool!(self, |pool| sqlx::query_as(SQL).fetch_all(pool).await?);
        rows.into_iter()
            .map(|(sha256, plan, recipient, sealed)| {
                Ok(Bundle {
                    sha256: digest("bundle.sha256", sha256)?,
                    plan: digest("bundle.plan", plan)?,
                    recipient: word("bundle.recipient", &recipient)?,
                    sealed: instant(sealed),
                })
            })
            .collect()
    }
}
