use std::collections::HashMap;

use earmark_model::{Layer, PositionNumber, RuleClass};

use crate::accept::accept;
use crate::canonical::{Keyed, key_sites};
use crate::carrier::{Carrier, Facts};
use crate::carriers::{CARRIERS, carrier_for, carrier_of};
use crate::codes::{CATALOG_VERSION, rule_info};
use crate::declared::{Declarations, DeclaredSites};
use crate::draft::Standing;
use crate::heritage::{Predecessor, all_new, claim};
use crate::language::Language;
use crate::lex::lex;
use crate::natural::{FormCounts, keep_natural};
use crate::rule::RuleCode;
use crate::skip::skip_reason;
use crate::source::SourceFile;
use crate::table::{FileTable, Site, SiteTable};

/// Version of the reader: part of the plan; raised when the same bytes would be read differently.
pub const READER_VERSION: u32 = 1;

/// What is marked, and how boldly.
#[derive(Debug, Clone)]
pub struct Options {
    /// Rule classes in use.
    pub classes: Vec<RuleClass>,
    /// Layers not used.
    pub layers_off: Vec<Layer>,
    /// Rules not used.
    pub rules_off: Vec<RuleCode>,
    /// Rules not used in single files: what a failed gate found.
    pub rules_off_in: Vec<(u32, RuleCode)>,
    /// Files left unmarked because they are upstream's: indices in the manifest, ascending.
    pub upstream: Vec<u32>,
    /// A form is used only if it is the form of at least this share of the rule's sites in the
    /// tree (0 to 1), or of half this share where the tree has it five times or more.
    pub naturalness: f64,
    /// Longest file that is marked, in bytes.
    pub largest: usize,
    /// What the author declared, if anything. Whoever protects calls [`Declarations::check`] first: an
    /// entry that cannot be used is left out here, with a note.
    pub declared: Option<Declarations>,
}

impl Default for Options {
    fn default() -> Self {
        Self {
            classes: vec![RuleClass::A, RuleClass::B, RuleClass::C],
            layers_off: Vec::new(),
            rules_off: Vec::new(),
            rules_off_in: Vec::new(),
            upstream: Vec::new(),
            naturalness: 0.05,
            largest: 16 << 20,
            declared: None,
        }
    }
}

/// A file without sites, and why.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LeftAlone {
    /// Its path.
    pub path: Vec<u8>,
    /// Why, in the grammar of error messages.
    pub why: String,
}

/// What one rule found in the whole tree.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RuleUse {
    /// The rule.
    pub rule: RuleCode,
    /// Sites found.
    pub found: usize,
    /// Sites left after options and naturalness.
    pub used: usize,
    /// How often the tree has each form; empty for rules that exchange equals.
    pub forms: Vec<usize>,
}

/// The sites of a revision, and what was left alone.
#[derive(Debug, Clone)]
pub struct Analysis {
    /// The sites, not yet numbered.
    pub table: SiteTable,
    /// Files without a site, by path.
    pub left_alone: Vec<LeftAlone>,
    /// Per rule: what naturalness cost.
    pub rules: Vec<RuleUse>,
}

