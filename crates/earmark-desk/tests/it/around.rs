//! Around a disclosure: preflight, preview, reminders, chasing, questions, reports, drills.

use earmark_desk::actor::{self, Role};
use earmark_desk::error::Kind;
use earmark_desk::program::disclosure::{self, NewDisclosure};
use earmark_desk::program::preflight::{self, Light};
use earmark_desk::program::protection::{self, NewReport};
use earmark_desk::program::schedule::StageAt;
use earmark_desk::program::{breach, hold, preview, questions, remind};
use earmark_store::{InstantState, Stage};

use crate::bench::{Bench, HOUR, hours};

async fn light(bench: &Bench, id: &str, name: &str) -> Light {
    let found = preflight::preflight(&bench.desk, id).await.unwrap();
    found.checks.iter().find(|check| check.name == name).unwrap().light
}

#[tokio::test]
async fn preflight_names_what_is_amiss() {
    let bench = Bench::new().await;
    bench.propose("d", &["advisory:one=-24h", "heads-up:one=-12h", "proof-of-concept:nowhere=-1h"]).await;
    // Public on Thursday evening; a stage for a tier that nobody is in; stages out of order.
    for (name, wanted) in [
        ("terms", Light::Green),
        ("instants-ahead", Light::Green),
        ("hold", Light::Green),
        ("stage-order", Light::Amber),
        ("ahead-of-public", Light::Green),
        ("calendar", Light::Green),
        ("material", Light::Amber),
        ("traceable", Light::Green),
        ("policy", Light::Green),
        ("reaches-somebody", Light::Red),
        ("keys", Light::Green),
        ("agreements", Light::Amber),
        ("mail", Light::Green),
        ("approvals", Light::Amber),
    ] {
        assert_eq!(light(&bench, "d", name).await, wanted, "{name}");
    }
    let refused = disclosure::accept(&bench.desk, "d").await.unwrap_err();
    assert_eq!(refused.kind, Kind::Refused);
    assert!(refused.to_string().contains("reaches-somebody"), "{refused}");
    assert!(disclosure::accept_despite(&bench.desk, "d", "a partner joins").await.unwrap().is_some());
    bench.clock.advance(16 * 60 * 1000);
    assert!(disclosure::accept_despite(&bench.desk, "d", "a partner joins").await.unwrap().is_none());
    assert!(bench.show("d").await.stages.iter().all(|line| line.state == InstantState::Waiting));
    hold::hold(&bench.desk, "d", "wait").await.unwrap();
    assert_eq!(light(&bench, "d", "hold").await, Light::Red);
}

#[tokio::test]
async fn a_preview_is_what_is_sent() {
    let bench = Bench::new().await;
    let stages = ["heads-up:one=-90h", "advisory:one=-24h", "advisory:two=-2h"];
    bench.propose("d", &stages).await;
    let before = preview::of_recipient(&bench.desk, "d", "amber").await.unwrap();
    disclosure::accept(&bench.desk, "d").await.unwrap();
    let planned = preview::of_recipient(&bench.desk, "d", "amber").await.unwrap();
    assert_eq!(before, planned, "before the terms are accepted too");
    assert_eq!(
        planned.iter().map(|one| one.stage).collect::<Vec<_>>(),
        [Stage::HeadsUp, Stage::Advisory, Stage::Public]
    );
    for (hours, kind) in [(10, "heads-up"), (66, "advisory"), (24, "public now")] {
        bench.clock.advance(hours * HOUR);
        bench.work().await;
        let sent = bench.messages("d").await;
        let mut sent = sent.iter().filter(|one| one.message.recipient == "amber").map(|one| &one.message);
        let sent = sent.rfind(|one| one.subject.ends_with(kind)).unwrap();
        let plan = planned.iter().find(|one| one.subject == sent.subject).unwrap();
        assert_eq!((&plan.body, &plan.calendar), (&sent.body, &sent.calendar), "{kind}");
    }
    let missing = preview::of_recipient(&bench.desk, "d", "nobody").await.unwrap_err();
    assert_eq!(missing.kind, Kind::NotFound);
}

#[tokio::test]
async fn those_who_were_told_are_reminded_of_the_schedule_in_force() {
    let bench = Bench::new().await;
    bench.arm("d", &["advisory:one=-48h", "advisory:two=-2h"]).await;
    bench.clock.advance(52 * HOUR);
    bench.work().await;
    bench.clock.advance(24 * HOUR);
    bench.work().await;
    assert_eq!(
        bench.told("d", "public in 24 hours").await,
        ["amber", "birch"],
        "cedar does not know of it yet"
    );
    // It slips: the old reminder never comes, the new one does.
    let later = earmark_desk::program::revise::Revision {
        public: Some(hours(&bench, 48)),
        stages: Vec::new(),
        why: "it slips".to_owned(),
    };
    earmark_desk::program::revise::revise(&bench.desk, "d", &later).await.unwrap();
    bench.clock.advance(23 * HOUR + 1);
    bench.work().await;
    assert!(bench.told("d", "public in an hour").await.is_empty());
    bench.clock.advance(24 * HOUR);
    bench.work().await;
    assert_eq!(bench.told("d", "public in an hour").await, ["amber", "birch"], "cedar was told just now");
    // Nobody worked for days: a reminder of what is past is none.
    bench.clock.advance(72 * HOUR);
    bench.work().await;
    assert_eq!(bench.told("d", "public in an hour").await.len(), 2);
}

