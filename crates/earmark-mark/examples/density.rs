//! Measures a tree: `density TREE [--mark OUT SEED] [--all] [--off RULES] [--only RULE] [--show RULE]`.
//!
//! Prints sites and bits per thousand lines by rule, what was left alone, and closure: how many sites
//! a copy marked at random shows again, with the same keys. With `--mark` the copy is written to OUT.

use std::collections::{BTreeMap, HashMap};
use std::path::{Path, PathBuf};

use earmark_mark::{Options, RuleCode, SourceFile, analyze, count_lines, rule_info, write_forms};
use earmark_model::Digest;

fn collect(root: &Path, folder: &Path, out: &mut Vec<(Vec<u8>, PathBuf)>) {
    let Ok(entries) = std::fs::read_dir(folder) else { return };
    for entry in entries.flatten() {
        let path = entry.path();
        if path.is_dir() && !path.is_symlink() {
            collect(root, &path, out);
        } else if path.is_file() {
            let name = path.strip_prefix(root).unwrap_or(&path).to_string_lossy().into_owned();
            out.push((name.into_bytes(), path));
        }
    }
}

/// A small generator (xorshift): the same marks for the same seed.
fn next(state: &mut u64) -> u64 {
    *state ^= *state << 13;
    *state ^= *state >> 7;
    *state ^= *state << 17;
    *state
}

fn main() {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let Some(root) = arguments.first().map(PathBuf::from) else {
        eprintln!("usage: density TREE [--mark OUT SEED] [--all] [--off RULES] [--only RULE] [--show RULE]");
        return;
    };
    let option = |name: &str| arguments.iter().position(|argument| argument == name);
    let value = |at: usize| arguments.get(at).cloned().unwrap_or_default();
    let mut paths = Vec::new();
    collect(&root, &root, &mut paths);
    paths.sort();
    let contents: Vec<(Vec<u8>, Vec<u8>)> =
        paths.iter().filter_map(|(name, path)| Some((name.clone(), std::fs::read(path).ok()?))).collect();
    let mut options = Options::default();
    if option("--all").is_some() {
        options.naturalness = 0.0;
    }
    if let Some(at) = option("--off") {
        options.rules_off = value(at + 1).split(',').filter_map(RuleCode::parse).collect();
    }
    let sources = |contents: &'static [(Vec<u8>, Vec<u8>)]| -> Vec<SourceFile<'static>> {
        contents
            .iter()
            .enumerate()
            .map(|(index, (path, bytes))| SourceFile { file: index as u32, path, bytes })
            .collect()
    };
    let contents: &'static [(Vec<u8>, Vec<u8>)] = contents.leak();
    let files = sources(contents);
    let start = std::time::Instant::now();
    let found = analyze(&files, &options);
    let bytes: usize = found.table.files.iter().map(|file| file.length as usize).sum();
    let seconds = start.elapsed().as_secs_f64();

    let (mut lines, mut code) = (0, 0);
    for file in &found.table.files {
        let (physical, with_code) = count_lines(&file.path, files[file.file as usize].bytes);
        lines += physical;
        code += with_code;
    }
    let kloc = lines as f64 / 1000.0;
    let mut rules: BTreeMap<RuleCode, (usize, f64)> = BTreeMap::new();
    for site in found.table.files.iter().flat_map(|file| &file.sites) {
        let rule = rules.entry(site.rule).or_default();
        rule.0 += 1;
        rule.1 += f64::from(site.k).log2();
    }

    // Closure: mark at random, find again.
    let mut state = option("--mark").map_or(7, |at| value(at + 2).parse().unwrap_or(7)) | 1;
    let mut symbols: HashMap<Digest, u8> = HashMap::new();
    let mut marked = contents.to_vec();
    let mut written: Vec<(u32, Digest, RuleCode, u8)> = Vec::new();
    let only = option("--only").and_then(|at| RuleCode::parse(&value(at + 1)));
    for file in &found.table.files {
        let mut choose = |index: usize| {
            let site = &file.sites[index];
            if only.is_some_and(|only| only != site.rule) {
                written.push((file.file, site.key, site.rule, site.original));
                return site.original;
            }
            let shift = *symbols.entry(site.key).or_insert_with(|| (next(&mut state) >> 33) as u8 % site.k);
            let form = (site.original + shift) % site.k;
            written.push((file.file, site.key, site.rule, form));
            form
        };
        marked[file.file as usize].1 = write_forms(files[file.file as usize].bytes, file, &mut choose);
    }
    if let Some(at) = option("--mark") {
        let out = PathBuf::from(value(at + 1));
        for (index, (name, bytes)) in marked.iter().enumerate() {
            let path = out.join(String::from_utf8_lossy(name).as_ref());
            if found.table.file(index as u32).is_some()
                && let Err(error) = std::fs::write(path, bytes)
            {
                eprintln!("{error}");
            }
        }
    }
    let marked: &'static [(Vec<u8>, Vec<u8>)] = marked.leak();
    let again = analyze(&sources(marked), &Options { naturalness: 0.0, ..options });
    let mut seen: HashMap<(u32, Digest), Vec<u8>> = HashMap::new();
    for file in &again.table.files {
        for site in &file.sites {
            seen.entry((file.file, site.key)).or_default().push(site.original);
        }
    }
    let mut lost: BTreeMap<RuleCode, usize> = BTreeMap::new();
    let show = option("--show").map(|at| value(at + 1));
    let mut shown = 0;
    for (file, key, rule, _) in &written {
        if !seen.contains_key(&(*file, *key)) {
            *lost.entry(*rule).or_default() += 1;
            if show.as_deref() == Some(rule.as_str()) && shown < 30 {
                shown += 1;
                let Some(table) = found.table.file(*file) else { continue };
                let Some(site) = table.sites.iter().find(|site| site.key == *key) else { continue };
                let text = &files[*file as usize].bytes;
                let (from, to) = ((site.span.start as usize).saturating_sub(60), site.span.end as usize + 60);
                println!(
                    "{} {}: {}",
                    String::from_utf8_lossy(&table.path),
                    site.span.start,
                    String::from_utf8_lossy(&text[from..to.min(text.len())])
                );
            }
        }
    }
    let all_bits: f64 = rules.values().map(|rule| rule.1).sum();
    println!("rule  sites/KLOC  bits/KLOC  found  used  lost  forms");
    for rule in &found.rules {
        let (sites, bits) = rules.get(&rule.rule).copied().unwrap_or_default();
        println!(
            "{}  {:>8.1}  {:>8.1}  {:>6} {:>6} {:>5}  {:?} {}",
            rule.rule,
            sites as f64 / kloc,
            bits / kloc,
            rule.found,
            rule.used,
            lost.get(&rule.rule).copied().unwrap_or(0),
            rule.forms,
            rule_info(rule.rule).map_or("", |info| info.name),
        );
    }
    let total: usize = rules.values().map(|rule| rule.0).sum();
    let gone: usize = lost.values().sum();
    println!(
        "total {total} sites, {:.1} bits/KLOC, {:.1} bits/Kcode, {lines} lines, {} files; closure {:.4} ({gone} lost); {:.2} MB/s",
        all_bits / kloc,
        all_bits / (code as f64 / 1000.0),
        found.table.files.len(),
        1.0 - gone as f64 / total.max(1) as f64,
        bytes as f64 / seconds / 1e6,
    );
    let mut reasons: BTreeMap<&str, usize> = BTreeMap::new();
    for left in &found.left_alone {
        *reasons.entry(left.why.as_str()).or_default() += 1;
    }
    println!("left alone: {reasons:?}");
}
