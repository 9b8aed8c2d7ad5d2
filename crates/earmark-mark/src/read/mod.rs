//! Reading: which form each site has in a sample, found by following the sample's tokens through all
//! that the original could have become.
//!
//! No grammar touches the sample: it is split into tokens and nothing else, so a cut, damaged,
//! reformatted or renamed sample is read as far as its tokens go, in linear time.

mod beam;
mod form;
mod lattice;
mod names;
mod windows;

use std::collections::HashMap;

use earmark_model::{Layer, Region};

use crate::carriers::carrier_of;
use crate::declared::read_declared;
use crate::lex::{Lexicon, lex};
use crate::table::FileTable;
use beam::{Event, Exit, Hints, Path, follow};
pub use form::{FileReading, SiteReading};
use lattice::{Lattice, NONE};
use names::{NameMap, Votes};
use windows::{Window, align_window, windows};

/// The next form must be worse by this much, in eighths of a token.
const MARGIN: u32 = 3;
/// Bytes of a leaf that are looked at.
const LEAF: usize = 64 << 20;

/// Reads the forms of one file's sites in a leaf, inside `regions`.
///
/// Looks at the original, its table and the leaf alone; bounded by the lengths of both. Sites that no
/// region holds are left out; a site whose form cannot be told is there, erased.
///
/// The bound on false accusation rests on a reader that knows no codeword. What it is given:
///
/// ```
/// use earmark_mark::{FileTable, read};
/// use earmark_model::Region;
/// fn reads(original: &[u8], table: &FileTable, regions: &[Region], leaf: &[u8]) {
///     let _ = read(original, table, regions, leaf);
/// }
/// ```
///
/// There is nothing to hand a codeword in by:
///
/// ```compile_fail,E0061
/// use earmark_mark::{FileTable, read};
/// use earmark_model::{Region, Symbol};
/// fn guess(original: &[u8], table: &FileTable, regions: &[Region], leaf: &[u8], codeword: &[Symbol]) {
///     let _ = read(original, table, regions, leaf, codeword);
/// }
/// ```
#[must_use]
pub fn read(original: &[u8], table: &FileTable, regions: &[Region], leaf: &[u8]) -> FileReading {
    let mut reading = FileReading { file: table.file, sites: eligible(table, regions) };
    let Some(carrier) = carrier_of(table.language) else { return reading };
    if table.validate().is_err() || table.length as usize != original.len() || reading.sites.is_empty() {
        return reading;
    }
    let leaf = &leaf[..leaf.len().min(LEAF)];
    let lexicon = carrier.lexicon();
    let mut found: HashMap<u32, Found> = HashMap::new();
    if table.sites.iter().any(|site| site.layer != Layer::Declared) {
        let mut lattice = Lattice::new(original, table, lexicon);
        let tokens = lex(leaf, lexicon);
        for window in windows(regions, &lattice.tokens, &tokens) {
            read_window(&mut lattice, &tokens, &window, &mut found);
        }
    }
    settle_declared(original, table, lexicon, regions, leaf, &mut found);
    for site in &mut reading.sites {
        if let Some(read) = found.get(&site.site)
            && !read.conflict
        {
            site.form = Some(read.form);
            site.margin = u8::try_from(read.margin).unwrap_or(u8::MAX);
        }
    }
    reading
}

/// Puts what reading apart says of declared sites in the place of what the path says: the path takes
/// the nearest form, where only one that fits exactly counts.
fn settle_declared(
    original: &[u8],
    table: &FileTable,
    lexicon: &Lexicon,
    regions: &[Region],
    leaf: &[u8],
    found: &mut HashMap<u32, Found>,
) {
    if table.sites.iter().all(|site| site.layer != Layer::Declared) {
        return;
    }
    let mut told = vec![None; table.sites.len()];
    for (site, read) in found.iter().filter(|(_, read)| !read.conflict) {
        if let Some(told) = told.get_mut(*site as usize) {
            *told = Some(read.form);
        }
    }
    found.retain(|site, _| table.sites.get(*site as usize).is_some_and(|site| !site.is_declared_text()));
    for read in read_declared(original, table, lexicon, regions, leaf, &told) {
        let number = u32::try_from(read.site).unwrap_or(NONE);
        found.insert(number, Found { form: read.form, margin: u32::from(read.margin), conflict: false });
    }
}

