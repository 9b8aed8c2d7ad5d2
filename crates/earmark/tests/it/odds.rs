//! Looking ahead needs no vault, and a simulation that was stopped answers the same.

use std::process::{Command, Output};

use serde_json::Value;

use crate::bench::EARMARK;

fn run(folder: &std::path::Path, arguments: &[&str]) -> Output {
    Command::new(EARMARK).arg("odds").args(arguments).current_dir(folder).output().unwrap()
}

fn answer(folder: &std::path::Path, arguments: &[&str]) -> Value {
    let output = run(folder, &[arguments, &["--json"]].concat());
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    serde_json::from_slice(&output.stdout).unwrap()
}

#[test]
fn a_plan_says_what_a_leak_must_hold() {
    let folder = tempfile::tempdir().unwrap();
    let arguments =
        ["plan", "--code", "S4", "--survival", "0.5", "--bits-per-kloc", "100", "--positions", "240"];
    let plan = answer(folder.path(), &arguments);
    assert_eq!(plan["colluders"]["2"]["read"], 110);
    assert_eq!(plan["colluders"]["2"]["positions"], 220);
    assert_eq!(plan["colluders"]["2"]["lines"], 2_200);
    assert_eq!((&plan["withstands"], &plan["colluders"]["8"]["read"]), (&2.into(), &Value::Null));
}

#[test]
fn a_simulation_is_the_same_each_time_and_when_it_goes_on() {
    let folder = tempfile::tempdir().unwrap();
    let scene = [
        "simulate",
        "--code",
        "S4",
        "--colluders",
        "1",
        "--positions",
        "36",
        "--recipients",
        "20",
        "--seed",
        "9",
    ];
    let with = |more: &[&str]| answer(folder.path(), &[&scene, more].concat());
    let whole = with(&["--trials", "40"]);
    assert_eq!((&whole["rows"][0]["trials"], &whole["rows"][0]["wrong"]), (&40.into(), &0.into()));
    with(&["--trials", "20", "--state", "tallies.jsonl"]);
    assert_eq!(with(&["--trials", "40", "--state", "tallies.jsonl"]), whole);
    let kept = std::fs::read_to_string(folder.path().join("tallies.jsonl")).unwrap();
    assert_eq!(kept.lines().count(), 2);
    // Where copies differ all is destroyed, and the original is in the mixture: nobody wrong is named.
    let few =
        ["simulate", "--positions", "60", "--trials", "20", "--erase-differing", "1", "--with-original"];
    assert_eq!(answer(folder.path(), &few)["rows"][0]["wrong"], 0);
}

#[test]
fn figures_that_make_no_sense_are_refused() {
    let folder = tempfile::tempdir().unwrap();
    for arguments in [
        ["simulate", "--err", "2"],
        ["simulate", "--alpha", "0"],
        ["simulate", "--classes", "0.1,0.6"],
        ["simulate", "--recipients", "0"],
        ["simulate", "--code", "X9"],
        ["plan", "--survival", "NaN"],
        ["plan", "--recipients", "0"],
    ] {
        let output = run(folder.path(), &arguments);
        let said = String::from_utf8_lossy(&output.stderr);
        assert_eq!((output.status.code(), said.lines().count()), (Some(5), 1), "{arguments:?}: {said}");
    }
}