/// Finds the sites of a tree.
///
/// The result depends on the files and options alone. Keys are made from all sites that the
/// catalog finds, before options and naturalness take some away: the key of a site does not depend
/// on what else is in use.
#[must_use]
pub fn analyze(files: &[SourceFile<'_>], options: &Options) -> Analysis {
    find_all(files, options, None)
}

/// Finds the sites of a tree that succeeds another in the same epoch.
///
/// As [`analyze`], but a file whose path the predecessor has keeps, wherever its tokens did not change, the
/// predecessor's sites with their keys and forms, and gets no others there. A site is lost only if the rules no longer
/// propose it: it is not safe any more.
#[must_use]
pub fn analyze_successor(
    files: &[SourceFile<'_>],
    options: &Options,
    predecessor: &Predecessor<'_>,
) -> Analysis {
    find_all(files, options, Some(predecessor))
}

fn find_all(files: &[SourceFile<'_>], options: &Options, predecessor: Option<&Predecessor<'_>>) -> Analysis {
    let mut left_alone = Vec::new();
    let mut facts = Facts::default();
    let declared = options.declared.as_ref().map(|declared| declared.sites(files)).unwrap_or_default();
    left_alone.extend(
        declared
            .faults
            .iter()
            .map(|fault| LeftAlone { path: b"earmark.toml".to_vec(), why: fault.to_string() }),
    );
    let mut chosen: Vec<(&SourceFile<'_>, &'static dyn Carrier)> = Vec::new();
    for file in files {
        let carrier = carrier_for(file.path);
        // Facts come from every file, marked or not: a macro of an upstream header is a macro.
        match carrier {
            Some(carrier) => carrier.learn(file.bytes, &mut facts),
            None => CARRIERS
                .iter()
                .filter(|carrier| carrier.overhears(file.bytes))
                .for_each(|carrier| carrier.learn(file.bytes, &mut facts)),
        }
        let carrier = carrier.or_else(|| carrier_of(Language::Text).filter(|_| declared.has(file.file)));
        match (skip_reason(file.path, file.bytes, options.largest), carrier) {
            _ if options.upstream.binary_search(&file.file).is_ok() => {
                leave(&mut left_alone, file, "upstream")
            }
            (Some(why), _) => leave(&mut left_alone, file, why),
            (None, None) => leave(&mut left_alone, file, "no carrier for this kind of file"),
            (None, Some(carrier)) => chosen.push((file, carrier)),
        }
    }
    let mut counts = FormCounts::default();
    let mut found: Vec<(&SourceFile<'_>, &'static dyn Carrier, Vec<Keyed>)> = Vec::new();
    for (file, carrier) in chosen {
        match find(file, carrier, &facts, &declared, predecessor) {
            Ok(sites) => {
                sites.iter().for_each(|site| counts.count(site.code, &site.labels, site.original));
                found.push((file, carrier, sites));
            }
            Err(why) => leave(&mut left_alone, file, &why),
        }
    }
    let mut used: HashMap<RuleCode, usize> = HashMap::new();
    let mut tables = Vec::new();
    for (file, carrier, sites) in found {
        let kept: Vec<Site> = sites
            .into_iter()
            .filter(|site| allowed(site, file.file, options))
            .filter_map(|site| match site.standing {
                Standing::New => keep_natural(site, &counts, options.naturalness),
                Standing::Inherited(_) => Some(site),
                Standing::Barred => None,
            })
            .filter_map(site)
            .collect();
        kept.iter().for_each(|site| *used.entry(site.rule).or_insert(0) += 1);
        if kept.is_empty() {
            leave(&mut left_alone, file, "no site found");
            continue;
        }
        tables.push(FileTable {
            file: file.file,
            path: file.path.to_vec(),
            language: carrier.language(),
            length: u32::try_from(file.bytes.len()).unwrap_or(u32::MAX),
            sites: kept,
        });
    }
    tables.sort_by_key(|table| table.file);
    left_alone.sort_by(|a, b| a.path.cmp(&b.path));
    let table = SiteTable { catalog_version: CATALOG_VERSION, reader_version: READER_VERSION, files: tables };
    let rules = counts
        .rules()
        .map(|(rule, found, forms)| RuleUse {
            rule,
            found,
            used: used.get(&rule).copied().unwrap_or(0),
            forms,
        })
        .collect();
    Analysis { table, left_alone, rules }
}

fn leave(list: &mut Vec<LeftAlone>, file: &SourceFile<'_>, why: &str) {
    list.push(LeftAlone { path: file.path.to_vec(), why: why.to_owned() });
}

fn find(
    file: &SourceFile<'_>,
    carrier: &dyn Carrier,
    facts: &Facts,
    declared: &DeclaredSites,
    predecessor: Option<&Predecessor<'_>>,
) -> Result<Vec<Keyed>, String> {
    let found = carrier.find(file.bytes, facts).map_err(|error| error.to_string());
    // What the author declared does not depend on a grammar.
    let mut found = if declared.has(file.file) { found.unwrap_or_default() } else { found? };
    declared.join(file.file, &mut found.drafts);
    let candidates = match predecessor {
        Some(earlier) => claim(earlier, file, found.drafts, &found.declarations, carrier.lexicon()),
        None => all_new(found.drafts),
    };
    let sites = accept(candidates, file.bytes);
    let mut sites = key_sites(file.bytes, sites, &found.declarations, carrier.lexicon());
    for site in &mut sites {
        if let Some(key) = rule_info(site.code)
            .filter(|info| info.layer == Layer::Declared)
            .and_then(|_| declared.key(file.file, site.span))
        {
            site.key = key;
        }
        if let Standing::Inherited(key) = site.standing {
            site.key = key;
        }
    }
    Ok(sites)
}

fn allowed(site: &Keyed, file: u32, options: &Options) -> bool {
    rule_info(site.code).is_some_and(|info| {
        (options.classes.contains(&info.class) || info.layer == Layer::Declared)
            && !options.layers_off.contains(&info.layer)
            && !options.rules_off.contains(&info.code)
            && !options.rules_off_in.contains(&(file, info.code))
    })
}

fn site(found: Keyed) -> Option<Site> {
    let info = rule_info(found.code)?;
    Some(Site {
        span: found.span,
        rule: found.code,
        layer: info.layer,
        class: info.class,
        k: u8::try_from(found.forms.len()).ok()?,
        key: found.key,
        position: PositionNumber(u32::MAX),
        original: found.original,
        forms: found.forms,
        survival: info.survival,
    })
}

/// Physical lines and lines that hold a token: what densities are measured against.
#[must_use]
pub fn count_lines(path: &[u8], bytes: &[u8]) -> (usize, usize) {
    let physical = bytes.iter().filter(|byte| **byte == b'\n').count();
    let Some(carrier) = carrier_for(path) else { return (physical, 0) };
    let mut code = 0;
    let (mut at, mut last_line, mut line) = (0, usize::MAX, 0);
    for token in lex(bytes, carrier.lexicon()) {
        let start = token.span.start as usize;
        line += bytes[at..start].iter().filter(|byte| **byte == b'\n').count();
        at = start;
        if line != last_line {
            code += 1;
            last_line = line;
        }
    }
    (physical, code)
}
