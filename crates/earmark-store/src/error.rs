use std::io;
use std::path::PathBuf;

use earmark_model::Digest;

use crate::blobs::BlobError;

/// Why the vault did not do what it was asked.
#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    /// There is one of that name already; nothing was changed.
    #[error("{what} `{name}` is already there")]
    AlreadyThere {
        /// The noun: `partner`, `asset`, ...
        what: &'static str,
        /// Its name.
        name: String,
    },
    /// There is none of that name.
    #[error("there is no {what} `{name}`")]
    NotThere {
        /// The noun.
        what: &'static str,
        /// The name that was asked for.
        name: String,
    },
    /// What is there says something else than what was handed in; nothing was changed.
    #[error("{what} `{name}` is there with other content")]
    Differs {
        /// The noun.
        what: &'static str,
        /// Its name.
        name: String,
    },
    /// Somebody else changed it since it was read; nothing was changed.
    #[error("{what} `{name}` was changed by somebody else meanwhile")]
    Outdated {
        /// The noun.
        what: &'static str,
        /// Its name.
        name: String,
    },
    /// A rule of the ledger refuses the row.
    #[error("the ledger refuses this {what} by its rule `{rule}`")]
    Refused {
        /// The noun.
        what: &'static str,
        /// The constraint's name, as in the migrations; `foreign_key` where the database does not say which.
        rule: String,
    },
    /// The folder is no vault.
    #[error("`{0}` is not a vault")]
    NotAVault(PathBuf),
    /// A ledger in PostgreSQL was named for a vault that keeps its ledger in its own file.
    #[error("the vault `{0}` keeps its ledger in a file of its own, not in PostgreSQL")]
    OwnLedger(PathBuf),
    /// A vault is made only in a new or empty folder.
    #[error("`{0}` is not empty")]
    NotEmpty(PathBuf),
    /// The vault's format or its ledger is of a later edition than this program knows.
    #[error("this vault was made by a newer earmark (edition {found}, known up to {known})")]
    Newer {
        /// The edition that was found.
        found: i64,
        /// The last one that this program knows.
        known: i64,
    },
    /// `vault.toml` cannot be understood.
    #[error("`{path}` is malformed: {why}")]
    Malformed {
        /// The file.
        path: PathBuf,
        /// What is wrong with it.
        why: String,
    },
    /// A backup is cut short, changed, or none.
    #[error("`{path}` cannot be restored: {why}")]
    Backup {
        /// The backup.
        path: PathBuf,
        /// What is wrong with it.
        why: String,
    },
    /// A backup is restored only into a database that holds nothing.
    #[error("the database already holds a ledger")]
    LedgerInUse,
    /// What was read back is not what can have been written.
    #[error("the ledger is damaged: {0}")]
    Damaged(String),
    /// No room left; nothing was changed.
    #[error("no space is left for the ledger")]
    Full,
    /// Other processes kept the ledger locked for longer than the waiting time.
    #[error("the ledger is busy: another process holds it")]
    Busy,
    /// The ledger cannot be reached or answers with an error of its own.
    #[error("the ledger is unavailable: {0}")]
    Unavailable(#[source] sqlx::Error),
    /// A blob could not be read or written.
    #[error(transparent)]
    Blob(#[from] BlobError),
    /// A file or folder of the vault could not be read or written.
    #[error("`{path}`: {source}")]
    Io {
        /// Which.
        path: PathBuf,
        /// Why.
        source: io::Error,
    },
}

impl StoreError {
    /// For mapping an I/O error on `path`.
    pub(crate) fn io(path: impl Into<PathBuf>) -> impl FnOnce(io::Error) -> Self {
        let path = path.into();
        move |source| Self::Io { path, source }
    }

    pub(crate) fn not_there(what: &'static str, name: impl ToString) -> Self {
        Self::NotThere { what, name: name.to_string() }
    }

    /// The refusal that a database error means when it came from writing the `what` named `name`.
    pub(crate) fn on_write(what: &'static str, name: impl ToString) -> impl FnOnce(sqlx::Error) -> Self {
        move |error| {
            let Some(database) = error.as_database_error() else { return error.into() };
            match database.kind() {
                sqlx::error::ErrorKind::UniqueViolation => {
                    Self::AlreadyThere { what, name: name.to_string() }
                }
                sqlx::error::ErrorKind::ForeignKeyViolation
                | sqlx::error::ErrorKind::CheckViolation
                | sqlx::error::ErrorKind::NotNullViolation => Self::Refused { what, rule: rule(database) },
                _ => error.into(),
            }
        }
    }
}

/// The broken constraint's name, the same on both databases.
///
/// SQLite says `CHECK constraint failed: NAME`, `UNIQUE constraint failed: t.a, t.b` or
/// `FOREIGN KEY constraint failed`; PostgreSQL gives the name beside the message.
fn rule(error: &dyn sqlx::error::DatabaseError) -> String {
    if let Some(name) = error.constraint() {
        return name.to_owned();
    }
    match error.message().split_once("constraint failed: ") {
        Some((_, name)) => name.trim().to_owned(),
        None => "foreign_key".to_owned(),
    }
}

/// Codes of SQLite (13 full, 5 busy, 6 locked, with their extended forms) and PostgreSQL (53100
/// disk full, 55P03 lock not available).
impl From<sqlx::Error> for StoreError {
    fn from(error: sqlx::Error) -> Self {
        let code =
            error.as_database_error().and_then(|database| database.code().map(|code| code.into_owned()));
        let message = error.as_database_error().map(|database| database.message().to_owned());
        if matches!(error, sqlx::Error::PoolTimedOut) {
            return Self::Busy;
        }
        match code.as_deref() {
            // 13: SQLITE_FULL; 4874: SQLITE_IOERR_SHMSIZE, no room for the index of the write-ahead log.
            Some("13" | "4874" | "53100") => Self::Full,
            Some("5" | "6" | "261" | "262" | "517" | "773" | "55P03") => Self::Busy,
            Some("11" | "26" | "XX001" | "XX002") => Self::Damaged(message.unwrap_or_default()),
            _ => Self::Unavailable(error),
        }
    }
}

/// A digest in an error message.
pub(crate) fn named(digest: &Digest) -> String {
    digest.short()
}
