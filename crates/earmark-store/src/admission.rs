use crate::{Contact, ContactKey, Ledger, Partner, Recipient, StoreError};
use earmark_model::Slug;

/// A partner with everything that comes with it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Admission {
    /// The partner.
    pub partner: Partner,
    /// Its first contact.
    pub contact: Contact,
    /// That contact's keys.
    pub keys: Vec<ContactKey>,
    /// The recipient that copies are made for.
    pub recipient: Recipient,
}

impl Ledger {
    /// Adds partners with their contacts, keys and recipients, all or none.
    ///
    /// # Errors
    /// [`StoreError::AlreadyThere`] for a slug or key that is taken, [`StoreError::Refused`] for a row that a rule
    /// refuses; then nothing was added.
    pub async fn admit(&self, admissions: &[Admission]) -> Result<(), StoreError> {
        const PARTNER: &str = "insert into partner (slug, name, country, tier, status, added) \
                               values ($1, $2, $3, $4, $5, $6)";
        const CONTACT: &str =
            "insert into contact (partner, slug, name, mail, added) values ($1, $2, $3, $4, $5)";
        const KEY: &str = "insert into contact_key (partner, contact, kind, public_text, fingerprint, added, status) \
                           values ($1, $2, $3, $4, $5, $6, $7)";
        const RECIPIENT: &str = "insert into recipient (id, kind, partner, contact, added) \
                                 values ($1, $2, $3, $4, $5) on conflict (id) do nothing";
        in_transaction!(self, |connection| {
            for Admission { partner, contact, keys, recipient } in admissions {
                sqlx::query(PARTNER)
                    .bind(partner.slug.as_str())
                    .bind(&partner.name)
                    .bind(&partner.country)
                    .bind(partner.tier.as_str())
                    .bind(partner.status.word())
                    .bind(partner.added.0)
                    .execute(&mut *connection)
                    .await
                    .map_err(StoreError::on_write("partner", &partner.slug))?;
                sqlx::query(CONTACT)
                    .bind(contact.partner.as_str())
                    .bind(contact.slug.as_str())
                    .bind(&contact.name)
                    .bind(contact.mail.as_deref())
                    .bind(contact.added.0)
                    .execute(&mut *connection)
                    .await
                    .map_err(StoreError::on_write("contact", &contact.slug))?;
                for key in keys {
                    sqlx::query(KEY)
                        .bind(key.partner.as_str())
                        .bind(key.contact.as_str())
                        .bind(key.kind.word())
                        .bind(&key.public_text)
                        .bind(&key.fingerprint)
                        .bind(key.added.0)
                        .bind(key.status.word())
                        .execute(&mut *connection)
                        .await
                        .map_err(StoreError::on_write("key", &key.fingerprint))?;
                }
                sqlx::query(RECIPIENT)
                    .bind(recipient.id.as_str())
                    .bind(recipient.kind.word())
                    .bind(recipient.partner.as_ref().map(Slug::as_str))
                    .bind(recipient.contact.as_ref().map(Slug::as_str))
                    .bind(recipient.added.0)
                    .execute(&mut *connection)
                    .await
                    .map_err(StoreError::on_write("recipient", &recipient.id))?;
            }
        });
        Ok(())
    }
}
