//! Disclosures: what is embargoed, to whom which stage goes when, and the embargo's own steps.

use earmark_model::{RecipientId, UnixMillis};
use earmark_papers::is_zone;
use earmark_store::{Disclosure, DisclosureChange, Embargo, InstantState, Stage};
pub use earmark_store::{Exploitation, Tlp};
use serde_json::json;

use super::embargo::{self, Step};
use super::matter::{self, Matter};
use super::schedule::{self, StageAt, not_past};
use super::{preflight, recipients, remind, rhythm};
use crate::actor::{self, Right};
use crate::approval::{self, Alone, Answer, Waits};
use crate::desk::Desk;
use crate::error::{DeskError, Kind};
use crate::history;

/// A disclosure to be added.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewDisclosure {
    /// Its name in addresses.
    pub id: String,
    /// Its name for people.
    pub title: String,
    /// The public instant, RFC 3339.
    pub public: Option<String>,
    /// When which stage goes to which tier.
    pub stages: Vec<StageAt>,
    /// Severity on the CVSS scale, 0.0 to 10.0.
    pub severity: Option<String>,
    /// The CVSS vector behind it.
    pub cvss: Option<String>,
    /// CVE ids.
    pub cves: Vec<String>,
    /// The label.
    pub tlp: Tlp,
    /// How likely it is that the flaw is used.
    pub exploitation: Exploitation,
    /// Whether it can spread by itself.
    pub wormable: bool,
    /// Whether partners may deploy protection before the public instant.
    pub deploy_early: bool,
    /// A drill.
    pub exercise: bool,
    /// The recipients who take part, where it is a drill.
    pub participants: Vec<String>,
    /// The zone in which instants are shown beside UTC.
    pub zone: String,
}

impl NewDisclosure {
    /// One of which nothing is known but what it is called: TLP:AMBER, no instant, shown in UTC.
    #[must_use]
    pub fn new(id: &str, title: &str) -> Self {
        Self {
            id: id.to_owned(),
            title: title.to_owned(),
            public: None,
            stages: Vec::new(),
            severity: None,
            cvss: None,
            cves: Vec::new(),
            tlp: Tlp::Amber,
            exploitation: Exploitation::Unproven,
            wormable: false,
            deploy_early: false,
            exercise: false,
            participants: Vec::new(),
            zone: "UTC".to_owned(),
        }
    }
}

/// Adds a disclosure; where a public instant is given, its terms are proposed.
///
/// # Errors
/// Malformed, refused for an instant that has passed, conflict when the name is taken.
pub async fn add(desk: &Desk, new: &NewDisclosure) -> Result<(), DeskError> {
    actor::require(desk, Right::Manage).await?;
    let public = new.public.as_deref().map(schedule::parse_instant).transpose()?;
    let disclosure = checked(desk, new, public)?;
    let particulars = json!({ "title": disclosure.title, "public": public.map(UnixMillis::rfc3339) });
    let act = history::act(desk, "disclosure", disclosure.id.as_str(), "add", &particulars);
    let mut change = DisclosureChange::new(disclosure, act);
    change.participants = participants(desk, new).await?;
    for stage in &new.stages {
        let at = stage.resolve(public)?;
        let instant = schedule::instant(stage.stage, stage.tier.clone(), 0, at, InstantState::Draft);
        if change.instants.iter().any(|one| (one.stage, &one.tier) == (instant.stage, &instant.tier)) {
            return Err(DeskError::new(
                Kind::Malformed,
                format!("{} for tier `{}` is given twice", instant.stage, instant.tier),
            ));
        }
        change.instants.push(instant);
    }
    if let Some(public) = public {
        change.instants.push(matter::public(public, 0, InstantState::Draft)?);
    }
    for instant in &change.instants {
        not_past(desk, &format!("{} for tier `{}`", instant.stage, instant.tier), instant.at)?;
    }
    Ok(desk.ledger().add_disclosure(&change, desk.now()).await?)
}

/// The recipients who take part in a drill.
async fn participants(desk: &Desk, new: &NewDisclosure) -> Result<Vec<RecipientId>, DeskError> {
    if new.participants.is_empty() {
        return Ok(Vec::new());
    }
    if !new.exercise {
        return Err(DeskError::new(Kind::Malformed, "only a drill names who takes part")
            .hint("what is real goes to everybody whom tier and policy let have it"));
    }
    let all = recipients::all(desk).await?;
    let find = |name: &String| {
        all.iter()
            .find(|to| to.recipient.id.as_str() == name)
            .map(|to| to.recipient.id.clone())
            .ok_or_else(|| DeskError::new(Kind::NotFound, format!("there is no recipient `{name}`")))
    };
    new.participants.iter().map(find).collect()
}

