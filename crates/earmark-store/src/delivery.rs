use earmark_model::{RecipientId, Slug, UnixMillis};
use serde::{Deserialize, Serialize};
use sqlx::FromRow;

use crate::columns::{word, words};
use crate::{Ledger, Stage, StoreError};

/// What became of a delivery.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum DeliveryState {
    /// The recipient has it, or may fetch it.
    Released,
    /// Policy said no.
    Denied,
    /// It was called back; the recipient is to say that it is deleted.
    Recalled,
}

words!(DeliveryState { Released = "released", Denied = "denied", Recalled = "recalled" });

/// What one recipient got at one stage, or why not.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Delivery {
    /// The disclosure.
    pub disclosure: Slug,
    /// The stage.
    pub stage: Stage,
    /// Who.
    pub recipient: RecipientId,
    /// `ASSET@DIGEST`, or `notice` for a stage without material.
    pub what: String,
    /// What became of it.
    pub state: DeliveryState,
    /// The policies that decided.
    pub policies: Vec<String>,
    /// When it was decided.
    pub at: UnixMillis,
    /// Until when the recipient is to say that it is deleted.
    pub attest_by: Option<UnixMillis>,
    /// When the recipient said so.
    pub attested: Option<UnixMillis>,
}

#[derive(FromRow)]
struct Row {
    disclosure: String,
    stage: String,
    recipient: String,
    what: String,
    state: String,
    policies: String,
    at: i64,
    attest_by: Option<i64>,
    attested: Option<i64>,
}

fn delivery(row: Row) -> Result<Delivery, StoreError> {
    let policies = serde_json::from_str(&row.policies)
        .map_err(|why| StoreError::Damaged(format!("`delivery.policies`: {why}")))?;
    Ok(Delivery {
        disclosure: word("delivery.disclosure", &row.disclosure)?,
        stage: word("delivery.stage", &row.stage)?,
        recipient: word("delivery.recipient", &row.recipient)?,
        what: row.what,
        state: word("delivery.state", &row.state)?,
        policies,
        at: UnixMillis(row.at),
        attest_by: row.attest_by.map(UnixMillis),
        attested: row.attested.map(UnixMillis),
    })
}

/// Writes a delivery inside the caller's transaction; a denied one may become a released one later.
macro_rules! insert_delivery {
    ($executor:expr, $new:expr) => {{
        let new: &crate::Delivery = $new;
        let policies = serde_json::to_string(&new.policies)
            .map_err(|why| crate::StoreError::Damaged(why.to_string()))?;
        sqlx::query(
            "insert into delivery (disclosure, stage, recipient, what, state, policies, at) \
             values ($1, $2, $3, $4, $5, $6, $7) on conflict (disclosure, stage, recipient, what) do update \
             set state = excluded.state, policies = excluded.policies, at = excluded.at \
             where delivery.state = 'denied'",
        )
        .bind(new.disclosure.as_str())
        .bind(new.stage.word())
        .bind(new.recipient.as_str())
        .bind(&new.what)
        .bind(new.state.word())
        .bind(policies)
        .bind(new.at.0)
        .execute($executor)
        .await
        .map_err(crate::StoreError::on_write("delivery", &new.recipient))?
    }};
}
pub(crate) use insert_delivery;

impl Ledger {
    /// All deliveries of a disclosure.
    pub async fn deliveries(&self, disclosure: &Slug) -> Result<Vec<Delivery>, StoreError> {
        const SQL: &str = "select disclosure, stage, recipient, what, state, policies, at, attest_by, attested \
                           from delivery where disclosure = $1 order by at, recipient, stage, what";
        let rows: Vec<Row> =
            on_pool!(self, |pool| sqlx::query_as(SQL).bind(disclosure.as_str()).fetch_all(pool).await?);
        rows.into_iter().map(delivery).collect()
    }
}
