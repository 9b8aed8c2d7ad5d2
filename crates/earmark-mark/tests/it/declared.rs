//! The advisory and the client of the story of 2012, marked for 40 recipients drawn at random, leaked
//! in disguise and read back: at least 95 of 100 declared sites, and none wrong.

use std::io::Write;
use std::process::{Command, Stdio};

use earmark_disguise as disguise;
use earmark_mark::{
    Analysis, Declarations, FileTable, MergeInput, Options, PositionMap, SourceFile, analyze, merge, number,
    read, write,
};
use earmark_model::{Layer, PositionNumber, Region, Span, Symbol};

const DECLARED: &str = include_str!("../../../../testdata/stories/2012/earmark.toml");
const ADVISORY: &str = include_str!("../../../../testdata/stories/2012/advisory.md");
const CLIENT: &str = include_str!("../../../../testdata/stories/2012/poc.c");

const TRIALS: u64 = 40;

fn files() -> [SourceFile<'static>; 2] {
    [
        SourceFile { file: 0, path: b"advisory.md", bytes: ADVISORY.as_bytes() },
        SourceFile { file: 1, path: b"poc.c", bytes: CLIENT.as_bytes() },
    ]
}

fn protect() -> Analysis {
    let declared = Declarations::parse(DECLARED).unwrap();
    declared.check(&files()).unwrap();
    let mut found = analyze(&files(), &Options { declared: Some(declared), ..Options::default() });
    number(&mut found.table, &mut PositionMap::default());
    found.table.validate().unwrap();
    found
}

