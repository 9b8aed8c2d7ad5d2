//! The demo runs by itself, finds its leak, and its controls name nobody.

use std::process::Command;

use serde_json::Value;

use crate::bench::EARMARK;

fn play(arguments: &[&str]) -> Value {
    let folder = tempfile::tempdir().unwrap();
    let out = folder.path().join("demo");
    let output = Command::new(EARMARK)
        .args(["demo", "--json", "--out", out.to_str().unwrap()])
        .args(arguments)
        .output()
        .unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let answer: Value = serde_json::from_slice(&output.stdout).unwrap();
    second_opinion(&answer["trace"]);
    answer
}

/// The second verifier comes to the same decision, from the reading and from the report.
fn second_opinion(trace: &Value) {
    let Some(node) = earmark_testkit::peer("node") else { return };
    for file in ["reading", "report"] {
        let verifier = concat!(env!("CARGO_MANIFEST_DIR"), "/../../verify/reading.js");
        let output = Command::new(&node).args([verifier, trace[file].as_str().unwrap()]).output().unwrap();
        let said = String::from_utf8(output.stdout).unwrap();
        assert_eq!(output.status.code(), Some(0), "{file}: {said}");
        let named =
            format!("the copy issued to {} was used", trace["suspects"][0]["recipient"].as_str().unwrap());
        assert!(said.contains(&named), "{said}");
    }
}

fn is_right(answer: &Value) {
    assert_eq!(answer["trace"]["verdict"], "traced", "{answer}");
    assert_eq!(answer["trace"]["suspects"][0]["recipient"], answer["leaker"]);
    assert_eq!(answer["trace"]["suspects"].as_array().unwrap().len(), 1);
    let controls = answer["controls"].as_array().unwrap();
    assert_eq!(controls.len(), 4);
    for control in controls {
        assert_eq!(control["suspects"].as_array().unwrap().len(), 0, "{control}");
    }
    let verdicts: Vec<&str> = controls.iter().map(|control| control["verdict"].as_str().unwrap()).collect();
    assert_eq!(verdicts[..3], ["unmarked", "not-ours", "ours-untraceable"], "{answer}");
}

#[test]
fn the_story_of_2012_ends_with_the_right_copy() {
    is_right(&play(&["--story", "2012"]));
}

#[test]
fn a_home_folder_and_the_root_are_refused() {
    for path in ["/", "/root"] {
        let status = Command::new(EARMARK).args(["demo", path]).output().unwrap().status;
        assert_eq!(status.code(), Some(3), "{path}");
    }
}
