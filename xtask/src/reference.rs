use anyhow::{Context, Result, bail};
use std::fs;

use crate::{flag, quotes, tree};

/// The generated page: every command, as the program itself describes it.
const PAGE: &str = "docs/reference/cli.md";

/// Writes the reference pages from the program and quotations from what they quote, or with `--check` compares them with what is there.
///
/// # Errors
/// When the program cannot be built or asked, or the page is stale.
pub(crate) fn run(arguments: &[String]) -> Result<()> {
    let check = flag::given(arguments, Some("--check"))?;
    quotes::run(check)?;
    let path = tree::root().join(PAGE);
    let fresh = asked()?;
    if !check {
        fs::create_dir_all(path.parent().unwrap_or(&path))?;
        fs::write(&path, &fresh).with_context(|| format!("cannot write `{PAGE}`"))?;
        println!("docs: wrote {PAGE} ({} lines)", fresh.lines().count());
        return Ok(());
    }
    let here = tree::read(&path).context("run `cargo xtask docs` once")?;
    match difference(&here, &fresh) {
        None => println!("docs: good ({} lines)", fresh.lines().count()),
        Some(told) => bail!("docs: {PAGE} is stale, run `cargo xtask docs`\n{told}"),
    }
    Ok(())
}

/// Asks the program for its reference.
fn asked() -> Result<String> {
    let output = tree::cargo()
        .args(["run", "--quiet", "--locked", "--package", "earmark", "--", "reference"])
        .output()
        .context("cannot run cargo")?;
    if !output.status.success() {
        bail!("`earmark reference` failed:\n{}", String::from_utf8_lossy(&output.stderr).trim_end());
    }
    let text = String::from_utf8(output.stdout).context("`earmark reference` printed no text")?;
    if text.trim().is_empty() {
        bail!("`earmark reference` printed nothing");
    }
    Ok(format!("{}\n", text.trim_end()))
}

/// The first line in which two texts differ.
fn difference(here: &str, fresh: &str) -> Option<String> {
    if here == fresh {
        return None;
    }
    let (mut old, mut new) = (here.lines(), fresh.lines());
    let mut number = 0;
    loop {
        number += 1;
        match (old.next(), new.next()) {
            (None, None) => return Some("they differ in their line ends".to_owned()),
            (old, new) if old == new => {}
            (old, new) => {
                let (old, new) = (old.unwrap_or("(end)"), new.unwrap_or("(end)"));
                return Some(format!("line {number}\n  there: {old}\n  fresh: {new}"));
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn stale_text_is_told_by_its_first_line() {
        assert_eq!(difference("a\nb\n", "a\nb\n"), None);
        assert!(difference("a\nb\n", "a\nc\n").unwrap().contains("line 2"));
        assert!(difference("a\n", "a\nc\n").unwrap().contains("fresh: c"));
        assert!(difference("a\r\n", "a\n").is_some());
    }
}
