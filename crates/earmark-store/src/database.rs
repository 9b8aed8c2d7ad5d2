use std::path::Path;
use std::time::Duration;

use sqlx::migrate::{MigrateError, Migrator};
use sqlx::postgres::PgPoolOptions;
use sqlx::sqlite::{SqliteConnectOptions, SqliteJournalMode, SqlitePoolOptions, SqliteSynchronous};
use sqlx::{Connection, PgPool, SqlitePool};

use crate::StoreError;

static SQLITE: Migrator = sqlx::migrate!("./migrations/sqlite");
static POSTGRES: Migrator = sqlx::migrate!("./migrations/postgres");

/// How long a writer waits for another one before [`StoreError::Busy`].
const PATIENCE: Duration = Duration::from_secs(60);

/// The ledger: every row that the vault remembers, in SQLite or PostgreSQL.
///
/// Cheap to clone; all clones share one pool of connections. Its methods stand in one module per
/// noun. Every method that writes is one transaction: it happened wholly or not at all.
#[derive(Debug, Clone)]
pub struct Ledger {
    pub(crate) pool: Pool,
}

/// Which database is behind the ledger.
#[derive(Debug, Clone)]
pub(crate) enum Pool {
    Sqlite(SqlitePool),
    Postgres(PgPool),
}

/// Evaluates the expression with the pool of whichever database is behind the ledger.
///
/// Not for a statement that writes and returns rows: SQLite commits such a statement only when it is
/// stepped past its last row, which `fetch_one` never does, so that a commit that fails (a full disk)
/// would be taken for done. Those go through [`in_transaction`], whose commit is a statement.
macro_rules! on_pool {
    ($ledger:expr, |$pool:ident| $body:expr) => {
        match &$ledger.pool {
            crate::database::Pool::Sqlite($pool) => $body,
            crate::database::Pool::Postgres($pool) => $body,
        }
    };
}

/// Evaluates the expression inside one transaction that writes; leaving it by `?` rolls back.
///
/// SQLite takes its write lock at the start (`begin immediate`): a transaction that reads first and
/// wants to write later could otherwise fail half-way instead of waiting its turn.
macro_rules! in_transaction {
    ($ledger:expr, |$connection:ident| $body:expr) => {
        match &$ledger.pool {
            crate::database::Pool::Sqlite(pool) => {
                let mut transaction = pool.begin_with("begin immediate").await?;
                let $connection = &mut *transaction;
                let done = $body;
                transaction.commit().await?;
                done
            }
            crate::database::Pool::Postgres(pool) => {
                let mut transaction = pool.begin().await?;
                let $connection = &mut *transaction;
                let done = $body;
                transaction.commit().await?;
                done
            }
        }
    };
}

impl Ledger {
    /// Opens the SQLite file at `path`, making it when `create` is set, and brings its tables up to date.
    ///
    /// # Errors
    /// [`StoreError::NotThere`] when the file is missing and `create` is not set, [`StoreError::Newer`]
    /// when a later edition made it.
    pub async fn sqlite(path: &Path, create: bool) -> Result<Self, StoreError> {
        if !create && !path.exists() {
            return Err(StoreError::not_there("ledger", path.display()));
        }
        let ledger = Self { pool: Pool::Sqlite(open_sqlite(path, create).await?) };
        ledger.migrate().await?;
        Ok(ledger)
    }

    /// A new SQLite file at `path`, brought up to edition `edition` and no further.
    pub(crate) async fn sqlite_at(path: &Path, edition: i64) -> Result<Self, StoreError> {
        known(&SQLITE, edition)?;
        let pool = open_sqlite(path, true).await?;
        migrated(SQLITE.run_to(edition, &pool).await, &SQLITE)?;
        Ok(Self { pool: Pool::Sqlite(pool) })
    }

    /// The PostgreSQL database that `url` names, which must hold nothing, brought up to edition `edition` and no
    /// further.
    pub(crate) async fn postgres_at(url: &str, edition: i64) -> Result<Self, StoreError> {
        known(&POSTGRES, edition)?;
        let pool = open_postgres(url).await?;
        let mut connection = pool.acquire().await?;
        let found = crate::catalog::postgres_edition(&mut connection).await?;
        if found > edition || !crate::catalog::postgres_is_fresh(&mut connection).await? {
            return Err(StoreError::LedgerInUse);
        }
        drop(connection);
        migrated(POSTGRES.run_to(edition, &pool).await, &POSTGRES)?;
        Ok(Self { pool: Pool::Postgres(pool) })
    }

