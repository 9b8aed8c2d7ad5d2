//! Passages that one document quotes from another, kept the same.
//!
//! ```text
//! <!-- quote docs/odds-table.md: 79 recipients -->
//! (the section of that name, without its heading)
//! <!-- end of quote -->
//! ```
//!
//! Without a name it is what stands between the title and the first section.

use anyhow::{Context, Result, bail};
use std::fs;
use std::path::Path;

use crate::tree;

const OPENING: &str = "<!-- quote ";
const CLOSING: &str = "<!-- end of quote -->";

/// Writes every quotation in `docs/` again, or with `check` compares it with what it quotes.
///
/// # Errors
/// When a quotation has no end or no source, or, with `check`, is stale.
pub(crate) fn run(check: bool) -> Result<()> {
    let root = tree::root();
    let mut quotes = 0;
    for path in tree::files(&root.join("docs"), &[".md"])? {
        let here = tree::read(&path)?;
        let name = path.strip_prefix(&root).unwrap_or(&path).display().to_string();
        let (fresh, found) = refreshed(&here, |source| tree::read(&root.join(source)))
            .with_context(|| format!("in `{name}`"))?;
        quotes += found;
        if fresh != here {
            if check {
                bail!("docs: `{name}` quotes something stale, run `cargo xtask docs`");
            }
            write(&path, &fresh)?;
        }
    }
    println!("docs: {quotes} quotations");
    Ok(())
}

fn write(path: &Path, text: &str) -> Result<()> {
    fs::write(path, text).with_context(|| format!("cannot write `{}`", path.display()))
}

/// The text with its quotations as their sources have them now, and how many there are.
fn refreshed(text: &str, read: impl Fn(&str) -> Result<String>) -> Result<(String, usize)> {
    let (mut fresh, mut rest, mut count) = (String::new(), text, 0);
    while let Some((before, after)) = rest.split_once(OPENING) {
        let (head, body) = after.split_once(" -->\n").context("a quotation's first line has no end")?;
        let (_, later) = body.split_once(CLOSING).context("a quotation has no end")?;
        let (source, section) = match head.split_once(": ") {
            Some((source, section)) => (source, Some(section)),
            None => (head, None),
        };
        let passage = passage(&read(source)?, section)
            .with_context(|| format!("`{source}` has no section `{}`", section.unwrap_or_default()))?;
        fresh += &format!("{before}{OPENING}{head} -->\n{passage}\n{CLOSING}");
        (rest, count) = (later, count + 1);
    }
    Ok((fresh + rest, count))
}

/// A section without its heading, or what stands before the first one.
fn passage(text: &str, section: Option<&str>) -> Option<String> {
    let heading = |line: &str| line.starts_with('#');
    let mut lines = text.lines();
    let wanted = section.map(|section| format!("## {section}"));
    lines.find(|line| wanted.as_ref().map_or_else(|| heading(line), |wanted| line == wanted))?;
    let body: Vec<&str> = lines.take_while(|line| !heading(line)).collect();
    Some(body.join("\n").trim().to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    const SOURCE: &str = "# Title\n\nHow to read it.\n\n## One\n\n| a |\n\n## One more\n\n| b |\n";

    fn quoting(body: &str) -> String {
        format!("Before.\n\n<!-- quote docs/t.md: One -->\n{body}<!-- end of quote -->\n\nAfter.\n")
    }

    #[test]
    fn a_quotation_follows_its_source() {
        let read = |path: &str| -> Result<String> {
            assert_eq!(path, "docs/t.md");
            Ok(SOURCE.to_owned())
        };
        let fresh = quoting("| a |\n");
        assert_eq!(refreshed(&quoting("| stale |\n"), read).unwrap(), (fresh.clone(), 1));
        assert_eq!(refreshed(&fresh, read).unwrap(), (fresh, 1));
        assert_eq!(refreshed("No quotation.\n", read).unwrap(), ("No quotation.\n".to_owned(), 0));
        assert!(refreshed("<!-- quote docs/t.md: Two -->\n<!-- end of quote -->", read).is_err());
        assert!(refreshed("<!-- quote docs/t.md: One -->\n| a |\n", read).is_err());
    }

    #[test]
    fn without_a_name_the_beginning_is_quoted() {
        assert_eq!(passage(SOURCE, None).as_deref(), Some("How to read it."));
        assert_eq!(passage(SOURCE, Some("One more")).as_deref(), Some("| b |"));
        assert_eq!(passage(SOURCE, Some("Two")), None);
    }
}
