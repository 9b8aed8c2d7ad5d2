//! After a person is erased the name stands nowhere, and the log still verifies.

use std::fs;
use std::path::Path;

use earmark_desk::approval::WAIT_MILLIS;
use earmark_desk::error::Kind;
use earmark_desk::issue::log::{Settings, person, publish, verify};
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
