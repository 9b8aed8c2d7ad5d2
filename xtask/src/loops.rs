//! Import loops between the modules of one crate, at the granularity of files.
//!
//! A file imports another when one of its paths leads there: a `use`, a type, a call, also inside a
//! macro's arguments. Re-exports are followed to where the item is written, so that a parent may show
//! its children's items to the world. A parent's `mod` line and its `pub use` of a child are no
//! imports. Test modules (`#[cfg(test)]`) are not looked at.
//!
//! Not here: name resolution as the compiler does it. Method calls and paths inside attributes'
//! strings are not seen; whoever names no type of a module can hardly depend on it.

mod cycle;
mod house;
mod resolve;
mod uses;

use std::path::Path;

use anyhow::Result;

use crate::flag;
use crate::report::Report;
use crate::tree;
use house::House;

/// Checks that no modules of any crate import each other in a loop.
///
/// # Errors
/// When some do, or a source file is missing or cannot be parsed.
pub(crate) fn run(arguments: &[String]) -> Result<()> {
    flag::none(arguments)?;
    let root = tree::root();
    let mut report = Report::default();
    let (mut targets, mut files) = (0, 0);
    for package in tree::workspace()?.workspace_packages() {
        for target in &package.targets {
            if !target.is_lib() && !target.is_bin() {
                continue;
            }
            targets += 1;
            match House::open(target.src_path.as_std_path()) {
                Ok(house) => {
                    files += house.files.len();
                    report.faults.extend(check(&house, &root));
                }
                Err(error) => report.faults.push(format!("{}: {error:#}", package.name)),
            }
        }
    }
    report.looked_at = format!("{files} files in {targets} crates");
    report.settle("loops")
}

/// The loops of one crate, each told as a walk from file to file.
fn check(house: &House, root: &Path) -> Vec<String> {
    let imports = resolve::imports(house);
    let mut graph = vec![Vec::new(); house.files.len()];
    for import in &imports {
        graph[import.from].push(import.to);
    }
    cycle::loops(&graph)
        .into_iter()
        .map(|walk| {
            let mut text = String::new();
            for (step, &from) in walk.iter().enumerate() {
                let to = walk[(step + 1) % walk.len()];
                let path = imports.iter().find(|each| each.from == from && each.to == to);
                let name = tree::shown(&house.files[from], root);
                let path = path.map_or("", |each| each.path.as_str());
                text.push_str(&format!("{name} (`{path}`) -> "));
            }
            text.push_str(&tree::shown(&house.files[walk[0]], root));
            text
        })
        .collect()
}

#[cfg(test)]
mod tests;
