//! A disclosure's advisory, from the draft to the breach after the fix.

use earmark_desk::error::Kind;
use earmark_desk::issue::advisory_feed;
use earmark_desk::program::advisory::{self, CsafVersion, Wanted};
use earmark_desk::program::breach;
use earmark_store::Stage;
use serde_json::Value;

use crate::bench::{Bench, HOUR, hours};

const FILE: &[u8] = include_bytes!("../../../earmark-papers/testdata/csaf/advisory.json");

async fn written(bench: &Bench, public: bool) -> Value {
    let wanted = Wanted { version: CsafVersion::V2_0, public, namespace: None };
    advisory::csaf(&bench.desk, "d", &wanted).await.unwrap().document
}

fn at<'a>(document: &'a Value, pointer: &str) -> &'a str {
    let found = document.pointer(pointer).and_then(Value::as_str);
    assert!(found.is_some(), "{pointer} in {document:#}");
    found.unwrap()
}

/// The summaries of a document's revisions, whose numbers must rise by one.
fn revisions(document: &Value) -> Vec<&str> {
    let history = document.pointer("/document/tracking/revision_history").unwrap().as_array().unwrap();
    for (n, one) in history.iter().enumerate() {
        assert_eq!(one["number"], (n + 1).to_string());
    }
    assert_eq!(at(document, "/document/tracking/version"), history.len().to_string());
    history.iter().map(|one| one["summary"].as_str().unwrap()).collect()
}

#[tokio::test]
async fn an_advisory_follows_its_disclosure() {
    let bench = Bench::new().await;
    bench.propose("d", &["advisory:one=-90h"]).await;
    let nowhere = Wanted { version: CsafVersion::V2_0, public: false, namespace: None };
    let refused = advisory::csaf(&bench.desk, "d", &nowhere).await.unwrap_err();
    assert_eq!(refused.kind, Kind::Refused, "nobody knows the publisher's address");

    assert!(advisory::take_in(&bench.desk, "d", FILE.to_vec()).await.unwrap().is_empty());
    let draft = written(&bench, false).await;
    assert_eq!(at(&draft, "/document/tracking/status"), "draft");
    assert_eq!(at(&draft, "/document/title"), "A flaw", "the ledger's title goes before the file's");
    assert!(draft.pointer("/vulnerabilities/0/release_date").is_none());

    earmark_desk::program::disclosure::accept(&bench.desk, "d").await.unwrap();
    let embargoed = written(&bench, false).await;
    assert_eq!(at(&embargoed, "/document/tracking/status"), "interim");
    assert_eq!(at(&embargoed, "/document/tracking/current_release_date"), hours(&bench, 100));
    assert_eq!(at(&embargoed, "/vulnerabilities/0/release_date"), hours(&bench, 100));
    assert!(
        at(&embargoed, "/document/distribution/text").contains("Embargoed until 2026-03-05 21:00:00 UTC")
    );
    assert_eq!(at(&embargoed, "/document/distribution/tlp/label"), "AMBER");
    let wanted = Wanted { version: CsafVersion::V2_0, public: true, namespace: None };
    let early = advisory::csaf(&bench.desk, "d", &wanted).await.unwrap_err();
    assert_eq!(early.kind, Kind::Refused, "for everybody, before the instant");

    bench.clock.advance(100 * HOUR);
    bench.work().await;
    let public = written(&bench, true).await;
    assert_eq!(at(&public, "/document/tracking/status"), "final");
    assert_eq!(at(&public, "/document/distribution/tlp/label"), "WHITE");
    assert!(!public.to_string().contains("mbargoed"), "{public:#}");

    bench.clock.advance(HOUR);
    let done = breach::late(&bench.desk, "d", Stage::ProofOfConcept, "a secret place").await.unwrap();
    let update = done.csaf.unwrap();
    assert_eq!(update, written(&bench, false).await);
    assert_eq!(
        revisions(&update),
        [
            "First edition.",
            "Content revised.",
            "Terms of the embargo accepted.",
            "Published.",
            "Material was seen outside; exploitation is to be expected."
        ]
    );
    let threats = update.pointer("/vulnerabilities/0/threats").unwrap().as_array().unwrap();
    let status: Vec<&Value> = threats.iter().filter(|one| one["category"] == "exploit_status").collect();
    assert_eq!(status.len(), 1);
    assert_eq!(status[0]["date"], bench.desk.now().rfc3339());
    assert!(status[0]["details"].as_str().unwrap().starts_with("Exploitation is to be expected."));
    assert!(!update.to_string().contains("secret place"), "the owner's words are not for every reader");
}

