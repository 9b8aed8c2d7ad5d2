//! Nothing leaves before its instant and nothing is lost, however the clock jumps.

use earmark_store::{InstantState, Stage};
use proptest::prelude::*;
use proptest::test_runner::{Config, TestRunner};

use crate::bench::{Bench, HOUR};

/// 25 disclosures with three stages at random leads; 12 jumps of the clock, forward and back by up to 60 hours, with a
/// worker after each. An instant has fired exactly when the clock once stood at or past it.
#[test]
fn whatever_the_clock_does_an_instant_fires_once_and_never_early() {
    let runtime = tokio::runtime::Runtime::new().unwrap();
    let bench = runtime.block_on(Bench::new());
    let config = Config { cases: 25, failure_persistence: None, ..Config::default() };
    let mut runner = TestRunner::new(config);
    let number = std::cell::Cell::new(0);
    let jumps = prop::collection::vec(-60..60_i64, 12);
    runner
        .run(&(prop::array::uniform3(1..99_i64), jumps), |(leads, jumps)| {
            number.set(number.get() + 1);
            let id = format!("jump-{}", number.get());
            runtime.block_on(async {
                let stages = [
                    format!("heads-up:one=-{}h", leads[0]),
                    format!("advisory:one=-{}h", leads[1]),
                    format!("advisory:two=-{}h", leads[2]),
                ];
                bench.arm(&id, &stages.each_ref().map(String::as_str)).await;
                let mut latest = bench.desk.now();
                for jump in jumps {
                    bench.clock.advance(jump * HOUR);
                    latest = latest.max(bench.desk.now());
                    bench.work().await;
                    let instants = bench.desk.ledger().stage_instants(&id.parse().unwrap()).await.unwrap();
                    for one in instants {
                        let fired = one.state == InstantState::Released;
                        assert_eq!(
                            fired,
                            one.at <= latest,
                            "{} {} at {}",
                            one.stage,
                            one.tier,
                            one.at.rfc3339()
                        );
                        assert!(one.fired.is_none_or(|fired| fired >= one.at));
                    }
                }
                let shown = bench.show(&id).await;
                let fired = shown.stages.iter().filter(|line| line.state == InstantState::Released);
                let releases = shown.history.iter().filter(|line| line.act == "release").count();
                assert_eq!(fired.clone().count(), releases, "each once");
                let told: usize = fired
                    .map(|line| match (line.stage, line.tier.as_str()) {
                        (Stage::Public, _) => 3,
                        (_, "one") => 2,
                        _ => 1,
                    })
                    .sum();
                let nudges = ["public in 24 hours", "public in an hour", "your word, please"];
                let mut messages = bench.messages(&id).await;
                messages.retain(|one| !nudges.iter().any(|end| one.message.subject.ends_with(end)));
                assert_eq!(messages.len(), told, "everybody once");
            });
            Ok(())
        })
        .unwrap();
}

#[tokio::test]
async fn a_partner_is_told_in_both_zones_with_the_weekday_and_a_calendar() {
    let bench = Bench::new().await;
    bench.arm("2026-014", &["advisory:one=-24h", "advisory:two=-2h"]).await;
    bench.clock.advance(76 * HOUR);
    assert_eq!(bench.work().await.len(), 1);
    let messages = bench.messages("2026-014").await;
    assert_eq!(
        messages.iter().map(|one| one.message.recipient.as_str()).collect::<Vec<_>>(),
        ["amber", "birch"]
    );
    let first = &messages[0].message;
    assert_eq!(first.subject, "[TLP:AMBER] 2026-014: advisory");
    assert_eq!(first.mail.as_deref(), Some("desk@amber.example"));
    let line = "public: 2026-03-05 21:00:00 UTC, Thursday (22:00 in Europe/Berlin, Thursday)";
    assert!(first.body.contains(line), "{}", first.body);
    assert!(!first.body.contains("2026-03-05 19:00"), "the other tier's instant is not theirs to know");
    let calendar = first.calendar.as_deref().unwrap();
    assert!(
        calendar.contains("UID:2026-014.advisory.one@test-program.earmark\r\nSEQUENCE:0\r\n"),
        "{calendar}"
    );
    let shown = bench.show("2026-014").await;
    assert_eq!(shown.deliveries.len(), 2);
    assert!(shown.deliveries.iter().all(|one| one.policies == ["members-receive"]));
}
