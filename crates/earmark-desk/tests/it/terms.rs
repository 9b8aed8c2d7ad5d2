//! Agreements, rosters and contributions, as policy heeds them.

use std::fs;

use earmark_desk::error::Kind;
use earmark_desk::policy::rules;
use earmark_desk::program::contribution::{self, Contribution, Tally};
use earmark_desk::program::explain::explain;
use earmark_desk::program::{agreement, people};

use crate::bench::{Bench, HOUR};

fn terms(version: u32, clauses: &str) -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    let head = format!("name = \"terms\"\nversion = {version}\n[clauses]\n{clauses}\n");
    fs::write(folder.path().join("agreement.toml"), head).unwrap();
    fs::write(folder.path().join("text.md"), "Copies are marked.\n").unwrap();
    folder
}

const MARKED: &str = "marked-copies = \"every copy is marked\"";

/// Who of the partners is allowed the advisory, and by which policies the others are not.
async fn verdicts(bench: &Bench) -> Vec<(String, bool, String)> {
    let lines = explain(&bench.desk, None, "d").await.unwrap();
    let said = lines.into_iter().map(|one| {
        let json = serde_json::to_value(&one).unwrap();
        (one.recipient, one.verdict.allowed, json["policies"].to_string())
    });
    said.collect()
}

#[tokio::test]
async fn who_accepted_only_an_older_version_receives_nothing_of_an_embargo() {
    let bench = Bench::new().await;
    bench.arm("d", &["advisory:one=-24h"]).await;
    let all = |allowed: bool| move |one: &(String, bool, String)| one.1 == allowed;
    assert!(verdicts(&bench).await.iter().all(all(true)), "no agreement, nothing to accept");
    let accept = async |slug: &str, version| {
        agreement::accept(&bench.desk, slug, ("terms", version), "Ann", None).await
    };
    assert_eq!(accept("amber", None).await.unwrap_err().kind, Kind::NotFound);
    agreement::add(&bench.desk, terms(1, MARKED).path()).await.unwrap();
    assert!(verdicts(&bench).await.iter().all(|one| !one.1 && one.2.contains("terms-not-current")));
    accept("amber", None).await.unwrap();
    assert_eq!(accept("amber", None).await.unwrap_err().kind, Kind::Conflict);
    let said = verdicts(&bench).await;
    assert_eq!(said.iter().filter(|one| one.1).map(|one| one.0.as_str()).collect::<Vec<_>>(), ["amber"]);
    let listed = agreement::list(&bench.desk).await.unwrap();
    assert_eq!((listed[0].accepted.len(), listed[0].missing.len()), (1, 2));
    // The next version: nobody is current, until they accept that one.
    assert_eq!(agreement::add(&bench.desk, terms(1, MARKED).path()).await.unwrap_err().kind, Kind::Conflict);
    assert_eq!(agreement::add(&bench.desk, terms(3, MARKED).path()).await.unwrap_err().kind, Kind::Conflict);
    agreement::add(&bench.desk, terms(2, MARKED).path()).await.unwrap();
    assert!(verdicts(&bench).await.iter().all(all(false)));
    accept("birch", Some(1)).await.unwrap();
    assert!(verdicts(&bench).await.iter().all(all(false)), "an old version does not do");
    accept("amber", Some(2)).await.unwrap();
    assert!(verdicts(&bench).await.iter().any(all(true)));
    let later = earmark_model::UnixMillis(bench.desk.now().0 + HOUR);
    let early = agreement::accept(&bench.desk, "birch", ("terms", None), "Ann", Some(later)).await;
    assert_eq!(early.unwrap_err().kind, Kind::Malformed);
}

#[tokio::test]
async fn the_agreement_in_the_documents_can_be_used() {
    let bench = Bench::new().await;
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/../../docs/agreements/early-access");
    let added = agreement::add(&bench.desk, folder.as_ref()).await.unwrap();
    for clause in &added.clauses {
        assert!(added.body.contains(&format!("[`{clause}`]")), "{clause}");
    }
}

