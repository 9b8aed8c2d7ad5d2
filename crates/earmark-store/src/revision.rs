use earmark_model::{AssetName, Digest, UnixMillis};

use crate::columns::{count, digest, instant, number, optional_digest, word};
use crate::error::named;
use crate::{Ledger, StoreError};

/// One immutable content of an asset.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Revision {
    /// Its name: the digest of its manifest (see [`earmark_model::Manifest::digest`]).
    pub digest: Digest,
    /// Of which asset.
    pub asset: AssetName,
    /// The revision that it follows.
    pub succeeds: Option<Digest>,
    /// The blob that holds its manifest (see [`crate::Vault::put_manifest`]).
    pub manifest: Digest,
    /// The blob that holds its detection index, once built.
    pub index_blob: Option<Digest>,
    /// Files and symbolic links.
    pub files: u64,
    /// Bytes in all files.
    pub bytes: u64,
    /// Lines in all files.
    pub lines: u64,
    /// What in it is public or another's: JSON, kept verbatim.
    pub upstream: String,
    /// When it was protected.
    pub created: UnixMillis,
}

type Row = (Vec<u8>, String, Option<Vec<u8>>, Vec<u8>, Option<Vec<u8>>, i64, i64, i64, String, i64);

fn revision(row: Row) -> Result<Revision, StoreError> {
    let (name, asset, succeeds, manifest, index_blob, files, bytes, lines, upstream, created) = row;
    Ok(Revision {
        digest: digest("revision.digest", name)?,
        asset: word("revision.asset", &asset)?,
        succeeds: optional_digest("revision.succeeds", succeeds)?,
        manifest: digest("revision.manifest", manifest)?,
        index_blob: optional_digest("revision.index_blob", index_blob)?,
        files: number("revision.files", files)?,
        bytes: number("revision.bytes", bytes)?,
        lines: number("revision.lines", lines)?,
        upstream,
        created: instant(created),
    })
}

macro_rules! select {
    ($rest:literal) => {
        concat!(
            "select digest, asset, succeeds, manifest, index_blob, files, bytes, lines, upstream, created \
             from revision ",
            $rest
        )
    };
}

impl Ledger {
    /// Adds a revision, whose blobs are in the vault by now.
    ///
    /// # Errors
    /// [`StoreError::AlreadyThere`], also when another asset has this content;
    /// [`StoreError::Refused`] when the asset or the predecessor is not there.
    pub async fn add_revision(&self, new: &Revision) -> Result<(), StoreError> {
        const SQL: &str = "insert into revision \
            (digest, asset, succeeds, manifest, index_blob, files, bytes, lines, upstream, created) \
            values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)";
        on_pool!(self, |pool| sqlx::query(SQL)
            .bind(new.digest.0.to_vec())
            .bind(new.asset.as_str())
            .bind(new.succeeds.map(|digest| digest.0.to_vec()))
            .bind(new.manifest.0.to_vec())
            .bind(new.index_blob.map(|digest| digest.0.to_vec()))
            .bind(count("revision", new.files)?)
            .bind(count("revision", new.bytes)?)
            .bind(count("revision", new.lines)?)
            .bind(&new.upstream)
            .bind(new.created.0)
            .execute(pool)
            .await
            .map(drop)
            .map_err(StoreError::on_write("revision", named(&new.digest)))?);
        Ok(())
    }

    /// Says which blob holds the revision's detection index; an earlier one becomes an orphan.
    ///
    /// # Errors
    /// [`StoreError::NotThere`].
    pub async fn set_index_blob(&self, revision: &Digest, index_blob: &Digest) -> Result<(), StoreError> {
        const SQL: &str = "update revision set index_blob = $2 where digest = $1";
        let rows = on_pool!(self, |pool| sqlx::query(SQL)
            .bind(revision.0.to_vec())
            .bind(index_blob.0.to_vec())
            .execute(pool)
            .await?
            .rows_affected());
        if rows == 0 { Err(StoreError::not_there("revision", named(revision))) } else { Ok(()) }
    }

    /// The revision of that digest.
    ///
    /// # Errors
    /// [`StoreError::NotThere`].
    pub async fn revision(&self, name: &Digest) -> Result<Revision, StoreError> {
        const SQL: &str = select!("where digest = $1");
        let row: Option<Row> =
            on_pool!(self, |pool| sqlx::query_as(SQL).bind(name.0.to_vec()).fetch_optional(pool).await?);
        row.map_or_else(|| Err(StoreError::not_there("revision", named(name))), revision)
    }

    /// The revisions of an asset, oldest first.
    pub async fn revisions_of(&self, asset: &AssetName) -> Result<Vec<Revision>, StoreError> {
        const SQL: &str = select!("where asset = $1 order by created, digest");
        let rows: Vec<Row> =
            on_pool!(self, |pool| sqlx::query_as(SQL).bind(asset.as_str()).fetch_all(pool).await?);
        rows.into_iter().map(revision).collect()
    }

    /// All revisions, oldest first.
    pub async fn revisions(&self) -> Result<Vec<Revision>, StoreError> {
        const SQL: &str = select!("order by created, digest");
        let rows: Vec<Row> = on_pool!(self, |pool| sqlx::query_as(SQL).fetch_all(pool).await?);
        rows.into_iter().map(revision).collect()
    }
}
