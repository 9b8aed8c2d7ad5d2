//! Scanning: files, folders, standard input; stopped and gone on with.

use std::fs;
use std::io::{BufRead, BufReader, Write};
use std::process::Stdio;

use earmark_disguise::decoys;
use serde_json::Value;

use crate::bench::{Bench, write_files};

/// A vault with one asset, and a folder `found` with a copy of it among strangers.
fn bench() -> Bench {
    let bench = Bench::with_partners(&["amber"]);
    let tree = bench.tree("asset", 31, 12);
    bench.ok(&["protect", tree.to_str().unwrap(), "--name", "asset"]);
    bench.ok(&["issue", "asset", "--to", "amber", "--out", "out", "--plain"]);
    fs::create_dir(bench.root().join("found")).unwrap();
    fs::rename(bench.root().join("out/amber"), bench.root().join("found/a")).unwrap();
    write_files(&bench.root().join("found/b"), &decoys(32, 400));
    bench
}

/// The answer without what differs from run to run.
fn steady(mut answer: Value) -> Value {
    answer.as_object_mut().unwrap().remove("seconds");
    answer
}

#[test]
fn standard_input_is_a_sample() {
    let bench = bench();
    let tar =
        std::process::Command::new("tar").args(["-cf", "-", "found"]).current_dir(bench.root()).output();
    for verb in ["scan", "trace"] {
        let mut child = bench
            .command(&[verb, "-", "--json"])
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        child.stdin.take().unwrap().write_all(&tar.as_ref().unwrap().stdout).unwrap();
        let output = child.wait_with_output().unwrap();
        let answer: Value = serde_json::from_slice(&output.stdout).unwrap();
        if verb == "scan" {
            let inside = |one: &Value| one["sample"].as_str().unwrap().starts_with("-!found/a/");
            assert!(answer["matches"].as_array().unwrap().iter().any(inside), "{answer}");
        } else {
            assert_eq!(answer["suspects"][0]["recipient"], "amber", "{answer}");
        }
    }
    assert_eq!(fs::read_dir(bench.root().join("vault/tmp")).unwrap().count(), 0, "standard input is kept");
}

#[test]
fn a_stopped_scan_goes_on_and_answers_the_same() {
    let bench = bench();
    let whole = steady(bench.ok(&["scan", "found", "--threads", "1"]));
    assert!(whole["matches"].as_array().unwrap().len() >= 8, "{whole}");
    let mut child = bench
        .command(&["scan", "found", "--threads", "1", "--jsonl"])
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    // Lines come as files are done: after the third it is stopped.
    let lines: Vec<String> =
        BufReader::new(child.stdout.take().unwrap()).lines().take(3).map(Result::unwrap).collect();
    child.kill().unwrap();
    child.wait().unwrap();
    assert!(
        lines
            .iter()
            .all(|line| whole["matches"].as_array().unwrap().contains(&serde_json::from_str(line).unwrap()))
    );
    let journal = fs::read_dir(bench.root().join("vault/tmp")).unwrap().next().unwrap().unwrap().path();
    let done = fs::read_to_string(&journal).unwrap().lines().count();
    assert!((3..=412).contains(&done), "{done} files were done");
    // What is done is not looked at again: what the journal says of it is believed.
    let marked = fs::read_to_string(&journal).unwrap().replace("\"score\":", "\"score\":9");
    fs::write(&journal, &marked).unwrap();
    let resumed = bench.ok(&["scan", "found", "--threads", "1", "--resume"]);
    let known = whole["matches"].as_array().unwrap();
    let changed = resumed["matches"].as_array().unwrap().iter().filter(|one| !known.contains(one)).count();
    assert!(changed >= 3, "nothing was taken from the journal: {resumed}");
    assert!(!journal.exists(), "a finished scan leaves its journal");
    assert_eq!(steady(bench.ok(&["scan", "found", "--resume"])), whole);
    bench.ok(&["vault", "check"]);
}
