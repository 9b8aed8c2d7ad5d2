use std::collections::HashMap;

use earmark_model::{AssetName, Commitment, PositionNumber, UnixMillis};

use crate::columns::{bytes32, digest, instant, number, word};
use crate::{Ledger, StoreError};

/// A code to be written down, before anything is dealt from it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewCode {
    /// Whose code.
    pub asset: AssetName,
    /// The first is 0; a re-key takes the next.
    pub epoch: u32,
    /// Name of the set that biases are drawn from.
    pub bias_set: String,
    /// Binds the key that biases are drawn with.
    pub bias: Commitment,
    /// When it was made.
    pub created: UnixMillis,
}

/// An asset's positions and biases for one epoch.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Code {
    /// Whose code.
    pub asset: AssetName,
    /// Which epoch.
    pub epoch: u32,
    /// Name of the set that biases are drawn from.
    pub bias_set: String,
    /// Binds the key that biases are drawn with.
    pub bias: Commitment,
    /// How many positions it has so far.
    pub positions: u64,
    /// When it was made.
    pub created: UnixMillis,
}

/// A position to be added, should its key be new.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct NewPosition {
    /// The key that sites of this position share.
    pub site_key: [u8; 32],
    /// How many symbols it has.
    pub k: u8,
}

/// One secret choice of a code.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Position {
    /// Its number: from 0, without gaps, in order of addition.
    pub number: PositionNumber,
    /// The key that its sites share.
    pub site_key: [u8; 32],
    /// How many symbols it has.
    pub k: u8,
}

type CodeRow = (String, i64, String, Vec<u8>, Vec<u8>, i64, i64);
type PositionRow = (i64, Vec<u8>, i64);

/// Rows per statement: four values each, and SQLite takes at most 32,766 values.
const ROWS_AT_ONCE: usize = 8_000;

fn code(
    (asset, epoch, bias_set, commitment, nonce, positions, created): CodeRow,
) -> Result<Code, StoreError> {
    Ok(Code {
        asset: word("code.asset", &asset)?,
        epoch: number("code.epoch", epoch)?,
        bias_set,
        bias: Commitment {
            digest: digest("code.bias_commitment", commitment)?,
            nonce: bytes32("code.bias_nonce", nonce)?,
        },
        positions: number("code.positions", positions)?,
        created: instant(created),
    })
}

fn position((position, site_key, k): PositionRow) -> Result<Position, StoreError> {
    Ok(Position {
        number: PositionNumber(number("position.number", position)?),
        site_key: bytes32("position.site_key", site_key)?,
        k: number("position.k", k)?,
    })
}

/// Which positions are new, numbered from `next` on in the order given, each key once.
fn additions(
    known: &mut HashMap<[u8; 32], Position>,
    mut next: i64,
    wanted: &[NewPosition],
) -> Result<Vec<Position>, StoreError> {
    let mut added = Vec::new();
    for new in wanted {
        match known.get(&new.site_key) {
            Some(there) if there.k == new.k => {}
            Some(there) => {
                return Err(StoreError::Differs { what: "position", name: there.number.0.to_string() });
            }
            None => {
                let number = PositionNumber(number("position.number", next)?);
                let position = Position { number, site_key: new.site_key, k: new.k };
                known.insert(new.site_key, position);
                added.push(position);
                next += 1;
            }
        }
    }
    Ok(added)
}

impl Ledger {
    /// Adds the code of a new epoch.
    ///
    /// # Errors
    /// [`StoreError::AlreadyThere`] when the asset has a code for that epoch;
    /// [`StoreError::Refused`] when there is no such asset.
    pub async fn add_code(&self, new: &NewCode) -> Result<(), StoreError> {
        const SQL: &str = "insert into code (asset, epoch, bias_set, bias_commitment, bias_nonce, positions, created) \
             values ($1, $2, $3, $4, $5, 0, $6)";
        on_pool!(self, |pool| sqlx::query(SQL)
            .bind(new.asset.as_str())
            .bind(i64::from(new.epoch))
            .bind(&new.bias_set)
            .bind(new.bias.digest.0.to_vec())
            .bind(new.bias.nonce.to_vec())
            .bind(new.created.0)
            .execute(pool)
            .await
            .map(drop)
            .map_err(StoreError::on_write("code", format!("{} epoch {}", new.asset, new.epoch)))?);
        Ok(())
    }

