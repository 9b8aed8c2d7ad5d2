use earmark_model::{RecipientId, Slug, UnixMillis};
use serde::{Deserialize, Serialize};

use crate::columns::{instant, word, words};
use crate::{Ledger, StoreError};

/// What a recipient stands for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum RecipientKind {
    /// A whole partner; the id is its slug.
    Partner,
    /// One person of a partner with a need-to-know roster; the id is `partner/contact`.
    Contact,
    /// One of the owner's staff; the id is `@owner/name`.
    Owner,
}

words!(RecipientKind { Partner = "partner", Contact = "contact", Owner = "owner" });

/// Whoever a copy is made for.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Recipient {
    /// Never changes, never reused.
    pub id: RecipientId,
    /// What it stands for; agrees with the id.
    pub kind: RecipientKind,
    /// The partner, unless the owner's.
    pub partner: Option<Slug>,
    /// The person, where copies are per person.
    pub contact: Option<Slug>,
    /// When it was added.
    pub added: UnixMillis,
}

type Row = (String, String, Option<String>, Option<String>, i64);

fn recipient((id, kind, partner, contact, added): Row) -> Result<Recipient, StoreError> {
    Ok(Recipient {
        id: word("recipient.id", &id)?,
        kind: word("recipient.kind", &kind)?,
        partner: partner.map(|slug| word("recipient.partner", &slug)).transpose()?,
        contact: contact.map(|slug| word("recipient.contact", &slug)).transpose()?,
        added: instant(added),
    })
}

impl Recipient {
    /// The recipient that an id stands for: its kind, partner and contact follow from the id.
    #[must_use]
    pub fn of(id: RecipientId, added: UnixMillis) -> Self {
        let (kind, partner, contact) = match id.as_str().split_once('/') {
            Some(("@owner", _)) => (RecipientKind::Owner, None, None),
            Some((partner, contact)) => (RecipientKind::Contact, partner.parse().ok(), contact.parse().ok()),
            None => (RecipientKind::Partner, id.as_str().parse().ok(), None),
        };
        Self { id, kind, partner, contact, added }
    }
}

/// Writes a recipient unless it is there, inside the caller's transaction.
macro_rules! insert_recipient {
    ($executor:expr, $new:expr) => {{
        let new: &crate::Recipient = $new;
        sqlx::query(
            "insert into recipient (id, kind, partner, contact, added) values ($1, $2, $3, $4, $5) \
             on conflict (id) do nothing",
        )
        .bind(new.id.as_str())
        .bind(new.kind.word())
        .bind(new.partner.as_ref().map(earmark_model::Slug::as_str))
        .bind(new.contact.as_ref().map(earmark_model::Slug::as_str))
        .bind(new.added.0)
        .execute($executor)
        .await
        .map(drop)
        .map_err(crate::StoreError::on_write("recipient", &new.id))?
    }};
}
pub(crate) use insert_recipient;

impl Ledger {
    /// Adds a recipient, or answers with the one that is there.
    ///
    /// # Errors
    /// [`StoreError::Refused`] when its partner or contact is not there, or the row contradicts the id.
    pub async fn ensure_recipient(&self, new: &Recipient) -> Result<Recipient, StoreError> {
        const SELECT: &str = "select id, kind, partner, contact, added from recipient where id = $1";
        let row: Row = in_transaction!(self, |connection| {
            insert_recipient!(&mut *connection, new);
            sqlx::query_as(SELECT).bind(new.id.as_str()).fetch_one(&mut *connection).await?
        });
        recipient(row)
    }

    /// The recipient of that id.
    ///
    /// # Errors
    /// [`StoreError::NotThere`].
    pub async fn recipient(&self, id: &RecipientId) -> Result<Recipient, StoreError> {
        const SQL: &str = "select id, kind, partner, contact, added from recipient where id = $1";
        let row: Option<Row> =
            on_pool!(self, |pool| sqlx::query_as(SQL).bind(id.as_str()).fetch_optional(pool).await?);
        row.map_or_else(|| Err(StoreError::not_there("recipient", id)), recipient)
    }

    /// All recipients there ever were, by id.
    pub async fn recipients(&self) -> Result<Vec<Recipient>, StoreError> {
        const SQL: &str = "select id, kind, partner, contact, added from recipient order by id";
        let rows: Vec<Row> = on_pool!(self, |pool| sqlx::query_as(SQL).fetch_all(pool).await?);
        rows.into_iter().map(recipient).collect()
    }
}
