//! Checks of the instants: terms, order, calendar, hold.

use earmark_papers::local_weekday;
use earmark_store::{InstantState, Stage, StageInstant};

use super::check::{Check, Light, Matter};
use crate::desk::Desk;

/// Days on which nobody is glad of a release.
const QUIET: [&str; 3] = ["Friday", "Saturday", "Sunday"];

pub(super) fn checks(desk: &Desk, matter: &Matter) -> Vec<Check> {
    let mut missing = Vec::new();
    if matter.disclosure.public_at.is_none() {
        missing.push("the public instant".to_owned());
    }
    if matter.instants.iter().all(|one| one.stage == Stage::Public) {
        missing.push("a stage for any tier".to_owned());
    }
    let terms = Check::of("terms", Light::Red, "all instants are set", "something is not set", missing);
    let open = |one: &&StageInstant| matches!(one.state, InstantState::Draft | InstantState::Waiting);
    let past = matter.instants.iter().filter(open).filter(|one| one.at < desk.now());
    let past = Check::of(
        "instants-ahead",
        Light::Red,
        "no instant has passed",
        "instants have passed and nothing left",
        past.map(|one| format!("{} for {} at {}", one.stage, one.tier, one.at.rfc3339())).collect(),
    );
    let hold =
        matter.disclosure.held.iter().map(|held| format!("by {} since {}", held.by, held.since.rfc3339()));
    let hold = Check::of("hold", Light::Red, "nothing is held", "the disclosure is held", hold.collect());
    vec![terms, past, hold, order(matter), after_public(matter), calendar(matter)]
}

/// Each tier gets its stages in their order.
fn order(matter: &Matter) -> Check {
    let mut wrong = Vec::new();
    let stages: Vec<&StageInstant> =
        matter.instants.iter().filter(|one| one.stage != Stage::Public).collect();
    for later in &stages {
        for earlier in stages.iter().filter(|one| one.tier == later.tier && one.stage < later.stage) {
            if later.at < earlier.at {
                wrong.push(format!("{}: {} comes before {}", later.tier, later.stage, earlier.stage));
            }
        }
    }
    let (good, bad) = ("every tier gets its stages in order", "stages come out of order");
    Check::of("stage-order", Light::Amber, good, bad, wrong)
}

/// What comes after the public instant helps nobody prepare; source code is another matter.
fn after_public(matter: &Matter) -> Check {
    let late = matter.instants.iter().filter(|one| {
        let public = matter.disclosure.public_at;
        one.stage != Stage::Source
            && one.stage != Stage::Public
            && public.is_some_and(|public| one.at >= public)
    });
    let (good, bad) =
        ("every stage leaves ahead of the public instant", "stages leave after the public instant");
    let late = late.map(|one| format!("{} for {}", one.stage, one.tier)).collect();
    Check::of("ahead-of-public", Light::Amber, good, bad, late)
}

fn calendar(matter: &Matter) -> Check {
    let zone = &matter.disclosure.zone;
    let quiet = matter.instants.iter().filter_map(|one| {
        let day = local_weekday(one.at, zone);
        QUIET.contains(&day).then(|| format!("{} for {}: {day} in {zone}", one.stage, one.tier))
    });
    let (good, bad) = ("no instant falls on a Friday or a weekend", "instants fall on quiet days");
    Check::of("calendar", Light::Amber, good, bad, quiet.collect())
}
