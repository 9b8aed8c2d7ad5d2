//! Who acts for the owner, and what they may do.
//!
//! The command line believes who somebody says they are: whoever can read the vault's folder can do everything
//! with it anyway. The names are for the history and for acts that take two; a server in front checks them.

use earmark_model::{Slug, UnixMillis};
use earmark_store::NewMessage;
pub use earmark_store::{Role, Staff};

use crate::cooling::{self, WAIT_MILLIS};
use crate::desk::Desk;
use crate::error::{DeskError, Kind};
use crate::history;

/// The particular of a line that says that somebody became an approver while an embargo was open.
const AMID: &str = "amid_embargo";

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

fn approves(roles: &[Role]) -> bool {
    roles.iter().any(|role| Right::Approve.held_by(*role))
}

/// The people whose yes to a grave act counts today.
///
/// Whoever became an approver while an embargo was open is not among them for a quarter of an hour, in which all others
/// are told: else somebody who may add staff would be two people by adding one.
///
/// # Errors
/// When the ledger cannot be read.
pub async fn approvers(desk: &Desk) -> Result<Vec<Staff>, DeskError> {
    let staff = desk.ledger().staff().await?;
    let mut counted: Vec<Staff> = Vec::new();
    for person in staff.into_iter().filter(|person| person.left.is_none() && approves(&person.roles)) {
        if counts_from(desk, &person).await? <= desk.now() {
            counted.push(person);
        }
    }
    Ok(counted)
}

/// From when on an approver's yes counts, as the history says.
async fn counts_from(desk: &Desk, person: &Staff) -> Result<UnixMillis, DeskError> {
    let mut from = None;
    for line in history::of(desk, "staff", person.name.as_str()).await? {
        let roles: Vec<Role> = serde_json::from_value(line.particulars["roles"].clone()).unwrap_or_default();
        let at: Option<UnixMillis> = line.at.parse().ok();
        let wait = if line.particulars[AMID] == true { WAIT_MILLIS } else { 0 };
        from = if approves(&roles) { from.or(at.map(|at| UnixMillis(at.0 + wait))) } else { None };
    }
    Ok(from.unwrap_or(person.added))
}

/// Refuses somebody whose yes does not count yet; while no staff is recorded, anybody's does.
///
/// # Errors
/// Refused, with the instant from which it counts.
pub async fn require_counted(desk: &Desk, who: &str) -> Result<(), DeskError> {
    let staff = desk.ledger().staff().await?;
    let person = staff.into_iter().find(|person| person.name.as_str() == who && person.left.is_none());
    let Some(person) = person else { return Ok(()) };
    let from = counts_from(desk, &person).await?;
    if from <= desk.now() {
        return Ok(());
    }
    Err(DeskError::new(Kind::Refused, format!("the yes of `{who}` counts from {} on", from.rfc3339()))
        .hint("who becomes an approver while an embargo is open waits a quarter of an hour"))
}

/// Tells the others on the staff that somebody may approve from now on.
async fn tell_of_approver(desk: &Desk, new: &Staff, others: &[Staff]) -> Result<(), DeskError> {
    let there = others.iter().filter(|one| one.left.is_none() && one.name != new.name);
    let messages: Vec<NewMessage> = there
        .map(|person| NewMessage {
            unique_key: format!("approver {} {} staff:{}", new.name, desk.now().0, person.name),
            disclosure: None,
            recipient: format!("staff:{}", person.name),
            mail: person.mail.clone(),
            subject: format!("{} may approve grave acts", new.name),
            body: format!(
                "{} made {} an approver. `earmark staff leave {}` ends it.\n",
                desk.actor(),
                new.name,
                new.name
            ),
            calendar: None,
        })
        .collect();
    Ok(desk.ledger().queue_messages(&messages, desk.now()).await?)
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
    let staff = desk.ledger().staff().await?;
    let known = staff.iter().find(|one| one.name == name).cloned();
    let nobody_yet = staff.iter().all(|one| one.left.is_some());
    let same = |one: &&Staff| {
        let theirs = one.mail.as_deref().zip(mail.as_deref());
        one.left.is_none() && one.name != name && theirs.is_some_and(|(a, b)| a.eq_ignore_ascii_case(b))
    };
    if let Some(other) = staff.iter().find(same) {
        return Err(DeskError::new(Kind::Refused, format!("this is the mail address of `{}`", other.name))
            .hint("one person has one name: two would be two people to whatever takes two"));
    }
    if nobody_yet && !roles.contains(&Role::Administrator) {
        return Err(DeskError::new(Kind::Refused, "the first of the staff must be an administrator")
            .hint("add `--role administrator`: else nobody could add the next one"));
    }
    let added = known.as_ref().map_or(now, |one| one.added);
    let mail = mail.or(known.as_ref().and_then(|one| one.mail.clone()));
    let was = known.filter(|one| one.left.is_none()).is_some_and(|one| approves(&one.roles));
    let person = Staff { name, mail, roles, added, left: None };
    let mut particulars = serde_json::json!({ "roles": person.roles });
    // Before the first one there was nobody to be gone around.
    if !nobody_yet && approves(&person.roles) && !was && cooling::embargo_is_open(desk).await? {
        particulars[AMID] = true.into();
    }
    let act = history::act(desk, "staff", person.name.as_str(), "join", &particulars);
    desk.ledger().put_staff(&person, &act).await?;
    if approves(&person.roles) && !was {
        tell_of_approver(desk, &person, &staff).await?;
    }
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
