//! What the program says to input that is wrong, hostile or merely strange.

mod archives;
mod arguments;
mod readings;
mod trees;
mod vaults;

use std::process::Output;

use serde_json::Value;

use crate::bench::Bench;

/// Words that only a programmer would say.
const INSIDES: [&str; 12] = [
    "panicked",
    "unwrap",
    "RUST_BACKTRACE",
    "Some(",
    "None)",
    "Err(",
    "Ok(",
    "::",
    "Error {",
    "Kind",
    "String",
    "Vec<",
];

/// Runs the program twice on what it must refuse with this exit code, in words and in JSON; gives its words.
///
/// Exactly one line begins with `error: `, it is in lower case and speaks of no insides; with `--json` standard output is
/// exactly one document that says the same, and without it is empty.
fn refused(bench: &Bench, code: i32, arguments: &[&str]) -> String {
    let said = well_refused(&bench.run(arguments), code, arguments);
    let output = bench.run(&[&["--json"], arguments].concat());
    well_refused_in_json(&output, code, arguments);
    said
}

/// Checks a refusal in words; gives them.
fn well_refused(output: &Output, code: i32, about: &[&str]) -> String {
    let said = String::from_utf8(output.stderr.clone()).unwrap();
    assert_eq!(output.status.code(), Some(code), "{about:?}: {said}");
    assert!(output.stdout.is_empty(), "{about:?}: {}", String::from_utf8_lossy(&output.stdout));
    let errors: Vec<&str> = said.lines().filter_map(|line| line.strip_prefix("error: ")).collect();
    assert_eq!(errors.len(), 1, "{about:?}: {said}");
    assert!(errors[0].len() < 4_000, "{about:?}: {said}");
    let first = errors[0].chars().next().unwrap();
    assert!(!first.is_uppercase() && !errors[0].ends_with('.'), "{about:?}: {said}");
    for inside in INSIDES {
        assert!(!said.contains(inside), "{about:?} says `{inside}`: {said}");
    }
    assert!(!said.chars().any(|c| c.is_control() && c != '\n'), "{about:?}: {said:?}");
    said
}

fn well_refused_in_json(output: &Output, code: i32, about: &[&str]) {
    assert_eq!(output.status.code(), Some(code), "{about:?}");
    let document: Value = serde_json::from_slice(&output.stdout).unwrap();
    assert!(document["error"].as_str().is_some_and(|error| !error.is_empty()), "{about:?}: {document}");
}
