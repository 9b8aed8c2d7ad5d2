use crate::{Ledger, StoreError};

impl Ledger {
    /// Sets `name` to `value`, whatever it was.
    pub async fn set_setting(&self, name: &str, value: &str) -> Result<(), StoreError> {
        const SQL: &str = "insert into setting (name, value) values ($1, $2) \
                           on conflict (name) do update set value = excluded.value";
        on_pool!(self, |pool| sqlx::query(SQL).bind(name).bind(value).execute(pool).await.map(drop)?);
        Ok(())
    }

    /// The value of `name`, or `None` when it was never set.
    pub async fn setting(&self, name: &str) -> Result<Option<String>, StoreError> {
        const SQL: &str = "select value from setting where name = $1";
        Ok(on_pool!(self, |pool| sqlx::query_scalar(SQL).bind(name).fetch_optional(pool).await?))
    }
}
