use earmark_model::{AssetName, Digest, Slug, UnixMillis};
use serde::{Deserialize, Serialize};
use sqlx::FromRow;

use crate::columns::{digest, word};
use crate::{Ledger, Stage, StoreError};

/// A revision that is handed out at a stage of a disclosure.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Material {
    /// The disclosure.
    pub disclosure: Slug,
    /// At which stage.
    pub stage: Stage,
    /// The asset.
    pub asset: AssetName,
    /// Which content of it.
    pub revision: Digest,
    /// `public` (the public instant), `indefinite`, or an instant in RFC 3339.
    pub confidential_until: String,
    /// Its class under export control, such as `5E002`.
    pub export_class: Option<String>,
    /// When that class was last looked at.
    pub screened: Option<UnixMillis>,
    /// When it was attached.
    pub added: UnixMillis,
    /// When another revision took its place.
    pub superseded: Option<UnixMillis>,
}

#[derive(FromRow)]
struct Row {
    disclosure: String,
    stage: String,
    asset: String,
    revision: Vec<u8>,
    confidential_until: String,
    export_class: Option<String>,
    screened: Option<i64>,
    added: i64,
    superseded: Option<i64>,
}

fn material(row: Row) -> Result<Material, StoreError> {
    Ok(Material {
        disclosure: word("material.disclosure", &row.disclosure)?,
        stage: word("material.stage", &row.stage)?,
        asset: word("material.asset", &row.asset)?,
        revision: digest("material.revision", row.revision)?,
        confidential_until: row.confidential_until,
        export_class: row.export_class,
        screened: row.screened.map(UnixMillis),
        added: UnixMillis(row.added),
        superseded: row.superseded.map(UnixMillis),
    })
}

/// Attaches a material inside the caller's transaction.
macro_rules! insert_material {
    ($executor:expr, $new:expr) => {{
        let new: &crate::Material = $new;
        sqlx::query(
            "insert into material (disclosure, stage, asset, revision, confidential_until, export_class, screened, added) \
             values ($1, $2, $3, $4, $5, $6, $7, $8)",
        )
        .bind(new.disclosure.as_str())
        .bind(new.stage.word())
        .bind(new.asset.as_str())
        .bind(new.revision.0.to_vec())
        .bind(&new.confidential_until)
        .bind(new.export_class.as_deref())
        .bind(new.screened.map(|at| at.0))
        .bind(new.added.0)
        .execute($executor)
        .await
        .map_err(crate::StoreError::on_write("material", &new.asset))?
    }};
}
pub(crate) use insert_material;

impl Ledger {
    /// The materials of a disclosure, superseded ones too, in the order they were attached.
    pub async fn materials(&self, disclosure: &Slug) -> Result<Vec<Material>, StoreError> {
        const SQL: &str = "select disclosure, stage, asset, revision, confidential_until, export_class, screened, \
            added, superseded from material where disclosure = $1 order by added, asset, stage";
        let rows: Vec<Row> =
            on_pool!(self, |pool| sqlx::query_as(SQL).bind(disclosure.as_str()).fetch_all(pool).await?);
        rows.into_iter().map(material).collect()
    }

    /// Everywhere that a revision is attached.
    pub async fn materials_of(&self, revision: &Digest) -> Result<Vec<Material>, StoreError> {
        const SQL: &str = "select disclosure, stage, asset, revision, confidential_until, export_class, screened, \
            added, superseded from material where revision = $1 order by added, disclosure, stage";
        let rows: Vec<Row> =
            on_pool!(self, |pool| sqlx::query_as(SQL).bind(revision.0.to_vec()).fetch_all(pool).await?);
        rows.into_iter().map(material).collect()
    }
}
