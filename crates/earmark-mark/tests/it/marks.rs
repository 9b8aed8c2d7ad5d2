//! What tests of rules share: sites of one file, written at will, and found again.

use std::collections::BTreeMap;

use earmark_mark::{Options, SiteTable, SourceFile, analyze, write_forms};
use earmark_model::Digest;

/// All sites of a file, whatever their naturalness.
pub(crate) fn sites_of(path: &str, text: &str) -> SiteTable {
    let file = SourceFile { file: 0, path: path.as_bytes(), bytes: text.as_bytes() };
    let table = analyze(&[file], &Options { naturalness: 0.0, ..Options::default() }).table;
    table.validate().unwrap();
    table
}

/// The file with every site moved on from its own form by what `shift` says for its key and k.
pub(crate) fn shifted(text: &str, table: &SiteTable, shift: &mut dyn FnMut(Digest, u8) -> u8) -> String {
    let Some(file) = table.files.first() else { return text.to_owned() };
    let marked = write_forms(text.as_bytes(), file, &mut |index| {
        let site = &file.sites[index];
        (site.original + shift(site.key, site.k)) % site.k
    });
    String::from_utf8(marked).unwrap()
}

/// Fails unless the marked file shows the sites of the original again: the same keys, as often, in
/// the forms written, on as many lines.
pub(crate) fn assert_closed(path: &str, text: &str, shift: &mut dyn FnMut(Digest, u8) -> u8) {
    let table = sites_of(path, text);
    let marked = shifted(text, &table, shift);
    assert_eq!(text.lines().count(), marked.lines().count(), "lines moved:\n{marked}");
    let forms = |table: &SiteTable, shift: &mut dyn FnMut(Digest, u8) -> u8| {
        let mut forms: BTreeMap<(Digest, u8), Vec<u8>> = BTreeMap::new();
        for site in table.files.iter().flat_map(|file| &file.sites) {
            let form = (site.original + shift(site.key, site.k)) % site.k;
            forms.entry((site.key, site.k)).or_default().push(form);
        }
        forms.values_mut().for_each(|forms| forms.sort_unstable());
        forms
    };
    let again = sites_of(path, &marked);
    assert_eq!(forms(&table, shift), forms(&again, &mut |_, _| 0), "not closed:\n{text}\nmarked:\n{marked}");
}