fn checked(desk: &Desk, new: &NewDisclosure, public: Option<UnixMillis>) -> Result<Disclosure, DeskError> {
    let malformed = |why: String| DeskError::new(Kind::Malformed, why);
    let id = actor::slug(&new.id)?;
    if new.title.trim().is_empty() || new.title.chars().any(char::is_control) {
        return Err(malformed(format!("disclosure `{id}` needs a title, in one line")));
    }
    if !is_zone(&new.zone) {
        return Err(malformed(format!("`{}` is no time zone", new.zone))
            .hint("use a name of the IANA database, such as `Europe/Berlin`"));
    }
    let severity = new.severity.as_deref().map(tenths).transpose()?;
    if let Some(vector) = new.cvss.as_deref().filter(|vector| !is_vector(vector)) {
        return Err(malformed(format!("`{vector}` is no CVSS vector"))
            .hint("such as `CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H`"));
    }
    if let Some(id) = new.cves.iter().find(|id| !is_cve(id)) {
        return Err(malformed(format!("`{id}` is no CVE id")).hint("such as `CVE-2026-12345`"));
    }
    Ok(Disclosure {
        id,
        title: new.title.clone(),
        embargo: if public.is_some() { Embargo::Proposed } else { Embargo::None },
        severity_tenths: severity,
        cvss: new.cvss.clone(),
        exploitation: new.exploitation,
        wormable: new.wormable,
        tlp: new.tlp,
        cves: new.cves.clone(),
        deploy_early: new.deploy_early,
        exercise: new.exercise,
        public_at: public,
        zone: new.zone.clone(),
        held: None,
        broken: None,
        sequence: 0,
        edition: 0,
        added: desk.now(),
    })
}

/// `9.8` as 98.
fn tenths(text: &str) -> Result<u8, DeskError> {
    let malformed = || {
        DeskError::new(Kind::Malformed, format!("`{text}` is no severity"))
            .hint("0.0 to 10.0, with one decimal")
    };
    let (whole, decimal) = text.split_once('.').unwrap_or((text, "0"));
    if decimal.len() != 1 || whole.starts_with('+') || decimal.starts_with('+') {
        return Err(malformed());
    }
    let (whole, decimal): (u8, u8) =
        (whole.parse().map_err(|_| malformed())?, decimal.parse().map_err(|_| malformed())?);
    whole
        .checked_mul(10)
        .and_then(|tens| tens.checked_add(decimal))
        .filter(|all| *all <= 100)
        .ok_or_else(malformed)
}

fn is_vector(text: &str) -> bool {
    let rest = ["CVSS:3.0/", "CVSS:3.1/", "CVSS:4.0/"].iter().find_map(|start| text.strip_prefix(start));
    let metric = |part: &str| {
        part.split_once(':').is_some_and(|(name, value)| {
            let word = |text: &str| !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_alphanumeric());
            word(name) && word(value)
        })
    };
    text.len() <= 300 && rest.is_some_and(|rest| rest.split('/').all(metric))
}

fn is_cve(text: &str) -> bool {
    let parts = text.strip_prefix("CVE-").and_then(|rest| rest.split_once('-'));
    let digits = |text: &str| text.bytes().all(|byte| byte.is_ascii_digit());
    parts.is_some_and(|(year, number)| {
        year.len() == 4 && digits(year) && (4..=19).contains(&number.len()) && digits(number)
    })
}

/// Puts terms on the table: a public instant, with which stages that are there move, and other stages.
///
/// # Errors
/// Refused where the embargo is in force already, or an instant has passed.
pub async fn propose(
    desk: &Desk,
    id: &str,
    public: Option<&str>,
    stages: &[StageAt],
) -> Result<(), DeskError> {
    let matter = Matter::load(desk, id, Right::Manage).await?;
    let mut change = matter.change(desk, "propose", &json!({ "public": public }));
    let next = embargo::advance(&matter.disclosure.id, matter.disclosure.embargo, Step::Propose)?;
    let public = public.map(schedule::parse_instant).transpose()?.or(matter.disclosure.public_at);
    let public = public.ok_or_else(|| {
        DeskError::new(Kind::Malformed, format!("disclosure `{id}` has no public instant yet"))
            .hint("give it with `--public INSTANT`")
    })?;
    change.disclosure.embargo = next;
    change.disclosure.public_at = Some(public);
    change.disclosure.sequence += 1;
    let sequence = change.disclosure.sequence;
    for stage in stages {
        let at = stage.resolve(Some(public))?;
        not_past(desk, &format!("{} for tier `{}`", stage.stage, stage.tier), at)?;
        change.instants.push(schedule::instant(
            stage.stage,
            stage.tier.clone(),
            sequence,
            at,
            InstantState::Draft,
        ));
    }
    // Stages that nobody mentions keep their distance from the public instant.
    let shift = matter.disclosure.public_at.map_or(0, |old| public.0 - old.0);
    for old in matter.open().filter(|one| one.stage != Stage::Public) {
        if change.instants.iter().all(|one| (one.stage, &one.tier) != (old.stage, &old.tier)) {
            let at = UnixMillis(old.at.0.saturating_add(shift));
            not_past(desk, &format!("{} for tier `{}`", old.stage, old.tier), at)?;
            let moved = schedule::instant(old.stage, old.tier.clone(), sequence, at, InstantState::Draft);
            change.instants.push(moved);
        }
    }
    not_past(desk, "the public instant", public)?;
    change.instants.push(matter::public(public, sequence, InstantState::Draft)?);
    Ok(desk.ledger().change_disclosure(&change, desk.now()).await?)
}

