//! Where a partner stands, and how it gets elsewhere: admission, the ladder of sanctions, the way back.
//!
//! A sanction says why; removal takes a hearing first. Coming in and coming back take two people.

use earmark_store::{Partner, PartnerStatus};
use serde::Serialize;
use serde_json::json;

use crate::actor::{self, Right, slug};
use crate::approval::{self, Alone, Answer, Waits};
use crate::desk::Desk;
use crate::error::{DeskError, Kind};
use crate::history;

/// What can be done about a partner's standing.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Measure {
    /// An applicant comes in.
    Admit,
    /// First rung: it is told, and policy may be stricter.
    Caution,
    /// The caution or suspension ends.
    Clear,
    /// Second rung: it receives nothing for now.
    Suspend,
    /// Last rung, or it leaves, or an applicant is turned down.
    Remove,
    /// It comes back.
    Readmit,
}

impl Measure {
    /// Every measure.
    pub const ALL: [Self; 6] =
        [Self::Admit, Self::Caution, Self::Clear, Self::Suspend, Self::Remove, Self::Readmit];

    /// The verb for the history.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Self::Admit => "admit",
            Self::Caution => "caution",
            Self::Clear => "clear",
            Self::Suspend => "suspend",
            Self::Remove => "remove",
            Self::Readmit => "readmit",
        }
    }
}

/// Every legal measure; what is not here is refused.
pub const TABLE: [(PartnerStatus, Measure, PartnerStatus); 11] = [
    (PartnerStatus::Applicant, Measure::Admit, PartnerStatus::Active),
    (PartnerStatus::Applicant, Measure::Remove, PartnerStatus::Removed),
    (PartnerStatus::Active, Measure::Caution, PartnerStatus::OnNotice),
    (PartnerStatus::Active, Measure::Suspend, PartnerStatus::Suspended),
    (PartnerStatus::Active, Measure::Remove, PartnerStatus::Removed),
    (PartnerStatus::OnNotice, Measure::Clear, PartnerStatus::Active),
    (PartnerStatus::OnNotice, Measure::Suspend, PartnerStatus::Suspended),
    (PartnerStatus::OnNotice, Measure::Remove, PartnerStatus::Removed),
    (PartnerStatus::Suspended, Measure::Clear, PartnerStatus::Active),
    (PartnerStatus::Suspended, Measure::Remove, PartnerStatus::Removed),
    (PartnerStatus::Removed, Measure::Readmit, PartnerStatus::Active),
];

/// What a measure came to.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Taken {
    /// Whether it is done.
    pub done: bool,
    /// What it waits for otherwise.
    pub waiting: Option<Waits>,
    /// The partner as it stands now.
    #[serde(flatten)]
    pub partner: Partner,
}

/// Takes a measure about a partner. `why` and the note of the `hearing` go into its history.
///
/// # Errors
/// Refused where the partner's status does not allow it, or a removal was not heard; not found.
pub async fn take(
    desk: &Desk,
    name: &str,
    measure: Measure,
    why: &str,
    hearing: Option<&str>,
) -> Result<Taken, DeskError> {
    actor::require(desk, Right::Manage).await?;
    let partner = desk.ledger().partner(&slug(name)?).await?;
    let verb = measure.word();
    let found = TABLE.iter().find(|(from, by, _)| *from == partner.status && *by == measure);
    let Some((from, _, to)) = found else {
        let legal = TABLE.iter().filter(|(from, _, _)| *from == partner.status);
        let legal: Vec<&str> = legal.map(|(_, by, _)| by.word()).collect();
        return Err(DeskError::new(
            Kind::Refused,
            format!("partner `{name}` is {}: there is nothing to {verb}", partner.status),
        )
        .hint(format!("what can be done: {}", legal.join(", "))));
    };
    if why.trim().is_empty() {
        return Err(DeskError::new(Kind::Malformed, format!("to {verb} a partner takes a reason")));
    }
    let heard = hearing.is_some_and(|note| !note.trim().is_empty());
    if measure == Measure::Remove && *from != PartnerStatus::Applicant && !heard {
        return Err(DeskError::new(Kind::Refused, format!("partner `{name}` is not removed before it was heard"))
            .hint("say with `--hearing NOTE` what it answered; until then `earmark partner suspend` stops deliveries"));
    }
    let mut leave = None;
    if matches!(measure, Measure::Admit | Measure::Readmit) {
        match approval::ask(desk, ("partner", name, verb), &json!({}), Alone::AfterWaiting).await? {
            Answer::Given(given) => leave = Some(given),
            Answer::Waits(waits) => return Ok(Taken { done: false, waiting: Some(waits), partner }),
        }
    }
    let particulars = json!({ "from": from, "to": to, "why": why, "hearing": hearing });
    let act = history::act(desk, "partner", name, verb, &particulars);
    let partner = Partner { status: *to, ..partner };
    desk.ledger().change_partners(&[(partner.clone(), act)]).await?;
    if let Some(leave) = leave {
        approval::close(desk, &leave).await?;
    }
    Ok(Taken { done: true, waiting: None, partner })
}
