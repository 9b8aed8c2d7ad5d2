//! Which licenses our dependencies may have, and which of them may be there twice.
//!
//! Works from `Cargo.lock` and what cargo has fetched, without the network.
//!
//! Not here: known weaknesses of dependencies; that list lives on the network.

mod duplicates;
mod expression;

use std::fs;

use anyhow::{Context, Result};
use cargo_metadata::Metadata;

use crate::flag;
use crate::report::Report;
use crate::tree;
use duplicates::{Allowed, Lock};

/// Licenses that a part of Earmark may come under. MPL-2.0 binds only its own files; the others ask
/// for a notice at most.
const ALLOWED: &[&str] = &[
    "0BSD",
    "Apache-2.0",
    "Apache-2.0 WITH LLVM-exception",
    "BSD-2-Clause",
    "BSD-3-Clause",
    "BSL-1.0",
    "bzip2-1.0.6",
    "CC0-1.0",
    "CDLA-Permissive-2.0",
    "ISC",
    "MIT",
    "MIT-0",
    "MPL-2.0",
    "Unicode-3.0",
    "Unlicense",
    "Zlib",
];

/// Crates that must not come in, with the reason.
const BANNED: &[(&str, &str)] = &[
    ("aws-lc-sys", "one provider of TLS is enough, and `ring` builds without cmake"),
    ("openssl-sys", "TLS is rustls: nothing to link, the same everywhere"),
];

/// The list of duplicates that were looked at and let be.
const DUPLICATES: &str = "xtask/data/duplicates.toml";

/// Checks licenses, banned crates and duplicates; with `--write` renews the list of duplicates
/// from `Cargo.lock`, keeping the reasons that are there.
///
/// # Errors
/// When something is not allowed, or the lock file cannot be read.
pub(crate) fn run(arguments: &[String]) -> Result<()> {
    let write = flag::given(arguments, Some("--write"))?;
    let root = tree::root();
    let lock = Lock::parse(&tree::read(&root.join("Cargo.lock"))?)?;
    let list = root.join(DUPLICATES);
    if write {
        let before = if list.exists() { Allowed::parse(&tree::read(&list)?)? } else { Allowed::default() };
        fs::write(&list, before.renewed(&lock).written()).context("cannot write the list of duplicates")?;
        println!("licenses: wrote {DUPLICATES}; give each new entry its reason");
        return Ok(());
    }
    let mut report = licenses(&tree::dependencies()?);
    for (name, why) in BANNED {
        if lock.holds(name) {
            report.faults.push(format!("`{name}` is in Cargo.lock, but {why} (`cargo tree -i {name}`)"));
        }
    }
    Allowed::parse(&tree::read(&list)?)?.compare(&lock, &mut report);
    report.settle("licenses")
}

fn licenses(metadata: &Metadata) -> Report {
    let mut report = Report::default();
    let mut others = 0;
    for package in &metadata.packages {
        if metadata.workspace_members.contains(&package.id) {
            continue;
        }
        others += 1;
        let name = format!("{} {}", package.name, package.version);
        match &package.license {
            None => report.faults.push(format!("`{name}` states no license expression")),
            Some(license) => match expression::satisfied(license, &|id| ALLOWED.contains(&id)) {
                Ok(true) => {}
                Ok(false) => {
                    report.faults.push(format!("`{name}` is under `{license}`, which is not allowed"))
                }
                Err(why) => report.faults.push(format!("`{name}` states `{license}`: {why}")),
            },
        }
    }
    report.looked_at = format!("{others} dependencies");
    report
}
