//! After a person is erased the name stands nowhere, and the log still verifies.

use std::fs;
use std::path::Path;

use earmark_desk::actor::{self, Role};
use earmark_desk::approval::WAIT_MILLIS;
use earmark_desk::error::Kind;
use earmark_desk::issue::log::{Settings, accounts, person, publish, retention, verify};
use earmark_desk::program::standing::{self, Measure};
use earmark_desk::program::{agreement, keys, legal_hold, people};
use earmark_store::NewMessage;
use proptest::prelude::*;

use crate::bench::Bench;

const KEY: &str = "age1zswhwfzt4steu95tvp8vzkj2kh7529g9y9gfp7t2pjpfefchvq9qhckam9";

/// A vault in which a person of amber has left all the traces there are.
async fn with_person(name: &str, mail: &str) -> Bench {
    let bench = Bench::new().await;
    let desk = &bench.desk;
    people::put(desk, "amber", "p1", Some(name), Some(mail)).await.unwrap();
    people::join(desk, "amber", "p1").await.unwrap();
    keys::add(desk, "amber", Some("p1"), KEY).await.unwrap();
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/../../docs/agreements/early-access");
    agreement::add(desk, folder.as_ref()).await.unwrap();
    agreement::accept(desk, "amber", ("early-access", None), name, None).await.unwrap();
    let message = |key: &str, recipient: &str, mail: Option<&str>| NewMessage {
        unique_key: key.to_owned(),
        disclosure: None,
        recipient: recipient.to_owned(),
        mail: mail.map(str::to_owned),
        subject: "Hello".to_owned(),
        body: format!("Dear {name},\n"),
        calendar: None,
    };
    let told = [message("a", "amber/p1", Some(mail)), message("b", "amber", None)];
    desk.ledger().queue_messages(&told, desk.now()).await.unwrap();
    publish(&bench).await;
    bench
}

async fn publish(bench: &Bench) {
    let request = publish::Request {
        out: None,
        settings: Settings { block: Some(8), ..Settings::default() },
        now: true,
    };
    publish::publish(&bench.desk, &request).await.unwrap();
}

/// Files of the vault in which the bytes stand.
fn where_it_stands(folder: &Path, words: &[&str], found: &mut Vec<String>) {
    for file in fs::read_dir(folder).unwrap() {
        let path = file.unwrap().path();
        if path.is_dir() {
            where_it_stands(&path, words, found);
            continue;
        }
        let bytes = fs::read(&path).unwrap();
        for word in words {
            if bytes.windows(word.len()).any(|window| window == word.as_bytes()) {
                found.push(format!("{} has {word}", path.display()));
            }
        }
    }
}

fn found(bench: &Bench, words: &[&str]) -> Vec<String> {
    let mut found = Vec::new();
    where_it_stands(bench.desk.folder(), words, &mut found);
    found
}

async fn faults(bench: &Bench) -> Vec<String> {
    verify::vault(&bench.desk, None).await.unwrap().faults
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(8))]
    #[test]
    fn an_erased_name_stands_nowhere_and_the_log_verifies(
        name in "[A-Z][\\p{L}]{5,12} [A-Z][\\p{L}']{5,12}", mail in "[a-z]{9,14}@[a-z]{4,9}\\.example",
        published_again in any::<bool>(),
    ) {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
        runtime.block_on(async {
            let bench = with_person(&name, &mail).await;
            prop_assert!(!found(&bench, &[&name]).is_empty() && !found(&bench, &[&mail]).is_empty());
            prop_assert_eq!(faults(&bench).await, [""; 0]);
            let erased = person::erase(&bench.desk, "amber/p1", "request of 2026-03-01").await.unwrap();
            prop_assert_eq!((erased.entries.len(), erased.messages.len()), (1, 2));
            prop_assert!(erased.left.is_empty());
            prop_assert_eq!(found(&bench, &[&name, &mail]), [""; 0]);
            prop_assert_eq!(faults(&bench).await, [""; 0]);
            if published_again {
                publish(&bench).await;
                prop_assert_eq!(faults(&bench).await, [""; 0]);
            }
            let said = verify::vault(&bench.desk, None).await.unwrap();
            prop_assert_eq!(said.erased.len(), 1);
            prop_assert_eq!(said.erased[0].basis.as_str(), "request of 2026-03-01");
            // Others of the partner go on, keys and all.
            keys::add(&bench.desk, "amber", Some("desk"), KEY).await.unwrap();
            publish(&bench).await;
            prop_assert_eq!(faults(&bench).await, [""; 0]);
            Ok(())
        })?;
    }
}

