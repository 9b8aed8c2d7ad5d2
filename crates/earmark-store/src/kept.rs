use earmark_model::{Digest, UnixMillis};

use crate::columns::digest;
use crate::{Ledger, StoreError};

/// The setting that names, by their digests, the blobs in which the log keeps how the rows stood.
pub const STATE_BLOBS: &str = "log.state";

impl Ledger {
    /// Keeps a blob that no other row names (evidence, a report) from being collected; `why` is for
    /// people. Keeping it again changes nothing.
    pub async fn keep_blob(&self, blob: &Digest, why: &str, added: UnixMillis) -> Result<(), StoreError> {
        const SQL: &str = "insert into kept_blob (digest, why, added) values ($1, $2, $3) \
                           on conflict (digest) do nothing";
        on_pool!(self, |pool| sqlx::query(SQL)
            .bind(blob.0.to_vec())
            .bind(why)
            .bind(added.0)
            .execute(pool)
            .await
            .map(drop)?);
        Ok(())
    }

    /// The blobs that rows name directly, with the noun that names each: manifests, indexes, site
    /// tables, readings and what was kept. What a manifest lists is not in it.
    pub async fn named_blobs(&self) -> Result<Vec<(&'static str, Digest)>, StoreError> {
        const SQL: [(&str, &str); 5] = [
            ("manifest", "select manifest from revision"),
            ("index", "select index_blob from revision where index_blob is not null"),
            ("site table", "select site_table from plan"),
            ("reading", "select reading from look where reading is not null"),
            ("kept blob", "select digest from kept_blob"),
        ];
        let mut named = Vec::new();
        for (noun, sql) in SQL {
            let rows: Vec<Vec<u8>> = on_pool!(self, |pool| sqlx::query_scalar(sql).fetch_all(pool).await?);
            for row in rows {
                named.push((noun, digest(noun, row)?));
            }
        }
        for state in self.setting(STATE_BLOBS).await?.unwrap_or_default().split_whitespace() {
            let blob =
                state.parse().map_err(|_| StoreError::Damaged(format!("the setting `{STATE_BLOBS}`")))?;
            named.push(("state", blob));
        }
        Ok(named)
    }
}