#[tokio::test]
async fn a_disclosure_and_each_of_its_tiers_may_have_a_rhythm_of_its_own() {
    let bench = Bench::new().await;
    let wanted = |leads: &[u32], ask: Option<u32>, askings: Option<u32>| remind::Wanted {
        remind_minutes: Some(leads.to_vec()),
        ask_minutes: ask,
        askings,
    };
    bench.propose("d", &["advisory:one=-99h", "advisory:two=-99h"]).await;
    remind::set(&bench.desk, "d", None, &wanted(&[2_880], None, Some(0))).await.unwrap();
    disclosure::accept(&bench.desk, "d").await.unwrap();
    // Set when the instants are armed already, and for one tier only.
    let own =
        remind::set(&bench.desk, "d", Some("two"), &wanted(&[90, 600, 90], Some(60), Some(1))).await.unwrap();
    assert_eq!((own.remind_minutes.as_slice(), own.ask_minutes, own.askings), (&[600, 90][..], 60, 1));
    for bad in [&[0][..], &[200_000], &[1; 11].map(|n| n * 2)] {
        let long = [bad, &(100..111).collect::<Vec<u32>>()].concat();
        let refused = remind::set(&bench.desk, "d", None, &wanted(&long, None, None)).await.unwrap_err();
        assert_eq!(refused.kind, Kind::Malformed);
    }
    for _ in 0..400 {
        bench.clock.advance(HOUR / 4);
        bench.work().await;
    }
    assert_eq!(bench.told("d", "public in 48 hours").await, ["amber", "birch"]);
    assert_eq!(bench.told("d", "public in 10 hours").await, ["cedar"]);
    assert_eq!(bench.told("d", "public in 90 minutes").await, ["cedar"]);
    for other in ["public in 24 hours", "public in an hour"] {
        assert!(bench.told("d", other).await.is_empty(), "not the built-in ones");
    }
    assert_eq!(bench.told("d", "your word, please").await, ["cedar"], "after an hour, once");
}

#[tokio::test]
async fn the_silent_are_asked_twice_and_then_the_staff_hears() {
    let bench = Bench::new().await;
    actor::join(&bench.desk, "owner", None, vec![Role::Administrator]).await.unwrap();
    bench.arm("d", &["advisory:one=-99h"]).await;
    bench.clock.advance(HOUR);
    bench.work().await;
    let word = NewReport { affected: Some("not-looked".to_owned()), ..NewReport::default() };
    protection::report(&bench.desk, "d", "birch", &word).await.unwrap();
    for _ in 0..5 {
        bench.clock.advance(12 * HOUR);
        bench.work().await;
    }
    assert_eq!(bench.told("d", "your word, please").await, ["amber", "amber"]);
    bench.clock.advance(12 * HOUR);
    bench.work().await;
    assert_eq!(bench.told("d", "nothing heard").await, ["staff:owner"]);
    assert_eq!(bench.told("d", "your word, please").await.len(), 2);
}

#[tokio::test]
async fn an_answer_reaches_the_whole_stage_at_one_instant_and_names_nobody() {
    let bench = Bench::new().await;
    bench.arm("d", &["advisory:one=-99h", "advisory:two=-50h"]).await;
    let early = questions::ask(&bench.desk, "d", "amber", None, "?").await.unwrap_err();
    assert_eq!(early.kind, Kind::Refused, "who has nothing asks nothing");
    bench.clock.advance(HOUR);
    bench.work().await;
    let number =
        questions::ask(&bench.desk, "d", "amber", None, "Is our 7.x hit? Yours, Amber").await.unwrap();
    let at = hours(&bench, 5);
    questions::answer(&bench.desk, "d", number, "7.x is affected.", Some("Is 7.x affected?"), Some(&at))
        .await
        .unwrap();
    bench.clock.advance(4 * HOUR);
    bench.work().await;
    assert!(bench.told("d", "an answer").await.is_empty(), "not before its instant");
    hold::hold(&bench.desk, "d", "stop").await.unwrap();
    bench.clock.advance(2 * HOUR);
    bench.work().await;
    assert!(bench.told("d", "an answer").await.is_empty(), "what is held holds answers");
    hold::resume(&bench.desk, "d").await.unwrap();
    bench.clock.advance(16 * 60 * 1000);
    hold::resume(&bench.desk, "d").await.unwrap();
    bench.work().await;
    assert_eq!(bench.told("d", "an answer").await, ["amber", "birch"]);
    let again = questions::answer(&bench.desk, "d", number, "No.", None, None).await.unwrap_err();
    assert_eq!(again.kind, Kind::NotFound);
    // Whoever has the stage later has the answer with it.
    bench.clock.advance(48 * HOUR);
    bench.work().await;
    let messages = bench.messages("d").await;
    for one in messages.iter().filter(|one| one.message.subject.ends_with("an answer")) {
        assert!(one.message.body.contains("Is 7.x affected?\n\n7.x is affected."));
        assert!(
            !one.message.body.to_lowercase().contains("amber")
                && one.queued
                    == messages.iter().find(|one| one.message.subject.ends_with("an answer")).unwrap().queued
        );
    }
    let late = messages.iter().find(|one| one.message.recipient == "cedar").unwrap();
    assert!(late.message.body.contains("7.x is affected."), "{}", late.message.body);
}

