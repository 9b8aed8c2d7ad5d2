//! Roles, the second person, and the quarter of an hour where there is none.

use earmark_desk::actor::{self, Role};
use earmark_desk::approval;
use earmark_desk::error::Kind;
use earmark_desk::program::{disclosure, hold};

use crate::bench::Bench;

#[tokio::test]
async fn one_holds_and_two_resume() {
    let bench = Bench::new().await;
    bench.arm("d", &["advisory:one=-24h"]).await;
    let desk = &bench.desk;
    assert_eq!(actor::join(desk, "ann", None, vec![Role::Approver]).await.unwrap_err().kind, Kind::Refused);
    actor::join(desk, "ann", Some("ann@x.example".to_owned()), vec![Role::Administrator]).await.unwrap();
    assert_eq!(
        hold::hold(desk, "d", "who am I").await.unwrap_err().kind,
        Kind::Refused,
        "`owner` is nobody now"
    );

    let bench = bench.sit("ann");
    actor::join(&bench.desk, "ben", None, vec![Role::Approver]).await.unwrap();
    actor::join(&bench.desk, "eve", None, vec![Role::Auditor]).await.unwrap();
    actor::join(&bench.desk, "tom", None, vec![Role::Analyst]).await.unwrap();
    let bench = bench.sit("eve");
    assert_eq!(hold::hold(&bench.desk, "d", "no").await.unwrap_err().kind, Kind::Refused);
    let bench = bench.sit("tom");
    assert_eq!(disclosure::reject(&bench.desk, "d", "no").await.unwrap_err().kind, Kind::Refused);
    hold::hold(&bench.desk, "d", "anybody who works here may stop").await.unwrap();
    assert_eq!(hold::resume(&bench.desk, "d").await.unwrap_err().kind, Kind::Refused);

    let bench = bench.sit("ben");
    let early = hold::resume(&bench.desk, "d").await.unwrap_err();
    assert_eq!(early.kind, Kind::Refused, "ann made ben an approver a moment ago, amid an embargo");
    bench.clock.advance(approval::WAIT_MILLIS);
    let bench = bench.sit("ann");
    let waits = hold::resume(&bench.desk, "d").await.unwrap().unwrap();
    assert_eq!((waits.waits_for, waits.assents.as_slice()), ("a second person", &["ann".to_owned()][..]));
    assert!(hold::resume(&bench.desk, "d").await.unwrap().is_some(), "the same person twice is one person");
    let bench = bench.sit("ben");
    assert!(hold::resume(&bench.desk, "d").await.unwrap().is_none());
    let history = bench.show("d").await.history;
    let approval = history.iter().find(|line| line.act == "approve resume").unwrap();
    assert_eq!(approval.particulars["assents"], serde_json::json!(["ann", "ben"]));
    assert_eq!(approval.particulars["small_team"], false);
}

#[tokio::test]
async fn a_small_team_waits_while_all_are_told_and_anybody_may_withdraw() {
    let bench = Bench::new().await;
    actor::join(&bench.desk, "ann", Some("ann@x.example".to_owned()), vec![Role::Administrator])
        .await
        .unwrap();
    let bench = bench.sit("ann");
    actor::join(&bench.desk, "tom", Some("tom@x.example".to_owned()), vec![Role::Analyst]).await.unwrap();
    bench.arm("d", &["advisory:one=-24h"]).await;
    hold::hold(&bench.desk, "d", "x").await.unwrap();
    let waits = hold::resume(&bench.desk, "d").await.unwrap().unwrap();
    hold::resume(&bench.desk, "d").await.unwrap();
    let told = bench.desk.ledger().unsent_messages(10).await.unwrap();
    let who: Vec<&str> = told.iter().map(|one| one.message.recipient.as_str()).collect();
    assert_eq!(who, ["staff:ann", "staff:tom"], "once, however often it is asked");
    let bench = bench.sit("tom");
    approval::withdraw(&bench.desk, waits.request).await.unwrap();
    assert_eq!(approval::withdraw(&bench.desk, waits.request).await.unwrap_err().kind, Kind::NotFound);
    let bench = bench.sit("ann");
    bench.clock.advance(approval::WAIT_MILLIS);
    assert!(hold::resume(&bench.desk, "d").await.unwrap().is_some(), "the wait begins anew");
    bench.clock.advance(approval::WAIT_MILLIS);
    assert!(hold::resume(&bench.desk, "d").await.unwrap().is_none());
    let history = bench.show("d").await.history;
    assert!(
        history.iter().any(|line| line.act == "approve resume" && line.particulars["small_team"] == true)
    );

    let alone =
        approval::ask(&bench.desk, ("case", "c", "name"), &serde_json::json!({}), approval::Alone::Never)
            .await;
    assert_eq!(alone.unwrap_err().kind, Kind::Refused);
}