struct Found {
    form: u8,
    margin: u32,
    /// Two windows read it differently.
    conflict: bool,
}

fn eligible(table: &FileTable, regions: &[Region]) -> Vec<SiteReading> {
    let mut sites = Vec::new();
    for (index, site) in table.sites.iter().enumerate() {
        let Some(region) = regions.iter().position(|region| region.file_span.holds(site.span)) else {
            continue;
        };
        sites.push(SiteReading {
            site: u32::try_from(index).unwrap_or(NONE),
            position: site.position,
            k: site.k,
            rule: site.rule,
            original: site.original,
            region: u32::try_from(region).unwrap_or(NONE),
            form: None,
            margin: 0,
        });
    }
    sites
}

fn read_window(
    lattice: &mut Lattice,
    tokens: &[crate::lex::Token],
    window: &Window,
    found: &mut HashMap<u32, Found>,
) {
    let sample = &tokens[window.sample.clone()];
    let Some(aligned) = align_window(&lattice.tokens, window, sample) else { return };
    let sample = &sample[aligned.sample_start..aligned.sample_end];
    let hints = Hints { at: &aligned.hints };
    let first = follow(lattice, &NameMap::default(), sample, &aligned.starts, &hints);
    let names = vote(&first).decide();
    let path = follow(lattice, &names, sample, &aligned.starts, &hints);
    for exit in settled(&path, lattice) {
        let margin = exit.margin();
        let read = found.entry(exit.site).or_insert(Found { form: exit.form, margin, conflict: false });
        if read.form != exit.form {
            read.conflict = true;
        }
        read.margin = read.margin.max(margin);
    }
}

/// The sites that a path entered, left and told apart. What it read while it was lost is not
/// told.
fn settled(path: &Path, lattice: &Lattice) -> Vec<Exit> {
    let mut open: Vec<u32> = Vec::new();
    let mut sites: Vec<Exit> = Vec::new();
    for event in &path.events {
        match event {
            Event::Enter(cost) => open.push(*cost),
            Event::Jump(sure) => {
                open.clear();
                while sites.pop_if(|site| site.at > *sure).is_some() {}
            }
            Event::Name(..) => {}
            Event::Exit(exit) => {
                let (Some(entered), Some(exit)) = (open.pop(), path.exits.get(*exit as usize)) else {
                    continue;
                };
                let damage = exit.cost.saturating_sub(entered);
                if exit.margin() >= MARGIN && damage <= 8 + 2 * lattice.length(exit.site) {
                    sites.push(*exit);
                }
            }
        }
    }
    sites
}

/// Counts which names stood where, leaving out those inside sites whose order only names could tell.
fn vote(path: &Path) -> Votes {
    let mut votes = Votes::default();
    let mut open: Vec<Vec<(u32, u32)>> = vec![Vec::new()];
    for event in &path.events {
        match event {
            Event::Enter(_) => open.push(Vec::new()),
            Event::Jump(_) => {
                let rest: Vec<_> = open.drain(..).flatten().collect();
                open.push(rest);
            }
            Event::Name(original, sample) => {
                if let Some(top) = open.last_mut() {
                    top.push((*original, *sample));
                }
            }
            Event::Exit(exit) => {
                let inside = if open.len() > 1 { open.pop() } else { None };
                let told = path.exits.get(*exit as usize).is_some_and(|exit| exit.margin() >= EDGE);
                if let (Some(inside), Some(top), true) = (inside, open.last_mut(), told) {
                    top.extend(inside);
                }
            }
        }
    }
    for (original, sample) in open.into_iter().flatten() {
        votes.add(original, sample);
    }
    votes
}

/// A margin that more than names made.
const EDGE: u32 = 6;