/// SplitMix64: a symbol for each recipient and position.
fn symbol(recipient: u64, position: PositionNumber, k: u8) -> Symbol {
    let mut state = recipient
        .wrapping_mul(0x1000)
        .wrapping_add(u64::from(position.0))
        .wrapping_mul(0x9e37_79b9_7f4a_7c15);
    state = (state ^ (state >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    state = (state ^ (state >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    Symbol(((state ^ (state >> 31)) % u64::from(k)) as u8)
}

fn copy(recipient: u64, table: &FileTable) -> String {
    let original = files()[table.file as usize].bytes;
    let marked = write(original, table, &mut |position, k| symbol(recipient, position, k));
    String::from_utf8(marked).unwrap()
}

fn whole(table: &FileTable, leaf: &[u8]) -> Region {
    Region {
        sample_span: Span::new(0, u32::try_from(leaf.len()).unwrap()),
        file_span: Span::new(0, table.length),
        score: 1,
    }
}

/// Share of declared sites read and number of wrong ones, over all trials.
fn survive(file: u32, leak: impl Fn(u64, &str) -> Option<String>) -> Option<(f64, usize)> {
    let found = protect();
    let table = found.table.file(file).unwrap();
    let original = files()[file as usize].bytes;
    let (mut all, mut read_back, mut wrong) = (0, 0, 0);
    for recipient in 0..TRIALS {
        let leaf = leak(recipient, &copy(recipient, table))?;
        let reading = read(original, table, &[whole(table, leaf.as_bytes())], leaf.as_bytes());
        for site in reading.sites.iter().filter(|site| site.rule.as_str().starts_with('D')) {
            all += 1;
            let truth = (site.original + symbol(recipient, site.position, site.k).0) % site.k;
            match site.form {
                Some(form) if form == truth => read_back += 1,
                Some(form) => {
                    wrong += 1;
                    eprintln!("recipient {recipient}: site {} read as {form}, is {truth}", site.site);
                }
                None => {
                    let span = table.sites[site.site as usize].span;
                    eprintln!(
                        "recipient {recipient}: {:?} not read",
                        String::from_utf8_lossy(&original[span.range()])
                    );
                }
            }
        }
    }
    Some((f64::from(read_back) / f64::from(all), wrong))
}

fn holds(file: u32, leak: impl Fn(u64, &str) -> Option<String>) {
    let Some((share, wrong)) = survive(file, leak) else { return };
    println!("share read {share:.4}, wrong {wrong}");
    assert!(share >= 0.95, "only {share} read");
    assert_eq!(wrong, 0);
}

fn pipe(program: &str, arguments: &[&str], text: &str) -> Option<String> {
    let path = earmark_testkit::peer(program)?;
    let mut child =
        Command::new(path).args(arguments).stdin(Stdio::piped()).stdout(Stdio::piped()).spawn().unwrap();
    child.stdin.take().unwrap().write_all(text.as_bytes()).unwrap();
    Some(String::from_utf8(child.wait_with_output().unwrap().stdout).unwrap())
}

#[test]
fn every_declared_place_is_a_site() {
    let found = protect();
    assert!(found.left_alone.is_empty(), "{:?}", found.left_alone);
    let declared = |file: u32| {
        let sites = found.table.file(file).unwrap().sites.iter().filter(|site| site.layer == Layer::Declared);
        sites.map(|site| f64::from(site.k).log2()).collect::<Vec<_>>()
    };
    assert_eq!((declared(0).len(), declared(1).len()), (20, 12));
    assert!(declared(0).iter().sum::<f64>() >= 36.0);
    assert!((declared(1).iter().sum::<f64>() - 36.0).abs() < 1e-9);
    let rules =
        found.table.file(1).unwrap().sites.iter().filter(|site| site.layer != Layer::Declared).count();
    assert!(rules >= 15, "the rules of C find {rules} sites beside");
}

#[test]
fn verbatim_advisory() {
    holds(0, |_, text| Some(text.to_owned()));
}

#[test]
fn verbatim_client() {
    holds(1, |_, text| Some(text.to_owned()));
}

#[test]
fn retyped_advisory() {
    holds(0, |_, text| Some(disguise::retype(text)));
}

#[test]
fn retyped_and_surrounded() {
    holds(0, |_, text| {
        let text = disguise::retype(text);
        let words: Vec<&str> = text.split_whitespace().collect();
        let mut out = "look what i have got here ".repeat(8);
        for (at, word) in words.iter().enumerate() {
            out.push_str(word);
            out.push_str(if at % 9 == 8 { "\n> " } else { " " });
            if at % 60 == 59 {
                out.push_str("(sic) ");
            }
        }
        out.push_str(&" more of it tomorrow".repeat(8));
        Some(out)
    });
}

#[test]
fn client_stripped_renamed_and_formatted() {
    holds(1, |recipient, text| {
        let language = disguise::language("poc.c");
        let text = disguise::strip_comments(language, text);
        let text = disguise::rename(language, &text, &mut disguise::Names::new(recipient));
        Some(disguise::reformat(language, &text, recipient))
    });
}

#[test]
fn client_renamed_and_formatted_by_clang() {
    holds(1, |recipient, text| {
        let language = disguise::language("poc.c");
        let text = disguise::strip_comments(language, text);
        let text = disguise::rename(language, &text, &mut disguise::Names::new(recipient));
        let style = ["llvm", "gnu", "google", "webkit"][(recipient % 4) as usize];
        pipe("clang-format", &["--assume-filename=a.c", &format!("--style={style}")], &text)
    });
}

#[test]
fn client_with_numbers_spelled_another_way() {
    holds(1, |_, text| {
        let mut out = String::new();
        let mut rest = text;
        while let Some(at) = rest.find("0x") {
            let start = at + 2;
            let end =
                rest[start..].find(|c: char| !c.is_ascii_hexdigit()).map_or(rest.len(), |step| start + step);
            out.push_str(&rest[..at]);
            match u64::from_str_radix(&rest[start..end], 16) {
                Ok(value) => out.push_str(&value.to_string()),
                Err(_) => out.push_str(&rest[at..end]),
            }
            rest = &rest[end..];
        }
        out.push_str(rest);
        Some(out)
    });
}

/// Cut anywhere: what is left is read, and nothing wrongly.
#[test]
fn a_cut_fragment_is_read_rightly() {
    let found = protect();
    let mut shares = Vec::new();
    for (file, retyped) in [(0, true), (1, false)] {
        let table = found.table.file(file).unwrap();
        let original = files()[file as usize].bytes;
        let (mut all, mut told) = (0, 0);
        for recipient in 0..TRIALS {
            let text = copy(recipient, table);
            let text = if retyped { disguise::retype(&text) } else { text };
            let (from, to) =
                (text.len() * (recipient as usize % 7) / 10, text.len() * (5 + recipient as usize % 5) / 10);
            let (from, to) = (from.min(to), to.max(from));
            let mut leaf = "nothing of ours stands here\n".repeat(3).into_bytes();
            leaf.extend_from_slice(&text.as_bytes()[from..to]);
            let reading = read(original, table, &[whole(table, &leaf)], &leaf);
            for site in reading.sites.iter().filter(|site| site.rule.as_str().starts_with('D')) {
                let truth = (site.original + symbol(recipient, site.position, site.k).0) % site.k;
                assert!(
                    site.form.is_none_or(|form| form == truth),
                    "recipient {recipient}, site {}",
                    site.site
                );
                // Copies are a little longer or shorter than the original: only sites well inside count.
                let at = |cut: usize| cut * original.len() / text.len();
                let place = table.sites[site.site as usize].span;
                if place.start as usize > at(from) + 200 && (place.end as usize) + 200 < at(to) {
                    all += 1;
                    told += u32::from(site.form.is_some());
                }
            }
        }
        shares.push(f64::from(told) / f64::from(all));
    }
    println!("shares of what the fragments hold: {shares:?}");
    assert!(shares.iter().all(|share| *share > 0.9), "{shares:?}");
}

/// Another text on the same matter, and the unmarked original, give nobody's symbols.
#[test]
fn strangers_are_not_read() {
    let found = protect();
    for table in &found.table.files {
        let original = files()[table.file as usize].bytes;
        let other = files()[1 - table.file as usize].bytes;
        let strange = read(original, table, &[whole(table, other)], other);
        assert!(
            strange
                .sites
                .iter()
                .filter(|site| site.rule.as_str().starts_with('D'))
                .all(|site| site.form.is_none())
        );
        let own = read(original, table, &[whole(table, original)], original);
        let declared = own.sites.iter().filter(|site| site.rule.as_str().starts_with('D'));
        assert!(declared.clone().all(|site| site.form == Some(site.original)));
        let merged = merge(&[MergeInput { reading: &own, first_region: 0 }]);
        let positions = merged.positions.iter().filter(|read| read.rule.starts_with('D'));
        assert!(
            positions
                .clone()
                .all(|read| read.symbol == Some(Symbol(0)) && read.original_counts && read.class == 0)
        );
        assert_eq!(positions.count(), declared.count());
    }
}

#[test]
fn copies_of_the_client_compile() {
    let found = protect();
    let table = found.table.file(1).unwrap();
    let Some(compiler) = earmark_testkit::peer("cc") else { return };
    for recipient in 0..8 {
        let arguments = ["-fsyntax-only", "-Wall", "-Werror", "-x", "c", "-"];
        let mut child = Command::new(&compiler).args(arguments).stdin(Stdio::piped()).spawn().unwrap();
        child.stdin.take().unwrap().write_all(copy(recipient, table).as_bytes()).unwrap();
        assert!(child.wait().unwrap().success(), "recipient {recipient}");
        assert_eq!(copy(recipient, table).lines().count(), CLIENT.lines().count());
    }
}
