use std::path::Path;

use anyhow::Result;

use crate::flag;
use crate::report::Report;
use crate::tree;

/// What a word in backticks begins with when it is meant as a path of this repository.
const ROOTS: &[&str] =
    &["crates/", "docs/", "bench/", "fuzz/", "xtask/", "testdata/", "verify/", ".ci/", ".cargo/"];

/// Checks that the paths and links which our documents name are there.
///
/// # Errors
/// When one is not, or a document cannot be read.
pub(crate) fn run(arguments: &[String]) -> Result<()> {
    flag::none(arguments)?;
    check(&tree::root())?.settle("paths")
}

fn check(root: &Path) -> Result<Report> {
    let documents = tree::files(root, &[".md"])?;
    let mut report = Report::default();
    let mut named = 0;
    for path in &documents {
        let text = tree::read(path)?;
        let folder = path.parent().unwrap_or(root);
        let mut fenced = false;
        for (number, line) in text.lines().enumerate() {
            if line.trim_start().starts_with("```") {
                fenced = !fenced;
                continue;
            }
            if fenced {
                continue;
            }
            let place = format!("{}:{}", tree::shown(path, root), number + 1);
            for word in quoted(line).into_iter().filter(|word| is_path(word)) {
                named += 1;
                if !root.join(word).exists() {
                    report.faults.push(format!("{place}: `{word}` does not exist"));
                }
            }
            for link in links(line) {
                named += 1;
                if !folder.join(link).exists() {
                    report.faults.push(format!("{place}: the link to `{link}` leads nowhere"));
                }
            }
        }
    }
    report.looked_at = format!("{named} paths and links in {} documents", documents.len());
    Ok(report)
}

/// The words of a line that stand in single backticks.
fn quoted(line: &str) -> Vec<&str> {
    line.split('`').skip(1).step_by(2).collect()
}

/// Tells whether a quoted word is one definite path: no pattern, no placeholder.
fn is_path(word: &str) -> bool {
    ROOTS.iter().any(|root| word.starts_with(root))
        && word.chars().all(|c| c.is_ascii_alphanumeric() || "/._-".contains(c))
        && !word.contains("...")
}

/// The files that a line's Markdown links lead to, relative ones only.
fn links(line: &str) -> Vec<&str> {
    // What stands in backticks is code, where `](` may mean something else.
    let mut found = Vec::new();
    for text in line.split('`').step_by(2) {
        found.extend(text.split("](").skip(1).filter_map(|rest| rest.split(')').next()));
    }
    if let Some((label, to)) = line.split_once("]: ")
        && label.starts_with('[')
        && !label.starts_with("[^")
    {
        found.push(to.trim());
    }
    found.retain_mut(|link| {
        *link = link.split([' ', '#']).next().unwrap_or_default();
        !link.is_empty() && !link.contains("://") && !link.starts_with("mailto:")
    });
    found
}

#[cfg(test)]
mod tests {
    use std::fs;

    use super::*;

    #[test]
    fn dead_paths_and_links_are_told_with_their_line() {
        let folder = tempfile::tempdir().unwrap();
        fs::create_dir_all(folder.path().join("docs/guide")).unwrap();
        fs::create_dir_all(folder.path().join("crates/a")).unwrap();
        fs::write(folder.path().join("docs/guide/b.md"), "[up](../../README.md), [gone](c.md#x)\n").unwrap();
        let text = "`crates/a/` is, `crates/b` is not\n`crates/*/src` and `docs/...` are patterns\n\
                    ```\n`crates/fenced`\n```\n[web](https://example.org) [here](#here) `crates/a b`\n\
                    [id]: docs/nowhere.md\n";
        fs::write(folder.path().join("README.md"), text).unwrap();
        let faults = check(folder.path()).unwrap().faults;
        assert_eq!(
            faults,
            [
                "README.md:1: `crates/b` does not exist",
                "README.md:7: the link to `docs/nowhere.md` leads nowhere",
                "docs/guide/b.md:1: the link to `c.md` leads nowhere",
            ]
        );
    }
}
