//! Reading: every page of C under `spec/`, and all of them as one file, marked at random, in a disguise
//! of other names and other white space, whole and cut, reads back as written.

use std::path::Path;

use earmark_mark::{FileTable, NAME, carrier_for, lex, read, write_forms};
use earmark_model::{Region, Span};
use proptest::prelude::*;

use crate::marks::sites_of;

fn sources() -> Vec<String> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("spec/c");
    let mut paths: Vec<_> = std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    paths.sort();
    let source = |page: String| {
        page.split("```c\n").nth(1).and_then(|rest| rest.split("```").next()).map(str::to_owned)
    };
    paths.into_iter().filter_map(|path| source(std::fs::read_to_string(path).unwrap())).collect()
}

/// Other names, one space between tokens.
fn disguised(text: &[u8]) -> Vec<u8> {
    let lexicon = carrier_for(b"page.c").unwrap().lexicon();
    let word = |token: &earmark_mark::Token| match token.blind {
        NAME => format!("n{:x}", token.exact),
        _ => String::from_utf8_lossy(&text[token.span.range()]).into_owned(),
    };
    lex(text, lexicon).iter().map(word).collect::<Vec<_>>().join(" ").into_bytes()
}

/// Writes the file at random: the forms chosen, and the copy.
fn marked(source: &str, table: &FileTable, mut state: u64) -> (Vec<u8>, Vec<u8>) {
    let mut chosen = vec![0; table.sites.len()];
    let copy = write_forms(source.as_bytes(), table, &mut |index| {
        state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        chosen[index] = (state >> 57) as u8 % table.sites[index].k;
        chosen[index]
    });
    (chosen, copy)
}

fn whole(original: &str, leaf: &[u8]) -> Region {
    let span = |length: usize| Span::new(0, u32::try_from(length).unwrap());
    Region { sample_span: span(leaf.len()), file_span: span(original.len()), score: 1 }
}

/// Reads a leaf: eligible sites, sites told, sites told wrongly.
fn tally(source: &str, table: &FileTable, chosen: &[u8], leaf: &[u8]) -> (usize, usize, usize) {
    let reading = read(source.as_bytes(), table, &[whole(source, leaf)], leaf);
    let told = reading.sites.iter().filter(|site| site.form.is_some()).count();
    let wrong =
        |site: &&earmark_mark::SiteReading| site.form.is_some_and(|form| form != chosen[site.site as usize]);
    (reading.sites.len(), told, reading.sites.iter().filter(wrong).count())
}

#[test]
fn a_copy_in_its_own_clothes_reads_back_whole() {
    let source = sources().concat();
    let table = sites_of("page.c", &source).files.remove(0);
    for seed in 1..8 {
        let (chosen, copy) = marked(&source, &table, seed);
        let (eligible, told, wrong) = tally(&source, &table, &chosen, &copy);
        assert_eq!(wrong, 0, "seed {seed}");
        assert!(told * 100 >= eligible * 97, "seed {seed}: {told} of {eligible}");
    }
}

#[test]
fn a_renamed_and_reformatted_copy_reads_back() {
    let source = sources().concat();
    let table = sites_of("page.c", &source).files.remove(0);
    let (mut all, mut all_told, mut all_wrong) = (0, 0, 0);
    for seed in 1..8 {
        let (chosen, copy) = marked(&source, &table, seed);
        let (eligible, told, wrong) = tally(&source, &table, &chosen, &disguised(&copy));
        (all, all_told, all_wrong) = (all + eligible, all_told + told, all_wrong + wrong);
    }
    // The pages are short and full of single letters: worse than any real file.
    assert!(all_told * 100 >= all * 85, "{all_told} of {all}");
    assert!(all_wrong * 100 <= all_told, "{all_wrong} of {all_told}");
}

#[test]
fn a_stranger_reads_as_nothing() {
    let source = sources().concat();
    let table = sites_of("page.c", &source).files.remove(0);
    let stranger =
        "static struct node *walk(struct node *n) { while (n->next) { n = n->next; } return n; }\n"
            .repeat(40);
    let (_, told, _) = tally(&source, &table, &vec![0; table.sites.len()], stranger.as_bytes());
    assert!(told * 20 <= table.sites.len(), "{told} of {}", table.sites.len());
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(12))]

    #[test]
    fn a_fragment_reads_right_or_not_at_all(seed in 1u64.., from in 0.0..0.7f64, length in 0.2..0.6f64) {
        let source = sources().concat();
        let table = sites_of("page.c", &source).files.remove(0);
        let (chosen, copy) = marked(&source, &table, seed);
        let start = (copy.len() as f64 * from) as usize;
        let end = (start + (copy.len() as f64 * length) as usize).min(copy.len());
        let (_, told, wrong) = tally(&source, &table, &chosen, &copy[start..end]);
        // At a cut a site may look whole that is not: one in a fragment of this size.
        prop_assert!(wrong <= 1 + told / 50, "{wrong} of {told}");
    }

    #[test]
    fn any_leaf_is_read_without_a_panic(leaf in prop::collection::vec(any::<u8>(), 0..2000)) {
        let source = &sources()[0];
        let table = sites_of("page.c", source).files.remove(0);
        let reading = read(source.as_bytes(), &table, &[whole(source, &leaf)], &leaf);
        prop_assert!(reading.sites.iter().all(|site| site.form.is_none_or(|form| form < site.k)));
    }
}

#[test]
fn a_leaf_nested_a_hundred_thousand_deep_is_read_in_time() {
    let source = sources().concat();
    let table = sites_of("page.c", &source).files.remove(0);
    for open in ["(", "{", "if (a) {", "\"", "/*", "[["] {
        let leaf = [source.as_bytes(), open.repeat(100_000).as_bytes()].concat();
        let (eligible, told, _) = tally(&source, &table, &vec![0; table.sites.len()], &leaf);
        assert!(told * 10 >= eligible * 9, "{open}");
    }
}
