//! Reading documents that are no such thing, contradict themselves, or were changed.

use std::fs;
use std::path::Path;
use std::time::{Duration, Instant};

use serde_json::{Value, json};

use super::refused;
use crate::bench::Bench;

/// Traces a copy; gives the reading document.
fn reading(bench: &Bench) -> Value {
    let tree = bench.tree("asset", 61, 12);
    bench.ok(&["protect", tree.to_str().unwrap(), "--name", "asset"]);
    bench.ok(&["issue", "asset", "--to", "all", "--out", "out", "--plain"]);
    let traced = bench.ok(&["trace", "out/amber"]);
    assert_eq!(traced["verdict"], "traced", "{traced}");
    serde_json::from_slice(&fs::read(traced["reading"].as_str().unwrap()).unwrap()).unwrap()
}

fn write(bench: &Bench, document: &Value) -> String {
    fs::write(bench.root().join("changed.json"), document.to_string()).unwrap();
    "changed.json".to_owned()
}

/// What is done to a document, and its name.
type Change<'a> = (&'a str, &'a dyn Fn(&mut Value));

#[test]
fn a_changed_reading_differs_and_says_where() {
    let bench = Bench::with_partners(&["amber", "birch", "cedar"]);
    let honest = reading(&bench);
    let same = bench.ok(&["trace", "--replay", &write(&bench, &honest)]);
    assert_eq!((&same["verdict"], &same["differences"]), (&"traced".into(), &json!([])));

    let changes: &[Change<'_>] = &[
        ("a standing", &|d| d["decision"]["recipients"][1]["score"] = 5.into()),
        ("the score", &|d| d["decision"]["suspects"][0]["score"] = 99_999.into()),
        ("the bound", &|d| d["decision"]["suspects"][0]["log10_false_accusation_bound"] = (-300.0).into()),
        ("the suspect", &|d| d["decision"]["suspects"][0]["recipient"] = "birch".into()),
        ("the verdict", &|d| d["decision"]["verdict"] = "unmarked".into()),
    ];
    for &(what, change) in changes {
        let mut document = honest.clone();
        change(&mut document);
        let output = bench.run(&["trace", "--json", "--replay", &write(&bench, &document)]);
        assert_eq!(output.status.code(), Some(1), "{what}: {}", String::from_utf8_lossy(&output.stderr));
        let answer: Value = serde_json::from_slice(&output.stdout).unwrap();
        let differences = answer["differences"].as_array().unwrap();
        assert!(!differences.is_empty(), "{what}");
        for difference in differences {
            assert!(!difference.as_str().unwrap().contains(['{', '}']), "{difference}");
        }
        let output = bench.run(&["trace", "--replay", "changed.json"]);
        assert!(String::from_utf8(output.stdout).unwrap().contains("differs: "), "{what}");
    }
    // Other weights, or another's codeword as one's own: the recorded tests do not even fit, or give other numbers.
    let changes: &[Change<'_>] = &[
        ("the weights", &|d| {
            let weight = &mut d["decision"]["tests"][0]["weights"][0]["w"][0];
            *weight = (weight.as_i64().unwrap() + 50).into();
        }),
        ("a codeword", &|d| d["codewords"]["amber"] = d["codewords"]["birch"].clone()),
    ];
    for &(what, change) in changes {
        let mut document = honest.clone();
        change(&mut document);
        let output = bench.run(&["trace", "--replay", &write(&bench, &document)]);
        assert!(matches!(output.status.code(), Some(1 | 5)), "{what}: {output:?}");
    }
}

#[test]
fn what_is_no_reading_is_refused_in_bounded_time() {
    let bench = Bench::with_partners(&["amber", "birch"]);
    let honest = reading(&bench);
    let text = honest.to_string();
    let deep = "[".repeat(100_000);
    for bytes in [
        b"".as_slice(),
        b"{}",
        b"[]",
        b"null",
        b"\xff\xfe",
        b"{\"version\": 1}",
        &text.as_bytes()[..text.len() / 2],
        text.replacen("\"version\":1", "\"version\":99", 1).as_bytes(),
        deep.as_bytes(),
        "{\"version\":".repeat(100_000).as_bytes(),
    ] {
        fs::write(bench.root().join("no.json"), bytes).unwrap();
        refused(&bench, 5, &["trace", "--replay", "no.json"]);
    }
    refused(&bench, 5, &["trace", "--replay", "."]);

    let changes: &[Change<'_>] = &[
        ("no such level", &|d| d["positions"][0]["level"] = 4_000_000_000_u32.into()),
        ("no such class", &|d| d["positions"][0]["class"] = 200.into()),
        ("no such symbol", &|d| d["positions"][0]["y"] = 255.into()),
        ("a negative position", &|d| d["positions"][0]["id"] = (-1).into()),
        ("two of a position", &|d| d["positions"][1]["id"] = d["positions"][0]["id"].clone()),
        ("a short codeword", &|d| d["codewords"]["amber"] = "0".into()),
        ("no symbols in a codeword", &|d| {
            d["codewords"]["amber"] = "é".repeat(d["codewords"]["amber"].as_str().unwrap().len()).into();
        }),
        ("fewer recipients than words", &|d| d["n"] = 0.into()),
        ("a level of nothing", &|d| d["levels"][0] = json!([])),
        ("a level of zeros", &|d| d["levels"][0] = json!([0, 0, 0])),
        ("an error rate above all", &|d| d["classes"][0]["err"] = 7.5.into()),
        ("an alpha above all", &|d| d["alpha_look"] = 40.0.into()),
    ];
    for &(what, change) in changes {
        let mut document = honest.clone();
        change(&mut document);
        let begun = Instant::now();
        let output = bench.run(&["trace", "--replay", &write(&bench, &document)]);
        assert!(begun.elapsed() < Duration::from_secs(20), "{what}");
        super::well_refused(&output, 5, &[what]);
    }
    // As long as one likes: refused without reading on.
    if Path::new("/dev/zero").exists() {
        let begun = Instant::now();
        refused(&bench, 5, &["trace", "--replay", "/dev/zero"]);
        assert!(begun.elapsed() < Duration::from_secs(60));
    }
}
