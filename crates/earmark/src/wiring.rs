//! The one place that names concrete backends: which ledger, which blobs, which cage.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use earmark_cage::{Budget, Cage, OWN_EXE};
use earmark_desk::backup::{self, Opener};
use earmark_desk::caged;
use earmark_desk::clock::{Clock, SystemClock};
use earmark_desk::desk::Desk;
use earmark_desk::error::{DeskError, Kind};
use earmark_desk::mail;
use earmark_log::{MirrorError, mirror};
use earmark_model::UnixMillis;
use earmark_net::Site;
pub(crate) use earmark_post::Postman;
use earmark_post::ServerError;
use earmark_store::{CheckOptions, CheckReport, FORMAT, Restored, Vault, VaultSettings};

use tempfile::TempDir;

use crate::cli::place::Place;

/// What was written longer ago than this, and has no row, was left behind: an hour.
const SETTLED_AFTER_MILLIS: i64 = 3_600_000;

/// Serves jobs and never returns if this process is a child of the cage; else returns at once.
pub(crate) fn enter_cage() {
    earmark_cage::enter(caged::JOBS);
}

/// Makes a vault and opens it; its ledger is in PostgreSQL where an address is given.
pub(crate) async fn init(
    dir: &Path,
    name: &str,
    seal_to: Option<&str>,
    ledger: Option<&str>,
) -> Result<Desk, DeskError> {
    let ledger = ledger.map(postgres).transpose()?.map(str::to_owned);
    let vault =
        Vault::create_with(dir, VaultSettings { format: FORMAT, name: name.to_owned(), ledger }).await?;
    let clock = SystemClock;
    Desk::make_keys(&vault, seal_to, clock.now())?;
    Desk::open(vault, None, Arc::new(clock), cage)
}

/// Opens the vault that the command line or the environment names, or `./vault`.
pub(crate) async fn open(place: &Place) -> Result<Desk, DeskError> {
    let identity = std::env::var_os("EARMARK_IDENTITY").map(PathBuf::from);
    let desk = Desk::open(vault(place).await?, identity.as_deref(), Arc::new(SystemClock), cage)?;
    Ok(match &place.actor {
        Some(actor) => desk.with_actor(actor),
        None => desk,
    })
}

/// An address of PostgreSQL; the one other kind of ledger is the vault's own file.
fn postgres(url: &str) -> Result<&str, DeskError> {
    if url.starts_with("postgres://") || url.starts_with("postgresql://") {
        return Ok(url);
    }
    Err(DeskError::new(Kind::Malformed, "the ledger's address must begin with `postgres://`")
        .hint("without `--ledger` the vault keeps its ledger in a file of its own"))
}

/// Checks a vault, and if `collect` removes what a killed process left behind.
pub(crate) async fn check(place: &Place, collect: bool) -> Result<CheckReport, DeskError> {
    let vault = vault(place).await?;
    // What another process is at work on must not be taken for something left behind.
    let settled_before = UnixMillis(SystemClock.now().0 - SETTLED_AFTER_MILLIS);
    Ok(earmark_store::check(&vault, CheckOptions { collect, contents: true, settled_before }).await?)
}

/// Makes a vault out of a backup where the command line says, or in `./vault`, and checks it.
pub(crate) async fn restore(
    place: &Place,
    file: &Path,
    kit: Option<&Path>,
) -> Result<(PathBuf, Restored, CheckReport), DeskError> {
    let dir = place.vault.clone().unwrap_or_else(|| PathBuf::from("vault"));
    let ledger = place.ledger.as_deref().map(postgres).transpose()?;
    let opener = Opener {
        kit: kit.map(Path::to_owned),
        passphrase: std::env::var("EARMARK_KIT_PASSPHRASE").ok(),
        identity: std::env::var_os("EARMARK_IDENTITY").map(PathBuf::from),
    };
    let (vault, restored) = backup::restore(file, &dir, ledger, &opener).await?;
    let settled_before = UnixMillis(SystemClock.now().0 - SETTLED_AFTER_MILLIS);
    let options = CheckOptions { collect: false, contents: true, settled_before };
    Ok((dir, restored, earmark_store::check(&vault, options).await?))
}

