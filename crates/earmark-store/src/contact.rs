use earmark_model::{KeyKind, Slug, UnixMillis};
use serde::{Deserialize, Serialize};

use crate::act::insert_act;
use crate::columns::{instant, word, words};
use crate::{Ledger, NewAct, StoreError};

/// A person at a partner.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Contact {
    /// The partner.
    pub partner: Slug,
    /// The person's name in addresses, unique at the partner.
    pub slug: Slug,
    /// The person's name for people.
    pub name: String,
    /// Where mail goes, if mail is wanted.
    pub mail: Option<String>,
    /// When the person was added.
    pub added: UnixMillis,
}

/// Where a key is in its life.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum KeyStatus {
    /// Handed in, not yet proven.
    Added,
    /// Its holder answered a message that only the key opens.
    Verified,
    /// Past its own date.
    Expired,
    /// Replaced by another key.
    Rotated,
    /// Declared unsafe.
    Revoked,
}

words!(KeyStatus {
    Added = "added",
    Verified = "verified",
    Expired = "expired",
    Rotated = "rotated",
    Revoked = "revoked",
});

impl KeyStatus {
    /// Whether bundles may be sealed to a key in this status.
    #[must_use]
    pub fn usable(self) -> bool {
        matches!(self, Self::Added | Self::Verified)
    }
}

/// A public key of a contact.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ContactKey {
    /// The contact's partner.
    pub partner: Slug,
    /// The contact.
    pub contact: Slug,
    /// What it is.
    pub kind: KeyKind,
    /// The key as text: `age1...`, an OpenSSH line, an armored certificate.
    pub public_text: String,
    /// Its fingerprint in the way of its kind.
    pub fingerprint: String,
    /// When it was added.
    pub added: UnixMillis,
    /// Where it is in its life.
    pub status: KeyStatus,
}

type ContactRow = (String, String, String, Option<String>, i64);
type KeyRow = (String, String, String, String, String, i64, String);

fn contact((partner, slug, name, mail, added): ContactRow) -> Result<Contact, StoreError> {
    Ok(Contact {
        partner: word("contact.partner", &partner)?,
        slug: word("contact.slug", &slug)?,
        name,
        mail,
        added: instant(added),
    })
}

fn key(row: KeyRow) -> Result<ContactKey, StoreError> {
    let (partner, contact, kind, public_text, fingerprint, added, status) = row;
    Ok(ContactKey {
        partner: word("contact_key.partner", &partner)?,
        contact: word("contact_key.contact", &contact)?,
        kind: word("contact_key.kind", &kind)?,
        public_text,
        fingerprint,
        added: instant(added),
        status: word("contact_key.status", &status)?,
    })
}

/// Writes a contact; `$conflict` says what becomes of one that is there.
macro_rules! write_contact {
    ($executor:expr, $new:expr, $conflict:literal) => {{
        let new: &crate::Contact = $new;
        sqlx::query(concat!(
            "insert into contact (partner, slug, name, mail, added) values ($1, $2, $3, $4, $5)",
            $conflict
        ))
        .bind(new.partner.as_str())
        .bind(new.slug.as_str())
        .bind(&new.name)
        .bind(new.mail.as_deref())
        .bind(new.added.0)
        .execute($executor)
        .await
        .map(drop)
        .map_err(crate::StoreError::on_write("contact", format!("{}/{}", new.partner, new.slug)))?
    }};
}
pub(crate) use write_contact;

/// Writes a contact, through a pool or inside the caller's transaction.
macro_rules! insert_contact {
    ($executor:expr, $new:expr) => {
        crate::contact::write_contact!($executor, $new, "")
    };
}
pub(crate) use insert_contact;

/// Writes a contact, or what can change of one that is there, inside the caller's transaction.
macro_rules! put_contact {
    ($executor:expr, $new:expr) => {
        crate::contact::write_contact!(
            $executor,
            $new,
            " on conflict (partner, slug) do update set name = excluded.name, mail = excluded.mail"
        )
    };
}
pub(crate) use put_contact;

