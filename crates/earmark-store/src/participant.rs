use earmark_model::{RecipientId, Slug};

use crate::columns::word;
use crate::{Ledger, StoreError};

/// Writes a participant of a drill inside the caller's transaction; once is enough.
macro_rules! insert_participant {
    ($executor:expr, $disclosure:expr, $recipient:expr, $now:expr) => {{
        let recipient: &earmark_model::RecipientId = $recipient;
        sqlx::query(
            "insert into participant (disclosure, recipient, added) values ($1, $2, $3) \
             on conflict (disclosure, recipient) do nothing",
        )
        .bind($disclosure)
        .bind(recipient.as_str())
        .bind($now.0)
        .execute($executor)
        .await
        .map_err(crate::StoreError::on_write("participant", recipient))?
    }};
}
pub(crate) use insert_participant;

impl Ledger {
    /// Who takes part in a drill, by id; nobody for a disclosure that is none.
    pub async fn participants(&self, disclosure: &Slug) -> Result<Vec<RecipientId>, StoreError> {
        const SQL: &str = "select recipient from participant where disclosure = $1 order by recipient";
        let rows: Vec<String> =
            on_pool!(self, |pool| sqlx::query_scalar(SQL).bind(disclosure.as_str()).fetch_all(pool).await?);
        rows.iter().map(|id| word("participant.recipient", id)).collect()
    }
}
