use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result};
use syn::{Item, ItemMod};

use crate::report::Report;
use crate::{flag, tree};

/// Checks that every source file is part of a crate: one that no `mod` line names is never compiled,
/// and its tests are never run, without anybody being told.
///
/// # Errors
/// When there is such a file, or the workspace cannot be read.
pub(crate) fn run(arguments: &[String]) -> Result<()> {
    flag::none(arguments)?;
    let root = tree::root();
    let mut report = Report::default();
    let mut seen = 0;
    for package in tree::workspace()?.workspace_packages() {
        let mut owned = BTreeSet::new();
        for target in &package.targets {
            follow(target.src_path.as_std_path(), true, &mut owned)?;
        }
        let Some(folder) = package.manifest_path.parent() else { continue };
        seen += owned.len();
        report.faults.extend(orphans(folder.as_std_path(), &owned, &root)?);
    }
    report.looked_at = format!("{seen} source files");
    report.settle("orphans")
}

/// The files below a package's `src` and `tests` that are not in `owned`.
fn orphans(package: &Path, owned: &BTreeSet<PathBuf>, root: &Path) -> Result<Vec<String>> {
    let mut faults = Vec::new();
    for folder in ["src", "tests"].map(|name| package.join(name)) {
        if !folder.is_dir() {
            continue;
        }
        for path in tree::files(&folder, &[".rs"])? {
            if !owned.contains(&path) {
                faults.push(format!("{}: no `mod` line leads here", tree::shown(&path, root)));
            }
        }
    }
    Ok(faults)
}

/// Adds a file and all that its `mod` lines lead to. The files of a root's modules lie beside it.
fn follow(path: &Path, is_root: bool, owned: &mut BTreeSet<PathBuf>) -> Result<()> {
    if !owned.insert(path.to_path_buf()) {
        return Ok(());
    }
    let text = fs::read_to_string(path).with_context(|| format!("cannot read `{}`", path.display()))?;
    let parsed = syn::parse_file(&text).with_context(|| format!("cannot parse `{}`", path.display()))?;
    let beside = path.parent().unwrap_or(Path::new(""));
    let folder = match path.file_stem() {
        Some(stem) if !is_root && stem != "mod" => beside.join(stem),
        _ => beside.to_path_buf(),
    };
    modules(&parsed.items, &folder, owned)
}

fn modules(items: &[Item], folder: &Path, owned: &mut BTreeSet<PathBuf>) -> Result<()> {
    for item in items {
        let Item::Mod(ItemMod { ident, content, .. }) = item else { continue };
        let name = ident.to_string();
        let name = name.strip_prefix("r#").unwrap_or(&name);
        match content {
            Some((_, items)) => modules(items, &folder.join(name), owned)?,
            None => {
                // A missing file is for the compiler to tell.
                for path in [folder.join(format!("{name}.rs")), folder.join(name).join("mod.rs")] {
                    if path.is_file() {
                        follow(&path, false, owned)?;
                    }
                }
            }
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn forgotten_files_are_told_and_test_modules_belong() {
        let folder = tempfile::tempdir().unwrap();
        for (path, text) in [
            ("src/lib.rs", "mod a; mod b { mod inner; }"),
            ("src/a.rs", "#[cfg(test)] mod tests;"),
            ("src/a/tests.rs", "#[test] fn t() {}"),
            ("src/b/inner.rs", ""),
            ("src/c/mod.rs", ""),
            ("tests/it/main.rs", "mod whole;"),
            ("tests/it/whole.rs", ""),
            ("tests/it/forgotten.rs", ""),
        ] {
            let path = folder.path().join(path);
            fs::create_dir_all(path.parent().unwrap()).unwrap();
            fs::write(path, text).unwrap();
        }
        let mut owned = BTreeSet::new();
        for target in ["src/lib.rs", "tests/it/main.rs"] {
            follow(&folder.path().join(target), true, &mut owned).unwrap();
        }
        let faults = orphans(folder.path(), &owned, folder.path()).unwrap();
        assert_eq!(
            faults,
            ["src/c/mod.rs: no `mod` line leads here", "tests/it/forgotten.rs: no `mod` line leads here",]
        );
    }
}
