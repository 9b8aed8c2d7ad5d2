use earmark_model::{Layer, PositionNumber};

use crate::language::Language;
use crate::rule::RuleCode;
use crate::table::SiteTable;

/// Where the bits of a file are.
#[derive(Debug, Clone, PartialEq)]
pub struct FileDensity {
    /// Index of the file in the manifest.
    pub file: u32,
    /// What it is written in.
    pub language: Language,
    /// Physical lines.
    pub lines: u32,
    /// Every site, in order of lines.
    pub sites: Vec<SitePlace>,
}

/// A site by its line.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct SitePlace {
    /// The line it starts on, from 1.
    pub line: u32,
    /// Its position: sites of one position count once.
    pub position: PositionNumber,
    /// The base-2 logarithm of its number of forms.
    pub bits: f64,
    /// What destroys it.
    pub layer: Layer,
    /// The rule.
    pub rule: RuleCode,
    /// Of a hundred such sites, how many survive formatting, stripping and renaming.
    pub survival: u8,
}

/// Lists the sites of a table by line, for reports of what a leaked stretch would show.
///
/// `original` gives a file's bytes by its index in the manifest; a file it does not know is left out.
#[must_use]
pub fn density<'a>(table: &SiteTable, original: &dyn Fn(u32) -> Option<&'a [u8]>) -> Vec<FileDensity> {
    let mut files = Vec::with_capacity(table.files.len());
    for file in &table.files {
        let Some(bytes) = original(file.file) else { continue };
        let ends: Vec<usize> =
            bytes.iter().enumerate().filter(|(_, byte)| **byte == b'\n').map(|(at, _)| at).collect();
        let line = |byte: u32| ends.partition_point(|end| *end < byte as usize) + 1;
        let sites = file
            .sites
            .iter()
            .map(|site| SitePlace {
                line: u32::try_from(line(site.span.start)).unwrap_or(u32::MAX),
                position: site.position,
                bits: f64::from(site.k).log2(),
                layer: site.layer,
                rule: site.rule,
                survival: site.survival,
            })
            .collect();
        let lines = u32::try_from(ends.len()).unwrap_or(u32::MAX);
        files.push(FileDensity { file: file.file, language: file.language, lines, sites });
    }
    files
}
