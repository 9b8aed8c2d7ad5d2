//! The table of transitions, walked: every step at every state, legal and refused.

use std::collections::BTreeSet;

use earmark_desk::error::Kind;
use earmark_desk::program::embargo::{Step, TABLE, next};
use earmark_desk::program::revise::{self, Revision};
use earmark_desk::program::{breach, disclosure};
use earmark_store::Embargo;
use proptest::prelude::*;
use proptest::test_runner::{Config, TestRunner};

use crate::bench::{Bench, HOUR, hours};

async fn take(bench: &Bench, id: &str, step: Step) -> Result<(), earmark_desk::error::DeskError> {
    let desk = &bench.desk;
    match step {
        Step::Propose => disclosure::propose(desk, id, Some(&hours(bench, 100)), &[]).await,
        Step::Reject => disclosure::reject(desk, id, "no").await,
        Step::Accept => disclosure::accept(desk, id).await,
        Step::Revise => {
            let revision =
                Revision { public: Some(hours(bench, 200)), stages: Vec::new(), why: "it slips".to_owned() };
            revise::revise(desk, id, &revision).await.map(drop)
        }
        Step::Break => breach::early(desk, id, "a forum").await.map(drop),
        // Nobody ends an embargo; the clock does.
        Step::Exit => {
            let now = bench.show(id).await.summary.embargo;
            if matches!(now, Embargo::Active | Embargo::Revised) {
                bench.clock.advance(300 * HOUR);
            }
            bench.work().await;
            Ok(())
        }
    }
}

/// 48 walks of a given step and 8 random ones. A walk is right when each legal step leads where the table says, and each other one is
/// refused and changes nothing. All 30 pairs of state and step are tried; the walks are the same in every run.
#[test]
fn random_walks_follow_the_table() {
    let runtime = tokio::runtime::Runtime::new().unwrap();
    let bench = runtime.block_on(Bench::new());
    let mut tried = BTreeSet::new();
    let config = Config { cases: 48, failure_persistence: None, ..Config::default() };
    let mut runner = TestRunner::new_with_rng(
        config,
        proptest::test_runner::TestRng::deterministic_rng(proptest::test_runner::RngAlgorithm::ChaCha),
    );
    let walk = prop::collection::vec(prop::sample::select(Step::ALL.to_vec()), 8);
    let number = std::cell::Cell::new(0_usize);
    let tried_in = std::cell::RefCell::new(&mut tried);
    runner
        .run(&walk, |steps| {
            number.set(number.get() + 1);
            let id = format!("walk-{}", number.get());
            runtime.block_on(async {
                bench.propose(&id, &["advisory:one=-24h"]).await;
                // Each state with each step begins a walk.
                let (start, first) = (number.get() / 6 % 4, Step::ALL[number.get() % 6]);
                match start {
                    0 => disclosure::reject(&bench.desk, &id, "begin anew").await.unwrap(),
                    1 => {}
                    start => {
                        disclosure::accept(&bench.desk, &id).await.unwrap();
                        if start == 3 {
                            take(&bench, &id, Step::Revise).await.unwrap();
                        }
                    }
                }
                for step in [first].into_iter().chain(steps) {
                    let before = bench.show(&id).await.summary.embargo;
                    let edition = bench.desk.ledger().disclosure(&id.parse().unwrap()).await.unwrap().edition;
                    let outcome = take(&bench, &id, step).await;
                    let after = bench.show(&id).await.summary.embargo;
                    tried_in.borrow_mut().insert((before, step));
                    match next(before, step) {
                        Some(expected) => {
                            outcome.unwrap_or_else(|error| panic!("{before} {step:?}: {error}"));
                            assert_eq!(after, expected, "{before} {step:?}");
                        }
                        None => {
                            assert_eq!(after, before, "{before} {step:?}");
                            if step != Step::Exit {
                                assert_eq!(outcome.unwrap_err().kind, Kind::Refused, "{before} {step:?}");
                                let now = bench.desk.ledger().disclosure(&id.parse().unwrap()).await.unwrap();
                                assert_eq!(now.edition, edition, "a refused step changes nothing");
                            }
                        }
                    }
                }
            });
            Ok(())
        })
        .unwrap();
    let states = [Embargo::None, Embargo::Proposed, Embargo::Active, Embargo::Revised, Embargo::Exited];
    let missed: Vec<_> = states
        .iter()
        .flat_map(|state| Step::ALL.iter().map(move |step| (*state, *step)))
        .filter(|pair| !tried.contains(pair))
        .collect();
    assert!(missed.is_empty(), "never tried: {missed:?}");
    assert!(TABLE.iter().all(|(from, step, _)| tried.contains(&(*from, *step))));
}