#[tokio::test]
async fn reports_add_up() {
    let bench = Bench::new().await;
    bench.arm("d", &["advisory:one=-99h", "advisory:two=-99h"]).await;
    let word = NewReport { protection: Some("building".to_owned()), ..NewReport::default() };
    let early = protection::report(&bench.desk, "d", "amber", &word).await.unwrap_err();
    assert_eq!(early.kind, Kind::Refused);
    bench.clock.advance(HOUR);
    bench.work().await;
    protection::report(&bench.desk, "d", "amber", &word).await.unwrap();
    let live = |hours| NewReport {
        affected: Some("affected".to_owned()),
        protection: Some("live".to_owned()),
        live_at: Some(hours),
        signatures: vec!["A-1".to_owned()],
        note: None,
    };
    protection::report(&bench.desk, "d", "amber", &live(hours(&bench, 10))).await.unwrap();
    protection::report(&bench.desk, "d", "birch", &live(hours(&bench, 90))).await.unwrap();
    let standing = protection::standing(&bench.desk, "d").await.unwrap();
    assert_eq!(standing.affected, [("affected".to_owned(), 2), ("silent".to_owned(), 1)].into());
    assert_eq!(standing.protection, [("live".to_owned(), 2), ("silent".to_owned(), 1)].into());
    let shares: Vec<_> = standing.shares.iter().map(|one| (one.of, one.live, one.told)).collect();
    assert_eq!(shares, [("T-24h", 1, 3), ("T-0", 2, 3)]);
    let bad = NewReport { protection: Some("done".to_owned()), ..NewReport::default() };
    assert_eq!(protection::report(&bench.desk, "d", "amber", &bad).await.unwrap_err().kind, Kind::Malformed);
}

async fn drill(bench: &Bench, id: &str, with: &[&str]) {
    let new = NewDisclosure {
        public: Some(hours(bench, 100)),
        stages: ["advisory:one=-24h", "advisory:two=-24h"]
            .iter()
            .map(|text| StageAt::parse(text).unwrap())
            .collect(),
        exercise: true,
        participants: with.iter().map(|name| (*name).to_owned()).collect(),
        ..NewDisclosure::new(id, "A drill")
    };
    disclosure::add(&bench.desk, &new).await.unwrap();
}

/// A whole drill (release, question, reminder, slip, breach, late breach), and a real disclosure beside it.
#[tokio::test]
async fn a_drill_reaches_those_who_take_part_and_touches_nothing_real() {
    let bench = Bench::new().await;
    bench.arm("real", &["proof-of-concept:one=+50h"]).await;
    drill(&bench, "drill", &["amber"]).await;
    let refused = disclosure::accept(&bench.desk, "drill").await.unwrap_err();
    assert!(refused.to_string().contains("reaches-somebody"), "tier two has nobody in it: {refused}");
    drill(&bench, "drill-2", &["amber", "cedar"]).await;
    disclosure::accept(&bench.desk, "drill-2").await.unwrap();
    assert_eq!(
        preview::of_recipient(&bench.desk, "drill-2", "birch").await.unwrap_err().kind,
        Kind::NotFound
    );
    bench.clock.advance(76 * HOUR);
    bench.work().await;
    let number = questions::ask(&bench.desk, "drill-2", "amber", None, "What is this?").await.unwrap();
    questions::answer(&bench.desk, "drill-2", number, "A drill.", None, None).await.unwrap();
    bench.clock.advance(25 * HOUR);
    bench.work().await;
    breach::late(&bench.desk, "drill-2", Stage::ProofOfConcept, "a forum").await.unwrap();
    bench.work().await;
    let messages = bench.messages("drill-2").await;
    assert!(messages.len() >= 10, "{}", messages.len());
    for one in &messages {
        assert!(["amber", "cedar"].contains(&one.message.recipient.as_str()), "{}", one.message.recipient);
        assert!(one.message.subject.starts_with("EXERCISE: "), "{}", one.message.subject);
    }
    let real = bench.show("real").await;
    assert!(real.stages.iter().all(|line| line.state != InstantState::Held), "a drill holds nothing real");
}
