//! Legal hold: while one stands, nothing of a partner or person is erased. One person puts it, two let go.

use serde::Serialize;
use serde_json::json;

use crate::actor::{self, Right, slug};
use crate::approval::{self, Alone, Answer, Waits};
use crate::desk::Desk;
use crate::error::{DeskError, Kind};
use crate::history;

const NOUN: &str = "legal hold";

/// Whether a hold stands.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Standing {
    /// The partner, or `partner/contact`.
    pub subject: String,
    /// Why, while it stands.
    pub why: Option<String>,
    /// What letting go waits for.
    pub waiting: Option<Waits>,
}

async fn stands(desk: &Desk, subject: &str) -> Result<Option<String>, DeskError> {
    let last = history::of(desk, NOUN, subject)
        .await?
        .into_iter()
        .rfind(|line| matches!(line.act.as_str(), "put" | "lift"));
    Ok(last
        .filter(|line| line.act == "put")
        .map(|line| line.particulars["why"].as_str().unwrap_or_default().to_owned()))
}

/// Refuses when a hold stands on a recipient, or on its partner as a whole.
///
/// # Errors
/// Refused, with the reason of the hold.
pub(crate) async fn refuse(desk: &Desk, recipient: &str) -> Result<(), DeskError> {
    let partner = recipient.split('/').next().unwrap_or(recipient);
    for subject in [recipient, partner] {
        if let Some(why) = stands(desk, subject).await? {
            return Err(DeskError::new(Kind::Refused, format!("a legal hold stands on `{subject}`: {why}"))
                .hint(format!("two people lift it with `earmark person lift {subject}`")));
        }
    }
    Ok(())
}

/// Puts a hold on a partner, a person, or somebody of the staff (`staff:NAME`).
///
/// # Errors
/// Malformed without a reason; not found: a hold on a name that was mistyped would hold nothing.
pub async fn put(desk: &Desk, subject: &str, why: &str) -> Result<Standing, DeskError> {
    actor::require(desk, Right::Stop).await?;
    if why.trim().is_empty() {
        return Err(DeskError::new(Kind::Malformed, "a legal hold takes a reason"));
    }
    require_there(desk, subject).await?;
    desk.ledger().add_act(&history::act(desk, NOUN, subject, "put", &json!({ "why": why }))).await?;
    Ok(Standing { subject: subject.to_owned(), why: Some(why.to_owned()), waiting: None })
}

async fn require_there(desk: &Desk, subject: &str) -> Result<(), DeskError> {
    let nobody = || {
        DeskError::new(Kind::NotFound, format!("there is nobody `{subject}`"))
            .hint("name a PARTNER, a PARTNER/CONTACT, or staff:NAME")
    };
    let there = if let Some(name) = subject.strip_prefix("staff:") {
        desk.ledger().staff().await?.iter().any(|one| one.name.as_str() == name)
    } else {
        let (partner, contact) =
            subject.split_once('/').map_or((subject, None), |(partner, contact)| (partner, Some(contact)));
        let partner = slug(partner)?;
        desk.ledger().partner(&partner).await?;
        let people = desk.ledger().contacts(&partner).await?;
        contact.is_none_or(|contact| people.iter().any(|one| one.slug.as_str() == contact))
    };
    if there { Ok(()) } else { Err(nobody()) }
}

/// Lifts a hold; takes two people.
///
/// # Errors
/// Not found when none stands.
pub async fn lift(desk: &Desk, subject: &str) -> Result<Standing, DeskError> {
    let Some(why) = stands(desk, subject).await? else {
        return Err(DeskError::new(Kind::NotFound, format!("no legal hold stands on `{subject}`")));
    };
    match approval::ask(desk, (NOUN, subject, "lift"), &json!({ "why": why }), Alone::AfterWaiting).await? {
        Answer::Waits(waits) => {
            Ok(Standing { subject: subject.to_owned(), why: Some(why), waiting: Some(waits) })
        }
        Answer::Given(leave) => {
            desk.ledger().add_act(&history::act(desk, NOUN, subject, "lift", &json!({}))).await?;
            approval::close(desk, &leave).await?;
            Ok(Standing { subject: subject.to_owned(), why: None, waiting: None })
        }
    }
}

/// Why a hold stands on a partner or person, if one does.
///
/// # Errors
/// When the ledger cannot be read.
pub async fn of(desk: &Desk, subject: &str) -> Result<Option<String>, DeskError> {
    let partner = subject.split('/').next().unwrap_or(subject);
    Ok(stands(desk, subject).await?.or(stands(desk, partner).await?))
}
