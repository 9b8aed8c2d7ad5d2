//! Real counterparts for the tests: the programs that Earmark must get on with, started on this
//! machine and ended with the test.
//!
//! Not here: mocks. A test that lacks its counterpart says so and is skipped; where
//! `EARMARK_REQUIRE_PEERS` is set (as in CI) it fails.

mod browser;
mod mail;
mod postgres;

use std::env;
use std::path::PathBuf;

pub use browser::Browser;
pub use mail::MailServer;
pub use postgres::{OwnPostgres, fresh_database};

/// Finds a program on the search path.
///
/// `None` means that the caller should return: the skip has been printed.
///
/// # Panics
/// When the program is missing and `EARMARK_REQUIRE_PEERS` is set: in CI a skip is a failure.
#[must_use]
pub fn peer(program: &str) -> Option<PathBuf> {
    let found = env::split_paths(&env::var_os("PATH").unwrap_or_default())
        .chain([PathBuf::from("/usr/sbin"), PathBuf::from("/usr/lib/postgresql/15/bin")])
        .map(|folder| folder.join(program))
        .find(|path| path.is_file());
    if found.is_none() {
        skip(&format!("`{program}` is not installed"));
    }
    found
}

/// Finds the folder of a package of the npm registry, where `cargo xtask test --install` put it.
///
/// `None` means that the caller should return: the skip has been printed.
///
/// # Panics
/// When it is missing and `EARMARK_REQUIRE_PEERS` is set.
#[must_use]
pub fn npm_package(name: &str) -> Option<PathBuf> {
    let found = env::split_paths(&env::var_os("PATH").unwrap_or_default())
        .filter(|folder| folder.ends_with("node_modules/.bin"))
        .filter_map(|folder| Some(folder.parent()?.join(name)))
        .find(|package| package.join("package.json").is_file());
    if found.is_none() {
        skip(&format!("the npm package `{name}` is not installed"));
    }
    found
}

/// Prints that a test is skipped and why, or fails it where peers are required.
///
/// # Panics
/// When `EARMARK_REQUIRE_PEERS` is set.
pub fn skip(why: &str) {
    assert!(env::var_os("EARMARK_REQUIRE_PEERS").is_none(), "cannot skip in CI: {why}");
    eprintln!("SKIPPED: {why}");
}