/// Writes a contact's key, through a pool or inside the caller's transaction.
macro_rules! insert_contact_key {
    ($executor:expr, $new:expr) => {{
        let new: &crate::ContactKey = $new;
        sqlx::query(
            "insert into contact_key (partner, contact, kind, public_text, fingerprint, added, status) \
             values ($1, $2, $3, $4, $5, $6, $7)",
        )
        .bind(new.partner.as_str())
        .bind(new.contact.as_str())
        .bind(new.kind.word())
        .bind(&new.public_text)
        .bind(&new.fingerprint)
        .bind(new.added.0)
        .bind(new.status.word())
        .execute($executor)
        .await
        .map(drop)
        .map_err(crate::StoreError::on_write("key", &new.fingerprint))?
    }};
}
pub(crate) use insert_contact_key;

/// Moves a key to another status; gives the number of rows.
macro_rules! set_key_status {
    ($executor:expr, $partner:expr, $contact:expr, $fingerprint:expr, $status:expr) => {
        sqlx::query(
            "update contact_key set status = $4 where partner = $1 and contact = $2 and fingerprint = $3",
        )
        .bind($partner.as_str())
        .bind($contact.as_str())
        .bind($fingerprint)
        .bind($status.word())
        .execute($executor)
        .await?
        .rows_affected()
    };
}
pub(crate) use set_key_status;

impl Ledger {
    /// Adds a contact to a partner that is there.
    ///
    /// # Errors
    /// [`StoreError::AlreadyThere`]; [`StoreError::Refused`] when there is no such partner.
    pub async fn add_contact(&self, new: &Contact) -> Result<(), StoreError> {
        on_pool!(self, |pool| insert_contact!(pool, new));
        Ok(())
    }

    /// Adds a contact to a partner that is there, or gives one that is there another name or address.
    ///
    /// # Errors
    /// [`StoreError::Refused`] when there is no such partner.
    pub async fn put_contact(&self, new: &Contact, act: &NewAct) -> Result<(), StoreError> {
        in_transaction!(self, |connection| {
            put_contact!(&mut *connection, new);
            insert_act!(&mut *connection, act);
        });
        Ok(())
    }

    /// The contacts of a partner, by slug; none when there is no such partner.
    pub async fn contacts(&self, partner: &Slug) -> Result<Vec<Contact>, StoreError> {
        const SQL: &str =
            "select partner, slug, name, mail, added from contact where partner = $1 order by slug";
        let rows: Vec<ContactRow> =
            on_pool!(self, |pool| sqlx::query_as(SQL).bind(partner.as_str()).fetch_all(pool).await?);
        rows.into_iter().map(contact).collect()
    }

    /// The contacts of all partners, by partner and slug.
    pub async fn all_contacts(&self) -> Result<Vec<Contact>, StoreError> {
        const SQL: &str = "select partner, slug, name, mail, added from contact order by partner, slug";
        let rows: Vec<ContactRow> = on_pool!(self, |pool| sqlx::query_as(SQL).fetch_all(pool).await?);
        rows.into_iter().map(contact).collect()
    }

    /// Adds a key to a contact that is there.
    ///
    /// # Errors
    /// [`StoreError::AlreadyThere`] when the contact holds a key of that fingerprint;
    /// [`StoreError::Refused`] when there is no such contact.
    pub async fn add_contact_key(&self, new: &ContactKey) -> Result<(), StoreError> {
        on_pool!(self, |pool| insert_contact_key!(pool, new));
        Ok(())
    }

    /// All keys of all contacts of a partner, whatever their status, in order of addition.
    pub async fn contact_keys(&self, partner: &Slug) -> Result<Vec<ContactKey>, StoreError> {
        const SQL: &str = "select partner, contact, kind, public_text, fingerprint, added, status \
                           from contact_key where partner = $1 order by added, contact, fingerprint";
        let rows: Vec<KeyRow> =
            on_pool!(self, |pool| sqlx::query_as(SQL).bind(partner.as_str()).fetch_all(pool).await?);
        rows.into_iter().map(key).collect()
    }

    /// Moves a contact's key to another status.
    ///
    /// # Errors
    /// [`StoreError::NotThere`].
    pub async fn set_key_status(
        &self,
        partner: &Slug,
        contact: &Slug,
        fingerprint: &str,
        status: KeyStatus,
    ) -> Result<(), StoreError> {
        let rows = on_pool!(self, |pool| set_key_status!(pool, partner, contact, fingerprint, status));
        if rows == 0 { Err(StoreError::not_there("key", fingerprint)) } else { Ok(()) }
    }
}