/// Whether a vault is named, or lies where one is looked for.
pub(crate) fn has_vault(place: &Place) -> bool {
    place.vault.is_some() || Path::new("vault").is_dir()
}

/// The clock that everything outside a vault goes by.
pub(crate) fn clock() -> impl Clock {
    SystemClock
}

async fn vault(place: &Place) -> Result<Vault, DeskError> {
    let dir = match &place.vault {
        Some(dir) => dir.clone(),
        None if Path::new("vault").is_dir() => PathBuf::from("vault"),
        None => {
            return Err(DeskError::new(Kind::NotFound, "there is no vault here")
                .hint("name one with `--vault DIR` or EARMARK_VAULT, or make one with `earmark init DIR --name NAME`"));
        }
    };
    let ledger = place.ledger.as_deref().map(postgres).transpose()?;
    Ok(Vault::open_at(&dir, ledger).await?)
}

fn cage() -> Result<Cage, DeskError> {
    let workers = std::thread::available_parallelism().map_or(1, std::num::NonZeroUsize::get);
    Cage::new(OWN_EXE.as_ref(), workers, Budget::default()).map_err(|source| {
        DeskError::because(Kind::Unavailable, "hostile bytes cannot be confined on this machine", source)
            .hint("earmark needs a Linux kernel with landlock and seccomp (5.13 or later)")
    })
}

/// Somebody who hands mail to the server at `url` in the name of `from`.
pub(crate) fn postman(url: &str, from: &str) -> Result<Postman, DeskError> {
    Postman::new(url, from, mail::AT_A_TIME).map_err(|source| {
        let error = DeskError::new(Kind::Malformed, source.to_string());
        match source {
            ServerError::Clear(_) => error.hint("use `smtps://`, or `smtp://HOST:587?tls=required`"),
            _ => error,
        }
    })
}

/// A log's folder: as named, or fetched from the web into a folder that is gone when this is dropped.
pub(crate) enum LogPlace {
    /// Here.
    Folder(PathBuf),
    /// A copy of what stands on the web.
    Copy(TempDir),
}

impl LogPlace {
    /// Where to read.
    pub(crate) fn path(&self) -> &Path {
        match self {
            Self::Folder(path) => path,
            Self::Copy(folder) => folder.path(),
        }
    }
}

/// The log at a folder, a `file://` address, or a web address, from which it is fetched.
pub(crate) fn log_at(place: &Path) -> Result<LogPlace, DeskError> {
    let text = place.to_string_lossy();
    if text.starts_with("http://") || text.starts_with("https://") {
        let site = Site::new(&text).map_err(|source| DeskError::new(Kind::Malformed, source.to_string()))?;
        let copy = tempfile::Builder::new().prefix("earmark-log-").tempdir();
        let copy = copy.map_err(|source| DeskError::io("make a folder in", &std::env::temp_dir(), source))?;
        mirror(copy.path(), |path| site.get(path)).map_err(|source| {
            let kind = match source {
                MirrorError::Fetch(_) | MirrorError::Io { .. } => Kind::Unavailable,
                MirrorError::Missing(_) => Kind::NotFound,
                MirrorError::Malformed(_) | MirrorError::Long(_) => Kind::Malformed,
            };
            DeskError::because(kind, format!("there is no log to be had from `{text}`"), source)
        })?;
        return Ok(LogPlace::Copy(copy));
    }
    let folder = text.strip_prefix("file://").map_or_else(|| place.to_owned(), PathBuf::from);
    if !folder.is_dir() {
        return Err(DeskError::new(Kind::NotFound, format!("there is no log in `{}`", folder.display())));
    }
    Ok(LogPlace::Folder(folder))
}
