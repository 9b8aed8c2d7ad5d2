//! Advisories, judged by the validator that others wrote, and theirs read by us.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use earmark_model::UnixMillis;
use earmark_papers::{
    Advisory, CsafError, CsafVersion, Likelihood, Overlay, Release, Revision, csaf_file_name, read_csaf,
    write_csaf,
};
use proptest::prelude::*;
use serde_json::{Value, json};

/// 2026-03-10T17:00:00Z.
const PUBLIC: UnixMillis = UnixMillis(1_773_162_000_000);
const DAY: i64 = 86_400_000;

pub(crate) fn sample() -> Vec<u8> {
    fs::read(Path::new(env!("CARGO_MANIFEST_DIR")).join("testdata/csaf/advisory.json")).unwrap()
}

fn overlay(label: &str) -> Overlay {
    let revision = |days: i64, summary: &str, before_file| Revision {
        at: UnixMillis(PUBLIC.0 - days * DAY),
        summary: summary.to_owned(),
        before_file,
    };
    Overlay {
        title: "Remote code execution in the parser".to_owned(),
        exercise: false,
        label: label.to_owned(),
        cves: vec!["CVE-2026-12345".to_owned()],
        cvss: Some("CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H".to_owned()),
        release: Release::Embargoed(PUBLIC),
        zone: "Europe/Berlin".to_owned(),
        deploy_early: false,
        broken: None,
        likelihood: (Likelihood::Unproven, UnixMillis(PUBLIC.0 - 30 * DAY)),
        outside: None,
        revisions: vec![
            revision(30, "First edition.", true),
            revision(20, "Content revised.", true),
            revision(10, "Public instant moved.", false),
        ],
    }
}

/// What the validator says of one document.
pub(crate) struct Judgment {
    pub(crate) schema: bool,
    /// Names of the tests that must be passed and are not.
    pub(crate) failed: Vec<String>,
    pub(crate) all: Value,
}

