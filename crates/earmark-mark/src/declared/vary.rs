use std::collections::HashSet;

use crate::declared::entry::{Declarations, Kind};
use crate::source::SourceFile;

/// A field that may take any value in an attack: a row of `VARIES.md`, the same for every recipient.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct VaryingField {
    /// Path of the file.
    pub file: Vec<u8>,
    /// What it is called.
    pub name: String,
    /// Its line in the file, from 1; `None` for a field that no line spells out.
    pub line: Option<u32>,
    /// What an attack may have there; `None` where it follows from other fields.
    pub range: Option<String>,
    /// Whether it is a declared parameter. For the owner's eyes: it must not be shown to a recipient.
    pub declared: bool,
}

/// The fields that detection must not be keyed on: every declared parameter that the files have, and
/// as many undeclared ones as the author names, up to the same number, by file and name.
#[must_use]
pub fn varying_fields(declarations: &Declarations, files: &[SourceFile<'_>]) -> Vec<VaryingField> {
    let (places, _) = declarations.places(files);
    let mut declared = Vec::new();
    let mut undeclared = Vec::new();
    let mut seen: HashSet<(&[u8], &str)> = HashSet::new();
    let placed =
        || places.iter().flat_map(|(at, places)| places.iter().map(|place| (files[*at].path, place)));
    for (path, place) in placed().filter(|(_, place)| place.entry.kind == Kind::Parameter) {
        let name = place.entry.name.as_deref().unwrap_or_default();
        seen.insert((path, name));
        declared.push(VaryingField {
            file: path.to_vec(),
            name: name.to_owned(),
            line: Some(place.line),
            range: Some(place.entry.attack_range.clone()),
            declared: true,
        });
    }
    for (path, place) in placed() {
        for name in &place.entry.varies_also {
            if undeclared.len() < declared.len() && seen.insert((path, name)) {
                undeclared.push(VaryingField {
                    file: path.to_vec(),
                    name: name.clone(),
                    line: None,
                    range: None,
                    declared: false,
                });
            }
        }
    }
    let mut fields = declared;
    fields.append(&mut undeclared);
    fields.sort_by(|a, b| (&a.file, &a.name, a.line).cmp(&(&b.file, &b.name, b.line)));
    fields
}
