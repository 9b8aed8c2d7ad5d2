//! Checks of the people: keys, agreements, mail, who may approve.

use std::collections::BTreeMap;

use earmark_model::Slug;
use earmark_store::KeyStatus;

use super::check::{Check, Light, Matter};
use crate::actor;
use crate::approval;
use crate::desk::Desk;
use crate::error::DeskError;
use crate::program::schedule::parse_instant;
use crate::program::usable_keys::usable_keys;

pub(super) async fn checks(desk: &Desk, matter: &Matter) -> Result<Vec<Check>, DeskError> {
    let (mut keyless, mut unproven) = (Vec::new(), Vec::new());
    for to in &matter.receivers {
        let id = to.recipient.id.as_str();
        let Some(last) = matter.bundles().filter(|line| line.recipient == id).map(|line| &line.due.at).max()
        else {
            continue;
        };
        // A key must still be good when the last bundle is sealed.
        if let Err(error) = usable_keys(desk, &to.recipient, parse_instant(last)?).await {
            keyless.push(format!("{id}: {error}"));
        } else if let Some(partner) = &to.recipient.partner {
            let keys = desk.ledger().contact_keys(partner).await?;
            if keys.iter().all(|key| key.status != KeyStatus::Verified) {
                unproven.push(id.to_owned());
            }
        }
    }
    let unreached = matter.receivers.iter().filter(|to| to.mail.is_none());
    let unreached = unreached.map(|to| to.recipient.id.to_string()).collect();
    let messages = desk.ledger().messages_about(&matter.disclosure.id).await?;
    let lost = messages.iter().filter(|one| one.failed.is_some());
    let lost =
        lost.map(|one| format!("{}: {}", one.message.recipient, one.reply.as_deref().unwrap_or_default()));
    Ok(vec![
        Check::of(
            "keys",
            Light::Red,
            "everybody has a key that is good at their instants",
            "no bundle can be sealed to",
            keyless,
        ),
        Check::of(
            "keys-proven",
            Light::Amber,
            "everybody has shown that they can open a bundle",
            "never opened a test message",
            unproven,
        ),
        agreements(desk, matter).await?,
        Check::of(
            "mail",
            Light::Amber,
            "everybody has a mail address",
            "no mail address is known",
            unreached,
        ),
        Check::of(
            "mail-arrives",
            Light::Amber,
            "no mail was given up",
            "mail was given up: they were not told",
            lost.collect(),
        ),
        approvers(desk, matter).await?,
    ])
}

/// Everybody accepted the version in force of every agreement.
async fn agreements(desk: &Desk, matter: &Matter) -> Result<Check, DeskError> {
    let mut latest: BTreeMap<Slug, u32> = BTreeMap::new();
    for one in desk.ledger().agreements().await? {
        let version = latest.entry(one.name).or_insert(one.version);
        *version = one.version.max(*version);
    }
    if latest.is_empty() {
        let none = vec!["the program has no agreement".to_owned()];
        return Ok(Check::of("agreements", Light::Amber, "", "nobody agreed to anything", none));
    }
    let accepted = desk.ledger().acceptances().await?;
    let mut missing = Vec::new();
    for partner in matter.receivers.iter().filter_map(|to| to.recipient.partner.as_ref()) {
        for (name, version) in &latest {
            let has = accepted
                .iter()
                .any(|one| one.partner == *partner && one.agreement == *name && one.version == *version);
            if !has {
                missing.push(format!("{partner}: {name} {version}"));
            }
        }
    }
    let (good, bad) = ("everybody accepted the agreements in force", "agreements in force are not accepted");
    Ok(Check::of("agreements", Light::Red, good, bad, missing))
}

/// Two people may approve, and nothing waits for one of them.
async fn approvers(desk: &Desk, matter: &Matter) -> Result<Check, DeskError> {
    let mut about = Vec::new();
    if actor::approvers(desk).await?.len() < 2 {
        about.push("fewer than two people may approve grave acts".to_owned());
    }
    let mine = |one: &&approval::Grave| {
        one.asked.noun == "disclosure" && one.asked.subject == matter.disclosure.id.as_str()
    };
    let open = approval::open(desk).await?;
    about.extend(open.iter().filter(mine).map(|one| format!("request {} waits: {}", one.id, one.asked.act)));
    let (good, bad) = ("two people may approve and nothing waits for them", "somebody is missing");
    Ok(Check::of("approvals", Light::Amber, good, bad, about))
}
