//! Changing a disclosure: everything that belongs to one act is one transaction.

use earmark_model::{Digest, RecipientId, Slug, UnixMillis};

use crate::act::insert_act;
use crate::delivery::insert_delivery;
use crate::disclosure::{INSERT, UPDATE, bind_disclosure};
use crate::job::insert_job;
use crate::material::insert_material;
use crate::message::insert_message;
use crate::participant::insert_participant;
use crate::{
    Delivery, Disclosure, InstantState, Ledger, Material, NewAct, NewJob, NewMessage, Stage, StageInstant,
    StoreError,
};

/// What one act changes about a disclosure.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DisclosureChange {
    /// The disclosure as it shall be, with the `edition` that it was read with.
    pub disclosure: Disclosure,
    /// Instants to set: each supersedes the open one of its stage and tier.
    pub instants: Vec<StageInstant>,
    /// Open instants to move to another state (stage, tier, state).
    pub moves: Vec<(Stage, Slug, InstantState)>,
    /// Materials to attach.
    pub materials: Vec<Material>,
    /// Materials that others take the place of (stage, revision).
    pub superseded: Vec<(Stage, Digest)>,
    /// Deliveries to call back (stage, recipient, what), to be attested by the instant.
    pub recalled: Vec<(Stage, RecipientId, String, UnixMillis)>,
    /// Deliveries whose deletion was attested (stage, recipient, what).
    pub attested: Vec<(Stage, RecipientId, String)>,
    /// Questions whose answers go out, each once and not before its instant.
    pub answers: Vec<u64>,
    /// Who takes part, where it is a drill.
    pub participants: Vec<RecipientId>,
    /// Whom to tell.
    pub messages: Vec<NewMessage>,
    /// What is to be done and when.
    pub jobs: Vec<NewJob>,
    /// The line of history.
    pub act: NewAct,
}

impl DisclosureChange {
    /// A change of `disclosure`'s own values that `act` tells of, and of nothing else yet.
    #[must_use]
    pub fn new(disclosure: Disclosure, act: NewAct) -> Self {
        Self {
            disclosure,
            instants: Vec::new(),
            moves: Vec::new(),
            materials: Vec::new(),
            superseded: Vec::new(),
            recalled: Vec::new(),
            attested: Vec::new(),
            answers: Vec::new(),
            participants: Vec::new(),
            messages: Vec::new(),
            jobs: Vec::new(),
            act,
        }
    }
}

/// What goes out when an instant fires.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Firing {
    /// The disclosure as it shall be (a public instant ends the embargo), with the `edition` it was read with.
    pub disclosure: Disclosure,
    /// The instant that fires.
    pub instant: StageInstant,
    /// Who gets what, and who does not.
    pub deliveries: Vec<Delivery>,
    /// Who is told.
    pub messages: Vec<NewMessage>,
    /// What is to be done next.
    pub jobs: Vec<NewJob>,
    /// The line of history.
    pub act: NewAct,
}

/// Writes the disclosure's row if its edition is still the one that was read.
macro_rules! update_disclosure {
    ($connection:expr, $disclosure:expr) => {{
        let disclosure: &Disclosure = $disclosure;
        let rows = bind_disclosure!(sqlx::query(UPDATE), disclosure)
            .execute(&mut *$connection)
            .await
            .map_err(StoreError::on_write("disclosure", &disclosure.id))?
            .rows_affected();
        if rows == 0 {
            return Err(StoreError::Outdated { what: "disclosure", name: disclosure.id.to_string() });
        }
    }};
}

/// Writes everything of a change but the disclosure's own row.
macro_rules! write_rest {
    ($connection:expr, $change:expr, $now:expr) => {{
        let id = $change.disclosure.id.as_str();
        for recipient in &$change.participants {
            insert_participant!(&mut *$connection, id, recipient, $now);
        }
        for new in &$change.instants {
            sqlx::query(SUPERSEDE)
                .bind(id)
                .bind(new.stage.word())
                .bind(new.tier.as_str())
                .execute(&mut *$connection)
                .await?;
            sqlx::query(INSTANT)
                .bind(id)
                .bind(new.stage.word())
                .bind(new.tier.as_str())
                .bind(i64::from(new.sequence))
                .bind(new.at.0)
                .bind(new.state.word())
                .bind($now.0)
                .execute(&mut *$connection)
                .await
                .map_err(StoreError::on_write("stage instant", new.stage))?;
        }
        for (stage, tier, state) in &$change.moves {
            sqlx::query(MOVE)
                .bind(id)
                .bind(stage.word())
                .bind(tier.as_str())
                .bind(state.word())
                .execute(&mut *$connection)
                .await?;
        }
        for (stage, revision) in &$change.superseded {
            sqlx::query(SUPERSEDE_MATERIAL)
                .bind(id)
                .bind(stage.word())
                .bind(revision.0.to_vec())
                .bind($now.0)
                .execute(&mut *$connection)
                .await?;
        }
        for material in &$change.materials {
            insert_material!(&mut *$connection, material);
        }
        for (stage, recipient, what, by) in &$change.recalled {
            sqlx::query(RECALL)
                .bind(id)
                .bind(stage.word())
                .bind(recipient.as_str())
                .bind(what)
                .bind(by.0)
                .execute(&mut *$connection)
                .await?;
        }
        for (stage, recipient, what) in &$change.attested {
            sqlx::query(ATTEST)
                .bind(id)
                .bind(stage.word())
                .bind(recipient.as_str())
                .bind(what)
                .bind($now.0)
                .execute(&mut *$connection)
                .await?;
        }
        for question in &$change.answers {
            let rows = sqlx::query(PUBLISH)
                .bind(crate::columns::count("question", *question)?)
                .bind(id)
                .bind($now.0)
                .execute(&mut *$connection)
                .await?
                .rows_affected();
            if rows == 0 {
                return Err(StoreError::Refused { what: "answer", rule: "question_due".to_owned() });
            }
        }
        for message in &$change.messages {
            insert_message!(&mut *$connection, message, $now);
        }
        for job in &$change.jobs {
            insert_job!(&mut *$connection, job, $now);
        }
        insert_act!(&mut *$connection, &$change.act);
    }};
}