#[tokio::test]
async fn an_agreement_that_says_nothing_is_refused() {
    let bench = Bench::new().await;
    let add = async |folder: &tempfile::TempDir| agreement::add(&bench.desk, folder.path()).await;
    assert_eq!(add(&tempfile::tempdir().unwrap()).await.unwrap_err().kind, Kind::NotFound);
    assert_eq!(add(&terms(0, MARKED)).await.unwrap_err().kind, Kind::Malformed);
    assert_eq!(add(&terms(1, "Bad Name = 1")).await.unwrap_err().kind, Kind::Malformed);
    let empty = terms(1, MARKED);
    fs::write(empty.path().join("text.md"), " \n").unwrap();
    assert_eq!(add(&empty).await.unwrap_err().kind, Kind::Malformed);
}

#[tokio::test]
async fn with_a_roster_each_person_receives_and_the_partner_does_not() {
    let bench = Bench::new().await;
    bench.arm("d", &["advisory:one=-24h"]).await;
    let who = async || verdicts(&bench).await.into_iter().map(|one| one.0).collect::<Vec<_>>();
    assert_eq!(who().await, ["amber", "birch"]);
    let put = async |name, mail| people::put(&bench.desk, "amber", "ann", name, mail).await;
    assert_eq!(put(None, None).await.unwrap_err().kind, Kind::Malformed);
    assert_eq!(put(Some("Ann"), Some("a@b@c")).await.unwrap_err().kind, Kind::Malformed);
    assert_eq!(put(Some("A\nnn"), None).await.unwrap_err().kind, Kind::Malformed);
    put(Some("Ann"), Some("ann@amber.example")).await.unwrap();
    let changed = put(Some("Ann B."), None).await.unwrap();
    assert_eq!(changed.mail.as_deref(), Some("ann@amber.example"), "what is not given stays");
    assert_eq!(people::join(&bench.desk, "amber", "ben").await.unwrap_err().kind, Kind::NotFound);
    assert!(people::join(&bench.desk, "amber", "ann").await.unwrap().on_roster);
    people::join(&bench.desk, "amber", "desk").await.unwrap();
    assert_eq!(who().await, ["amber/ann", "amber/desk", "birch"]);
    people::leave(&bench.desk, "amber", "desk").await.unwrap();
    assert_eq!(who().await, ["amber/ann", "birch"]);
    people::leave(&bench.desk, "amber", "ann").await.unwrap();
    assert_eq!(who().await, ["amber", "birch"]);
    assert_eq!(people::leave(&bench.desk, "amber", "ann").await.unwrap_err().kind, Kind::NotFound);
}

#[tokio::test]
async fn a_policy_may_ask_what_a_partner_gave_back() {
    let bench = Bench::new().await;
    bench.arm("d", &["advisory:one=-24h"]).await;
    let mut files = rules::built_in();
    let rule = "@id(\"silent\") @why(\"it never answers\") forbid (principal, action, resource) \
                when { principal.silent > principal.tested + principal.found };";
    files.insert("silent.cedar".to_owned(), rule.to_owned());
    let act = earmark_desk::history::act(&bench.desk, "policy", "policies", "use", &serde_json::json!({}));
    bench.desk.ledger().put_policies(&files, &act).await.unwrap();
    let note = async |what| contribution::note(&bench.desk, "amber", what, Some("d"), "").await.unwrap();
    let allowed = async || verdicts(&bench).await[0].1;
    assert!(allowed().await);
    note(Contribution::Silent).await;
    assert!(!allowed().await);
    let account = note(Contribution::Tested).await;
    assert_eq!(account.tally, Tally { tested: 1, found: 0, silent: 1 });
    assert!(allowed().await);
    let nothing = contribution::note(&bench.desk, "amber", Contribution::Found, Some("x"), "").await;
    assert_eq!(nothing.unwrap_err().kind, Kind::NotFound);
}
