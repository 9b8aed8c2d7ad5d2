//! CVE records, judged by the schema of the CVE program.

use std::fs;
use std::path::Path;
use std::process::Command;

use earmark_model::UnixMillis;
use earmark_papers::{
    Advisory, CsafVersion, CveError, Likelihood, Overlay, Release, Revision, cve_record, is_cve_record,
    parse_json, read_csaf, read_cve, write_csaf,
};
use serde_json::{Value, json};

use crate::csaf;

const CNA: &str = "8254265b-2729-46b6-b9e3-3dfca2d5bfca";
const CVE: &str = "CVE-2026-12345";

/// What the schema refuses of each record, nothing where it accepts; `None` where it is not installed.
fn judge(records: &[Value]) -> Option<Vec<Vec<String>>> {
    let cve = earmark_testkit::peer("cve")?;
    let folder = tempfile::tempdir().unwrap();
    // The interpreter of the environment in which `cvelib` lies.
    let mut command = Command::new(cve.with_file_name("python"));
    command.arg(Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/cve_judge.py"));
    for (number, record) in records.iter().enumerate() {
        let path = folder.path().join(format!("{number}.json"));
        fs::write(&path, record.to_string()).unwrap();
        command.arg(path);
    }
    let output = command.output().unwrap();
    let said = String::from_utf8(output.stdout).unwrap();
    let verdicts: Vec<Value> = said.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    assert_eq!(verdicts.len(), records.len(), "{}", String::from_utf8_lossy(&output.stderr));
    let refusals = |verdict: &Value| match verdict["valid"] == true {
        true => Vec::new(),
        false => vec![verdict["errors"].to_string()],
    };
    Some(verdicts.iter().map(refusals).collect())
}

fn overlay() -> Overlay {
    let at = UnixMillis(1_773_162_000_000);
    Overlay {
        title: "Remote code execution in the parser".to_owned(),
        exercise: false,
        label: "TLP:CLEAR".to_owned(),
        cves: vec![CVE.to_owned()],
        cvss: None,
        release: Release::Public(at),
        zone: "UTC".to_owned(),
        deploy_early: false,
        broken: None,
        likelihood: (Likelihood::Likely, at),
        outside: None,
        revisions: vec![Revision { at, summary: "Published.".to_owned(), before_file: false }],
    }
}

fn document(advisory: &Advisory) -> Value {
    write_csaf(advisory, &overlay(), CsafVersion::V2_0).document
}

#[test]
fn the_schema_of_the_program_accepts_what_we_write() {
    let advisory = read_csaf(&csaf::sample()).unwrap().advisory;
    let record = cve_record(&document(&advisory), CVE, CNA).unwrap();
    let cna = &record["containers"]["cna"];
    assert_eq!(cna["affected"][0]["vendor"], "Example Engines");
    assert_eq!(cna["affected"][0]["product"], "Parser");
    assert_eq!(
        cna["affected"][0]["versions"],
        json!([{ "status": "affected", "version": "4.2" }, { "status": "unaffected", "version": "4.3" }])
    );
    assert_eq!(cna["metrics"][0]["cvssV3_1"]["baseScore"], 9.8);
    assert_eq!(cna["problemTypes"][0]["descriptions"][0]["description"], "CWE-787 Out-of-bounds Write");
    assert_eq!(cna["solutions"][0]["value"], "Update to 4.3.");
    assert_eq!(cna["workarounds"][0]["value"], "Do not open files from strangers.");
    assert_eq!(cna["exploits"][0]["value"], "Exploitation is to be expected.");
    assert_eq!(cna["credits"][0]["value"], "A. Finder (Harbor Labs)");
    assert_eq!(cna["datePublic"], "2026-03-10T17:00:00Z");
    // Prose that is too long is cut, products without branches keep their full name.
    let mut other: Value = serde_json::from_slice(&csaf::sample()).unwrap();
    other["vulnerabilities"][0]["notes"][0]["text"] = json!("ä".repeat(5_000));
    other["product_tree"] = json!({ "full_product_names": [
        { "name": "Parser 4.2", "product_id": "CSAFPID-0001" }, { "name": "Parser 4.3", "product_id": "CSAFPID-0002" },
    ] });
    let other = read_csaf(&serde_json::to_vec(&other).unwrap()).unwrap().advisory;
    let other = cve_record(&document(&other), CVE, CNA).unwrap();
    assert_eq!(other["containers"]["cna"]["affected"].as_array().unwrap().len(), 2);
    let mut broken = record.clone();
    broken["containers"]["cna"]["references"] = json!([]);
    let Some(refusals) = judge(&[record, other, broken]) else { return };
    assert!(refusals[0].is_empty() && refusals[1].is_empty(), "{refusals:?}");
    assert!(!refusals[2].is_empty(), "the judge judges nothing");
}

#[test]
fn a_record_that_lacks_something_is_not_written() {
    let bare = document(&Advisory::bare("d", "A flaw", "Example Engines", "https://example.org"));
    assert_eq!(cve_record(&bare, CVE, CNA), Err(CveError::NoProducts(CVE.to_owned())));
    let other = "CVE-2026-99999";
    assert_eq!(cve_record(&bare, other, CNA), Err(CveError::NoSuchId(other.to_owned())));
    for wrong in ["", "x", "8254265b-2729-16b6-b9e3-3dfca2d5bfca", "8254265b-2729-46b6-c9e3-3dfca2d5bfca"] {
        assert!(matches!(cve_record(&bare, CVE, wrong), Err(CveError::Organization(_))), "{wrong}");
    }
    let mut silent: Value = serde_json::from_slice(&csaf::sample()).unwrap();
    silent["document"].as_object_mut().unwrap().remove("references");
    let silent = read_csaf(&serde_json::to_vec(&silent).unwrap()).unwrap().advisory;
    assert_eq!(cve_record(&document(&silent), CVE, CNA), Err(CveError::NoReferences(CVE.to_owned())));
}

fn foreign() -> Value {
    json!({
        "dataType": "CVE_RECORD", "dataVersion": "5.1.1",
        "cveMetadata": { "cveId": CVE, "assignerOrgId": CNA, "assignerShortName": "example", "state": "PUBLISHED" },
        "containers": { "cna": {
            "title": "Write past a buffer",
            "providerMetadata": { "orgId": CNA },
            "datePublic": "2026-03-10T17:00:00.000Z",
            "descriptions": [{ "lang": "de", "value": "Auf Deutsch." }, { "lang": "en-US", "value": "In English." }],
            "affected": [
                { "vendor": "Example", "product": "Parser", "defaultStatus": "unaffected", "versions": [
                    { "version": "4.0", "lessThan": "4.3", "status": "affected", "versionType": "semver" },
                    { "version": "4.3", "status": "unaffected" },
                ] },
                { "vendor": "Example", "product": "Viewer", "defaultStatus": "unknown" },
            ],
            "references": [{ "url": "https://example.org/1" }],
            "metrics": [{ "format": "CVSS", "cvssV3_1": {
                "version": "3.1", "baseScore": 9.8, "baseSeverity": "CRITICAL",
                "vectorString": "CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H",
            } }],
            "solutions": [{ "lang": "en", "value": "Update." }],
        } },
    })
}

#[test]
fn a_foreign_record_becomes_an_advisory() {
    let record = foreign();
    assert!(is_cve_record(&record) && !is_cve_record(&json!({ "document": {} })));
    let read = read_cve(&parse_json(record.to_string().as_bytes()).unwrap()).unwrap();
    assert!(read.remarks.is_empty(), "{:?}", read.remarks);
    assert!(!read.advisory.has_publisher());
    assert_eq!(read.advisory.title(), "Write past a buffer");
    assert_eq!(read.advisory.cves(), [CVE]);
    assert_eq!(read.advisory.highest_score().unwrap().tenths, 98);
    let advisory = read.advisory.adopted("2026-014", "Example Engines", "https://example.org");
    let document = document(&advisory);
    assert_eq!(document["vulnerabilities"][0]["notes"][0]["text"], "In English.");
    let text = serde_json::to_vec(&document).unwrap();
    let again = cve_record(&document, CVE, CNA).unwrap();
    let versions = &again["containers"]["cna"]["affected"][0]["versions"];
    assert_eq!(versions[1], json!({ "status": "affected", "version": "vers:generic/>=4.0|<4.3" }));
    if let Some(judgments) = csaf::judge("2.0", &[text]) {
        assert!(judgments[0].schema && judgments[0].failed.is_empty(), "{}", judgments[0].all);
    }
    if let Some(refusals) = judge(&[record, again]) {
        assert!(refusals.iter().all(Vec::is_empty), "{refusals:?}");
    }
}

#[test]
fn what_is_wrong_with_a_record_is_named() {
    let refused = |pointer: &str, value: Value| {
        let mut record = foreign();
        *record.pointer_mut(pointer).unwrap() = value;
        read_cve(&record).unwrap_err().to_string()
    };
    assert_eq!(refused("/dataVersion", json!("4.0")), "`/dataVersion` is `4.0`, and must be 5.x");
    assert_eq!(
        refused("/cveMetadata/state", json!("REJECTED")),
        "`/cveMetadata/state` is `REJECTED`, and must be `PUBLISHED`"
    );
    assert_eq!(refused("/containers/cna", json!([])), "`/containers/cna` is missing");
    assert!(refused("/containers/cna/datePublic", json!("soon")).contains("must be an instant"));
    // Wrong types in lists are passed over or refused; nothing panics.
    let record = foreign();
    let mut places = Vec::new();
    csaf::places(&record, "", &mut places);
    for place in &places {
        for value in [json!(null), json!([[]]), json!({}), json!(-1), json!("")] {
            let mut record = foreign();
            *record.pointer_mut(place).unwrap() = value;
            let _ = read_cve(&record);
        }
    }
}
