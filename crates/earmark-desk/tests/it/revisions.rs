//! The fix slips: everything that has not left is re-armed, and no key goes out by an instant that was superseded.

use earmark_desk::error::Kind;
use earmark_desk::program::revise::{self, Revision};
use earmark_desk::program::schedule::StageAt;
use earmark_desk::program::{hold, timed};
use earmark_store::{InstantState, Stage};

use crate::bench::{Bench, HOUR, hours};

fn slip(bench: &Bench, to: i64) -> Revision {
    Revision { public: Some(hours(bench, to)), stages: Vec::new(), why: "a regression".to_owned() }
}

#[tokio::test]
async fn a_slip_re_arms_what_has_not_left_and_tells_who_was_told() {
    let bench = Bench::new().await;
    bench.arm("d", &["heads-up:one=-90h", "advisory:one=-24h", "advisory:two=-24h"]).await;
    timed::key(&bench.desk, &"d".parse().unwrap(), Stage::Advisory, &"one".parse().unwrap()).unwrap();
    bench.clock.advance(10 * HOUR);
    assert_eq!(bench.work().await.len(), 1, "the heads-up");

    assert_eq!(
        revise::revise(&bench.desk, "d", &slip(&bench, 190)).await.unwrap(),
        None,
        "later takes one person"
    );
    assert_eq!(
        bench.told("d", "instants changed").await,
        ["amber", "birch"],
        "cedar does not know of it yet"
    );
    let told = bench.messages("d").await.pop().unwrap().message;
    assert!(
        told.calendar
            .as_deref()
            .unwrap()
            .contains("UID:d.advisory.one@test-program.earmark\r\nSEQUENCE:1\r\n")
    );
    assert!(told.body.contains("a regression"));

    // The old instants pass: nothing leaves. Their jobs end.
    bench.clock.advance(100 * HOUR);
    let events = bench.work().await;
    assert!(events.iter().all(|one| one.outcome == "over"), "{events:?}");
    assert_eq!(events.len(), 3);
    let key = "AGE-SECRET-KEY-1";
    assert!(bench.messages("d").await.iter().all(|one| !one.message.body.contains(key)));

    bench.clock.advance(66 * HOUR);
    bench.work().await;
    let shown = bench.show("d").await;
    let released = shown.stages.iter().filter(|line| line.state == InstantState::Released).count();
    assert_eq!(released, 3, "heads-up and both advisories; the public instant is to come");
    assert_eq!(shown.summary.embargo, earmark_store::Embargo::Revised);
}

#[tokio::test]
async fn sooner_takes_two_people() {
    let bench = Bench::new().await;
    bench.arm("d", &["advisory:one=-24h"]).await;
    let sooner = slip(&bench, 50);
    let waits = revise::revise(&bench.desk, "d", &sooner).await.unwrap().unwrap();
    assert_eq!(waits.waits_for, "time", "a team of one waits");
    bench.clock.advance(15 * 60 * 1000 - 1);
    assert!(revise::revise(&bench.desk, "d", &sooner).await.unwrap().is_some());
    bench.clock.advance(1);
    let other = Revision { public: Some(hours(&bench, 40)), ..sooner.clone() };
    assert!(
        revise::revise(&bench.desk, "d", &other).await.unwrap().is_some(),
        "a yes to one instant is no yes to another"
    );
    assert_eq!(revise::revise(&bench.desk, "d", &sooner).await.unwrap(), None);
    let stage = StageAt::parse("advisory:one=-48h").unwrap();
    let stage_only = Revision { public: None, stages: vec![stage], why: "earlier".to_owned() };
    assert!(revise::revise(&bench.desk, "d", &stage_only).await.is_ok_and(|waits| waits.is_some()));
    let past = Revision { public: Some(hours(&bench, -1)), ..sooner };
    assert_eq!(revise::revise(&bench.desk, "d", &past).await.unwrap_err().kind, Kind::Refused);
}

#[tokio::test]
async fn what_is_held_does_not_leave_and_leaves_at_once_when_resumed() {
    let bench = Bench::new().await;
    bench.arm("d", &["advisory:one=-24h"]).await;
    hold::hold(&bench.desk, "d", "wrong file").await.unwrap();
    assert_eq!(hold::hold(&bench.desk, "d", "again").await.unwrap_err().kind, Kind::Refused);
    bench.clock.advance(90 * HOUR);
    let events = bench.work().await;
    assert_eq!(events.iter().map(|one| one.outcome.as_str()).collect::<Vec<_>>(), ["held"]);
    assert!(bench.messages("d").await.is_empty());

    assert!(hold::resume(&bench.desk, "d").await.unwrap().is_some());
    bench.clock.advance(15 * 60 * 1000);
    assert!(hold::resume(&bench.desk, "d").await.unwrap().is_none());
    bench.work().await;
    assert_eq!(bench.told("d", "advisory").await, ["amber", "birch"]);
    assert_eq!(hold::resume(&bench.desk, "d").await.unwrap_err().kind, Kind::Refused);
}
