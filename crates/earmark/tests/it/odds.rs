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
    let two = &plan["colluders"]["2"];
    let read = two["read"].as_u64().unwrap();
    assert_eq!((&two["positions"], &two["lines"]), (&(2 * read).into(), &(20 * read).into()));
    assert_eq!(two["attacks"].as_object().unwrap().len(), 7);
    assert!(two["attacks"]["all-1"]["lines"].as_u64().unwrap() < 20 * read);
    assert_eq!((&plan["withstands"], &plan["colluders"]["8"]["read"]), (&2.into(), &Value::Null));
    assert_eq!(plan["withstands_against"]["interleaving"], 2);
}

/// The lengths that `plan` goes by are those of the table in the documents.
#[test]
fn the_plan_says_what_the_table_says() {
    let table = include_str!("../../../../docs/odds-table.md");
    let folder = tempfile::tempdir().unwrap();
    let cells = |line: &str| -> Vec<String> {
        line.trim_matches('|').split('|').map(|cell| cell.trim().to_owned()).collect()
    };
    let (mut recipients, mut columns, mut compared) = (String::new(), Vec::new(), 0);
    let mut plans = std::collections::BTreeMap::new();
    for line in table.lines() {
        if let Some(heading) = line.strip_prefix("## ") {
            recipients = heading.split(' ').next().unwrap().to_owned();
        } else if line.starts_with("| attack |") {
            columns = cells(line);
        } else if line.starts_with("| ") && !["| **", "| des", "| yar"].iter().any(|no| line.starts_with(no))
        {
            let row = cells(line);
            for (column, cell) in columns.iter().zip(&row).skip(1).filter(|(_, cell)| !cell.is_empty()) {
                let (colluders, code) = column.strip_prefix("c = ").unwrap().split_once(", ").unwrap();
                if colluders == "1" {
                    continue;
                }
                let plan = plans.entry((code.to_owned(), recipients.clone())).or_insert_with(|| {
                    answer(folder.path(), &["plan", "--code", code, "--recipients", &recipients])
                });
                let need = &plan["colluders"][colluders]["attacks"][&row[0]];
                let stated: u64 = cell.split(' ').next().unwrap().parse().unwrap();
                assert_eq!(
                    (&need["read"], &need["how"]),
                    (&stated.into(), &"measured".into()),
                    "{column}: {line}"
                );
                compared += 1;
            }
        }
    }
    assert!(compared > 150, "{compared}");
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
