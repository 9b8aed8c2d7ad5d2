use crate::act::insert_act;
use crate::contact::{insert_contact, insert_contact_key, put_contact};
use crate::key_life::put_key_life;
use crate::partner::{insert_partner, update_partner};
use crate::recipient::insert_recipient;
use crate::{Contact, ContactKey, KeyLife, Ledger, NewAct, Partner, Recipient, StoreError};

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

/// Everything that an import writes.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Intake {
    /// New partners.
    pub admissions: Vec<Admission>,
    /// Partners that are there, as they are to be.
    pub partners: Vec<Partner>,
    /// People, new or as they are to be.
    pub contacts: Vec<Contact>,
    /// New keys with their lives.
    pub keys: Vec<(ContactKey, KeyLife)>,
    /// The lines of history.
    pub acts: Vec<NewAct>,
}

impl Ledger {
    /// Writes all of it or nothing.
    ///
    /// # Errors
    /// As [`Ledger::admit`] and [`Ledger::change_partners`].
    pub async fn take_in(&self, intake: &Intake) -> Result<(), StoreError> {
        in_transaction!(self, |connection| {
            for Admission { partner, contact, keys, recipient } in &intake.admissions {
                insert_partner!(&mut *connection, partner);
                insert_contact!(&mut *connection, contact);
                for key in keys {
                    insert_contact_key!(&mut *connection, key);
                }
                insert_recipient!(&mut *connection, recipient);
            }
            for changed in &intake.partners {
                if update_partner!(&mut *connection, changed) == 0 {
                    return Err(StoreError::not_there("partner", &changed.slug));
                }
            }
            for contact in &intake.contacts {
                put_contact!(&mut *connection, contact);
            }
            for (key, life) in &intake.keys {
                insert_contact_key!(&mut *connection, key);
                put_key_life!(&mut *connection, life);
            }
            for act in &intake.acts {
                insert_act!(&mut *connection, act);
            }
        });
        Ok(())
    }

    /// Adds partners with their contacts, keys and recipients, all or none.
    ///
    /// # Errors
    /// [`StoreError::AlreadyThere`] for a slug or key that is taken, [`StoreError::Refused`] for a row that a rule
    /// refuses; then nothing was added.
    pub async fn admit(&self, admissions: &[Admission]) -> Result<(), StoreError> {
        self.import(admissions, &[]).await
    }

    /// Adds partners and changes others, each change with its line of history, all or none.
    ///
    /// # Errors
    /// As [`Ledger::admit`] and [`Ledger::change_partners`].
    pub async fn import(
        &self,
        admissions: &[Admission],
        changes: &[(Partner, NewAct)],
    ) -> Result<(), StoreError> {
        in_transaction!(self, |connection| {
            for Admission { partner, contact, keys, recipient } in admissions {
                insert_partner!(&mut *connection, partner);
                insert_contact!(&mut *connection, contact);
                for key in keys {
                    insert_contact_key!(&mut *connection, key);
                }
                insert_recipient!(&mut *connection, recipient);
            }
            for (changed, act) in changes {
                if update_partner!(&mut *connection, changed) == 0 {
                    return Err(StoreError::not_there("partner", &changed.slug));
                }
                insert_act!(&mut *connection, act);
            }
        });
        Ok(())
    }
}