/// Turns the proposed terms down.
///
/// # Errors
/// Refused where none are on the table.
pub async fn reject(desk: &Desk, id: &str, why: &str) -> Result<(), DeskError> {
    let matter = Matter::load(desk, id, Right::Manage).await?;
    let mut change = matter.change(desk, "reject", &json!({ "why": why }));
    change.disclosure.embargo =
        embargo::advance(&matter.disclosure.id, matter.disclosure.embargo, Step::Reject)?;
    Ok(desk.ledger().change_disclosure(&change, desk.now()).await?)
}

/// Accepts the terms on the table, and so arms every instant; or accepts revised terms, which are armed already.
///
/// # Errors
/// Refused where there is nothing to accept, an instant has passed meanwhile, or a check of the preflight is red.
pub async fn accept(desk: &Desk, id: &str) -> Result<(), DeskError> {
    let matter = Matter::load(desk, id, Right::Manage).await?;
    let change = acceptance(desk, &matter, &json!({})).await?;
    let found = preflight::preflight(desk, id).await?;
    let red: Vec<String> = found.red().map(|check| format!("{}: {}", check.name, check.says)).collect();
    if !red.is_empty() {
        let why = format!("disclosure `{id}` is not ready: {}", red.join("; "));
        return Err(DeskError::new(Kind::Refused, why).hint(format!(
            "`earmark disclosure preflight {id}` names whom and what; two people may accept despite it"
        )));
    }
    Ok(desk.ledger().change_disclosure(&change, desk.now()).await?)
}

/// Accepts them though checks of the preflight are red, for a reason; takes two people. Gives what it waits for.
///
/// # Errors
/// As [`accept`], but for the preflight.
pub async fn accept_despite(desk: &Desk, id: &str, why: &str) -> Result<Option<Waits>, DeskError> {
    let matter = Matter::load(desk, id, Right::Approve).await?;
    let found = preflight::preflight(desk, id).await?;
    let red: Vec<&str> = found.red().map(|check| check.name).collect();
    // A yes to these faults is no yes to others.
    let values = json!({ "red": red, "sequence": matter.disclosure.sequence });
    let change = acceptance(desk, &matter, &json!({ "despite": red, "why": why })).await?;
    let leave = match approval::ask(desk, ("disclosure", id, "accept"), &values, Alone::AfterWaiting).await? {
        Answer::Given(leave) => leave,
        Answer::Waits(waits) => return Ok(Some(waits)),
    };
    desk.ledger().change_disclosure(&change, desk.now()).await?;
    approval::close(desk, &leave).await?;
    Ok(None)
}

/// The change that arms every instant.
async fn acceptance(
    desk: &Desk,
    matter: &Matter,
    particulars: &serde_json::Value,
) -> Result<DisclosureChange, DeskError> {
    let mut change = matter.change(desk, "accept", particulars);
    change.disclosure.embargo =
        embargo::advance(&matter.disclosure.id, matter.disclosure.embargo, Step::Accept)?;
    let leads = rhythm::leads(desk, &matter.disclosure.id).await?;
    for instant in matter.open().filter(|one| one.state == InstantState::Draft) {
        not_past(desk, &format!("{} for tier `{}`", instant.stage, instant.tier), instant.at)?;
        change.moves.push((instant.stage, instant.tier.clone(), InstantState::Waiting));
        change.jobs.extend(matter::jobs(&matter.disclosure.id, instant));
        change.jobs.extend(remind::jobs(&matter.disclosure.id, instant, &leads));
    }
    Ok(change)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn severities_vectors_and_cves_are_checked() {
        assert_eq!((tenths("9.8").unwrap(), tenths("10").unwrap(), tenths("0.0").unwrap()), (98, 100, 0));
        for text in ["", "9.85", "10.1", "-1", "9,8", "x", "300", "9.", "+9.8", "9.+"] {
            assert!(tenths(text).is_err(), "{text}");
        }
        assert!(is_vector("CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H"));
        assert!(!is_vector("CVSS:3.1/") && !is_vector("9.8") && !is_vector("CVSS:3.1/AV:N/\n"));
        assert!(
            is_cve("CVE-2026-1234")
                && !is_cve("CVE-26-1234")
                && !is_cve("CVE-2026-12")
                && !is_cve("2026-1234")
        );
    }
}
