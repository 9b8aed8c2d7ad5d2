//! The policies as data: those built in, those in force, those in a folder.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

use earmark_model::UnixMillis;
use serde::Serialize;

use super::engine::{Engine, Rule};
use crate::actor::{self, Right};
use crate::approval::{self, Alone, Waits};
use crate::desk::Desk;
use crate::error::{DeskError, Kind};
use crate::history;

/// Longest policy file that is read, in bytes.
const LONGEST: u64 = 1 << 20;

/// The policies in force, and since when.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct InForce {
    /// Texts by file name.
    pub files: BTreeMap<String, String>,
    /// Since when and by whom; `None` for those built in.
    pub since: Option<(UnixMillis, String)>,
}

/// The answer of `policy check`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Checked {
    /// Where they are from: `built in`, `in force` or the folder.
    pub from: String,
    /// Since when they are in force, RFC 3339.
    pub since: Option<String>,
    /// The policies.
    pub policies: Vec<Rule>,
}

/// The answer of `policy use`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Used {
    /// Whether they are in force now.
    pub done: bool,
    /// What it waits for otherwise.
    pub waiting: Option<Waits>,
    /// The policies.
    pub policies: Vec<Rule>,
}

/// The policies that are in force where no others were put.
#[must_use]
pub fn built_in() -> BTreeMap<String, String> {
    [
        ("jurisdiction.cedar", include_str!("default/jurisdiction.cedar")),
        ("material.cedar", include_str!("default/material.cedar")),
        ("members.cedar", include_str!("default/members.cedar")),
    ]
    .into_iter()
    .map(|(name, text)| (name.to_owned(), text.to_owned()))
    .collect()
}

/// The policies in force.
///
/// # Errors
/// When the ledger cannot be read.
pub async fn in_force(desk: &Desk) -> Result<InForce, DeskError> {
    Ok(match desk.ledger().policies().await? {
        Some(set) => InForce { files: set.files, since: Some((set.since, set.actor)) },
        None => InForce { files: built_in(), since: None },
    })
}

/// The `*.cedar` files of a folder, by name.
///
/// # Errors
/// Not found when there is no such folder or no such file in it.
pub fn read(folder: &Path) -> Result<BTreeMap<String, String>, DeskError> {
    let refused = |source| DeskError::io("read", folder, source);
    let mut files = BTreeMap::new();
    for item in fs::read_dir(folder).map_err(refused)? {
        let path = item.map_err(refused)?.path();
        let name = path.file_name().and_then(|name| name.to_str()).unwrap_or_default().to_owned();
        if path.extension().is_none_or(|end| end != "cedar") {
            continue;
        }
        let length = fs::metadata(&path).map_err(|source| DeskError::io("read", &path, source))?.len();
        if length > LONGEST {
            return Err(DeskError::new(
                Kind::Malformed,
                format!("policy file `{name}` is longer than 1 MiB"),
            ));
        }
        let text = fs::read_to_string(&path).map_err(|source| DeskError::io("read", &path, source))?;
        files.insert(name, text);
    }
    if files.is_empty() {
        return Err(DeskError::new(
            Kind::NotFound,
            format!("there is no `.cedar` file in `{}`", folder.display()),
        ));
    }
    Ok(files)
}

/// Checks the policies in a folder, or those in force.
///
/// # Errors
/// Malformed, with the first thing that is wrong.
pub async fn check(desk: &Desk, folder: Option<&Path>) -> Result<Checked, DeskError> {
    let (from, since, files) = match folder {
        Some(folder) => (folder.display().to_string(), None, read(folder)?),
        None => {
            let now = in_force(desk).await?;
            let from = if now.since.is_some() { "in force" } else { "built in" };
            (from.to_owned(), now.since.map(|(at, _)| at.rfc3339()), now.files)
        }
    };
    Ok(Checked { from, since, policies: Engine::load(&files)?.rules() })
}

/// Puts the policies of a folder in force; takes two people.
///
/// # Errors
/// Malformed when they cannot be used, refused when the actor may not.
pub async fn put_in_force(desk: &Desk, folder: &Path) -> Result<Used, DeskError> {
    actor::require(desk, Right::Manage).await?;
    let files = read(folder)?;
    let policies = Engine::load(&files)?.rules();
    let text = serde_json::json!(files).to_string();
    let digest = earmark_model::Digest::of(text.as_bytes()).to_string();
    let what = ("policy", "policies", "use");
    let values = serde_json::json!({ "sha256": digest });
    let leave = match approval::ask(desk, what, &values, Alone::AfterWaiting).await? {
        approval::Answer::Given(leave) => leave,
        approval::Answer::Waits(waits) => return Ok(Used { done: false, waiting: Some(waits), policies }),
    };
    let act = history::act(desk, "policy", "policies", "use", &values);
    desk.ledger().put_policies(&files, &act).await?;
    approval::close(desk, &leave).await?;
    Ok(Used { done: true, waiting: None, policies })
}

/// The schema of what policies may ask about.
#[must_use]
pub fn schema() -> &'static str {
    super::engine::SCHEMA
}