#[tokio::test]
async fn one_person_is_not_two_by_another_name() {
    let bench = Bench::new().await;
    let mail = || Some("Ann@x.example".to_owned());
    actor::join(&bench.desk, "ann", mail(), vec![Role::Administrator]).await.unwrap();
    let bench = bench.sit("ann");
    let twice =
        actor::join(&bench.desk, "ann2", Some("ann@X.example".to_owned()), vec![Role::Approver]).await;
    assert_eq!(twice.unwrap_err().kind, Kind::Refused, "her address, written otherwise");
    actor::join(&bench.desk, "ann", mail(), vec![Role::Administrator]).await.unwrap();
    actor::join(&bench.desk, "ben", None, vec![Role::Approver]).await.unwrap();
    bench.arm("d", &["advisory:one=-24h"]).await;
    hold::hold(&bench.desk, "d", "x").await.unwrap();
    assert!(hold::resume(&bench.desk, "d").await.unwrap().is_some());
    actor::join(&bench.desk, "eve", None, vec![Role::Approver]).await.unwrap();
    let told = bench.desk.ledger().unsent_messages(10).await.unwrap();
    let told: Vec<&str> = told
        .iter()
        .filter(|one| one.message.subject == "eve may approve grave acts")
        .map(|one| one.message.recipient.as_str())
        .collect();
    assert_eq!(told, ["staff:ann", "staff:ben"]);
    let bench = bench.sit("eve");
    assert_eq!(hold::resume(&bench.desk, "d").await.unwrap_err().kind, Kind::Refused);
    // A yes that was given and does not count any more: ben leaves.
    let bench = bench.sit("ben");
    let bench = {
        let key = ("disclosure", "d", "other");
        approval::ask(&bench.desk, key, &serde_json::json!({}), approval::Alone::Never).await.unwrap();
        bench.clock.advance(approval::WAIT_MILLIS);
        let bench = bench.sit("ann");
        actor::leave(&bench.desk, "ben").await.unwrap();
        let answer = approval::ask(&bench.desk, key, &serde_json::json!({}), approval::Alone::Never).await;
        assert!(matches!(answer.unwrap(), approval::Answer::Waits(_)), "ben is nobody now");
        bench
    };
    let bench = bench.sit("eve");
    assert!(hold::resume(&bench.desk, "d").await.unwrap().is_none(), "a quarter of an hour later");
}

#[tokio::test]
async fn the_last_administrator_stays_while_others_are_there() {
    let bench = Bench::new().await;
    actor::join(&bench.desk, "ann", None, vec![Role::Administrator]).await.unwrap();
    let bench = bench.sit("ann");
    actor::join(&bench.desk, "tom", None, vec![Role::Analyst]).await.unwrap();
    assert_eq!(actor::leave(&bench.desk, "ann").await.unwrap_err().kind, Kind::Refused);
    actor::leave(&bench.desk, "tom").await.unwrap();
    let bench = bench.sit("tom");
    assert_eq!(actor::require(&bench.desk, actor::Right::Stop).await.unwrap_err().kind, Kind::Refused);
}
