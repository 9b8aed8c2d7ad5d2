//! The documents that commitments of plans and copies bind, the same when they are made and when they are opened.

use earmark_model::{Digest, RecipientId, UnixMillis};
use earmark_odds::code::code_id;
use earmark_store::{Copy, Plan};
use serde_json::{Value, json};

use crate::codes;
use crate::desk::Desk;
use crate::error::DeskError;

/// What a plan binds.
pub(crate) struct PlanFacts<'a> {
    pub(crate) asset: &'a str,
    pub(crate) bias_key: [u8; 32],
    pub(crate) bias_set: String,
    pub(crate) catalog: String,
    pub(crate) code: Digest,
    pub(crate) reader: String,
    pub(crate) revision: Digest,
    pub(crate) rule: &'a str,
    pub(crate) site_table: Digest,
}

/// The document of a plan.
pub(crate) fn plan(facts: &PlanFacts<'_>) -> Value {
    json!({
        "asset": facts.asset,
        "bias_key_sha256": Digest::of(&facts.bias_key).to_string(),
        "bias_set": facts.bias_set,
        "catalog": facts.catalog,
        "code": facts.code.to_string(),
        "reader": facts.reader,
        "revision": facts.revision.to_string(),
        "rule": facts.rule,
        "site_table": facts.site_table.to_string(),
    })
}

/// The document of a recorded plan; the key of its biases follows from the program key.
///
/// # Errors
/// When the program key cannot be had, or rows are missing.
pub(crate) async fn recorded_plan(desk: &Desk, recorded: &Plan) -> Result<Value, DeskError> {
    let row = &recorded.plan;
    let asset = desk.ledger().asset(&row.asset).await?;
    let bias = codes::bias_set(&desk.ledger().code(&row.asset, row.epoch).await?)?;
    let code = codes::open(desk, &asset.id, row.epoch, bias)?;
    Ok(plan(&PlanFacts {
        asset: row.asset.as_str(),
        bias_key: code.bias_key(),
        bias_set: bias.to_string(),
        catalog: row.catalog.clone(),
        code: Digest(code_id(&asset.id, row.epoch)),
        reader: row.reader.clone(),
        revision: row.revision,
        rule: &row.rule,
        site_table: row.site_table,
    }))
}

/// The document of a copy.
pub(crate) fn copy(copy_sha256: Digest, issued: UnixMillis, plan: Digest, recipient: &RecipientId) -> Value {
    json!({
        "copy": copy_sha256.to_string(),
        "issued": issued.rfc3339(),
        "plan": plan.to_string(),
        "recipient": recipient.as_str(),
    })
}

/// The document of a recorded copy.
pub(crate) fn recorded_copy(recorded: &Copy) -> Value {
    let row = &recorded.copy;
    copy(row.copy_sha256, row.issued, row.plan, &row.recipient)
}
