//! What is held longer than it is needed: a list, and one act that erases what is on it, unless a hold stands.

use std::collections::{BTreeMap, BTreeSet};

use earmark_model::UnixMillis;
use earmark_store::{PartnerStatus, RowErasure};
use serde::Serialize;
use serde_json::json;

use super::messages::messages;
use super::person::{self, MARK};
use super::statements;
use crate::actor::{self, Right};
use crate::desk::Desk;
use crate::error::DeskError;
use crate::history;
use crate::program::legal_hold;

const DAY_MILLIS: i64 = 86_400_000;

/// For how long a person's row is kept when its partner was removed.
const AFTER_REMOVAL_MILLIS: i64 = 90 * DAY_MILLIS;

/// For how long the words of a message are kept when its disclosure is public, or since it was written.
const AFTER_PUBLIC_MILLIS: i64 = 3 * 365 * DAY_MILLIS;

/// For how long the address of somebody is kept who left the staff.
const AFTER_LEAVING_MILLIS: i64 = 3 * 365 * DAY_MILLIS;

/// Something whose time is over.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Due {
    /// `contact`, `message` or `staff`.
    pub class: &'static str,
    /// Whose: `partner/contact`, a recipient, or `staff:NAME`.
    pub subject: String,
    /// The message, where it is one.
    pub message: Option<u64>,
    /// Since when its time is over, RFC 3339.
    pub since: String,
    /// Why it stays, where a legal hold stands.
    pub legal_hold: Option<String>,
}

/// Everything whose time is over now: people first, then the staff, then messages.
///
/// # Errors
/// When the ledger cannot be read.
pub async fn due(desk: &Desk) -> Result<Vec<Due>, DeskError> {
    let now = desk.now();
    let over = |from: UnixMillis, after: i64| {
        let since = UnixMillis(from.0.saturating_add(after));
        (since <= now).then(|| since.rfc3339())
    };
    let mut due = Vec::new();
    for partner in desk.ledger().partners().await? {
        if partner.status != PartnerStatus::Removed {
            continue;
        }
        let lines = history::of(desk, "partner", partner.slug.as_str()).await?;
        let removed = lines.iter().rfind(|line| line.act == "remove").and_then(|line| line.at.parse().ok());
        let Some(since) = removed.and_then(|at| over(at, AFTER_REMOVAL_MILLIS)) else { continue };
        for one in desk.ledger().contacts(&partner.slug).await? {
            if one.name != MARK {
                let subject = format!("{}/{}", partner.slug, one.slug);
                due.push(Due::of(desk, "contact", subject, None, since.clone()).await?);
            }
        }
    }
    for person in desk.ledger().staff().await?.into_iter().filter(|person| person.mail.is_some()) {
        if let Some(since) = person.left.and_then(|at| over(at, AFTER_LEAVING_MILLIS)) {
            due.push(Due::of(desk, "staff", format!("staff:{}", person.name), None, since).await?);
        }
    }
    let public: BTreeMap<String, Option<UnixMillis>> = desk
        .ledger()
        .disclosures()
        .await?
        .into_iter()
        .map(|one| (one.id.to_string(), one.public_at))
        .collect();
    for message in messages(desk).await? {
        let from = match &message.disclosure {
            // Without a public instant it is not over.
            Some(id) => public.get(id).copied().flatten(),
            None => Some(message.queued),
        };
        if let Some(since) = from.and_then(|from| over(from, AFTER_PUBLIC_MILLIS)) {
            due.push(Due::of(desk, "message", message.recipient, Some(message.id), since).await?);
        }
    }
    Ok(due)
}

impl Due {
    async fn of(
        desk: &Desk,
        class: &'static str,
        subject: String,
        message: Option<u64>,
        since: String,
    ) -> Result<Self, DeskError> {
        let legal_hold = legal_hold::of(desk, &subject).await?;
        Ok(Self { class, subject, message, since, legal_hold })
    }
}

/// Erases everything whose time is over and on which no hold stands; gives what that was.
///
/// # Errors
/// Refused when the actor may not; malformed without a ground.
pub async fn erase_due(desk: &Desk, basis: &str) -> Result<Vec<Due>, DeskError> {
    actor::require(desk, Right::Manage).await?;
    statements::require_ground(basis)?;
    let mut erased = due(desk).await?;
    erased.retain(|one| one.legal_hold.is_none());
    let of_class = |class: &'static str| erased.iter().filter(move |one| one.class == class);
    for one in of_class("contact") {
        person::erase(desk, &one.subject, basis).await?;
    }
    for one in of_class("staff") {
        super::accounts::erase(desk, &one.subject, basis).await?;
    }
    let messages: Vec<u64> = erased.iter().filter_map(|one| one.message).collect();
    if messages.is_empty() {
        return Ok(erased);
    }
    // A line of history for each partner, or member of the staff, that was written to.
    let subjects: BTreeSet<(&str, &str)> = of_class("message")
        .map(|one| match one.subject.strip_prefix("staff:") {
            Some(name) => ("staff", name),
            None => ("partner", one.subject.split('/').next().unwrap_or(&one.subject)),
        })
        .collect();
    let acts: Vec<_> = subjects
        .into_iter()
        .map(|(noun, subject)| {
            history::act(desk, noun, subject, "erase messages", &json!({ "basis": basis }))
        })
        .collect();
    let erasure = RowErasure { messages, mark: MARK.to_owned(), ..RowErasure::default() };
    desk.ledger().erase_rows(&erasure, &acts).await?;
    desk.ledger().scrub().await?;
    Ok(erased)
}
