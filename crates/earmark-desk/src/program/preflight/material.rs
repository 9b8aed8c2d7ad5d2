//! Checks of what is handed out: is it there, does policy let it go, can it be traced.

use std::collections::BTreeMap;

use earmark_store::Stage;
use serde_json::Value;

use super::check::{Check, Light, Matter};
use crate::desk::Desk;
use crate::error::DeskError;
use crate::program::explain::Line;

pub(super) async fn checks(desk: &Desk, matter: &Matter) -> Result<Vec<Check>, DeskError> {
    let mut current = desk.ledger().materials(&matter.disclosure.id).await?;
    current.retain(|one| one.superseded.is_none());
    let (mut unmarked, mut coarse, mut uncertified) = (Vec::new(), Vec::new(), Vec::new());
    for material in &current {
        let name = format!("{} at {}", material.asset, material.stage);
        let report = desk.ledger().plans_of(&material.revision).await?.pop();
        let report: Value =
            report.and_then(|plan| serde_json::from_str(&plan.plan.report).ok()).unwrap_or_default();
        let positions = report["positions"].as_u64().unwrap_or(0);
        if positions == 0 {
            unmarked.push(name);
            continue;
        }
        if report["smallest_fragment_lines"].is_null() {
            coarse.push(format!("{name}: {positions} positions"));
        }
        if report["certified"].is_null() {
            uncertified.push(name);
        }
    }
    let wants = [Stage::DetectionGuidance, Stage::ProofOfConcept, Stage::Source];
    let bare = matter.instants.iter().filter(|one| {
        wants.contains(&one.stage) && current.iter().all(|material| material.stage != one.stage)
    });
    let bare = bare.map(|one| one.stage.to_string()).collect();
    Ok(vec![
        Check::of(
            "material",
            Light::Amber,
            "every stage has its material",
            "stages bring a notice and no material",
            bare,
        ),
        Check::of(
            "traceable",
            Light::Red,
            "every copy is marked",
            "copies would not differ: no leak could be traced",
            unmarked,
        ),
        Check::of(
            "fragments",
            Light::Amber,
            "fragments name a copy",
            "no fragment is long enough to name a copy by itself",
            coarse,
        ),
        Check::of(
            "certified",
            Light::Amber,
            "marked copies were built and tested",
            "no command showed that marked copies behave",
            uncertified,
        ),
        policy(matter),
        nobody(matter),
    ])
}

/// Whom policy denies what, and by which policy.
fn policy(matter: &Matter) -> Check {
    let mut denied: BTreeMap<String, Vec<&str>> = BTreeMap::new();
    for line in matter.lines.iter().filter(|line| !line.verdict.allowed) {
        let what = format!("{}: {}", line.stage, line.verdict.policies.join(", "));
        denied.entry(what).or_default().push(&line.recipient);
    }
    let denied = denied.into_iter().map(|(what, who)| format!("{what} denies {}", who.join(", "))).collect();
    Check::of("policy", Light::Amber, "policy denies nobody anything", "policy denies", denied)
}

/// A stage that reaches nobody was hardly meant so.
fn nobody(matter: &Matter) -> Check {
    let stages = matter.instants.iter().filter(|one| one.stage != Stage::Public);
    let empty = stages.filter(|one| {
        let reaches = |line: &Line| {
            line.stage == one.stage
                && line.verdict.allowed
                && matter
                    .receivers
                    .iter()
                    .any(|to| to.recipient.id.as_str() == line.recipient && to.tier() == one.tier.as_str())
        };
        !matter.lines.iter().any(reaches)
    });
    let empty = empty.map(|one| format!("{} for {}", one.stage, one.tier)).collect();
    Check::of("reaches-somebody", Light::Red, "every stage reaches somebody", "stages reach nobody", empty)
}
