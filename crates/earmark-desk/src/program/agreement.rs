//! Agreements as data: a folder for each, with its clauses by name and its text; and who accepted which version.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

use earmark_model::{Slug, UnixMillis};
pub use earmark_store::{Acceptance, Agreement};
use serde::{Deserialize, Serialize};
use serde_json::json;

use crate::actor::{self, Right, slug};
use crate::desk::Desk;
use crate::error::{DeskError, Kind};
use crate::history;

/// What an agreement's folder says of it.
const HEAD: &str = "agreement.toml";
/// What partners read and accept.
const TEXT: &str = "text.md";
/// Longest file of an agreement, in bytes.
const LONGEST: u64 = 1 << 20;

/// `agreement.toml`.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Head {
    name: Slug,
    version: u32,
    /// What each clause means, by its name.
    clauses: BTreeMap<Slug, String>,
}

/// An agreement's latest version with who accepted it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Listed {
    /// Its name.
    pub name: Slug,
    /// Its latest version.
    pub version: u32,
    /// Its clauses.
    pub clauses: Vec<String>,
    /// Since when it is there.
    pub added: String,
    /// Partners that accepted this version.
    pub accepted: Vec<Slug>,
    /// Partners in the program that did not: policy may keep things from them.
    pub missing: Vec<Slug>,
}

/// Reads an agreement from its folder: `agreement.toml` with name, version and clauses, `text.md` with the words.
///
/// # Errors
/// Not found or malformed, with the first thing that is wrong.
pub fn read(folder: &Path, added: UnixMillis) -> Result<Agreement, DeskError> {
    let text = |name: &str| {
        let path = folder.join(name);
        let refused = |source| DeskError::io("read", &path, source);
        if fs::metadata(&path).map_err(refused)?.len() > LONGEST {
            return Err(DeskError::new(
                Kind::Malformed,
                format!("`{}` is longer than 1 MiB", path.display()),
            ));
        }
        fs::read_to_string(&path).map_err(refused)
    };
    let malformed = |why: String| DeskError::new(Kind::Malformed, format!("`{HEAD}`: {why}"));
    let head: Head = toml::from_str(&text(HEAD)?).map_err(|why| malformed(why.message().to_owned()))?;
    if head.version == 0 {
        return Err(malformed("versions begin at 1".to_owned()));
    }
    let body = text(TEXT)?;
    if body.trim().is_empty() {
        return Err(DeskError::new(Kind::Malformed, format!("`{TEXT}` is empty")));
    }
    let clauses = head.clauses.keys().map(Slug::to_string).collect();
    Ok(Agreement { name: head.name, version: head.version, clauses, body, added })
}

/// Adds an agreement, or the next version of one. From then on whoever accepted only an older one is not current.
///
/// # Errors
/// Malformed; conflict for a version that is not the next one.
pub async fn add(desk: &Desk, folder: &Path) -> Result<Agreement, DeskError> {
    actor::require(desk, Right::Manage).await?;
    let new = read(folder, desk.now())?;
    let latest = latest(desk).await?.get(&new.name).map_or(0, |one| one.version);
    if new.version != latest + 1 {
        let message =
            format!("the next version of agreement `{}` is {}, not {}", new.name, latest + 1, new.version);
        return Err(DeskError::new(Kind::Conflict, message)
            .hint("a version never changes: what was accepted stays readable"));
    }
    let particulars = json!({ "version": new.version, "clauses": new.clauses });
    let act = history::act(desk, "agreement", new.name.as_str(), "add", &particulars);
    desk.ledger().add_agreement(&new, &act).await?;
    Ok(new)
}

async fn latest(desk: &Desk) -> Result<BTreeMap<Slug, Agreement>, DeskError> {
    // Versions come in rising order, so the last one of each name stays.
    Ok(desk.ledger().agreements().await?.into_iter().map(|one| (one.name.clone(), one)).collect())
}

/// The latest version of every agreement, and who accepted it.
///
/// # Errors
/// When the ledger cannot be read.
pub async fn list(desk: &Desk) -> Result<Vec<Listed>, DeskError> {
    use earmark_store::PartnerStatus::Removed;
    let acceptances = desk.ledger().acceptances().await?;
    let partners = desk.ledger().partners().await?;
    let listed = latest(desk).await?.into_values().map(|one| {
        let of_this = |yes: &&Acceptance| yes.agreement == one.name && yes.version == one.version;
        let accepted: Vec<Slug> = acceptances.iter().filter(of_this).map(|yes| yes.partner.clone()).collect();
        let there = partners.iter().filter(|partner| partner.status != Removed).map(|partner| &partner.slug);
        Listed {
            missing: there.filter(|slug| !accepted.contains(slug)).cloned().collect(),
            accepted,
            name: one.name,
            version: one.version,
            clauses: one.clauses,
            added: one.added.rfc3339(),
        }
    });
    Ok(listed.collect())
}

/// A version of an agreement, the latest without a number.
///
/// # Errors
/// Not found.
pub async fn show(desk: &Desk, name: &str, version: Option<u32>) -> Result<Agreement, DeskError> {
    let name = slug(name)?;
    let mut versions = desk.ledger().agreements().await?;
    versions.retain(|one| one.name == name && version.is_none_or(|wanted| wanted == one.version));
    let which = version.map(|version| format!(" version {version}")).unwrap_or_default();
    versions.pop().ok_or_else(|| {
        DeskError::new(Kind::NotFound, format!("there is no agreement `{name}`{which}"))
            .hint("`earmark agreement list` shows them")
    })
}

/// Records that a partner accepted a version of an agreement, the latest without a number: who signed, and when.
///
/// # Errors
/// Not found; conflict when it did before; malformed for an instant to come.
pub async fn accept(
    desk: &Desk,
    partner: &str,
    (name, version): (&str, Option<u32>),
    signed_by: &str,
    at: Option<UnixMillis>,
) -> Result<Acceptance, DeskError> {
    actor::require(desk, Right::Manage).await?;
    let partner = slug(partner)?;
    desk.ledger().partner(&partner).await?;
    let agreement = show(desk, name, version).await?;
    if signed_by.trim().is_empty() || signed_by.chars().any(char::is_control) {
        return Err(DeskError::new(
            Kind::Malformed,
            "an acceptance needs the name of who signed, in one line",
        ));
    }
    let at = at.unwrap_or_else(|| desk.now());
    if at > desk.now() {
        return Err(DeskError::new(Kind::Malformed, format!("`{}` is still to come", at.rfc3339())));
    }
    let yes = Acceptance {
        partner,
        agreement: agreement.name,
        version: agreement.version,
        signed_by: signed_by.to_owned(),
        at,
    };
    let particulars = json!({ "agreement": yes.agreement, "version": yes.version, "at": at.rfc3339() });
    let act = history::act(desk, "partner", yes.partner.as_str(), "accept agreement", &particulars);
    desk.ledger().accept_agreement(&yes, &act).await?;
    Ok(yes)
}
