//! What sharing risks: with a vault or without, in words, in JSON and as a picture.

use std::process::{Command, Output};

use serde_json::Value;

use crate::bench::{Bench, EARMARK};

fn run(folder: &std::path::Path, arguments: &[&str]) -> Output {
    Command::new(EARMARK).arg("risk").args(arguments).current_dir(folder).output().unwrap()
}

#[test]
fn without_a_vault_the_public_record_speaks() {
    let folder = tempfile::tempdir().unwrap();
    let output = run(folder.path(), &["--plot", "risk.svg"]);
    let said = String::from_utf8(output.stdout).unwrap();
    for line in [
        "  1 (confirmed)  exact 6.2e-5 (1.6e-6 to 3.4e-4)   believed 9.2e-5 (6.6e-6 to 2.9e-4)\n",
        "  3 (suspected)  exact 1.8e-4 (3.8e-5 to 5.4e-4)   believed 2.2e-4 (5.2e-5 to 4.9e-4)\n",
        "  4 (widest)     exact 2.5e-4 (6.7e-5 to 6.3e-4)   believed 2.8e-4 (8.3e-5 to 5.9e-4)\n",
    ] {
        assert!(said.contains(line), "{said}");
    }
    assert!(std::fs::read_to_string(folder.path().join("risk.svg")).unwrap().starts_with("<svg"));
    let again = run(folder.path(), &["--json", "--partners", "152", "--lead", "48"]);
    let answer: Value = serde_json::from_slice(&again.stdout).unwrap();
    assert_eq!((&answer["partners"], &answer["lead_hours"]), (&152.into(), &48.0.into()));
    assert_eq!((answer["groups"].as_array().unwrap().len(), &answer["plot"]), (0, &Value::Null));
}

#[test]
fn the_guide_shows_what_is_printed() {
    let folder = tempfile::tempdir().unwrap();
    let said = String::from_utf8(run(folder.path(), &[]).stdout).unwrap();
    let guide = include_str!("../../../../docs/guide/risk.md");
    let shown: Vec<&str> =
        guide.split("```text\n").skip(1).filter_map(|rest| rest.split("```").next()).collect();
    assert_eq!(shown.len(), 2);
    for block in shown {
        assert!(said.contains(block), "the guide shows\n{block}where the command prints\n{said}");
    }
}

#[test]
fn of_a_vault_only_the_tiers_are_counted() {
    let bench = Bench::with_partners(&["amber", "birch", "cedar"]);
    bench.ok(&["partner", "suspend", "cedar", "--why", "a test"]);
    let answer = bench.ok(&["risk"]);
    assert_eq!(answer["partners"], 2);
    assert_eq!(
        (answer["groups"].as_array().unwrap().len(), &answer["groups"][0]["partners"]),
        (1, &2.into())
    );
    assert!(!answer.to_string().contains("amber"));
}

#[test]
fn figures_that_make_no_sense_are_refused() {
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join("record.json"), r#"{"groups":[{"country":"DE"}]}"#).unwrap();
    for (code, arguments) in [
        (5, ["--partners", "0"]),
        (5, ["--lead", "NaN"]),
        (5, ["--ready", "0"]),
        (5, ["--cycles", "0"]),
        (5, ["--count", "all"]),
        (5, ["--record", "record.json"]),
        (4, ["--record", "nowhere"]),
        (2, ["--partners", "-1"]),
    ] {
        let output = run(folder.path(), &arguments);
        let said = String::from_utf8_lossy(&output.stderr);
        assert_eq!(output.status.code(), Some(code), "{arguments:?}: {said}");
        assert!(code == 2 || said.lines().count() <= 2, "{said}");
    }
}
