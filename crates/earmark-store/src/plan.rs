use earmark_model::{AssetName, Commitment, Digest, UnixMillis};

use crate::columns::{bytes32, digest, instant, number, word};
use crate::entry::append_entry;
use crate::error::named;
use crate::{EntryKind, Ledger, StoreError};

/// What is frozen and committed before the first copy.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewPlan {
    /// Digest of the frozen document.
    pub id: Digest,
    /// Of which revision.
    pub revision: Digest,
    /// Whose code is dealt.
    pub asset: AssetName,
    /// Which epoch of it.
    pub epoch: u32,
    /// The blob that holds the site table.
    pub site_table: Digest,
    /// Version of the catalog of rules.
    pub catalog: String,
    /// Version of the reader.
    pub reader: String,
    /// The accusation rule: JSON, kept verbatim.
    pub rule: String,
    /// What `protect` reported: JSON, kept verbatim.
    pub report: String,
    /// Binds the frozen document.
    pub commitment: Commitment,
    /// When it was frozen.
    pub created: UnixMillis,
}

/// A plan as recorded.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Plan {
    /// What was frozen.
    pub plan: NewPlan,
    /// Index of its entry in the log's sequence.
    pub log_index: u64,
}

type Row =
    (Vec<u8>, Vec<u8>, String, i64, Vec<u8>, String, String, String, String, Vec<u8>, Vec<u8>, i64, i64);

fn plan(row: Row) -> Result<Plan, StoreError> {
    let (
        id,
        revision,
        asset,
        epoch,
        site_table,
        catalog,
        reader,
        rule,
        report,
        commitment,
        nonce,
        log_index,
        created,
    ) = row;
    let plan = NewPlan {
        id: digest("plan.id", id)?,
        revision: digest("plan.revision", revision)?,
        asset: word("plan.asset", &asset)?,
        epoch: number("plan.epoch", epoch)?,
        site_table: digest("plan.site_table", site_table)?,
        catalog,
        reader,
        rule,
        report,
        commitment: Commitment {
            digest: digest("plan.commitment", commitment)?,
            nonce: bytes32("plan.nonce", nonce)?,
        },
        created: instant(created),
    };
    Ok(Plan { plan, log_index: number("plan.log_index", log_index)? })
}

macro_rules! select {
    ($rest:literal) => {
        concat!(
            "select id, revision, asset, epoch, site_table, catalog, reader, rule, report, commitment, \
             nonce, log_index, created from plan ",
            $rest
        )
    };
}

impl Ledger {
    /// Records a plan and its entry in the log's sequence, both or neither; gives the entry's index.
    ///
    /// # Errors
    /// [`StoreError::AlreadyThere`]; [`StoreError::Refused`] when its revision or code is not there.
    pub async fn record_plan(&self, new: &NewPlan) -> Result<u64, StoreError> {
        const SQL: &str = "insert into plan (id, revision, asset, epoch, site_table, catalog, reader, rule, \
            report, commitment, nonce, log_index, created) \
            values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13)";
        let log_index: i64 = in_transaction!(self, |connection| {
            let log_index = append_entry!(connection, EntryKind::Plan, &new.commitment.digest, new.created);
            sqlx::query(SQL)
                .bind(new.id.0.to_vec())
                .bind(new.revision.0.to_vec())
                .bind(new.asset.as_str())
                .bind(i64::from(new.epoch))
                .bind(new.site_table.0.to_vec())
                .bind(&new.catalog)
                .bind(&new.reader)
                .bind(&new.rule)
                .bind(&new.report)
                .bind(new.commitment.digest.0.to_vec())
                .bind(new.commitment.nonce.to_vec())
                .bind(log_index)
                .bind(new.created.0)
                .execute(&mut *connection)
                .await
                .map_err(StoreError::on_write("plan", named(&new.id)))?;
            log_index
        });
        number("plan.log_index", log_index)
    }

    /// The plan of that id.
    ///
    /// # Errors
    /// [`StoreError::NotThere`].
    pub async fn plan(&self, id: &Digest) -> Result<Plan, StoreError> {
        const SQL: &str = select!("where id = $1");
        let row: Option<Row> =
            on_pool!(self, |pool| sqlx::query_as(SQL).bind(id.0.to_vec()).fetch_optional(pool).await?);
        row.map_or_else(|| Err(StoreError::not_there("plan", named(id))), plan)
    }

    /// The plans of a revision in the order of the log: the last one is in force.
    pub async fn plans_of(&self, revision: &Digest) -> Result<Vec<Plan>, StoreError> {
        const SQL: &str = select!("where revision = $1 order by log_index");
        let rows: Vec<Row> =
            on_pool!(self, |pool| sqlx::query_as(SQL).bind(revision.0.to_vec()).fetch_all(pool).await?);
        rows.into_iter().map(plan).collect()
    }

    /// The plans that deal from one code, in the order of the log.
    pub async fn plans_of_code(&self, asset: &AssetName, epoch: u32) -> Result<Vec<Plan>, StoreError> {
        const SQL: &str = select!("where asset = $1 and epoch = $2 order by log_index");
        let rows: Vec<Row> = on_pool!(self, |pool| sqlx::query_as(SQL)
            .bind(asset.as_str())
            .bind(i64::from(epoch))
            .fetch_all(pool)
            .await?);
        rows.into_iter().map(plan).collect()
    }

    /// All plans in the order of the log.
    pub async fn plans(&self) -> Result<Vec<Plan>, StoreError> {
        const SQL: &str = select!("order by log_index");
        let rows: Vec<Row> = on_pool!(self, |pool| sqlx::query_as(SQL).fetch_all(pool).await?);
        rows.into_iter().map(plan).collect()
    }
}
