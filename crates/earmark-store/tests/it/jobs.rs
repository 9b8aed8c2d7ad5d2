//! Jobs: claimed once, given back, never done twice.

use earmark_model::UnixMillis;
use earmark_store::NewJob;

use crate::conformance::At;
use crate::material::NOW;

on_every_database!(jobs: a_job_is_asked_for_once_and_held_by_one, a_lost_lease_cannot_finish, a_job_is_held_for_longer, many_claimants);

fn later(millis: i64) -> UnixMillis {
    UnixMillis(NOW.0 + millis)
}

fn job(key: &str, run_at: UnixMillis) -> NewJob {
    NewJob { kind: "release".to_owned(), subject: key.to_owned(), unique_key: key.to_owned(), run_at }
}

pub(crate) async fn a_job_is_asked_for_once_and_held_by_one(At { ledger, .. }: At<'_>) {
    assert!(ledger.add_job(&job("b", later(10)), NOW).await.unwrap());
    assert!(ledger.add_job(&job("a", later(5)), NOW).await.unwrap());
    assert!(!ledger.add_job(&job("a", later(7)), NOW).await.unwrap(), "asked for twice is asked for once");
    assert_eq!(ledger.claim_job(later(4), later(100), None).await.unwrap(), None, "nothing is due");
    assert_eq!(ledger.next_job(NOW, None).await.unwrap(), Some(later(5)));
    let first = ledger.claim_job(later(20), later(100), None).await.unwrap().unwrap();
    assert_eq!((first.job.unique_key.as_str(), first.attempts), ("a", 1));
    let second = ledger.claim_job(later(20), later(100), None).await.unwrap().unwrap();
    assert_eq!(second.job.unique_key, "b");
    assert_eq!(ledger.claim_job(later(20), later(100), None).await.unwrap(), None, "both are held");
    assert!(ledger.postpone_job(&second, later(50)).await.unwrap());
    assert_eq!(ledger.claim_job(later(49), later(100), None).await.unwrap(), None);
    assert_eq!(ledger.claim_job(later(50), later(100), None).await.unwrap().unwrap().attempts, 2);
    assert!(ledger.finish_job(&first, later(60), "released").await.unwrap());
    assert!(!ledger.finish_job(&first, later(61), "released").await.unwrap(), "done is done");
    assert!(!ledger.add_job(&job("a", later(70)), later(70)).await.unwrap(), "a key is never used again");
    assert_eq!(
        ledger.claim_job(later(200), later(300), Some("release")).await.unwrap(),
        None,
        "left to others"
    );
    assert_eq!(ledger.next_job(later(200), Some("release")).await.unwrap(), None);
}

pub(crate) async fn a_job_is_held_for_longer(At { ledger, .. }: At<'_>) {
    ledger.add_job(&job("a", NOW), NOW).await.unwrap();
    let held = ledger.claim_job(NOW, later(10), None).await.unwrap().unwrap();
    assert!(ledger.renew_job(&held, later(15)).await.unwrap());
    assert_eq!(ledger.claim_job(later(12), later(22), None).await.unwrap(), None);
    let other = ledger.claim_job(later(15), later(25), None).await.unwrap().unwrap();
    assert!(!ledger.renew_job(&held, later(40)).await.unwrap(), "what was lost is not held again");
    assert!(ledger.finish_job(&other, later(20), "done").await.unwrap());
}

pub(crate) async fn a_lost_lease_cannot_finish(At { ledger, .. }: At<'_>) {
    ledger.add_job(&job("a", NOW), NOW).await.unwrap();
    let first = ledger.claim_job(NOW, later(10), None).await.unwrap().unwrap();
    let second = ledger.claim_job(later(10), later(20), None).await.unwrap().unwrap();
    assert_eq!((first.id, second.attempts), (second.id, 2));
    assert!(!ledger.finish_job(&first, later(11), "late").await.unwrap());
    assert!(!ledger.postpone_job(&first, later(99)).await.unwrap());
    assert!(ledger.finish_job(&second, later(12), "done").await.unwrap());
    assert_eq!(ledger.next_job(later(99), None).await.unwrap(), None);
}

/// 200 jobs, 8 claimants at once: each job is held by exactly one.
pub(crate) async fn many_claimants(At { ledger, .. }: At<'_>) {
    for n in 0..200 {
        ledger.add_job(&job(&n.to_string(), NOW), NOW).await.unwrap();
    }
    let tasks: Vec<_> = (0..8)
        .map(|_| {
            let ledger = ledger.clone();
            tokio::spawn(async move {
                let mut held = Vec::new();
                while let Some(job) = ledger.claim_job(NOW, later(1000), None).await.unwrap() {
                    held.push(job.id);
                    assert!(ledger.finish_job(&job, NOW, "done").await.unwrap());
                }
                held
            })
        })
        .collect();
    let mut all = Vec::new();
    for task in tasks {
        all.extend(task.await.unwrap());
    }
    all.sort_unstable();
    assert_eq!(all.len(), 200);
    all.dedup();
    assert_eq!(all.len(), 200, "no job twice");
}