/// Why an instant did not fire: not due, fired, superseded or held.
const NOT_DUE: &str = "stage_instant_due";

const SUPERSEDE: &str = "update stage_instant set state = 'superseded' \
    where disclosure = $1 and stage = $2 and tier = $3 and state in ('draft', 'waiting', 'held')";
const INSTANT: &str = "insert into stage_instant (disclosure, stage, tier, sequence, at, state, added) \
    values ($1, $2, $3, $4, $5, $6, $7)";
const MOVE: &str = "update stage_instant set state = $4 \
    where disclosure = $1 and stage = $2 and tier = $3 and state in ('draft', 'waiting', 'held')";
const SUPERSEDE_MATERIAL: &str = "update material set superseded = $4 \
    where disclosure = $1 and stage = $2 and revision = $3 and superseded is null";
const RECALL: &str = "update delivery set state = 'recalled', attest_by = $5 \
    where disclosure = $1 and stage = $2 and recipient = $3 and what = $4 and state = 'released'";
const ATTEST: &str = "update delivery set attested = $5 \
    where disclosure = $1 and stage = $2 and recipient = $3 and what = $4 and attested is null";
const PUBLISH: &str = "update question set published = $3 \
    where id = $1 and disclosure = $2 and published is null and answer_at <= $3";
const FIRE: &str = "update stage_instant set state = 'released', fired = $5 \
    where disclosure = $1 and stage = $2 and tier = $3 and sequence = $4 and state = 'waiting' and at <= $5";

impl Ledger {
    /// Adds a disclosure with everything that goes with it; its edition must be 0.
    ///
    /// # Errors
    /// [`StoreError::AlreadyThere`].
    pub async fn add_disclosure(&self, new: &DisclosureChange, now: UnixMillis) -> Result<(), StoreError> {
        in_transaction!(self, |connection| {
            let disclosure = &new.disclosure;
            bind_disclosure!(sqlx::query(INSERT), disclosure)
                .bind(disclosure.added.0)
                .execute(&mut *connection)
                .await
                .map_err(StoreError::on_write("disclosure", &disclosure.id))?;
            write_rest!(connection, new, now);
        });
        Ok(())
    }

    /// Changes a disclosure with everything that goes with it, or nothing.
    ///
    /// # Errors
    /// [`StoreError::Outdated`] when it was changed since it was read.
    pub async fn change_disclosure(
        &self,
        change: &DisclosureChange,
        now: UnixMillis,
    ) -> Result<(), StoreError> {
        self.change_disclosures(std::slice::from_ref(change), now).await
    }

    /// The same for several disclosures at once, all or none.
    ///
    /// # Errors
    /// As [`Ledger::change_disclosure`].
    pub async fn change_disclosures(
        &self,
        changes: &[DisclosureChange],
        now: UnixMillis,
    ) -> Result<(), StoreError> {
        in_transaction!(self, |connection| for change in changes {
            // First of all: the row is the lock under which everything else of a disclosure changes.
            update_disclosure!(connection, &change.disclosure);
            write_rest!(connection, change, now);
        });
        Ok(())
    }

    /// Fires an instant: it is released, with its deliveries and messages, in one transaction.
    ///
    /// Says whether it did. It does not while the instant is not due at `now`, has fired, was superseded or is
    /// held; then nothing is changed. So it fires once at most, however many processes try.
    ///
    /// # Errors
    /// [`StoreError::Outdated`] when the disclosure was changed since it was read.
    pub async fn fire(&self, firing: &Firing, now: UnixMillis) -> Result<bool, StoreError> {
        match self.try_fire(firing, now).await {
            Err(StoreError::Refused { rule, .. }) if rule == NOT_DUE => Ok(false),
            other => other.map(|()| true),
        }
    }

    async fn try_fire(&self, firing: &Firing, now: UnixMillis) -> Result<(), StoreError> {
        let Firing { disclosure, instant, .. } = firing;
        in_transaction!(self, |connection| {
            update_disclosure!(connection, disclosure);
            let rows = sqlx::query(FIRE)
                .bind(disclosure.id.as_str())
                .bind(instant.stage.word())
                .bind(instant.tier.as_str())
                .bind(i64::from(instant.sequence))
                .bind(now.0)
                .execute(&mut *connection)
                .await?
                .rows_affected();
            if rows == 0 {
                return Err(StoreError::Refused { what: "stage instant", rule: NOT_DUE.to_owned() });
            }
            for delivery in &firing.deliveries {
                insert_delivery!(&mut *connection, delivery);
            }
            for message in &firing.messages {
                insert_message!(&mut *connection, message, now);
            }
            for job in &firing.jobs {
                insert_job!(&mut *connection, job, now);
            }
            insert_act!(&mut *connection, &firing.act);
        });
        Ok(())
    }
}
