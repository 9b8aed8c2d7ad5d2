use std::path::Path;

use anyhow::Result;

use crate::flag;
use crate::report::Report;
use crate::tree;

/// A file above this many lines is refused.
const SPLIT: usize = 800;

/// A file above this many lines is named, so that somebody looks at it again.
const LOOK: usize = 500;

/// Checks that no file of ours has grown into a great hall.
///
/// # Errors
/// When one has, or the repository cannot be read.
pub(crate) fn run(arguments: &[String]) -> Result<()> {
    flag::none(arguments)?;
    check(&tree::root())?.settle("sizes")
}

fn check(root: &Path) -> Result<Report> {
    let files = tree::files(root, &[".rs", ".html", ".css", ".js"])?;
    let mut report = Report { looked_at: format!("{} files", files.len()), ..Report::default() };
    for path in files {
        let lines = tree::read(&path)?.lines().count();
        let place = tree::shown(&path, root);
        if lines > SPLIT {
            report.faults.push(format!("{place}: {lines} lines, split it (limit {SPLIT})"));
        } else if lines > LOOK {
            report.notes.push(format!("{place}: {lines} lines, look at it again"));
        }
    }
    Ok(report)
}

#[cfg(test)]
mod tests {
    use std::fs;

    use super::*;

    #[test]
    fn counts_lines_and_draws_both_lines() {
        let folder = tempfile::tempdir().unwrap();
        for (name, lines) in [("a.rs", 800), ("b.css", 801), ("c.js", 500), ("d.html", 501), ("e.md", 9000)] {
            fs::write(folder.path().join(name), "x\n".repeat(lines)).unwrap();
        }
        let report = check(folder.path()).unwrap();
        assert_eq!(report.faults, ["b.css: 801 lines, split it (limit 800)"]);
        assert_eq!(report.notes.len(), 2);
        assert_eq!(report.looked_at, "4 files");
    }
}
