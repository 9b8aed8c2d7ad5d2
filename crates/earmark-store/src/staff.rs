use earmark_model::{Slug, UnixMillis};
use serde::{Deserialize, Serialize};
use sqlx::FromRow;

use crate::act::insert_act;
use crate::columns::{word, words};
use crate::{Ledger, NewAct, StoreError};

/// What somebody of the owner's may do.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Role {
    /// Staff, keys, settings.
    Administrator,
    /// Partners and disclosures.
    ProgramManager,
    /// Samples, traces.
    Analyst,
    /// Letters, evidence.
    Counsel,
    /// Public words.
    Communications,
    /// The second person of a grave act.
    Approver,
    /// Reads everything but keys and clear addresses.
    Auditor,
}

words!(Role {
    Administrator = "administrator",
    ProgramManager = "program-manager",
    Analyst = "analyst",
    Counsel = "counsel",
    Communications = "communications",
    Approver = "approver",
    Auditor = "auditor",
});

/// One of the owner's people.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Staff {
    /// Name in the history; never reused.
    pub name: Slug,
    /// Where alarms go.
    pub mail: Option<String>,
    /// What they may do.
    pub roles: Vec<Role>,
    /// Since when.
    pub added: UnixMillis,
    /// Since when no more.
    pub left: Option<UnixMillis>,
}

#[derive(FromRow)]
struct Row {
    name: String,
    mail: Option<String>,
    roles: String,
    added: i64,
    left_at: Option<i64>,
}

fn staff(row: Row) -> Result<Staff, StoreError> {
    let roles = serde_json::from_str(&row.roles)
        .map_err(|why| StoreError::Damaged(format!("`staff.roles`: {why}")))?;
    let Row { name, mail, added, left_at, .. } = row;
    Ok(Staff {
        name: word("staff.name", &name)?,
        mail,
        roles,
        added: UnixMillis(added),
        left: left_at.map(UnixMillis),
    })
}

impl Ledger {
    /// Adds one of the owner's people, or gives one that is there other roles, mail or an end.
    ///
    /// # Errors
    /// When the ledger cannot be written.
    pub async fn put_staff(&self, person: &Staff, act: &NewAct) -> Result<(), StoreError> {
        const SQL: &str = "insert into staff (name, mail, roles, added, left_at) values ($1, $2, $3, $4, $5) \
             on conflict (name) do update set mail = excluded.mail, roles = excluded.roles, left_at = excluded.left_at";
        let roles =
            serde_json::to_string(&person.roles).map_err(|why| StoreError::Damaged(why.to_string()))?;
        in_transaction!(self, |connection| {
            sqlx::query(SQL)
                .bind(person.name.as_str())
                .bind(person.mail.as_deref())
                .bind(&roles)
                .bind(person.added.0)
                .bind(person.left.map(|at| at.0))
                .execute(&mut *connection)
                .await
                .map_err(StoreError::on_write("staff", &person.name))?;
            insert_act!(&mut *connection, act);
        });
        Ok(())
    }

    /// All of the owner's people there ever were, by name.
    pub async fn staff(&self) -> Result<Vec<Staff>, StoreError> {
        const SQL: &str = "select name, mail, roles, added, left_at from staff order by name";
        let rows: Vec<Row> = on_pool!(self, |pool| sqlx::query_as(SQL).fetch_all(pool).await?);
        rows.into_iter().map(staff).collect()
    }
}