#[tokio::test]
async fn what_is_held_is_listed_and_then_is_not() {
    let bench = with_person("Ann Example", "ann@amber.example").await;
    let counts = async || {
        let held = person::held(&bench.desk, "amber/p1").await.unwrap();
        held.items.into_iter().map(|item| (item.class.class, item.what.len())).collect::<Vec<_>>()
    };
    let before = counts().await;
    for (class, wanted) in [("contact", 1), ("key", 2), ("acceptance", 1), ("message", 2), ("history", 1)] {
        assert!(before.contains(&(class, wanted)), "{class}: {before:?}");
    }
    person::erase(&bench.desk, "amber/p1", "left").await.unwrap();
    let held = person::held(&bench.desk, "amber/p1").await.unwrap();
    assert_eq!(held.items[0].what, ["erased no mail"]);
    assert!(counts().await.contains(&("key", 0)));
    for (nobody, kind) in [("amber/nobody", Kind::NotFound), ("amber", Kind::Malformed)] {
        assert_eq!(person::held(&bench.desk, nobody).await.unwrap_err().kind, kind);
    }
    assert_eq!(person::erase(&bench.desk, "amber/p1", " ").await.unwrap_err().kind, Kind::Malformed);
}

#[tokio::test]
async fn a_legal_hold_bars_erasure_until_two_lift_it() {
    let bench = with_person("Ann Example", "ann@amber.example").await;
    let desk = &bench.desk;
    let erase = async || person::erase(desk, "amber/p1", "left").await;
    assert_eq!(legal_hold::put(desk, "amber", "").await.unwrap_err().kind, Kind::Malformed);
    for subject in ["amber", "amber/p1"] {
        legal_hold::put(desk, subject, "court file 7").await.unwrap();
        let refusal = erase().await.unwrap_err();
        assert_eq!(refusal.kind, Kind::Refused);
        assert!(refusal.to_string().contains("court file 7"));
        assert!(legal_hold::lift(desk, subject).await.unwrap().waiting.is_some());
        assert_eq!(erase().await.unwrap_err().kind, Kind::Refused);
        bench.clock.advance(WAIT_MILLIS);
        assert!(legal_hold::lift(desk, subject).await.unwrap().waiting.is_none());
        assert_eq!(legal_hold::lift(desk, subject).await.unwrap_err().kind, Kind::NotFound);
    }
    erase().await.unwrap();
}

