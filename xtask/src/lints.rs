use anyhow::{Context, Result, bail};

use crate::{flag, licenses, loops, orphans, paths, reference, sizes, storeys, tree};

/// A check by its name.
type Step = (&'static str, fn() -> Result<()>);

/// Every check, the quick ones first.
const STEPS: &[Step] = &[
    ("storeys", || storeys::run(&[])),
    ("loops", || loops::run(&[])),
    ("orphans", || orphans::run(&[])),
    ("sizes", || sizes::run(&[])),
    ("paths", || paths::run(&[])),
    ("licenses", || licenses::run(&[])),
    ("format", || cargo(&["fmt", "--all", "--check"])),
    ("clippy", || cargo(&["clippy", "--workspace", "--all-targets", "--locked", "--", "-D", "warnings"])),
    ("docs", || reference::run(&["--check".to_owned()])),
];

/// Runs every check, also after one has failed, and closes with a line for each.
///
/// # Errors
/// When any has failed.
pub(crate) fn run(arguments: &[String]) -> Result<()> {
    flag::none(arguments)?;
    all(STEPS)
}

fn all(steps: &[Step]) -> Result<()> {
    let mut failed = Vec::new();
    let mut closing = String::from("\nlints:\n");
    for (name, step) in steps {
        let verdict = match step() {
            Ok(()) => "good",
            Err(error) => {
                eprintln!("{error:#}");
                failed.push(*name);
                "FAILED"
            }
        };
        closing.push_str(&format!("  {name:<9} {verdict}\n"));
    }
    print!("{closing}");
    if failed.is_empty() {
        return Ok(());
    }
    bail!("lints failed: {}", failed.join(", "))
}

/// Runs cargo at the root.
fn cargo(arguments: &[&str]) -> Result<()> {
    let status = tree::cargo().args(arguments).status().context("cannot run cargo")?;
    if status.success() {
        return Ok(());
    }
    bail!("`cargo {}` failed", arguments.join(" "))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_failure_fails_the_whole_and_stops_nothing() {
        let steps: &[Step] = &[("one", || Ok(())), ("two", || bail!("bad")), ("three", || bail!("worse"))];
        assert_eq!(all(steps).unwrap_err().to_string(), "lints failed: two, three");
        assert!(all(&steps[..1]).is_ok());
    }
}
