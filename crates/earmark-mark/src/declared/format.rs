//! From the text of `earmark.toml` to entries; looks at no other file.

use std::collections::HashMap;

use serde::Deserialize;
use toml::Spanned;

use crate::declared::entry::{Declarations, Entry, Kind};
use crate::declared::fault::{DeclarationError, DeclarationFault as Fault};

/// A longer text is refused, in bytes.
const LONGEST: usize = 4 << 20;
/// More entries are refused.
const ENTRIES: usize = 20_000;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Document {
    version: Spanned<i64>,
    #[serde(default)]
    alternative: Vec<Spanned<Alternative>>,
    #[serde(default)]
    parameter: Vec<Spanned<Parameter>>,
    #[serde(default)]
    block: Vec<Spanned<Block>>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Alternative {
    file: String,
    name: Option<String>,
    text: String,
    line_has: Option<String>,
    occurrence: Option<usize>,
    forms: Vec<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Parameter {
    file: String,
    name: String,
    text: String,
    line_has: Option<String>,
    occurrence: Option<usize>,
    forms: Vec<String>,
    attack_range: Option<String>,
    #[serde(default)]
    varies_also: Vec<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Block {
    file: String,
    name: Option<String>,
    blocks: Vec<String>,
}

impl Declarations {
    /// Reads the text of an `earmark.toml`.
    ///
    /// Says nothing yet of the files it names: see [`Declarations::check`].
    ///
    /// # Errors
    /// [`DeclarationError`] for the first fault, with its line.
    pub fn parse(text: &str) -> Result<Self, DeclarationError> {
        let whole = |fault| DeclarationError { line: 1, entry: String::new(), fault };
        if text.len() > LONGEST {
            return Err(whole(Fault::TooLarge { limit: LONGEST, what: "bytes" }));
        }
        let line = |at: usize| {
            let before = text.as_bytes().get(..at).unwrap_or_default();
            u32::try_from(before.iter().filter(|byte| **byte == b'\n').count() + 1).unwrap_or(u32::MAX)
        };
        let document: Document = toml::from_str(text).map_err(|error| DeclarationError {
            line: line(error.span().map_or(0, |span| span.start)),
            entry: String::new(),
            fault: Fault::Syntax { message: error.message().to_owned() },
        })?;
        if *document.version.get_ref() != 1 {
            return Err(DeclarationError {
                line: line(document.version.span().start),
                entry: String::new(),
                fault: Fault::Version { found: *document.version.get_ref() },
            });
        }
        let mut entries = Vec::new();
        for found in document.alternative {
            let at = line(found.span().start);
            entries.push(alternative(at, found.into_inner())?);
        }
        for found in document.parameter {
            let at = line(found.span().start);
            entries.push(parameter(at, found.into_inner())?);
        }
        for found in document.block {
            let at = line(found.span().start);
            entries.push(block(at, found.into_inner())?);
        }
        if entries.len() > ENTRIES {
            return Err(whole(Fault::TooLarge { limit: ENTRIES, what: "entries" }));
        }
        entries.sort_by_key(|entry| entry.line);
        agree(&entries)?;
        Ok(Self { entries })
    }
}

fn alternative(line: u32, found: Alternative) -> Result<Entry, DeclarationError> {
    sound(Entry {
        line,
        kind: Kind::Alternative,
        file: found.file,
        name: found.name,
        text: found.text,
        line_has: found.line_has,
        occurrence: found.occurrence,
        forms: found.forms,
        attack_range: String::new(),
        varies_also: Vec::new(),
    })
}

fn parameter(line: u32, found: Parameter) -> Result<Entry, DeclarationError> {
    sound(Entry {
        line,
        kind: Kind::Parameter,
        file: found.file,
        name: Some(found.name),
        text: found.text,
        line_has: found.line_has,
        occurrence: found.occurrence,
        forms: found.forms,
        attack_range: found.attack_range.unwrap_or_default(),
        varies_also: found.varies_also,
    })
}

fn block(line: u32, found: Block) -> Result<Entry, DeclarationError> {
    sound(Entry {
        line,
        kind: Kind::Block,
        file: found.file,
        name: found.name,
        text: String::new(),
        line_has: None,
        occurrence: None,
        forms: found.blocks,
        attack_range: String::new(),
        varies_also: Vec::new(),
    })
}

impl Entry {
    pub(super) fn fault(&self, fault: Fault) -> DeclarationError {
        let shown = self.name.as_deref().unwrap_or(if self.text.is_empty() {
            self.forms.first().map_or("", String::as_str)
        } else {
            &self.text
        });
        let shown: String = shown.chars().take(40).map(|c| if c == '\n' { ' ' } else { c }).collect();
        DeclarationError { line: self.line, entry: format!("{} `{shown}`: ", self.kind.word()), fault }
    }
}

/// Refuses what no file could make right; sorts the forms.
fn sound(mut entry: Entry) -> Result<Entry, DeclarationError> {
    let is_block = entry.kind == Kind::Block;
    let (what, most) = if is_block { ("blocks", 3) } else { ("forms", 8) };
    let found = entry.forms.len();
    if !(2..=most).contains(&found) {
        return Err(entry.fault(Fault::Count { found, what, least: 2, most }));
    }
    if entry.name.as_ref().is_some_and(|name| name.trim().is_empty()) {
        return Err(entry.fault(Fault::Empty { field: "name" }));
    }
    if entry.line_has.as_ref().is_some_and(String::is_empty) {
        return Err(entry.fault(Fault::Empty { field: "line_has" }));
    }
    if entry.occurrence == Some(0) {
        return Err(entry.fault(Fault::NoOccurrence { text: entry.text.clone(), count: 1, occurrence: 0 }));
    }
    let mut sorted = entry.forms.clone();
    sorted.sort();
    if let Some(pair) = sorted.windows(2).find(|pair| pair[0] == pair[1]) {
        return Err(entry.fault(Fault::Repeated { form: pair[0].clone() }));
    }
    if is_block {
        if entry.forms.iter().any(|block| block.trim().is_empty()) {
            return Err(entry.fault(Fault::Empty { field: "blocks" }));
        }
        return Ok(entry);
    }
    entry.forms = sorted;
    if entry.text.trim().is_empty() {
        return Err(entry.fault(Fault::Empty { field: "text" }));
    }
    if !entry.forms.contains(&entry.text) {
        return Err(entry.fault(Fault::TextNotAForm { text: entry.text.clone() }));
    }
    let lines = |text: &str| text.bytes().filter(|byte| matches!(byte, b'\n' | b'\r')).count();
    if let Some(form) = entry.forms.iter().find(|form| lines(form) != lines(&entry.text)) {
        return Err(entry.fault(Fault::Lines { form: form.clone() }));
    }
    if entry.kind == Kind::Parameter && entry.attack_range.trim().is_empty() {
        return Err(entry.fault(Fault::NoRange));
    }
    Ok(entry)
}

/// Entries of one name share a position: they must have the same forms, and the same one now.
fn agree(entries: &[Entry]) -> Result<(), DeclarationError> {
    let mut named: HashMap<(Kind, &str), &Entry> = HashMap::new();
    for entry in entries {
        let Some(name) = entry.name.as_deref() else { continue };
        let first = named.entry((entry.kind, name)).or_insert(entry);
        if first.forms != entry.forms || first.text != entry.text {
            return Err(entry.fault(Fault::NameDiffers { other: first.line }));
        }
    }
    Ok(())
}
