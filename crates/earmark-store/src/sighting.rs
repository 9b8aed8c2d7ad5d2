use earmark_model::{Digest, UnixMillis};
use serde::{Deserialize, Serialize};

use crate::columns::{digest, instant, number};
use crate::{Ledger, StoreError};

/// A sample, where it was seen and when.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct NewSighting {
    /// Path or address.
    pub sample: String,
    /// SHA-256 of the sample's bytes.
    pub digest: Digest,
    /// When it was seen there.
    pub seen: UnixMillis,
}

/// A sighting as recorded.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Sighting {
    /// Its number.
    pub id: u64,
    /// What was seen.
    #[serde(flatten)]
    pub sighting: NewSighting,
}

type Row = (i64, String, Vec<u8>, i64);

fn sighting((id, sample, bytes, seen): Row) -> Result<Sighting, StoreError> {
    Ok(Sighting {
        id: number("sighting.id", id)?,
        sighting: NewSighting { sample, digest: digest("sighting.digest", bytes)?, seen: instant(seen) },
    })
}

impl Ledger {
    /// Notes a sighting and gives its number; the same one again has the same number.
    pub async fn add_sighting(&self, new: &NewSighting) -> Result<u64, StoreError> {
        // An update that changes nothing, since `do nothing` would return no row.
        const SQL: &str = "insert into sighting (sample, digest, seen) values ($1, $2, $3) \
                           on conflict (sample, digest, seen) do update set seen = excluded.seen returning id";
        let id: i64 = in_transaction!(self, |connection| sqlx::query_scalar(SQL)
            .bind(&new.sample)
            .bind(new.digest.0.to_vec())
            .bind(new.seen.0)
            .fetch_one(&mut *connection)
            .await?);
        number("sighting.id", id)
    }

    /// The sighting of that number.
    ///
    /// # Errors
    /// [`StoreError::NotThere`].
    pub async fn sighting(&self, id: u64) -> Result<Sighting, StoreError> {
        const SQL: &str = "select id, sample, digest, seen from sighting where id = $1";
        let wanted = crate::columns::count("sighting", id)?;
        let row: Option<Row> =
            on_pool!(self, |pool| sqlx::query_as(SQL).bind(wanted).fetch_optional(pool).await?);
        row.map_or_else(|| Err(StoreError::not_there("sighting", id)), sighting)
    }

    /// All sightings, in the order they were noted.
    pub async fn sightings(&self) -> Result<Vec<Sighting>, StoreError> {
        const SQL: &str = "select id, sample, digest, seen from sighting order by id";
        let rows: Vec<Row> = on_pool!(self, |pool| sqlx::query_as(SQL).fetch_all(pool).await?);
        rows.into_iter().map(sighting).collect()
    }
}
