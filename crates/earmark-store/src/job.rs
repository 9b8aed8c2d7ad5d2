use earmark_model::UnixMillis;
use serde::{Deserialize, Serialize};
use sqlx::FromRow;

use crate::columns::number;
use crate::{Ledger, StoreError};

/// Work to be done at an instant.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct NewJob {
    /// What sort of work.
    pub kind: String,
    /// What it is about; its form is the kind's.
    pub subject: String,
    /// Asking twice under one key is asking once.
    pub unique_key: String,
    /// Not before then.
    pub run_at: UnixMillis,
}

/// Work that this process holds until `lease` ends.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Job {
    /// Its number.
    pub id: u64,
    /// What is to be done.
    #[serde(flatten)]
    pub job: NewJob,
    /// Which lease this is, from 1: whoever lost the lease cannot finish the job.
    pub attempts: u64,
}

#[derive(FromRow)]
struct Row {
    id: i64,
    kind: String,
    subject: String,
    unique_key: String,
    run_at: i64,
    attempts: i64,
}

/// Adds a job inside the caller's transaction; one that is there, done or not, stays as it is.
macro_rules! insert_job {
    ($executor:expr, $new:expr, $now:expr) => {{
        let new: &crate::NewJob = $new;
        sqlx::query(
            "insert into job (kind, subject, unique_key, run_at, attempts, added) values ($1, $2, $3, $4, 0, $5) \
             on conflict (unique_key) do nothing",
        )
        .bind(&new.kind)
        .bind(&new.subject)
        .bind(&new.unique_key)
        .bind(new.run_at.0)
        .bind($now.0)
        .execute($executor)
        .await
        .map_err(crate::StoreError::on_write("job", &new.unique_key))?
    }};
}
pub(crate) use insert_job;

impl Ledger {
    /// Adds a job, unless one of that key was ever asked for; says whether it is new.
    ///
    /// # Errors
    /// When the ledger cannot be written.
    pub async fn add_job(&self, new: &NewJob, now: UnixMillis) -> Result<bool, StoreError> {
        Ok(on_pool!(self, |pool| insert_job!(pool, new, now).rows_affected()) > 0)
    }

    /// Takes the job that has been due longest, if any, until `lease`. Of any number of processes that
    /// ask at once one gets it. A job whose holder let its lease end is due again; so is one whose lease ends later
    /// than a lease of now would, since then the clock was put back. Jobs of the kind `but` are left to others.
    ///
    /// # Errors
    /// When the ledger cannot be written.
    pub async fn claim_job(
        &self,
        now: UnixMillis,
        lease: UnixMillis,
        but: Option<&str>,
    ) -> Result<Option<Job>, StoreError> {
        // SQLite has one writer at a time, so the plain form is atomic there. PostgreSQL would have all
        // claimants wait for the same row without `skip locked`.
        const SQLITE: &str = "update job set lease = $2, attempts = attempts + 1 where id = \
            (select id from job where done is null and run_at <= $1 and (lease is null or lease <= $1 or lease > $2) \
             and kind <> $3 order by run_at, id limit 1) returning id, kind, subject, unique_key, run_at, attempts";
        const POSTGRES: &str = "update job set lease = $2, attempts = attempts + 1 where id = \
            (select id from job where done is null and run_at <= $1 and (lease is null or lease <= $1 or lease > $2) \
             and kind <> $3 order by run_at, id limit 1 for update skip locked) \
            returning id, kind, subject, unique_key, run_at, attempts";
        let sql = match &self.pool {
            crate::database::Pool::Sqlite(_) => SQLITE,
            crate::database::Pool::Postgres(_) => POSTGRES,
        };
        let row: Option<Row> = in_transaction!(self, |connection| sqlx::query_as(sql)
            .bind(now.0)
            .bind(lease.0)
            .bind(but.unwrap_or_default())
            .fetch_optional(&mut *connection)
            .await?);
        row.map(job).transpose()
    }

    /// Ends a job that is held; says whether it was still held (else somebody else has it now).
    ///
    /// # Errors
    /// When the ledger cannot be written.
    pub async fn finish_job(&self, job: &Job, now: UnixMillis, outcome: &str) -> Result<bool, StoreError> {
        const SQL: &str = "update job set done = $3, outcome = $4, lease = null \
                           where id = $1 and attempts = $2 and done is null";
        let (id, attempts) = keys(job)?;
        let rows = on_pool!(self, |pool| sqlx::query(SQL)
            .bind(id)
            .bind(attempts)
            .bind(now.0)
            .bind(outcome)
            .execute(pool)
            .await?
            .rows_affected());
        Ok(rows > 0)
    }

    /// Holds a job that is held for longer; says whether it was still held.
    ///
    /// # Errors
    /// When the ledger cannot be written.
    pub async fn renew_job(&self, job: &Job, lease: UnixMillis) -> Result<bool, StoreError> {
        const SQL: &str = "update job set lease = $3 where id = $1 and attempts = $2 and done is null";
        let (id, attempts) = keys(job)?;
        let rows = on_pool!(self, |pool| sqlx::query(SQL)
            .bind(id)
            .bind(attempts)
            .bind(lease.0)
            .execute(pool)
            .await?
            .rows_affected());
        Ok(rows > 0)
    }

    /// Gives a job that is held back, to be taken again at `run_at`.
    ///
    /// # Errors
    /// When the ledger cannot be written.
    pub async fn postpone_job(&self, job: &Job, run_at: UnixMillis) -> Result<bool, StoreError> {
        const SQL: &str =
            "update job set run_at = $3, lease = null where id = $1 and attempts = $2 and done is null";
        let (id, attempts) = keys(job)?;
        let rows = on_pool!(self, |pool| sqlx::query(SQL)
            .bind(id)
            .bind(attempts)
            .bind(run_at.0)
            .execute(pool)
            .await?
            .rows_affected());
        Ok(rows > 0)
    }

    /// When the next job that nobody holds is due; jobs of the kind `but` do not count.
    pub async fn next_job(
        &self,
        now: UnixMillis,
        but: Option<&str>,
    ) -> Result<Option<UnixMillis>, StoreError> {
        const SQL: &str = "select min(run_at) from job \
                           where done is null and (lease is null or lease <= $1) and kind <> $2";
        let at: Option<i64> = on_pool!(self, |pool| sqlx::query_scalar(SQL)
            .bind(now.0)
            .bind(but.unwrap_or_default())
            .fetch_one(pool)
            .await?);
        Ok(at.map(UnixMillis))
    }
}

fn keys(job: &Job) -> Result<(i64, i64), StoreError> {
    Ok((crate::columns::count("job", job.id)?, crate::columns::count("job", job.attempts)?))
}

fn job(row: Row) -> Result<Job, StoreError> {
    let Row { id, kind, subject, unique_key, run_at, attempts } = row;
    Ok(Job {
        id: number("job.id", id)?,
        job: NewJob { kind, subject, unique_key, run_at: UnixMillis(run_at) },
        attempts: number("job.attempts", attempts)?,
    })
}
