use std::collections::BTreeMap;
use std::path::Path;

use anyhow::{Context, Result, bail};
use cargo_metadata::{DependencyKind, Metadata};

use crate::flag;
use crate::report::Report;
use crate::tree;

/// What may be imported for tests from any storey: it never reaches the product.
const FOR_TESTS: &[&str] = &["earmark-testkit", "earmark-disguise"];

/// The concrete backends. In the binary's crate only [`WIRING`] may name them.
const BACKENDS: &[&str] = &["earmark_store", "earmark_net", "earmark_post", "earmark_cage"];

/// The one file that chooses backends.
const WIRING: &str = "crates/earmark/src/wiring.rs";

/// A crate of ours, as far as storeys go.
#[derive(Debug)]
struct Crate {
    name: String,
    storey: u64,
    /// Our crates it imports, and whether for tests only.
    imports: Vec<(String, bool)>,
}

/// Checks that every crate imports strictly lower storeys, and that backends are named in one place.
///
/// # Errors
/// When one does not, states no storey, or the workspace cannot be read.
pub(crate) fn run(arguments: &[String]) -> Result<()> {
    flag::none(arguments)?;
    let root = tree::root();
    let mut report = check(&crates(&tree::workspace()?)?);
    report.faults.extend(backends(&root)?);
    report.settle("storeys")
}

/// Our crates, from cargo's view of the workspace.
fn crates(metadata: &Metadata) -> Result<Vec<Crate>> {
    let members = metadata.workspace_packages();
    let ours: Vec<String> = members.iter().map(|package| package.name.to_string()).collect();
    let mut crates = Vec::new();
    for package in members {
        let storey = package.metadata["earmark"]["storey"].as_u64().with_context(|| {
            format!("`{}` states no storey in `[package.metadata.earmark]`", package.manifest_path)
        })?;
        let mut imports = Vec::new();
        for dependency in &package.dependencies {
            if ours.contains(&dependency.name) {
                imports.push((dependency.name.clone(), dependency.kind == DependencyKind::Development));
            }
        }
        crates.push(Crate { name: package.name.to_string(), storey, imports });
    }
    Ok(crates)
}

/// Finds the imports that do not go strictly downward.
fn check(crates: &[Crate]) -> Report {
    let storeys: BTreeMap<&str, u64> = crates.iter().map(|each| (each.name.as_str(), each.storey)).collect();
    let mut report = Report::default();
    let mut imports = 0;
    for each in crates {
        for (name, for_tests) in &each.imports {
            imports += 1;
            let Some(&below) = storeys.get(name.as_str()) else { continue };
            if below < each.storey || (*for_tests && FOR_TESTS.contains(&name.as_str())) {
                continue;
            }
            let way = if below == each.storey { "sideways" } else { "upward" };
            report.faults.push(format!(
                "`{}` (storey {}) imports {way} `{name}` (storey {below})",
                each.name, each.storey
            ));
        }
    }
    report.looked_at = format!("{} crates, {imports} imports among them", crates.len());
    report
}

/// Finds backends named by the binary's crate outside [`WIRING`].
fn backends(root: &Path) -> Result<Vec<String>> {
    let source = root.join("crates/earmark/src");
    if !source.is_dir() {
        bail!("`{}` is gone: tell this check where the binary lives now", source.display());
    }
    let mut faults = Vec::new();
    for path in tree::files(&source, &[".rs"])? {
        let place = tree::shown(&path, root);
        if place == WIRING {
            continue;
        }
        for (number, line) in tree::read(&path)?.lines().enumerate() {
            for backend in BACKENDS {
                if names(line, backend) {
                    faults.push(format!(
                        "{place}:{}: names the backend `{backend}`; only {WIRING} may",
                        number + 1
                    ));
                }
            }
        }
    }
    Ok(faults)
}

/// Tells whether a line of code, comments aside, holds `word` as a whole identifier.
fn names(line: &str, word: &str) -> bool {
    let code = line.split("//").next().unwrap_or_default();
    code.split(|c: char| !c.is_alphanumeric() && c != '_').any(|token| token == word)
}

#[cfg(test)]
mod tests {
    use std::fs;

    use super::*;

    type Written<'a> = (&'a str, u64, &'a [(&'a str, bool)]);

    fn house(imports: &[Written<'_>]) -> Vec<Crate> {
        imports
            .iter()
            .map(|(name, storey, imports)| Crate {
                name: (*name).to_owned(),
                storey: *storey,
                imports: imports.iter().map(|(name, test)| ((*name).to_owned(), *test)).collect(),
            })
            .collect()
    }

    #[test]
    fn only_downward_passes() {
        let good = house(&[
            ("earmark-model", 0, &[]),
            ("earmark-mark", 1, &[("earmark-model", false), ("earmark-testkit", true)]),
            ("earmark-testkit", 9, &[]),
        ]);
        assert!(check(&good).faults.is_empty());
    }

    #[test]
    fn sideways_upward_and_testkit_in_the_product_are_refused() {
        let bad = house(&[
            ("earmark-model", 0, &[("earmark-mark", false)]),
            ("earmark-mark", 1, &[("earmark-odds", true), ("earmark-testkit", false)]),
            ("earmark-odds", 1, &[]),
            ("earmark-testkit", 9, &[]),
        ]);
        let faults = check(&bad).faults;
        assert_eq!(faults.len(), 3, "{faults:?}");
        assert!(faults[0].contains("upward") && faults[1].contains("sideways"));
    }

    #[test]
    fn backends_outside_the_wiring_are_found() {
        let folder = tempfile::tempdir().unwrap();
        let source = folder.path().join("crates/earmark/src");
        fs::create_dir_all(&source).unwrap();
        fs::write(source.join("wiring.rs"), "use earmark_store::Ledger;\n").unwrap();
        fs::write(source.join("main.rs"), "// earmark_store\nuse my_earmark_store as x;\n").unwrap();
        assert!(backends(folder.path()).unwrap().is_empty());
        fs::write(source.join("cli.rs"), "\nlet l = earmark_store::Ledger::open();\n").unwrap();
        let faults = backends(folder.path()).unwrap();
        assert_eq!(faults.len(), 1);
        assert!(faults[0].starts_with("crates/earmark/src/cli.rs:2:"));
    }
}