#[tokio::test]
async fn a_disclosure_without_a_file_is_written_bare() {
    let bench = Bench::new().await;
    bench.arm("d", &["advisory:one=-90h"]).await;
    let with = |namespace: &str| Wanted {
        version: CsafVersion::V2_1,
        public: false,
        namespace: Some(namespace.to_owned()),
    };
    for wrong in ["http://example.org", "https://", "example.org", "https://a b", "https:///x"] {
        let error = advisory::csaf(&bench.desk, "d", &with(wrong)).await.unwrap_err();
        assert_eq!(error.kind, Kind::Malformed, "{wrong}");
    }
    let document = advisory::csaf(&bench.desk, "d", &with("https://example.org")).await.unwrap().document;
    assert_eq!(at(&document, "/document/publisher/namespace"), "https://example.org");
    assert_eq!(at(&document, "/document/publisher/name"), "Test program");
    let again = written(&bench, false).await;
    assert_eq!(at(&again, "/document/publisher/namespace"), "https://example.org", "kept");

    let done = breach::early(&bench.desk, "d", "a forum").await.unwrap();
    let update = done.csaf.unwrap();
    assert_eq!(at(&update, "/document/tracking/status"), "interim", "broken, and not published yet");
    assert!(at(&update, "/document/distribution/text").starts_with("The embargo was broken:"));
}

#[tokio::test]
async fn what_is_no_advisory_changes_nothing() {
    let bench = Bench::new().await;
    bench.propose("d", &[]).await;
    let before = bench.show("d").await.history.len();
    let error = advisory::take_in(&bench.desk, "d", b"{\"document\":{}}".to_vec()).await.unwrap_err();
    assert_eq!(error.kind, Kind::Malformed);
    assert_eq!(advisory::take_in(&bench.desk, "e", FILE.to_vec()).await.unwrap_err().kind, Kind::NotFound);
    assert_eq!(bench.show("d").await.history.len(), before);
}

#[tokio::test]
async fn what_is_public_is_published_and_nothing_else() {
    let bench = Bench::new().await;
    let out = tempfile::tempdir().unwrap();
    let publish =
        async || advisory_feed::publish(&bench.desk, "https://x.example/csaf", out.path()).await.unwrap();
    bench.arm("d", &["advisory:one=-24h"]).await;
    advisory::take_in(&bench.desk, "d", FILE.to_vec()).await.unwrap();
    assert_eq!(publish().await.advisories, [""; 0], "before the instant");
    bench.clock.advance(100 * HOUR);
    bench.work().await;
    let fed = publish().await;
    assert_eq!(fed.advisories, ["d"]);
    let is_advisory = |path: &&String| path.starts_with("white/20") && path.ends_with(".json");
    let path = fed.files.iter().find(is_advisory).unwrap();
    let bytes = std::fs::read(out.path().join(path)).unwrap();
    let document: Value = serde_json::from_slice(&bytes).unwrap();
    assert_eq!(at(&document, "/document/distribution/tlp/label"), "WHITE");
    assert!(out.path().join("provider-metadata.json").exists());
    assert_eq!(publish().await, fed);
    assert_eq!(std::fs::read(out.path().join(path)).unwrap(), bytes, "the same again");
    let refused = advisory_feed::publish(&bench.desk, "http://x.example", out.path()).await.unwrap_err();
    assert_eq!(refused.kind, Kind::Malformed);
}
