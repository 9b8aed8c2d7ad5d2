use std::env;
use std::io::{BufRead, BufReader, Write};
use std::process::Stdio;

use anyhow::{Context, Result, bail};

use crate::{flag, install, peers, tree};

/// Runs all tests of the workspace, against whatever counterparts this machine has.
///
/// With `--install` the missing ones are fetched first. Then, and where `CI` is set, a test that
/// lacks its counterpart fails; otherwise it is skipped and named in the closing lines.
///
/// # Errors
/// When a test fails, nothing was tested, or a counterpart cannot be fetched.
pub(crate) fn run(arguments: &[String]) -> Result<()> {
    let install = flag::given(arguments, Some("--install"))?;
    if install {
        install::fetch()?;
    }
    let strict = install || env::var_os("CI").is_some_and(|value| !value.is_empty());
    let missing = peers::missing();
    for peer in &missing {
        println!("missing: `{}` ({})", peer.program, peer.why);
    }
    let (passed, told) = cargo_test(strict)?;
    closing(&told, &missing);
    if !passed {
        bail!("`cargo test` failed");
    }
    if told.passed == 0 {
        bail!("no test was run");
    }
    if strict && !told.skipped.is_empty() {
        bail!("{} tests were skipped where none may be", told.skipped.len());
    }
    Ok(())
}

/// Runs `cargo test`, passing its output on; tells whether it succeeded and what it told.
fn cargo_test(strict: bool) -> Result<(bool, Told)> {
    let mut command = tree::cargo();
    command
        .args(["test", "--workspace", "--locked", "--no-fail-fast", "--", "--show-output"])
        .env("PATH", peers::search_path())
        // The same cases in every run: a test that fails here fails for everybody.
        .env("PROPTEST_RNG_SEED", "2004")
        .stdout(Stdio::piped());
    if strict {
        command.env("EARMARK_REQUIRE_PEERS", "1");
    }
    let mut child = command.spawn().context("cannot run cargo")?;
    let mut told = Told::default();
    let mut shown = std::io::stdout().lock();
    if let Some(output) = child.stdout.take() {
        for line in BufReader::new(output).split(b'\n') {
            let line = line?;
            let line = String::from_utf8_lossy(&line);
            if told.hear(&line) {
                writeln!(shown, "{line}")?;
            }
        }
    }
    Ok((child.wait()?.success(), told))
}

/// What the test binaries have told so far.
#[derive(Debug, Default)]
struct Told {
    passed: usize,
    failed: usize,
    ignored: usize,
    /// The tests that were skipped, with what they said.
    skipped: Vec<String>,
    /// Within the output of tests that have passed, and of which.
    quiet: bool,
    test: String,
}

impl Told {
    /// Takes in a line; tells whether it should be shown.
    ///
    /// `--show-output` prints what passing tests have written, which is the only way to learn that
    /// one was skipped; for the reader everything else in there is noise.
    fn hear(&mut self, line: &str) -> bool {
        if let Some(rest) = line.strip_prefix("test result: ") {
            self.quiet = false;
            for (count, word) in
                [(&mut self.passed, "passed"), (&mut self.failed, "failed"), (&mut self.ignored, "ignored")]
            {
                *count += counted(rest, word);
            }
        } else if line == "successes:" {
            self.quiet = true;
        } else if line == "failures:" {
            self.quiet = false;
        } else if self.quiet {
            if let Some(test) = line.strip_prefix("---- ").and_then(|rest| rest.strip_suffix(" stdout ----"))
            {
                self.test = test.to_owned();
            } else if let Some(why) = line.strip_prefix("SKIPPED: ") {
                self.skipped.push(format!("{}: {why}", self.test));
            }
        }
        !self.quiet
    }
}

/// The number before `word` in `ok. 12 passed; 0 failed; ...`.
fn counted(line: &str, word: &str) -> usize {
    let mut before = None;
    for token in line.split([' ', ';']).filter(|token| !token.is_empty()) {
        if token == word {
            return before.unwrap_or(0);
        }
        before = token.parse().ok();
    }
    0
}

/// Prints what was tested and what was not.
fn closing(told: &Told, missing: &[&peers::Peer]) {
    println!("\ntest: {} passed, {} failed, {} ignored", told.passed, told.failed, told.ignored);
    for skipped in &told.skipped {
        println!("test: SKIPPED {skipped}");
    }
    if !missing.is_empty() {
        let names: Vec<&str> = missing.iter().map(|peer| peer.program).collect();
        println!("test: not on this machine: {}", names.join(", "));
        println!("test: `cargo xtask test --install` fetches them");
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const OUTPUT: &str = "running 3 tests
test a ... ok
test b::c ... ok
test d ... FAILED

successes:

---- b::c stdout ----
noise
SKIPPED: `age` is not installed


successes:
    a
    b::c

failures:

---- d stdout ----
SKIPPED: no skip, it has failed

test result: FAILED. 2 passed; 1 failed; 4 ignored; 0 measured; 0 filtered out; finished in 0.00s
test result: ok. 30 passed; 0 failed; 0 ignored; 0 measured; 0 filtered out; finished in 0.00s";

    #[test]
    fn results_pass_through_and_skips_are_told() {
        let mut told = Told::default();
        let shown: Vec<&str> = OUTPUT.lines().filter(|line| told.hear(line)).collect();
        assert_eq!((told.passed, told.failed, told.ignored), (32, 1, 4));
        assert_eq!(told.skipped, ["b::c: `age` is not installed"]);
        assert!(!shown.contains(&"noise"));
        assert!(shown.contains(&"---- d stdout ----"));
        assert_eq!(shown.iter().filter(|line| line.starts_with("test result: ")).count(), 2);
    }
}
