use earmark_model::{AssetName, UnixMillis};
use serde::{Deserialize, Serialize};

use crate::columns::{instant, word};
use crate::{Ledger, StoreError};

/// What is protected, over time.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Asset {
    /// Its name for people.
    pub name: AssetName,
    /// What its keys derive from; never changes.
    pub id: String,
    /// When it was first protected.
    pub created: UnixMillis,
}

type Row = (String, String, i64);

fn asset((name, id, created): Row) -> Result<Asset, StoreError> {
    Ok(Asset { name: word("asset.name", &name)?, id, created: instant(created) })
}

impl Ledger {
    /// Adds an asset.
    ///
    /// # Errors
    /// [`StoreError::AlreadyThere`] for its name or its id.
    pub async fn add_asset(&self, new: &Asset) -> Result<(), StoreError> {
        const SQL: &str = "insert into asset (name, id, created) values ($1, $2, $3)";
        on_pool!(self, |pool| sqlx::query(SQL)
            .bind(new.name.as_str())
            .bind(&new.id)
            .bind(new.created.0)
            .execute(pool)
            .await
            .map(drop)
            .map_err(StoreError::on_write("asset", &new.name))?);
        Ok(())
    }

    /// The asset of that name.
    ///
    /// # Errors
    /// [`StoreError::NotThere`].
    pub async fn asset(&self, name: &AssetName) -> Result<Asset, StoreError> {
        const SQL: &str = "select name, id, created from asset where name = $1";
        let row: Option<Row> =
            on_pool!(self, |pool| sqlx::query_as(SQL).bind(name.as_str()).fetch_optional(pool).await?);
        row.map_or_else(|| Err(StoreError::not_there("asset", name)), asset)
    }

    /// All assets, by name.
    pub async fn assets(&self) -> Result<Vec<Asset>, StoreError> {
        const SQL: &str = "select name, id, created from asset order by name";
        let rows: Vec<Row> = on_pool!(self, |pool| sqlx::query_as(SQL).fetch_all(pool).await?);
        rows.into_iter().map(asset).collect()
    }
}