/// Asks the validator; `None` where it is not installed.
pub(crate) fn judge(version: &str, documents: &[Vec<u8>]) -> Option<Vec<Judgment>> {
    let node = earmark_testkit::peer("node")?;
    let package = earmark_testkit::npm_package("@secvisogram/csaf-validator-lib")?;
    let folder = tempfile::tempdir().unwrap();
    let mut command = Command::new(node);
    command.arg(Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/csaf_judge.mjs"));
    command.arg(package).arg(version);
    for (number, document) in documents.iter().enumerate() {
        let path = folder.path().join(format!("{number}.json"));
        fs::write(&path, document).unwrap();
        command.arg(path);
    }
    let output = command.output().unwrap();
    let said = String::from_utf8(output.stdout).unwrap();
    let judgments: Vec<Judgment> = said
        .lines()
        .map(|line| {
            let all: Value = serde_json::from_str(line).unwrap();
            let failed = all["failed"].as_array().unwrap().iter().filter(|one| one["required"] == true);
            let failed = failed.map(|one| one["name"].as_str().unwrap().to_owned()).collect();
            Judgment { schema: all["schema"] == true, failed, all }
        })
        .collect();
    assert_eq!(judgments.len(), documents.len(), "{}", String::from_utf8_lossy(&output.stderr));
    Some(judgments)
}

fn written(advisory: &Advisory, overlay: &Overlay, version: CsafVersion) -> Vec<u8> {
    serde_json::to_vec(&write_csaf(advisory, overlay, version).document).unwrap()
}

/// Everything that an overlay can be.
fn overlays() -> Vec<Overlay> {
    let mut all: Vec<Overlay> =
        ["TLP:RED", "TLP:AMBER+STRICT", "TLP:AMBER", "TLP:GREEN"].map(overlay).into_iter().collect();
    let draft = Overlay { release: Release::Draft, ..overlay("TLP:AMBER") };
    let broken = Overlay {
        broken: Some(UnixMillis(PUBLIC.0 - DAY)),
        likelihood: (Likelihood::Exploited, UnixMillis(PUBLIC.0 - DAY)),
        exercise: true,
        ..overlay("TLP:AMBER")
    };
    let mut late = Overlay {
        release: Release::Public(PUBLIC),
        likelihood: (Likelihood::Likely, UnixMillis(PUBLIC.0 + DAY)),
        outside: Some(UnixMillis(PUBLIC.0 + DAY)),
        ..overlay("TLP:CLEAR")
    };
    for (at, summary) in [(PUBLIC, "Published."), (UnixMillis(PUBLIC.0 + DAY), "Exploitation expected.")] {
        late.revisions.push(Revision { at, summary: summary.to_owned(), before_file: false });
    }
    all.extend([draft, broken, late]);
    all
}

#[test]
fn a_validator_accepts_what_we_write() {
    let read = read_csaf(&sample()).unwrap();
    assert!(read.remarks.is_empty(), "{:?}", read.remarks);
    let mut released: Value = serde_json::from_slice(&sample()).unwrap();
    released["document"]["tracking"]["status"] = json!("final");
    let released = read_csaf(&serde_json::to_vec(&released).unwrap()).unwrap().advisory;
    let bare = Advisory::bare("2026-014", "A flaw", "Example Engines", "https://example.org");
    for (version, name) in [(CsafVersion::V2_0, "2.0"), (CsafVersion::V2_1, "2.1")] {
        let mut documents = Vec::new();
        for overlay in overlays() {
            for advisory in [&read.advisory, &released, &bare] {
                documents.push(written(advisory, &overlay, version));
            }
            documents.push(written(&bare, &Overlay { cves: Vec::new(), ..overlay }, version));
        }
        let Some(judgments) = judge(name, &documents) else { return };
        for (judgment, document) in judgments.iter().zip(&documents) {
            let text = String::from_utf8_lossy(document);
            assert!(judgment.schema && judgment.failed.is_empty(), "{name}: {}\n{text}", judgment.all);
        }
    }
}

#[test]
fn the_document_says_what_the_program_knows() {
    let advisory = read_csaf(&sample()).unwrap().advisory;
    let embargoed = write_csaf(&advisory, &overlay("TLP:AMBER+STRICT"), CsafVersion::V2_0);
    assert!(embargoed.remarks.is_empty());
    let at = |pointer: &str| embargoed.document.pointer(pointer).unwrap();
    assert_eq!(at("/document/distribution/tlp/label"), "RED");
    let text = at("/document/distribution/text").as_str().unwrap();
    assert!(text.contains("For members of the program.\nTLP v2.0: TLP:AMBER+STRICT\nEmbargoed until 2026-03-10 17:00:00 UTC, Tuesday (18:00 in Europe/Berlin"), "{text}");
    assert!(text.ends_with("You may not deploy protection before."));
    assert_eq!(at("/document/tracking/current_release_date"), "2026-03-10T17:00:00Z");
    assert_eq!(at("/document/tracking/status"), "interim");
    assert_eq!(at("/document/tracking/version"), "3");
    assert_eq!(at("/vulnerabilities/0/release_date"), "2026-03-10T17:00:00Z");
    assert_eq!(at("/vulnerabilities/0/threats/0/details"), "No exploitation is known.");
    assert_eq!(csaf_file_name(&embargoed.document), "example-2026-014.json");
    let text = embargoed.document.to_string();
    let places =
        ["\"document\":", "\"product_tree\":", "\"vulnerabilities\":"].map(|key| text.find(key).unwrap());
    assert!(places.is_sorted() && text.starts_with("{\"document\":{\"acknowledgments\":"), "{text}");
    // What is read back has the label that was written.
    let again = read_csaf(&serde_json::to_vec(&embargoed.document).unwrap()).unwrap().advisory;
    assert_eq!(again.label().as_deref(), Some("TLP:AMBER+STRICT"));
    assert_eq!(again.public_at(), Some(PUBLIC));
    assert_eq!(again.cves(), ["CVE-2026-12345"]);
    assert_eq!(again.highest_score().unwrap().tenths, 98);

    let late = overlays().pop().unwrap();
    let late = write_csaf(&advisory, &late, CsafVersion::V2_1).document;
    let at = |pointer: &str| late.pointer(pointer).unwrap();
    assert_eq!(at("/document/distribution/tlp/label"), "CLEAR");
    assert_eq!(at("/document/tracking/status"), "final");
    assert_eq!(at("/document/tracking/revision_history/4/summary"), "Exploitation expected.");
    assert_eq!(at("/vulnerabilities/0/disclosure_date"), "2026-03-10T17:00:00Z");
    let threats = at("/vulnerabilities/0/threats").as_array().unwrap();
    assert_eq!(threats.len(), 2, "the file's word on exploitation gives way");
    assert_eq!(threats[1]["category"], "exploit_status");
    let details = threats[1]["details"].as_str().unwrap();
    assert!(
        details.starts_with("Exploitation is to be expected.") && details.contains("2026-03-11"),
        "{details}"
    );
}

#[test]
fn a_released_files_revisions_go_on() {
    let mut document: Value = serde_json::from_slice(&sample()).unwrap();
    document["document"]["tracking"]["status"] = json!("interim");
    document["document"]["tracking"]["version"] = json!("1.2.0");
    document["document"]["tracking"]["revision_history"][0]["number"] = json!("1.2.0");
    let advisory = read_csaf(&serde_json::to_vec(&document).unwrap()).unwrap().advisory;
    let tracking =
        write_csaf(&advisory, &overlay("TLP:GREEN"), CsafVersion::V2_0).document["document"]["tracking"]
            .clone();
    let numbers: Vec<&str> = tracking["revision_history"]
        .as_array()
        .unwrap()
        .iter()
        .map(|one| one["number"].as_str().unwrap())
        .collect();
    assert_eq!(numbers, ["1.2.0", "1.2.1"], "what came before the file is told by the file");
    assert_eq!(tracking["initial_release_date"], "2026-02-20T09:00:00Z");
    assert_eq!(tracking["version"], "1.2.1");
}

#[test]
fn an_id_assigned_later_is_filled_in() {
    let mut document: Value = serde_json::from_slice(&sample()).unwrap();
    document["vulnerabilities"][0].as_object_mut().unwrap().remove("cve");
    let advisory = read_csaf(&serde_json::to_vec(&document).unwrap()).unwrap().advisory;
    let written = write_csaf(&advisory, &overlay("TLP:AMBER"), CsafVersion::V2_0);
    assert_eq!(written.document["vulnerabilities"][0]["cve"], "CVE-2026-12345");
    let two = vec!["CVE-2026-1111".to_owned(), "CVE-2026-2222".to_owned()];
    let written = write_csaf(&advisory, &Overlay { cves: two, ..overlay("TLP:AMBER") }, CsafVersion::V2_0);
    assert_eq!(written.remarks.len(), 2, "{:?}", written.remarks);
}

/// Every JSON file below a folder.
fn json_files(folder: &Path, found: &mut Vec<PathBuf>) {
    for item in fs::read_dir(folder).unwrap() {
        let path = item.unwrap().path();
        if path.is_dir() {
            json_files(&path, found);
        } else if path.extension().is_some_and(|end| end == "json") {
            found.push(path);
        }
    }
}

#[test]
fn we_read_what_the_schema_accepts() {
    let Some(package) = earmark_testkit::npm_package("@secvisogram/csaf-validator-lib") else { return };
    let mut paths = Vec::new();
    json_files(&package.join("tests"), &mut paths);
    paths.sort();
    let files: Vec<Vec<u8>> = paths.iter().map(|path| fs::read(path).unwrap()).collect();
    let Some(judgments) = judge("2.0", &files) else { return };
    let (mut read, mut again) = (0, Vec::new());
    for ((path, file), judgment) in paths.iter().zip(&files).zip(&judgments) {
        let ours = read_csaf(file);
        // Of the tests, those on products and groups that are not defined or twice are made on reading too.
        let undefined = judgment.failed.iter().any(|name| {
            ["mandatoryTest_6_1_1", "mandatoryTest_6_1_2", "mandatoryTest_6_1_4", "mandatoryTest_6_1_5"]
                .contains(&name.as_str())
        });
        assert_eq!(
            ours.is_ok(),
            judgment.schema && !undefined,
            "{}: {ours:?} {}",
            path.display(),
            judgment.all
        );
        if let Ok(ours) = ours {
            read += 1;
            let draft = Overlay { title: ours.advisory.title().to_owned(), ..overlay("TLP:AMBER") };
            again.push((path, &judgment.failed, written(&ours.advisory, &draft, CsafVersion::V2_0)));
        }
    }
    assert!(read > 40, "only {read} official files are read");
    // What we write of them fails no test that they did not fail themselves.
    let documents: Vec<Vec<u8>> = again.iter().map(|(_, _, document)| document.clone()).collect();
    for ((path, before, document), after) in again.iter().zip(judge("2.0", &documents).unwrap()) {
        let new: Vec<&String> = after.failed.iter().filter(|name| !before.contains(name)).collect();
        let text = String::from_utf8_lossy(document);
        assert!(after.schema && new.is_empty(), "{}: {new:?} {}\n{text}", path.display(), after.all);
    }
}

#[test]
fn what_is_wrong_is_named_in_one_error() {
    let refused = |change: &dyn Fn(&mut Value)| {
        let mut document: Value = serde_json::from_slice(&sample()).unwrap();
        change(&mut document);
        read_csaf(&serde_json::to_vec(&document).unwrap()).unwrap_err().to_string()
    };
    assert_eq!(
        refused(&|document| document["document"]["tracking"]["status"] = json!("secret")),
        "`/document/tracking/status` is `secret`, and must be one of `draft`, `final`, `interim`"
    );
    assert_eq!(
        refused(&|document| document["document"]["csaf_version"] = json!("3.0")),
        "`/document/csaf_version` is `3.0`; 2.0 and 2.1 can be read"
    );
    assert_eq!(
        refused(&|document| drop(document["document"].as_object_mut().unwrap().remove("publisher"))),
        "`/document/publisher` is missing"
    );
    assert_eq!(
        refused(&|document| document["vulnerabilities"] = json!([])),
        "`/vulnerabilities` is an empty list, and must be a list with at least one item"
    );
    assert_eq!(
        refused(&|document| document["vulnerabilities"][0]["product_status"]["fixed"] = json!(["X"])),
        "`/vulnerabilities/0/product_status/fixed` names the product or group `X`, which is not defined"
    );
    assert_eq!(
        refused(&|document| document["product_tree"]["branches"][0]["branches"][0]["branches"][1]["product"]
            ["product_id"] = json!("CSAFPID-0001")),
        "the product or group `CSAFPID-0001` is defined twice"
    );
    let deep = format!(
        "{{\"document\":{{\"csaf_version\":\"2.0\",\"x\":{}1{}}}}}",
        "[".repeat(200),
        "]".repeat(200)
    );
    assert!(matches!(read_csaf(deep.as_bytes()), Err(CsafError::Json(_))));
    assert!(matches!(read_csaf(&vec![b' '; 15_000_001]), Err(CsafError::Long(15_000_001))));
    for text in
        ["", "[]", "null", "{}", "{\"document\":[]}", "{\"document\":{\"csaf_version\":2}}", "\u{feff}"]
    {
        assert!(read_csaf(text.as_bytes()).is_err(), "{text}");
    }
    let mut document: Value = serde_json::from_slice(&sample()).unwrap();
    document["document"]["x_embargo"] = json!(1);
    let read = read_csaf(&serde_json::to_vec(&document).unwrap()).unwrap();
    assert_eq!(read.remarks, ["/document/x_embargo: left out, no field of CSAF 2.0"]);
}

#[test]
fn a_document_of_2_1_is_read_back() {
    let advisory = read_csaf(&sample()).unwrap().advisory;
    for overlay in overlays() {
        let newer = written(&advisory, &overlay, CsafVersion::V2_1);
        let read = read_csaf(&newer).unwrap();
        assert!(read.remarks.is_empty(), "{:?}", read.remarks);
        assert_eq!(read.advisory.label().as_deref(), Some(overlay.label.as_str()));
        let direct = read_csaf(&written(&advisory, &overlay, CsafVersion::V2_0)).unwrap().advisory;
        let both = [&read.advisory, &direct].map(|one| {
            let mut value: Value =
                serde_json::from_slice(&written(one, &overlay, CsafVersion::V2_0)).unwrap();
            value["document"]["tracking"].take();
            value
        });
        assert_eq!(both[0], both[1]);
    }
}

/// Pointers to every value in a document.
pub(crate) fn places(value: &Value, at: &str, all: &mut Vec<String>) {
    all.push(at.to_owned());
    match value {
        Value::Object(object) => {
            object.iter().for_each(|(name, inner)| places(inner, &format!("{at}/{name}"), all));
        }
        Value::Array(items) => {
            items.iter().enumerate().for_each(|(n, item)| places(item, &format!("{at}/{n}"), all));
        }
        _ => {}
    }
}

proptest! {
    /// Whatever stands in a field: an answer, and what was read can be written and read again.
    #[test]
    fn no_value_in_any_place_is_too_much(place in any::<prop::sample::Index>(), n in 0..8usize) {
        let mut document: Value = serde_json::from_slice(&sample()).unwrap();
        let mut all = Vec::new();
        places(&document, "", &mut all);
        let values = [json!(null), json!(true), json!(-1.5e300), json!(""), json!("\u{202e}x"), json!([]), json!({}), json!([[{}]])];
        *document.pointer_mut(place.get(&all).as_str()).unwrap() = values[n].clone();
        if let Ok(read) = read_csaf(&serde_json::to_vec(&document).unwrap()) {
            for version in [CsafVersion::V2_0, CsafVersion::V2_1] {
                prop_assert!(read_csaf(&written(&read.advisory, &overlay("TLP:AMBER"), version)).is_ok());
            }
        }
    }
}
