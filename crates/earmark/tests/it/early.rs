//! A bundle that travels before its instant, and its key that leaves at the instant: all of it by the worker.

use std::fs;
use std::io::Read;

use earmark_desk::job::{self, Event, Means};
use earmark_desk::program::disclosure::{self, NewDisclosure};
use earmark_desk::program::material::{self, NewMaterial};
use earmark_desk::program::revise::{self, Revision};
use earmark_desk::program::schedule::StageAt;
use earmark_desk::program::standing::{self, Measure};
use earmark_desk::program::{hold, keys};
use earmark_model::UnixMillis;
use earmark_seal::{TimedKey, open_sealed};
use earmark_store::Stage;

use crate::log_rows::{Bench, DAY};

const HOUR: i64 = 3_600_000;

async fn work(bench: &Bench, means: &Means) -> Vec<Event> {
    let mut events = Vec::new();
    job::run_due(&bench.desk, means, &mut |event| events.push(event)).await.unwrap();
    assert!(events.iter().all(|one| !one.outcome.starts_with("failed")), "{events:?}");
    events.retain(|one| one.kind == "bundles");
    events
}

fn open(sealed: &[u8], identity: &str) -> Option<Vec<u8>> {
    let mut plain = Vec::new();
    open_sealed(sealed, Some(identity)).ok()?.read_to_end(&mut plain).ok()?;
    Some(plain)
}

fn bundles(bench: &Bench) -> Vec<String> {
    let Ok(folder) = fs::read_dir(bench.folder.path().join("bundles/d")) else { return Vec::new() };
    let names = folder.map(|item| item.unwrap().file_name().into_string().unwrap());
    let mut names: Vec<String> = names.filter(|name| name.ends_with(".age")).collect();
    names.sort();
    names
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_bundle_travels_early_and_the_key_leaves_at_the_instant() {
    let bench = Bench::new().await;
    let desk = &bench.desk;
    let own = TimedKey::generate();
    let public = own.public().unwrap().fingerprint();
    for key in keys::list(desk, "amber").await.unwrap() {
        keys::revoke(desk, "amber", &key.fingerprint, "nobody has it").await.unwrap();
    }
    keys::add(desk, "amber", None, &public).await.unwrap();
    standing::take(desk, "birch", Measure::Suspend, "has no key", None).await.unwrap();
    let at = |hours: i64| UnixMillis(desk.now().0 + hours * HOUR).rfc3339();
    let new = NewDisclosure {
        public: Some(at(100)),
        stages: vec![StageAt::parse("advisory:one=-24h").unwrap()],
        ..NewDisclosure::new("d", "A flaw")
    };
    disclosure::add(desk, &new).await.unwrap();
    let new = NewMaterial {
        asset: "asset".to_owned(),
        stage: Stage::Advisory,
        confidential_until: None,
        export_class: None,
        screened: None,
    };
    material::attach(desk, "d", &new).await.unwrap();
    disclosure::accept(desk, "d").await.unwrap();
    let means = Means { bundles: Some(bench.folder.path().join("bundles")), early_millis: Some(48 * HOUR) };
    assert_eq!(work(&bench, &means).await, [], "76 hours before the instant");
    bench.clock.advance(30 * HOUR);
    hold::hold(desk, "d", "wait").await.unwrap();
    assert!(
        work(&bench, &means).await.iter().all(|one| one.outcome == "held"),
        "what is held does not travel"
    );
    hold::resume(desk, "d").await.unwrap();
    bench.clock.advance(HOUR);
    hold::resume(desk, "d").await.unwrap();
    let made = work(&bench, &means).await;
    assert_eq!(
        made.iter().map(|one| one.outcome.as_str()).collect::<Vec<_>>(),
        ["made 1 bundles, 0 refused"]
    );
    assert_eq!(bundles(&bench), ["asset-amber.tar.zst.age.age"], "sealed twice, and none for birch");
    let sealed = fs::read(bench.folder.path().join("bundles/d/asset-amber.tar.zst.age.age")).unwrap();
    let inner = open(&sealed, &own.secret_text()).unwrap();
    assert_eq!(open(&inner, &own.secret_text()), None, "amber's own key does not open the inside");

    // The fix slips: what travelled need not travel again, and no key goes out by the old instant.
    let public = UnixMillis(desk.now().0 + 90 * HOUR).rfc3339();
    let later = Revision { public: Some(public), stages: Vec::new(), why: "later".to_owned() };
    revise::revise(desk, "d", &later).await.unwrap();
    bench.clock.advance(50 * HOUR);
    let again = work(&bench, &means).await;
    assert!(
        again.iter().all(|one| one.outcome == "made 0 bundles, 0 refused, 1 had travelled early"),
        "{again:?}"
    );
    let told = desk.ledger().messages_about(&"d".parse().unwrap()).await.unwrap();
    assert!(
        told.iter().all(|one| !one.message.body.contains("AGE-SECRET-KEY-")),
        "the old instant has passed"
    );
    bench.clock.advance(DAY);
    let fired = work(&bench, &means).await;
    assert_eq!(fired[0].outcome, "made 0 bundles, 0 refused, 1 had travelled early");
    let told = desk.ledger().messages_about(&"d".parse().unwrap()).await.unwrap();
    let with_key = told.iter().find(|one| one.message.body.contains("AGE-SECRET-KEY-")).unwrap();
    assert_eq!(with_key.message.recipient, "amber");
    let key = with_key.message.body.lines().find(|line| line.starts_with("AGE-SECRET-KEY-")).unwrap();
    let plain = open(&inner, key).unwrap();
    assert_eq!(plain[..4], [0x28, 0xb5, 0x2f, 0xfd], "zstd");
    assert_eq!(bundles(&bench).len(), 1);
}
