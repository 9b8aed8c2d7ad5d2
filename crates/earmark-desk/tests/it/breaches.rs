//! A breach, early and late, in one act each.

use earmark_desk::error::Kind;
use earmark_desk::program::breach;
use earmark_store::{Embargo, Exploitation, InstantState, Stage};

use crate::bench::{Bench, HOUR};

#[tokio::test]
async fn an_early_breach_tells_everybody_holds_the_rest_and_publishes_with_a_second_yes() {
    let bench = Bench::new().await;
    let stages = ["advisory:one=-90h", "detection-guidance:two=-10h", "proof-of-concept:one=-24h"];
    bench.arm("d", &stages).await;
    bench.clock.advance(10 * HOUR);
    bench.work().await;
    assert_eq!(
        breach::late(&bench.desk, "d", Stage::ProofOfConcept, "x").await.unwrap_err().kind,
        Kind::Refused
    );

    let done = breach::early(&bench.desk, "d", "a forum").await.unwrap();
    assert_eq!((done.told, done.held.len()), (3, 3));
    assert_eq!(bench.told("d", "the embargo is broken").await, ["amber", "birch", "cedar"]);
    let shown = bench.show("d").await;
    assert_eq!((shown.summary.embargo, shown.summary.broken), (Embargo::Exited, true));
    assert_eq!(shown.exploitation, Exploitation::Likely);
    assert_eq!(breach::early(&bench.desk, "d", "again").await.unwrap_err().kind, Kind::Refused);
    assert!(bench.desk.ledger().matter(&done.matter.parse().unwrap()).await.is_ok());

    assert!(breach::publish(&bench.desk, "d").await.unwrap().is_some());
    bench.clock.advance(15 * 60 * 1000);
    assert!(breach::publish(&bench.desk, "d").await.unwrap().is_none());
    bench.work().await;
    let shown = bench.show("d").await;
    let state = |stage| shown.stages.iter().find(|line| line.stage == stage).unwrap().state;
    assert_eq!(state(Stage::Public), InstantState::Released);
    assert_eq!(state(Stage::DetectionGuidance), InstantState::Released);
    assert_eq!(state(Stage::ProofOfConcept), InstantState::Held, "code stays where it is");
    assert_eq!(breach::publish(&bench.desk, "d").await.unwrap_err().kind, Kind::Refused);
}

#[tokio::test]
async fn a_late_breach_arms_everybody_and_holds_the_same_kind_everywhere() {
    let bench = Bench::new().await;
    bench.arm("old", &["advisory:one=-90h", "advisory:two=-90h"]).await;
    bench.arm("new", &["proof-of-concept:one=-1h", "advisory:one=-2h"]).await;
    assert_eq!(
        breach::late(&bench.desk, "old", Stage::ProofOfConcept, "x").await.unwrap_err().kind,
        Kind::Refused
    );
    bench.clock.advance(90 * HOUR);
    bench.work().await;
    bench.arm("next", &["proof-of-concept:two=-1h", "advisory:one=-2h"]).await;
    bench.clock.advance(10 * HOUR);
    bench.work().await;

    let done = breach::late(&bench.desk, "old", Stage::ProofOfConcept, "a download site").await.unwrap();
    assert_eq!(done.held, ["next proof-of-concept:two"], "what left cannot be held");
    assert_eq!(done.due, ["detection-guidance:one", "detection-guidance:two"]);
    assert!(done.draft.starts_with("# Update now"));
    bench.work().await;
    let mut told = bench.told("old", "detection-guidance").await;
    told.sort();
    assert_eq!(told, ["amber", "birch", "cedar"]);
    assert_eq!(bench.show("old").await.exploitation, Exploitation::Likely);
    bench.clock.advance(100 * HOUR);
    bench.work().await;
    let next = bench.show("next").await;
    let state = |stage| next.stages.iter().find(|line| line.stage == stage).unwrap().state;
    assert_eq!(
        (state(Stage::ProofOfConcept), state(Stage::Advisory)),
        (InstantState::Held, InstantState::Released)
    );
}
