//! Who acts for the owner, and what they may do.
//!
//! The command line believes who somebody says they are: whoever can read the vault's folder can do everything
//! with it anyway. The names are for the history and for acts that take two; a server in front checks them.

use earmark_model::Slug;
pub use earmark_store::{Role, Staff};

use crate::desk::Desk;
use crate::error::{DeskError, Kind};
use crate::history;

/// What an act needs its actor to be.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Right {
    /// Change staff and policies.
    Administer,
    /// Change partners and disclosures.
    Manage,
    /// Say yes to a grave act.
    Approve,
    /// Stop deliveries, tell of a breach: anybody who is there.
    Stop,
}

impl Right {
    fn held_by(self, role: Role) -> bool {
        match self {
            Self::Administer => role == Role::Administrator,
            Self::Manage => matches!(role, Role::Administrator | Role::ProgramManager),
            Self::Approve => matches!(role, Role::Administrator | Role::ProgramManager | Role::Approver),
            Self::Stop => role != Role::Auditor,
        }
    }

    fn words(self) -> &'static str {
        match self {
            Self::Administer => "administer the vault",
            Self::Manage => "manage partners and disclosures",
            Self::Approve => "approve grave acts",
            Self::Stop => "stop deliveries",
        }
    }
}

/// Checks that whoever is at the desk may do such a thing; gives their name. While no staff is recorded, anybody may.
///
/// # Errors
/// Refused when they are not of the staff, or their roles do not allow it.
pub async fn require(desk: &Desk, right: Right) -> Result<String, DeskError> {
    let staff = desk.ledger().staff().await?;
    let actor = desk.actor();
    if staff.iter().all(|person| person.left.is_some()) {
        return Ok(actor.to_owned());
    }
    let person = staff.iter().find(|person| person.name.as_str() == actor && person.left.is_none());
    let Some(person) = person else {
        return Err(DeskError::new(Kind::Refused, format!("`{actor}` is not of the staff")).hint(
            "say who you are with `--as NAME` or EARMARK_ACTOR; `earmark staff list` shows the names",
        ));
    };
    if person.roles.iter().any(|role| right.held_by(*role)) {
        return Ok(actor.to_owned());
    }
    Err(DeskError::new(Kind::Refused, format!("`{actor}` has no role that may {}", right.words())))
}

/// The people who may say yes to a grave act today.
///
/// # Errors
/// When the ledger cannot be read.
pub async fn approvers(desk: &Desk) -> Result<Vec<Staff>, DeskError> {
    let staff = desk.ledger().staff().await?;
    let approves = |person: &Staff| person.roles.iter().any(|role| Right::Approve.held_by(*role));
    Ok(staff.into_iter().filter(|person| person.left.is_none() && approves(person)).collect())
}

/// Adds one of the owner's people, or gives one that is there other roles or another address.
///
/// # Errors
/// Malformed for a name that is none, refused when the actor may not.
pub async fn join(
    desk: &Desk,
    name: &str,
    mail: Option<String>,
    roles: Vec<Role>,
) -> Result<Staff, DeskError> {
    require(desk, Right::Administer).await?;
    let name: Slug = slug(name)?;
    let now = desk.now();
    let known = desk.ledger().staff().await?.into_iter().find(|one| one.name == name);
    let nobody_yet = desk.ledger().staff().await?.iter().all(|one| one.left.is_some());
    if nobody_yet && !roles.contains(&Role::Administrator) {
        return Err(DeskError::new(Kind::Refused, "the first of the staff must be an administrator")
            .hint("add `--role administrator`: else nobody could add the next one"));
    }
    let added = known.as_ref().map_or(now, |one| one.added);
    let mail = mail.or(known.and_then(|one| one.mail));
    let person = Staff { name, mail, roles, added, left: None };
    let particulars = serde_json::json!({ "roles": person.roles });
    let act = history::act(desk, "staff", person.name.as_str(), "join", &particulars);
    desk.ledger().put_staff(&person, &act).await?;
    Ok(person)
}

/// Ends what one of the owner's people may do, from the next command on.
///
/// # Errors
/// Not found; refused for the last administrator, or when the actor may not.
pub async fn leave(desk: &Desk, name: &str) -> Result<Staff, DeskError> {
    require(desk, Right::Administer).await?;
    let staff = desk.ledger().staff().await?;
    let found = staff.iter().find(|one| one.name.as_str() == name && one.left.is_none());
    let person =
        found.ok_or_else(|| DeskError::new(Kind::NotFound, format!("`{name}` is not of the staff")))?;
    let administers = |one: &&Staff| one.left.is_none() && one.roles.contains(&Role::Administrator);
    let others = staff.iter().filter(|one| one.name != person.name);
    let (others_there, others_administer) =
        (others.clone().any(|one| one.left.is_none()), others.filter(administers).count() > 0);
    if others_there && !others_administer {
        return Err(DeskError::new(Kind::Refused, format!("`{name}` is the last administrator"))
            .hint("make somebody else one first"));
    }
    let person = Staff { left: Some(desk.now()), ..person.clone() };
    let act = history::act(desk, "staff", name, "leave", &serde_json::json!({}));
    desk.ledger().put_staff(&person, &act).await?;
    Ok(person)
}

/// A name, checked.
///
/// # Errors
/// Malformed.
pub(crate) fn slug(text: &str) -> Result<Slug, DeskError> {
    text.parse().map_err(|source: earmark_model::IdError| DeskError::new(Kind::Malformed, source.to_string()))
}
