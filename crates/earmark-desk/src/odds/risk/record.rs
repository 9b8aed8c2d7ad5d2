//! Records that hazards are learnt from: the public one, which is built in, and the program's own.

use std::fs;
use std::path::Path;

use serde::{Deserialize, Serialize};

use crate::error::{DeskError, Kind};

/// The public record, with what was counted and who says so.
const PUBLIC: &str = include_str!("public-record.json");

/// Largest record that is read.
const LARGEST: u64 = 1 << 20;

/// What the public was told about one program.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct PublicRecord {
    /// Which program, and over which time.
    pub what: String,
    /// Cycles.
    pub cycles: u32,
    /// How they were counted.
    pub cycles_from: String,
    /// Partners in a cycle.
    pub partners: u32,
    /// Who says so.
    pub partners_from: String,
    /// Lead time of most partners.
    pub lead_hours: f64,
    /// Who says so.
    pub lead_from: String,
    /// Leaks, by how much is counted as one.
    pub counts: Vec<Count>,
    /// How often somebody else finds the same flaw.
    pub rediscovery: PublicRediscovery,
}

/// Leaks under one way of counting.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Count {
    /// `confirmed`, `suspected` or `widest`.
    pub name: String,
    /// How many.
    pub leaks: u32,
    /// What counts as one.
    pub counts: String,
    /// Who says so.
    pub sources: Vec<String>,
}

/// Rediscoveries over time.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct PublicRediscovery {
    /// How many the belief is worth.
    pub rediscovered: f64,
    /// Days that one flaw was secret, added up.
    pub flaw_days: f64,
    /// How the belief was made.
    pub from: String,
    /// Who says so.
    pub sources: Vec<String>,
}

/// The program's own record.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct OwnRecord {
    /// One row a tier, or for those of a tier whom a law binds.
    #[serde(default)]
    pub groups: Vec<Group>,
    /// Flaws that somebody else found while they were embargoed.
    #[serde(default)]
    pub rediscovered: u32,
    /// Days that one flaw was embargoed, added up.
    #[serde(default)]
    pub flaw_days: f64,
}

/// What was seen of one group of partners.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Group {
    /// Its tier.
    pub tier: String,
    /// The law that makes these partners a group of their own, such as a duty to report flaws to an authority.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub law: Option<String>,
    /// Partners in a cycle.
    pub partners: f64,
    /// Cycles.
    pub cycles: f64,
    /// Leaks.
    pub leaks: u32,
}

/// The public record.
///
/// # Errors
/// Never, as a test reads it.
pub fn public_record() -> Result<PublicRecord, DeskError> {
    serde_json::from_str(PUBLIC)
        .map_err(|source| DeskError::because(Kind::Bug, "the public record cannot be read", source))
}

/// Reads a program's own record.
///
/// # Errors
/// When the file cannot be read, holds something else, or figures that cannot be.
pub fn own_record(path: &Path) -> Result<OwnRecord, DeskError> {
    let io = |source| DeskError::io("read", path, source);
    let malformed =
        |what: &str| DeskError::new(Kind::Malformed, format!("record `{}` {what}", path.display()));
    if fs::metadata(path).map_err(io)?.len() > LARGEST {
        return Err(malformed("is larger than 1 MiB"));
    }
    let record: OwnRecord = serde_json::from_slice(&fs::read(path).map_err(io)?).map_err(|source| {
        DeskError::because(Kind::Malformed, format!("`{}` is no record of leaks", path.display()), source)
            .hint("groups are tiers, or those of a tier whom a `law` binds; nothing else about a partner is taken")
    })?;
    let sound = |figure: f64| figure.is_finite() && (0.0..=1e9).contains(&figure);
    for group in &record.groups {
        if !sound(group.partners) || !sound(group.cycles) || group.tier.trim().is_empty() {
            return Err(malformed("has a group without a tier, or with figures that cannot be"));
        }
        if group.leaks > 0 && group.partners * group.cycles <= 0.0 {
            return Err(malformed("has leaks where nobody held anything"));
        }
    }
    if !sound(record.flaw_days) || (record.rediscovered > 0 && record.flaw_days <= 0.0) {
        return Err(malformed("has rediscoveries where nothing was embargoed"));
    }
    let mut names: Vec<_> = record.groups.iter().map(|group| (&group.tier, &group.law)).collect();
    names.sort_unstable();
    if names.windows(2).any(|pair| pair.first() == pair.last()) {
        return Err(malformed("names a group twice"));
    }
    Ok(record)
}
