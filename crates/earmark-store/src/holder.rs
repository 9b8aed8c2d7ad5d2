use earmark_model::{AssetName, Digest, UnixMillis};
use serde::{Deserialize, Serialize};

use crate::columns::{instant, optional_digest, word};
use crate::{Ledger, StoreError};

/// What is stated about a holder.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct NewHolder {
    /// Who: a name, not necessarily a partner's.
    pub who: String,
    /// How it is known, and what they have.
    pub note: String,
    /// Of which asset; `None` with no revision either: of everything.
    pub asset: Option<AssetName>,
    /// Of which revision.
    pub revision: Option<Digest>,
    /// Since when they have it.
    pub since: UnixMillis,
    /// When it was stated.
    pub added: UnixMillis,
}

/// Somebody known to have an unmarked or foreign version.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Holder {
    /// Number of the statement.
    pub id: u64,
    /// What is stated.
    #[serde(flatten)]
    pub holder: NewHolder,
}

type Row = (i64, String, String, Option<String>, Option<Vec<u8>>, i64, i64);

fn holder((id, who, note, asset, revision, since, added): Row) -> Result<Holder, StoreError> {
    Ok(Holder {
        id: crate::columns::number("holder.id", id)?,
        holder: NewHolder {
            who,
            note,
            asset: asset.map(|name| word("holder.asset", &name)).transpose()?,
            revision: optional_digest("holder.revision", revision)?,
            since: instant(since),
            added: instant(added),
        },
    })
}

impl Ledger {
    /// Adds a holder and answers with the number of the statement.
    ///
    /// # Errors
    /// [`StoreError::Refused`] when the asset or revision is not there.
    pub async fn add_holder(&self, new: &NewHolder) -> Result<u64, StoreError> {
        const SQL: &str = "insert into holder (who, note, asset, revision, since, added) \
                           values ($1, $2, $3, $4, $5, $6) returning id";
        let id: i64 = in_transaction!(self, |connection| sqlx::query_scalar(SQL)
            .bind(&new.who)
            .bind(&new.note)
            .bind(new.asset.as_ref().map(AssetName::as_str))
            .bind(new.revision.map(|digest| digest.0.to_vec()))
            .bind(new.since.0)
            .bind(new.added.0)
            .fetch_one(&mut *connection)
            .await
            .map_err(StoreError::on_write("holder", &new.who))?);
        crate::columns::number("holder.id", id)
    }

    /// All holders, in the order they were stated.
    pub async fn holders(&self) -> Result<Vec<Holder>, StoreError> {
        const SQL: &str = "select id, who, note, asset, revision, since, added from holder order by id";
        let rows: Vec<Row> = on_pool!(self, |pool| sqlx::query_as(SQL).fetch_all(pool).await?);
        rows.into_iter().map(holder).collect()
    }
}
