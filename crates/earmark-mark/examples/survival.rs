//! Measures reading under disguise: `survival TREE [FILES] [DISGUISE,..]`.
//!
//! Marks files of a tree at random, disguises each copy with the tools at hand (clang-format, indent,
//! gcc, a renamer of its own) and prints, per disguise, the share of sites located, wrong among located.

use std::collections::{BTreeMap, HashMap};
use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use earmark_mark::{
    Language, NAME, Options, RuleCode, SourceFile, analyze, carrier_of, lex, read, write_forms,
};
use earmark_model::{Digest, Region, Span};

fn pipe(program: &str, arguments: &[&str], input: &[u8]) -> Vec<u8> {
    let child = Command::new(program)
        .args(arguments)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn();
    let Ok(mut child) = child else { return input.to_vec() };
    let mut stdin = child.stdin.take();
    let copy = input.to_vec();
    let writer = std::thread::spawn(move || {
        if let Some(stdin) = stdin.as_mut() {
            stdin.write_all(&copy).ok();
        }
    });
    let output = child.wait_with_output().map(|output| output.stdout).unwrap_or_default();
    writer.join().ok();
    output
}

fn rename(text: &[u8]) -> Vec<u8> {
    let Some(carrier) = carrier_of(Language::C) else { return text.to_vec() };
    let mut out = Vec::new();
    let mut at = 0;
    for token in lex(text, carrier.lexicon()) {
        let span = token.span;
        out.extend_from_slice(&text[at..span.start as usize]);
        if token.blind == NAME {
            out.extend_from_slice(format!("v{:x}", token.exact).as_bytes());
        } else {
            out.extend_from_slice(&text[span.range()]);
        }
        at = span.end as usize;
    }
    out.extend_from_slice(&text[at..]);
    out
}

fn disguise(name: &str, text: &[u8]) -> Vec<u8> {
    name.split('+').fold(text.to_vec(), |text, step| match step {
        "llvm" | "gnu" | "google" | "webkit" => {
            pipe("clang-format", &["--assume-filename=a.c", &format!("--style={step}")], &text)
        }
        "normal" => pipe(
            "clang-format",
            &[
                "--assume-filename=a.c",
                "--style={BasedOnStyle: LLVM, RemoveBracesLLVM: true, QualifierAlignment: Left}",
            ],
            &text,
        ),
        "indent" => pipe("indent", &["-kr", "-st"], &text),
        "astyle" => pipe("astyle", &["--add-braces"], &text),
        "strip" => pipe("gcc", &["-fpreprocessed", "-dD", "-E", "-P", "-x", "c", "-"], &text),
        "rename" => rename(&text),
        _ => text,
    })
}

fn collect(folder: &Path, out: &mut Vec<PathBuf>) {
    let Ok(entries) = std::fs::read_dir(folder) else { return };
    for entry in entries.flatten() {
        let path = entry.path();
        if path.is_dir() {
            collect(&path, out);
        } else if path.extension().is_some_and(|extension| extension == "c") {
            out.push(path);
        }
    }
}

fn main() {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let Some(root) = arguments.first().map(PathBuf::from) else {
        eprintln!("usage: survival TREE [FILES] [DISGUISE,..]");
        return;
    };
    let count: usize = arguments.get(1).and_then(|count| count.parse().ok()).unwrap_or(12);
    let all = "none,llvm,gnu,google,normal,indent,astyle,strip,rename,strip+llvm+rename,strip+indent+rename";
    let disguises = arguments.get(2).map_or(all, String::as_str);
    let verbose = arguments.get(3).is_some();
    let mut paths = Vec::new();
    collect(&root, &mut paths);
    paths.sort();
    let contents: Vec<(Vec<u8>, Vec<u8>)> = paths
        .iter()
        .filter_map(|path| {
            Some((path.to_string_lossy().into_owned().into_bytes(), std::fs::read(path).ok()?))
        })
        .filter(|(_, bytes)| (4_000..200_000).contains(&bytes.len()))
        .collect();
    let step = (contents.len() / count.max(1)).max(1);
    let files: Vec<SourceFile<'_>> = contents
        .iter()
        .enumerate()
        .map(|(index, (path, bytes))| SourceFile { file: index as u32, path, bytes })
        .collect();
    let found = analyze(&files, &Options::default());
    for name in disguises.split(',') {
        let mut rules: BTreeMap<RuleCode, [usize; 3]> = BTreeMap::new();
        let mut seconds = 0.0;
        for table in found.table.files.iter().step_by(step) {
            let original = files[table.file as usize].bytes;
            let mut state: u64 = 0x9e37_79b9 + u64::from(table.file);
            let mut symbols: HashMap<Digest, u8> = HashMap::new();
            let mut truth = vec![0; table.sites.len()];
            let marked = write_forms(original, table, &mut |index| {
                let site = &table.sites[index];
                let shift = *symbols.entry(site.key).or_insert_with(|| {
                    state =
                        state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
                    (state >> 40) as u8 % site.k
                });
                truth[index] = (site.original + shift) % site.k;
                truth[index]
            });
            let leaf = disguise(name, &marked);
            let region = Region {
                sample_span: Span::new(0, leaf.len() as u32),
                file_span: Span::new(0, original.len() as u32),
                score: 1,
            };
            let start = std::time::Instant::now();
            let reading = read(original, table, &[region], &leaf);
            seconds += start.elapsed().as_secs_f64();
            for site in &reading.sites {
                let counts = rules.entry(site.rule).or_default();
                counts[0] += 1;
                if let Some(form) = site.form {
                    counts[1] += 1;
                    if form != truth[site.site as usize] {
                        counts[2] += 1;
                        if verbose {
                            let span = table.sites[site.site as usize].span;
                            println!(
                                "WRONG {} m{} {:?}",
                                site.rule,
                                site.margin,
                                String::from_utf8_lossy(&original[span.range()])
                            );
                        }
                    }
                } else if verbose {
                    let span = table.sites[site.site as usize].span;
                    println!("LOST {} {:?}", site.rule, String::from_utf8_lossy(&original[span.range()]));
                }
            }
        }
        let sum = |at: usize| rules.values().map(|counts| counts[at]).sum::<usize>();
        println!(
            "{name:>22}: {} sites, located {:.4}, wrong {:.4}, {seconds:.2} s",
            sum(0),
            sum(1) as f64 / sum(0).max(1) as f64,
            sum(2) as f64 / sum(1).max(1) as f64
        );
        let worst: Vec<String> = rules
            .iter()
            .filter(|(_, counts)| counts[1] * 50 < counts[0] * 49 || counts[2] * 500 > counts[1])
            .map(|(rule, c)| {
                format!(
                    "{rule} {} loc {:.3} err {:.3}",
                    c[0],
                    c[1] as f64 / c[0] as f64,
                    c[2] as f64 / c[1].max(1) as f64
                )
            })
            .collect();
        println!("    {}", worst.join("; "));
    }
}
