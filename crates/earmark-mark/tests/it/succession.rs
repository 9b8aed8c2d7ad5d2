//! A revision that succeeds another: every site in a declaration that did not change keeps its key, its position,
//! its forms and what symbols mean.

use std::collections::BTreeMap;

use earmark_mark::{
    Options, PositionMap, Predecessor, Site, SiteTable, SourceFile, analyze, analyze_successor, number, write,
};
use earmark_model::{PositionNumber, Symbol};
use proptest::prelude::*;

use crate::generated::{Dice, item};

/// A tree of one file, protected after another or first.
fn protect(text: &str, known: &mut PositionMap, before: Option<(&SiteTable, &str)>) -> SiteTable {
    let files = [SourceFile { file: 0, path: b"a.c", bytes: text.as_bytes() }];
    let options = Options::default();
    let mut table = match before {
        None => analyze(&files, &options).table,
        Some((table, text)) => {
            let original = |path: &[u8]| (path == b"a.c").then_some(text.as_bytes());
            analyze_successor(&files, &options, &Predecessor::new(table, &original)).table
        }
    };
    number(&mut table, known);
    table.validate().unwrap();
    table
}

fn copy(text: &str, table: &SiteTable, seed: u64) -> String {
    let Some(file) = table.file(0) else { return text.to_owned() };
    let mut symbol = |position: PositionNumber, k: u8| {
        Symbol((Dice::new(seed ^ u64::from(position.0)).below(997) % usize::from(k)) as u8)
    };
    String::from_utf8(write(text.as_bytes(), file, &mut symbol)).unwrap()
}

/// The sites within one item, by where they stand in it.
fn sites_in(table: &SiteTable, start: usize, length: usize) -> BTreeMap<(usize, usize, String), &Site> {
    let sites = table.file(0).map(|file| file.sites.as_slice()).unwrap_or_default();
    sites
        .iter()
        .filter(|site| site.span.start as usize >= start && site.span.end as usize <= start + length)
        .map(|site| {
            let place = (site.span.start as usize - start, site.span.end as usize - start);
            ((place.0, place.1, site.rule.to_string()), site)
        })
        .collect()
}

/// An item without decorators, which the grammar does not know: an error that they cause may reach what is beside.
fn plain_item(dice: &mut Dice, number: usize) -> String {
    let text = item(dice, number);
    text.replace("ZEXPORT ", "")
        .replace("ZEXTERN ", "extern ")
        .replace("INLINE ", "inline ")
        .replace("local ", "static ")
}

/// Items with where they start.
fn layout(items: &[(usize, String)]) -> (String, BTreeMap<usize, usize>) {
    let (mut text, mut starts) = (String::new(), BTreeMap::new());
    for (id, item) in items {
        starts.insert(*id, text.len());
        text.push_str(item);
        text.push('\n');
    }
    (text, starts)
}

fn revise(items: &mut Vec<(usize, String)>, dice: &mut Dice, next: &mut usize) {
    for _ in 0..1 + dice.below(4) {
        let at = dice.below(items.len());
        *next += 1;
        match dice.below(4) {
            0 if items.len() > 1 => drop(items.remove(at)),
            1 => items.insert(at, (*next, plain_item(dice, *next))),
            2 => items[at] = (*next, items[at].1.replace("s->", "s->head.").replace("state", "mode")),
            _ => items.extend((0..20).map(|more| (*next * 100 + more, format!("int many_{next}_{more}(int *p)\n{{\n    if (!p) return (0xFF);\n    return 0x1f == *p;\n}}\n")))),
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn unchanged_declarations_keep_their_sites(seed in any::<u64>()) {
        let mut dice = Dice::new(seed);
        let mut next = 30;
        let mut items: Vec<(usize, String)> = (0..4 + dice.below(26)).map(|id| (id, plain_item(&mut dice, id))).collect();
        let mut known = PositionMap::default();
        let (mut text, mut starts) = layout(&items);
        let mut table = protect(&text, &mut known, None);
        for _ in 0..3 {
            let old_items: BTreeMap<usize, String> = items.iter().cloned().collect();
            revise(&mut items, &mut dice, &mut next);
            let (new_text, new_starts) = layout(&items);
            let new_table = protect(&new_text, &mut known, Some((&table, &text)));
            for (id, item) in &items {
                if old_items.get(id) != Some(item) {
                    continue;
                }
                let was = sites_in(&table, starts[id], item.len());
                let is = sites_in(&new_table, new_starts[id], item.len());
                prop_assert_eq!(was.keys().collect::<Vec<_>>(), is.keys().collect::<Vec<_>>(), "{}", &new_text[new_starts[id].saturating_sub(700)..new_starts[id] + item.len()]);
                for (was, is) in was.values().zip(is.values()) {
                    prop_assert_eq!((was.key, was.position, was.k, was.original), (is.key, is.position, is.k, is.original), "{} {}", is.rule, item);
                }
                // Positions and forms together: the same recipient's item is the same, byte by byte.
                let alone = |table: &SiteTable, text: &str, start: usize| {
                    let mut alone = table.clone();
                    for file in &mut alone.files {
                        file.sites.retain(|site| site.span.start as usize >= start && site.span.end as usize <= start + item.len());
                    }
                    let whole = copy(text, &alone, seed);
                    whole[start..whole.len() - (text.len() - start - item.len())].to_owned()
                };
                prop_assert_eq!(alone(&table, &text, starts[id]), alone(&new_table, &new_text, new_starts[id]));
            }
            (text, starts, table) = (new_text, new_starts, new_table);
        }
    }
}

#[test]
fn a_form_that_becomes_natural_changes_nothing_that_was_there() {
    let old: String = (0..40)
        .map(|at| format!("int f{at}(int *p)\n{{\n    if (p == 0) return 1;\n    return 0;\n}}\n\n"))
        .collect();
    let more: String = (0..40)
        .map(|at| format!("int g{at}(int *p)\n{{\n    if (!p) return (1);\n    return 0;\n}}\n\n"))
        .collect();
    let mut known = PositionMap::default();
    let first = protect(&old, &mut known, None);
    let text = more.clone() + &old;
    let second = protect(&text, &mut known, Some((&first, &old)));
    let kept = sites_in(&second, more.len(), old.len());
    assert_eq!(kept.len(), sites_in(&first, 0, old.len()).len());
    // The new functions use what is natural now.
    assert!(sites_in(&second, 0, more.len()).len() > kept.len());
}
