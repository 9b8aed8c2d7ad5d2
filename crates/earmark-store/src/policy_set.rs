use std::collections::BTreeMap;

use earmark_model::UnixMillis;
use serde::{Deserialize, Serialize};
use sqlx::FromRow;

use crate::act::insert_act;
use crate::columns::number;
use crate::{Ledger, NewAct, StoreError};

/// Policies that are or were in force.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PolicySet {
    /// Number of the change, from 1.
    pub id: u64,
    /// Texts by file name.
    pub files: BTreeMap<String, String>,
    /// Since when.
    pub since: UnixMillis,
    /// Who put it in force.
    pub actor: String,
}

#[derive(FromRow)]
struct Row {
    id: i64,
    files: String,
    since: i64,
    actor: String,
}

fn policy_set(row: Row) -> Result<PolicySet, StoreError> {
    let files = serde_json::from_str(&row.files)
        .map_err(|why| StoreError::Damaged(format!("`policy_set.files`: {why}")))?;
    Ok(PolicySet {
        id: number("policy_set.id", row.id)?,
        files,
        since: UnixMillis(row.since),
        actor: row.actor,
    })
}

impl Ledger {
    /// Puts policies in force.
    ///
    /// # Errors
    /// When the ledger cannot be written.
    pub async fn put_policies(
        &self,
        files: &BTreeMap<String, String>,
        act: &NewAct,
    ) -> Result<(), StoreError> {
        const SQL: &str = "insert into policy_set (files, since, actor) values ($1, $2, $3)";
        let files = serde_json::to_string(files).map_err(|why| StoreError::Damaged(why.to_string()))?;
        in_transaction!(self, |connection| {
            sqlx::query(SQL)
                .bind(&files)
                .bind(act.at.0)
                .bind(&act.actor)
                .execute(&mut *connection)
                .await
                .map_err(StoreError::on_write("policy", &act.subject))?;
            insert_act!(&mut *connection, act);
        });
        Ok(())
    }

    /// The policies in force, or `None` where none were ever put in force.
    pub async fn policies(&self) -> Result<Option<PolicySet>, StoreError> {
        const SQL: &str = "select id, files, since, actor from policy_set order by id desc limit 1";
        let row: Option<Row> = on_pool!(self, |pool| sqlx::query_as(SQL).fetch_optional(pool).await?);
        row.map(policy_set).transpose()
    }
}
