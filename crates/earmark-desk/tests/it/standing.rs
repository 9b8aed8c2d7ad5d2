//! Every measure at every standing: what the table has is done, everything else is refused.

use earmark_desk::approval::WAIT_MILLIS;
use earmark_desk::error::Kind;
use earmark_desk::history;
use earmark_desk::program::standing::{Measure, TABLE, take};
use earmark_store::{Partner, PartnerStatus};

use crate::bench::Bench;

#[tokio::test]
async fn the_ladder_is_the_table() {
    let bench = Bench::new().await;
    let slug = "amber".parse().unwrap();
    let states = [
        PartnerStatus::Applicant,
        PartnerStatus::Active,
        PartnerStatus::OnNotice,
        PartnerStatus::Suspended,
        PartnerStatus::Removed,
    ];
    for status in states {
        for measure in Measure::ALL {
            let partner = bench.desk.ledger().partner(&slug).await.unwrap();
            bench.desk.ledger().change_partner(&Partner { status, ..partner }).await.unwrap();
            let go = || take(&bench.desk, "amber", measure, "because", Some("heard"));
            let outcome = go().await;
            let Some((_, _, to)) = TABLE.iter().find(|(from, by, _)| (*from, *by) == (status, measure))
            else {
                assert_eq!(outcome.unwrap_err().kind, Kind::Refused, "{status} {measure:?}");
                assert_eq!(bench.desk.ledger().partner(&slug).await.unwrap().status, status);
                continue;
            };
            let two = matches!(measure, Measure::Admit | Measure::Readmit);
            assert_eq!(outcome.unwrap().done, !two, "{status} {measure:?}");
            if two {
                bench.clock.advance(WAIT_MILLIS);
                assert!(go().await.unwrap().done);
            }
            assert_eq!(bench.desk.ledger().partner(&slug).await.unwrap().status, *to);
        }
    }
    let lines = history::of(&bench.desk, "partner", "amber").await.unwrap();
    let measures = lines.iter().filter(|line| !line.act.starts_with("approve") && line.act != "add");
    assert_eq!(measures.count(), TABLE.len());
}

#[tokio::test]
async fn nobody_is_removed_unheard_or_without_a_reason() {
    let bench = Bench::new().await;
    let remove = |hearing| take(&bench.desk, "amber", Measure::Remove, "a leak", hearing);
    assert_eq!(remove(None).await.unwrap_err().kind, Kind::Refused);
    assert_eq!(remove(Some(" ")).await.unwrap_err().kind, Kind::Refused);
    let unreasoned = take(&bench.desk, "amber", Measure::Suspend, "", None).await;
    assert_eq!(unreasoned.unwrap_err().kind, Kind::Malformed);
    assert!(remove(Some("says it lost a laptop")).await.unwrap().done);
}
