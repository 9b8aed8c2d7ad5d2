use std::collections::{BTreeMap, BTreeSet};

use anyhow::{Context, Result};
use serde::Deserialize;

use crate::report::Report;

/// The names and versions that `Cargo.lock` holds.
#[derive(Debug, Deserialize)]
pub(crate) struct Lock {
    package: Vec<Locked>,
}

#[derive(Debug, Deserialize)]
struct Locked {
    name: String,
    version: String,
}

/// Crates that may be there in several series, each with its reason.
#[derive(Debug, Default, Deserialize)]
pub(crate) struct Allowed {
    #[serde(default)]
    duplicate: Vec<Duplicate>,
}

#[derive(Debug, Deserialize)]
struct Duplicate {
    name: String,
    series: BTreeSet<String>,
    why: String,
}

impl Lock {
    /// Reads a lock file.
    ///
    /// # Errors
    /// When it is no lock file.
    pub(crate) fn parse(text: &str) -> Result<Self> {
        toml::from_str(text).context("cannot read `Cargo.lock`")
    }

    /// Tells whether a crate of this name is locked.
    pub(crate) fn holds(&self, name: &str) -> bool {
        self.package.iter().any(|package| package.name == name)
    }

    /// The crates that are locked in more than one series.
    fn duplicates(&self) -> BTreeMap<&str, BTreeSet<String>> {
        let mut all: BTreeMap<&str, BTreeSet<String>> = BTreeMap::new();
        for package in &self.package {
            all.entry(&package.name).or_default().insert(series(&package.version));
        }
        all.retain(|_, series| series.len() > 1);
        all
    }
}

impl Allowed {
    /// Reads the list.
    ///
    /// # Errors
    /// When it is not of the form that [`Allowed::written`] gives it.
    pub(crate) fn parse(text: &str) -> Result<Self> {
        toml::from_str(text).context("cannot read the list of duplicates")
    }

    /// Reports every duplicate that the list does not explain, and notes what it lists in vain.
    pub(crate) fn compare(&self, lock: &Lock, report: &mut Report) {
        let found = lock.duplicates();
        for (name, series) in &found {
            let versions = series.iter().map(String::as_str).collect::<Vec<_>>().join(", ");
            match self.duplicate.iter().find(|each| each.name == **name) {
                None => report.faults.push(format!("`{name}` is there twice or more: {versions}")),
                Some(listed) if !series.is_subset(&listed.series) => {
                    report.faults.push(format!("`{name}` has a series that is not listed: {versions}"));
                }
                Some(listed) if listed.why.trim().is_empty() => {
                    report.faults.push(format!("the duplicate `{name}` is listed without a reason"));
                }
                Some(_) => {}
            }
        }
        for listed in &self.duplicate {
            if !found.contains_key(listed.name.as_str()) {
                report.notes.push(format!("`{}` is no duplicate any more: strike it", listed.name));
            }
        }
        report.looked_at.push_str(&format!(", {} known duplicates", found.len()));
    }

    /// The list as the lock file has it now, with the reasons given so far.
    pub(crate) fn renewed(&self, lock: &Lock) -> Self {
        let entry = |(name, series): (&str, BTreeSet<String>)| Duplicate {
            name: name.to_owned(),
            series,
            why: self.duplicate.iter().find(|each| each.name == name).map_or("", |each| &each.why).to_owned(),
        };
        Self { duplicate: lock.duplicates().into_iter().map(entry).collect() }
    }

    /// The list as TOML.
    pub(crate) fn written(&self) -> String {
        let mut text = String::from(
            "# Crates that `Cargo.lock` holds in more than one series, and why we let them be.\n\
             # Renew with `cargo xtask licenses --write`, then give every new entry its reason.\n",
        );
        for each in &self.duplicate {
            let series: Vec<String> = each.series.iter().map(|series| format!("{series:?}")).collect();
            text.push_str(&format!(
                "\n[[duplicate]]\nname = {:?}\nseries = [{}]\nwhy = {:?}\n",
                each.name,
                series.join(", "),
                each.why
            ));
        }
        text
    }
}

/// The part of a version within which cargo keeps one version only: `1`, `0.10`, `0.0.3`.
fn series(version: &str) -> String {
    let numbers: Vec<&str> = version.split(['+', '-']).next().unwrap_or_default().split('.').collect();
    match numbers.as_slice() {
        ["0", "0", patch, ..] => format!("0.0.{patch}"),
        ["0", minor, ..] => format!("0.{minor}"),
        [major, ..] => (*major).to_owned(),
        [] => String::new(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const LOCK: &str = "version = 4\n[[package]]\nname = \"sha2\"\nversion = \"0.10.9\"\n\
                        [[package]]\nname = \"sha2\"\nversion = \"0.11.1\"\n\
                        [[package]]\nname = \"toml\"\nversion = \"1.2.1+spec-1.1.0\"\n";

    #[test]
    fn a_new_duplicate_needs_a_reason() {
        let lock = Lock::parse(LOCK).unwrap();
        assert!(lock.holds("toml") && !lock.holds("aws-lc-sys"));
        let mut report = Report::default();
        Allowed::default().compare(&lock, &mut report);
        assert_eq!(report.faults, ["`sha2` is there twice or more: 0.10, 0.11"]);

        let renewed = Allowed::parse(&Allowed::default().renewed(&lock).written()).unwrap();
        let mut report = Report::default();
        renewed.compare(&lock, &mut report);
        assert_eq!(report.faults, ["the duplicate `sha2` is listed without a reason"]);

        let reasoned = renewed.written().replace("why = \"\"", "why = \"two generations\"");
        let mut report = Report::default();
        Allowed::parse(&reasoned).unwrap().renewed(&lock).compare(&lock, &mut report);
        assert!(report.faults.is_empty(), "{report:?}");
    }

    #[test]
    fn a_third_series_is_new_and_a_lost_one_is_noted() {
        let list = "[[duplicate]]\nname = \"sha2\"\nseries = [\"0.9\", \"0.10\"]\nwhy = \"x\"\n\
                    [[duplicate]]\nname = \"toml\"\nseries = [\"0.5\", \"1\"]\nwhy = \"x\"\n";
        let mut report = Report::default();
        Allowed::parse(list).unwrap().compare(&Lock::parse(LOCK).unwrap(), &mut report);
        assert_eq!(report.faults.len(), 1);
        assert_eq!(report.notes.len(), 1);
    }

    #[test]
    fn series_are_cargo_s() {
        assert_eq!(["1.2.3", "0.10.9", "0.0.3", "1.0.0-rc.1"].map(series), ["1", "0.10", "0.0.3", "1"]);
    }
}
