use serde::{Deserialize, Serialize};

use earmark_model::PositionNumber;

use crate::rule::RuleCode;

/// What was read at one eligible site.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SiteReading {
    /// Index of the site in its file's table.
    pub site: u32,
    /// Its position.
    pub position: PositionNumber,
    /// How many forms it has.
    pub k: u8,
    /// The rule.
    pub rule: RuleCode,
    /// The form that the original has.
    pub original: u8,
    /// Index of the region that holds the site, in the order the regions were given.
    pub region: u32,
    /// The form that the sample has, or `None`: erased.
    pub form: Option<u8>,
    /// How much worse the next form explains the sample, in eighths of a token; 0 when erased.
    pub margin: u8,
}

/// What was read of one file in one leaf: forms, never symbols of anybody.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct FileReading {
    /// Index of the file in the manifest.
    pub file: u32,
    /// Every eligible site (one that a region holds), in order of the table.
    pub sites: Vec<SiteReading>,
}