/// A partner that was removed, its key, and somebody who left: each is erased with a tombstone, and only then.
#[tokio::test]
async fn a_partner_a_key_and_an_account_are_erased_when_they_are_over() {
    let bench = with_person("Zacharias Quill", "zq@quill.example").await;
    let desk = &bench.desk;
    let because = "GDPR Art. 5(1)(e)";
    assert_eq!(
        accounts::erase(desk, "amber", because).await.unwrap_err().kind,
        Kind::Refused,
        "it is active"
    );
    assert_eq!(accounts::erase_key(desk, "amber", KEY, because).await.unwrap_err().kind, Kind::Refused);
    keys::revoke(desk, "amber", KEY, "lost").await.unwrap();
    assert_eq!(accounts::erase_key(desk, "amber", KEY, " ").await.unwrap_err().kind, Kind::Malformed);
    let erased = accounts::erase_key(desk, "amber", KEY, because).await.unwrap();
    assert_eq!(erased.entries.len(), 2, "added and revoked");
    assert_eq!(faults(&bench).await, [""; 0]);
    assert!(keys::list(desk, "amber").await.unwrap().is_empty());

    standing::take(desk, "amber", Measure::Remove, "left", Some("agreed")).await.unwrap();
    legal_hold::put(desk, "amber/p1", "court file 7").await.unwrap();
    assert_eq!(legal_hold::put(desk, "ambre", "x").await.unwrap_err().kind, Kind::NotFound, "mistyped");
    assert_eq!(accounts::erase(desk, "amber", because).await.unwrap_err().kind, Kind::Refused, "a hold");
    legal_hold::lift(desk, "amber/p1").await.unwrap();
    bench.clock.advance(WAIT_MILLIS);
    legal_hold::lift(desk, "amber/p1").await.unwrap();
    accounts::erase(desk, "amber", because).await.unwrap();
    assert_eq!(found(&bench, &["Zacharias", "zq@quill", "desk@amber.example"]), [""; 0]);
    assert_eq!(desk.ledger().partner(&"amber".parse().unwrap()).await.unwrap().name, "erased");
    assert_eq!(faults(&bench).await, [""; 0]);

    let roles = || vec![Role::Administrator];
    actor::join(desk, "owner", None, roles()).await.unwrap();
    actor::join(desk, "tom", Some("tom@quill.example".to_owned()), vec![Role::Analyst]).await.unwrap();
    assert_eq!(accounts::erase(desk, "staff:tom", because).await.unwrap_err().kind, Kind::Refused);
    actor::leave(desk, "tom").await.unwrap();
    accounts::erase(desk, "staff:tom", because).await.unwrap();
    assert_eq!(found(&bench, &["tom@quill.example"]), [""; 0]);
    publish(&bench).await;
    assert_eq!(faults(&bench).await, [""; 0]);
}

/// What is held too long is listed, and erased but for what a hold stands on.
#[tokio::test]
async fn what_is_over_is_due_and_a_hold_keeps_it() {
    let bench = with_person("Zacharias Quill", "zq@quill.example").await;
    let desk = &bench.desk;
    const DAY: i64 = 86_400_000;
    assert_eq!(retention::due(desk).await.unwrap(), []);
    standing::take(desk, "amber", Measure::Remove, "left", Some("agreed")).await.unwrap();
    legal_hold::put(desk, "birch", "court file 7").await.unwrap();
    let late = NewMessage {
        unique_key: "c".to_owned(),
        disclosure: None,
        recipient: "birch".to_owned(),
        mail: None,
        subject: "Hello".to_owned(),
        body: "Dear Mr. Vole,\n".to_owned(),
        calendar: None,
    };
    desk.ledger().queue_messages(&[late], desk.now()).await.unwrap();
    bench.clock.advance(90 * DAY - 1);
    assert_eq!(retention::due(desk).await.unwrap(), []);
    bench.clock.advance(1);
    let due = retention::due(desk).await.unwrap();
    let subjects: Vec<&str> = due.iter().map(|one| one.subject.as_str()).collect();
    assert_eq!(subjects, ["amber/desk", "amber/p1"]);
    bench.clock.advance(3 * 365 * DAY);
    let due = retention::due(desk).await.unwrap();
    let held: Vec<(&str, bool)> = due
        .iter()
        .filter(|one| one.class == "message")
        .map(|one| (one.subject.as_str(), one.legal_hold.is_some()))
        .collect();
    assert_eq!(held, [("amber/p1", false), ("amber", false), ("birch", true)]);
    let erased = retention::erase_due(desk, "retention is over").await.unwrap();
    assert_eq!(erased.len(), due.len() - 1);
    assert_eq!(found(&bench, &["Zacharias", "zq@quill"]), [""; 0]);
    assert_eq!(found(&bench, &["Mr. Vole"]).len(), 1, "the hold keeps it");
    assert_eq!(faults(&bench).await, [""; 0]);
    publish(&bench).await;
    assert_eq!(faults(&bench).await, [""; 0]);
    assert_eq!(retention::due(desk).await.unwrap().len(), 1);
}
