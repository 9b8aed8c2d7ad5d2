//! Runs the pages of `spec/`: each shows a source, its sites, and the source with every site one form on.
//!
//! With `EARMARK_BLESS` set in the environment the pages are written anew instead: read the difference
//! before it is kept.

use std::path::{Path, PathBuf};

use earmark_mark::Site;

use crate::marks::{assert_closed, shifted, sites_of};

const ENDINGS: &[(&str, &str)] = &[("rust", "rs"), ("python", "py"), ("javascript", "js"), ("c", "c")];

fn pages() -> Vec<PathBuf> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("spec");
    let folders = std::fs::read_dir(root).unwrap().map(|entry| entry.unwrap().path());
    let mut pages: Vec<PathBuf> = folders
        .filter(|folder| folder.is_dir())
        .flat_map(|folder| std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()))
        .filter(|page| page.extension().is_some_and(|ending| ending == "md"))
        .collect();
    pages.sort();
    pages
}

/// A site: its rule and the numbers of its forms, the original's with a star.
fn describe(site: &Site) -> String {
    let star = |form: u8| if form == site.original { "*" } else { "" };
    let forms: Vec<String> = (0..site.k).map(|form| format!("{form}{}", star(form))).collect();
    format!("{} {}\n", site.rule, forms.join(" "))
}

/// The page as it should be: blocks `sites` and `marked` follow from the source block before them.
fn written(page: &str) -> String {
    let mut out = String::new();
    let mut source: Option<(String, String)> = None;
    let mut lines = page.lines();
    while let Some(line) = lines.next() {
        out.push_str(line);
        out.push('\n');
        let Some(info) = line.strip_prefix("```").filter(|info| !info.is_empty()) else { continue };
        let mut block = String::new();
        for line in lines.by_ref().take_while(|line| *line != "```") {
            block.push_str(line);
            block.push('\n');
        }
        let ending = ENDINGS.iter().find(|(language, _)| *language == info).map(|(_, ending)| *ending);
        match (ending, &source) {
            (Some(ending), _) => source = Some((format!("page.{ending}"), block.clone())),
            (None, Some((path, text))) => {
                let table = sites_of(path, text);
                block = if info == "sites" {
                    let sites = table.files.iter().flat_map(|file| &file.sites);
                    sites.map(describe).collect()
                } else {
                    assert_closed(path, text, &mut |_, _| 1);
                    shifted(text, &table, &mut |_, _| 1)
                };
            }
            (None, None) => {}
        }
        out.push_str(&block);
        out.push_str("```\n");
    }
    out
}

#[test]
fn every_page_holds() {
    let pages = pages();
    assert!(pages.len() >= 6);
    for path in pages {
        let page = std::fs::read_to_string(&path).unwrap();
        let now = written(&page);
        if std::env::var_os("EARMARK_BLESS").is_some() {
            std::fs::write(&path, now).unwrap();
        } else {
            assert_eq!(page, now, "{} does not hold", path.display());
        }
    }
}