    /// Brings the tables up to date.
    pub(crate) async fn migrate(&self) -> Result<(), StoreError> {
        match &self.pool {
            Pool::Sqlite(pool) => migrated(SQLITE.run(pool).await, &SQLITE),
            Pool::Postgres(pool) => migrated(POSTGRES.run(pool).await, &POSTGRES),
        }
    }

    /// Connects to the PostgreSQL database that `url` names and brings its tables up to date.
    ///
    /// # Errors
    /// [`StoreError::Unavailable`] when it cannot be reached, [`StoreError::Newer`] when a later
    /// edition made its tables.
    pub async fn postgres(url: &str) -> Result<Self, StoreError> {
        let ledger = Self { pool: Pool::Postgres(open_postgres(url).await?) };
        ledger.migrate().await?;
        Ok(ledger)
    }

    /// Waits for running statements and closes all connections (of all clones).
    pub async fn close(&self) {
        on_pool!(self, |pool| pool.close().await);
    }

    /// The database's own check of itself: a sentence per fault, none when it is sound.
    ///
    /// SQLite: `integrity_check` and `foreign_key_check`. PostgreSQL offers none to its clients.
    pub async fn integrity(&self) -> Result<Vec<String>, StoreError> {
        let Pool::Sqlite(pool) = &self.pool else { return Ok(Vec::new()) };
        let mut faults: Vec<String> = sqlx::query_scalar("pragma integrity_check").fetch_all(pool).await?;
        faults.retain(|fault| fault != "ok");
        let dangling: Vec<(String, Option<i64>, String, i64)> =
            sqlx::query_as("pragma foreign_key_check").fetch_all(pool).await?;
        faults.extend(
            dangling
                .into_iter()
                .map(|(table, _, parent, _)| format!("a row of `{table}` names no row of `{parent}`")),
        );
        Ok(faults)
    }
}

async fn open_sqlite(path: &Path, create: bool) -> Result<SqlitePool, StoreError> {
    // FULL: a commit that was reported is on the disk even if the power fails the moment after.
    let options = SqliteConnectOptions::new()
        .filename(path)
        .create_if_missing(create)
        .journal_mode(SqliteJournalMode::Wal)
        .synchronous(SqliteSynchronous::Full)
        .foreign_keys(true)
        .busy_timeout(PATIENCE);
    let pool = SqlitePoolOptions::new()
        .max_connections(4)
        .acquire_timeout(PATIENCE)
        // SQLite ends a transaction by itself when the disk is full; sqlx goes on counting it, and
        // every later `begin` on that connection would fail. Asked after the ping, so that an
        // ordinary rollback, which is queued, has been done by then.
        .before_acquire(|connection, _| Box::pin(async move { Ok(!connection.is_in_transaction()) }))
        .connect_with(options)
        .await?;
    Ok(pool)
}

async fn open_postgres(url: &str) -> Result<PgPool, StoreError> {
    Ok(PgPoolOptions::new().max_connections(16).acquire_timeout(PATIENCE).connect(url).await?)
}

/// Refuses an edition of which there are no migrations.
fn known(migrator: &Migrator, edition: i64) -> Result<(), StoreError> {
    let last = migrator.iter().map(|migration| migration.version).max().unwrap_or(0);
    if edition > last { Err(StoreError::Newer { found: edition, known: last }) } else { Ok(()) }
}

fn migrated(outcome: Result<(), MigrateError>, known: &Migrator) -> Result<(), StoreError> {
    let last = known.iter().map(|migration| migration.version).max().unwrap_or(0);
    match outcome {
        Ok(()) => Ok(()),
        Err(MigrateError::VersionMissing(found)) if found > last => {
            Err(StoreError::Newer { found, known: last })
        }
        Err(MigrateError::Execute(error) | MigrateError::ExecuteMigration(error, _)) => Err(error.into()),
        Err(other) => Err(StoreError::Damaged(other.to_string())),
    }
}