    /// The codes of an asset, by epoch.
    pub async fn codes(&self, asset: &AssetName) -> Result<Vec<Code>, StoreError> {
        const SQL: &str = "select asset, epoch, bias_set, bias_commitment, bias_nonce, positions, created \
                           from code where asset = $1 order by epoch";
        let rows: Vec<CodeRow> =
            on_pool!(self, |pool| sqlx::query_as(SQL).bind(asset.as_str()).fetch_all(pool).await?);
        rows.into_iter().map(code).collect()
    }

    /// The code of one epoch.
    ///
    /// # Errors
    /// [`StoreError::NotThere`].
    pub async fn code(&self, asset: &AssetName, epoch: u32) -> Result<Code, StoreError> {
        const SQL: &str = "select asset, epoch, bias_set, bias_commitment, bias_nonce, positions, created \
                           from code where asset = $1 and epoch = $2";
        let row: Option<CodeRow> = on_pool!(self, |pool| sqlx::query_as(SQL)
            .bind(asset.as_str())
            .bind(i64::from(epoch))
            .fetch_optional(pool)
            .await?);
        row.map_or_else(|| Err(StoreError::not_there("code", format!("{asset} epoch {epoch}"))), code)
    }

    /// Gives every wanted key its position: the one it has, or the next free number in the order given.
    ///
    /// Answers in the order of `wanted`; a key that occurs twice gets one position. All in one
    /// transaction, so that two processes protecting at once never share a number.
    ///
    /// # Errors
    /// [`StoreError::NotThere`] for the code; [`StoreError::Differs`] when a key is there with another k.
    pub async fn extend_positions(
        &self,
        asset: &AssetName,
        epoch: u32,
        wanted: &[NewPosition],
    ) -> Result<Vec<Position>, StoreError> {
        // Setting the count to itself takes the code's lock before the positions are read.
        const LOCK: &str = "update code set positions = positions where asset = $1 and epoch = $2 \
                            returning id, positions";
        const KNOWN: &str = "select number, site_key, k from position where code = $1";
        const COUNT: &str = "update code set positions = positions + $2 where id = $1";
        let known: HashMap<[u8; 32], Position> = in_transaction!(self, |connection| {
            let held: Option<(i64, i64)> = sqlx::query_as(LOCK)
                .bind(asset.as_str())
                .bind(i64::from(epoch))
                .fetch_optional(&mut *connection)
                .await?;
            let Some((id, positions)) = held else {
                return Err(StoreError::not_there("code", format!("{asset} epoch {epoch}")));
            };
            let rows: Vec<PositionRow> = sqlx::query_as(KNOWN).bind(id).fetch_all(&mut *connection).await?;
            let mut known = HashMap::with_capacity(rows.len() + wanted.len());
            for row in rows {
                let there = position(row)?;
                known.insert(there.site_key, there);
            }
            let added = additions(&mut known, positions, wanted)?;
            for some in added.chunks(ROWS_AT_ONCE) {
                let mut insert = sqlx::QueryBuilder::new("insert into position (code, number, site_key, k) ");
                insert.push_values(some, |mut row, new| {
                    row.push_bind(id)
                        .push_bind(i64::from(new.number.0))
                        .push_bind(new.site_key.to_vec())
                        .push_bind(i64::from(new.k));
                });
                insert
                    .build()
                    .persistent(false)
                    .execute(&mut *connection)
                    .await
                    .map_err(StoreError::on_write("position", asset))?;
            }
            let more = i64::try_from(added.len()).unwrap_or(i64::MAX);
            sqlx::query(COUNT).bind(id).bind(more).execute(&mut *connection).await?;
            known
        });
        Ok(wanted.iter().filter_map(|new| known.get(&new.site_key).copied()).collect())
    }

    /// All positions of a code, by number; none when there is no such code.
    pub async fn positions(&self, asset: &AssetName, epoch: u32) -> Result<Vec<Position>, StoreError> {
        const SQL: &str = "select number, site_key, k from position \
                           join code on code.id = position.code \
                           where asset = $1 and epoch = $2 order by number";
        let rows: Vec<PositionRow> = on_pool!(self, |pool| sqlx::query_as(SQL)
            .bind(asset.as_str())
            .bind(i64::from(epoch))
            .fetch_all(pool)
            .await?);
        rows.into_iter().map(position).collect()
    }

    /// All positions of a code by their site key.
    pub async fn position_map(
        &self,
        asset: &AssetName,
        epoch: u32,
    ) -> Result<HashMap<[u8; 32], Position>, StoreError> {
        let positions = self.positions(asset, epoch).await?;
        Ok(positions.into_iter().map(|position| (position.site_key, position)).collect())
    }
}
