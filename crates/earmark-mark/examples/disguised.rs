//! Measures reading without tools: `disguised TREE [SEED]`.
//!
//! Marks every file of a tree at random, strips comments, renames and reformats with `earmark-disguise`,
//! and prints per language and rule the sites told and told wrongly, with the bits read.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use earmark_disguise::{Names, language, reformat, rename, strip_comments};
use earmark_mark::{Options, RuleCode, SourceFile, analyze, read, write_forms};
use earmark_model::{Region, Span};

fn collect(folder: &Path, out: &mut Vec<PathBuf>) {
    let Ok(entries) = std::fs::read_dir(folder) else { return };
    for path in entries.flatten().map(|entry| entry.path()) {
        if path.is_dir() && !path.is_symlink() {
            collect(&path, out);
        } else {
            out.push(path);
        }
    }
}

#[derive(Default)]
struct Tally {
    sites: usize,
    told: usize,
    wrong: usize,
    bits: f64,
}

fn main() {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let Some(root) = arguments.first() else { return eprintln!("usage: disguised TREE [SEED]") };
    let mut state: u64 = arguments.get(1).and_then(|seed| seed.parse().ok()).unwrap_or(7) | 1;
    let mut paths = Vec::new();
    collect(Path::new(root), &mut paths);
    paths.sort();
    let contents: Vec<(String, Vec<u8>)> = paths
        .iter()
        .filter_map(|path| Some((path.to_string_lossy().into_owned(), std::fs::read(path).ok()?)))
        .collect();
    let files: Vec<SourceFile<'_>> = contents
        .iter()
        .enumerate()
        .map(|(file, (path, bytes))| SourceFile { file: file as u32, path: path.as_bytes(), bytes })
        .collect();
    let table = analyze(&files, &Options::default()).table;
    let mut tallies: BTreeMap<RuleCode, Tally> = BTreeMap::new();
    let mut names = Names::new(state);
    let mut lines = 0;
    for file in &table.files {
        let (path, bytes) = &contents[file.file as usize];
        lines += bytes.iter().filter(|byte| **byte == b'\n').count();
        let mut chosen = vec![0; file.sites.len()];
        let copy = write_forms(bytes, file, &mut |index| {
            state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
            chosen[index] = (state >> 57) as u8 % file.sites[index].k;
            chosen[index]
        });
        let language = language(path);
        let text = strip_comments(language, &String::from_utf8_lossy(&copy));
        let leaf = reformat(language, &rename(language, &text, &mut names), state);
        let span = |length: usize| Span::new(0, length as u32);
        let region = Region { sample_span: span(leaf.len()), file_span: span(bytes.len()), score: 1 };
        for site in read(bytes, file, &[region], leaf.as_bytes()).sites {
            let own = &file.sites[site.site as usize];
            let tally = tallies.entry(own.rule).or_default();
            tally.sites += 1;
            if let Some(form) = site.form {
                tally.told += 1;
                if form == chosen[site.site as usize] {
                    tally.bits += f64::from(own.k).log2();
                } else {
                    tally.wrong += 1;
                }
            }
        }
    }
    let mut all = Tally::default();
    for (rule, tally) in &tallies {
        println!("{rule}: {} sites, {} told, {} wrong", tally.sites, tally.told, tally.wrong);
        all.sites += tally.sites;
        all.told += tally.told;
        all.wrong += tally.wrong;
        all.bits += tally.bits;
    }
    println!(
        "all: {} sites, located {:.3}, wrong {:.4}, {:.1} bits/KLOC read, {lines} lines",
        all.sites,
        all.told as f64 / all.sites.max(1) as f64,
        all.wrong as f64 / all.told.max(1) as f64,
        all.bits / (lines as f64 / 1000.0),
    );
}
