//! Advisories taken in and written on the command line.

use std::fs;

use serde_json::Value;

use crate::bench::Bench;

const FILE: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../earmark-papers/testdata/csaf/advisory.json");

#[test]
fn a_disclosure_is_made_from_a_file_and_written_again() {
    let bench = Bench::with_partners(&["amber"]);
    let shown = bench.ok(&[
        "disclosure",
        "add",
        "2026-014",
        "--from",
        FILE,
        "--public",
        "2099-03-10T17:00:00Z",
        "--stage",
        "advisory:one=-5d",
    ]);
    assert_eq!(shown["title"], "Remote code execution in the parser");
    assert_eq!(shown["cves"], serde_json::json!(["CVE-2026-12345"]));
    assert_eq!((&shown["severity"], &shown["tlp"]), (&9.8.into(), &"TLP:AMBER".into()));
    assert_eq!(shown["history"].as_array().unwrap().len(), 2);
    bench.ok(&["disclosure", "accept", "2026-014"]);

    let document = bench.ok(&["disclosure", "csaf", "2026-014"]);
    assert_eq!(document["document"]["tracking"]["current_release_date"], "2099-03-10T17:00:00Z");
    let printed = bench.run(&["disclosure", "csaf", "2026-014"]).stdout;
    assert_eq!(serde_json::from_slice::<Value>(&printed).unwrap(), document, "the same without --json");
    let written = bench.ok(&["disclosure", "csaf", "2026-014", "--version", "2.1", "--out", "feed"]);
    assert_eq!(written["written"], "feed/example-2026-014.json");
    let newer: Value =
        serde_json::from_slice(&fs::read(bench.root().join("feed/example-2026-014.json")).unwrap()).unwrap();
    assert_eq!(newer["document"]["csaf_version"], "2.1");

    let said = bench.refused(3, &["disclosure", "csaf", "2026-014", "--public"]);
    assert!(said.contains("is not public yet"), "{said}");
    let said = bench.refused(3, &["disclosure", "breach", "2026-014", "--late", "--seen", "x"]);
    assert!(said.contains("is not public yet"), "{said}");
    let done = bench.ok(&["disclosure", "breach", "2026-014", "--early", "--seen", "a forum"]);
    assert_eq!(done["csaf"]["document"]["csaf_version"], "2.0");
    let version = done["csaf"]["document"]["tracking"]["version"].as_str().unwrap();
    assert_eq!(version, bench.ok(&["disclosure", "csaf", "2026-014"])["document"]["tracking"]["version"]);
}

#[test]
fn a_cve_record_goes_out_and_comes_in() {
    let bench = Bench::with_partners(&[]);
    bench.ok(&["disclosure", "add", "one", "--from", FILE]);
    let org = "8254265b-2729-46b6-b9e3-3dfca2d5bfca";
    let record = bench.ok(&["disclosure", "cve", "one", "--org", org]);
    assert_eq!(record["cveMetadata"]["cveId"], "CVE-2026-12345");
    bench.refused(5, &["disclosure", "cve", "one", "--org", "us"]);
    let said = bench.refused(3, &["disclosure", "cve", "one", "--org", org, "--id", "CVE-2026-99999"]);
    assert!(said.contains("no vulnerability with the id `CVE-2026-99999`"), "{said}");

    let file = bench.root().join("record.json");
    fs::write(&file, record.to_string()).unwrap();
    let shown = bench.ok(&["disclosure", "add", "two", "--from", file.to_str().unwrap()]);
    assert_eq!((&shown["severity"], &shown["cves"][0]), (&9.8.into(), &"CVE-2026-12345".into()));
    let said = bench.refused(3, &["disclosure", "csaf", "two"]);
    assert!(said.contains("--namespace"), "{said}");
    let document = bench.ok(&["disclosure", "csaf", "two", "--namespace", "https://psirt.example.org"]);
    assert_eq!(document["document"]["tracking"]["id"], "two");
    let again = bench.ok(&["disclosure", "cve", "two", "--org", org]);
    assert_eq!(again["containers"]["cna"]["affected"], record["containers"]["cna"]["affected"]);
}

#[test]
fn a_file_that_is_no_advisory_is_refused_and_leaves_nothing() {
    let bench = Bench::with_partners(&[]);
    let file = bench.root().join("file.json");
    let deep = "[".repeat(100_000);
    for text in ["", "no json", "{}", "{\"document\": {\"csaf_version\": \"2.0\"}}", deep.as_str()] {
        fs::write(&file, text).unwrap();
        let said = bench.refused(5, &["disclosure", "add", "d", "--from", file.to_str().unwrap()]);
        assert!(said.contains("this is no advisory that can be read"), "{said}");
    }
    let huge = fs::File::create(&file).unwrap();
    huge.set_len(1 << 40).unwrap();
    let said = bench.refused(5, &["disclosure", "add", "d", "--from", file.to_str().unwrap()]);
    assert!(said.contains("an advisory has at most 15000000"), "{said}");
    assert_eq!(bench.run(&["disclosure", "add", "d"]).status.code(), Some(2), "neither title nor file");
    assert_eq!(bench.ok(&["disclosure", "list"]), serde_json::json!([]));
    bench.ok(&["vault", "check"]);
}
