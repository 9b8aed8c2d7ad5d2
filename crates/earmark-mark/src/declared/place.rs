//! Where in a revision's files the declared things are, and the drafts of their sites.

use std::collections::{BTreeMap, HashMap};

use earmark_model::{Digest, Span};

use crate::carriers::{carrier_for, carrier_of};
use crate::declared::entry::{Declarations, Entry, Kind};
use crate::declared::fault::{DeclarationError, DeclarationFault as Fault};
use crate::declared::stream::{form_words, setting};
use crate::draft::{Draft, FormOrder, Part};
use crate::language::Language;
use crate::lex::lex;
use crate::order::permutations;
use crate::skip::skip_reason;
use crate::source::SourceFile;

/// Declared before all else: of sites with one span, the declared one is inside.
const RANK: u8 = 120;
/// Longest file with declared sites, in bytes.
const LARGEST: usize = 16 << 20;

/// A declared place that was found.
pub(super) struct Placed<'d> {
    pub(super) entry: &'d Entry,
    pub(super) span: Span,
    /// The blocks of a block entry.
    units: Vec<Span>,
    /// Line of the file, from 1.
    pub(super) line: u32,
    /// Counts unnamed entries of the same forms in one file.
    ordinal: u64,
}

/// The declared sites of a revision.
#[derive(Default)]
pub(crate) struct DeclaredSites {
    files: BTreeMap<u32, Vec<(Draft, Digest)>>,
    /// What could not be used.
    pub(crate) faults: Vec<DeclarationError>,
}

impl Declarations {
    /// Looks every declared place up in the files of a revision.
    ///
    /// # Errors
    /// [`DeclarationError`] for the first entry whose file is missing or left alone, whose text is not found or
    /// not told apart from another, whose place overlaps another's, or whose forms read the same.
    pub fn check(&self, files: &[SourceFile<'_>]) -> Result<(), DeclarationError> {
        self.places(files).1.into_iter().next().map_or(Ok(()), Err)
    }

    /// The sites of every entry that can be used, and the faults of the others.
    pub(crate) fn sites(&self, files: &[SourceFile<'_>]) -> DeclaredSites {
        let (places, faults) = self.places(files);
        let mut sites = DeclaredSites { files: BTreeMap::new(), faults };
        for (at, placed) in places {
            let drafts = placed.iter().filter_map(|place| Some((place.draft(files[at].bytes)?, place.key())));
            sites.files.insert(files[at].file, drafts.collect());
        }
        sites
    }

    /// The places by index into `files`, in order of the entries, and every fault in order of lines.
    pub(super) fn places(
        &self,
        files: &[SourceFile<'_>],
    ) -> (BTreeMap<usize, Vec<Placed<'_>>>, Vec<DeclarationError>) {
        let by_path: HashMap<&[u8], usize> =
            files.iter().enumerate().map(|(at, file)| (file.path, at)).collect();
        let mut placed: BTreeMap<usize, Vec<Placed<'_>>> = BTreeMap::new();
        let mut faults = Vec::new();
        let mut ordinals: HashMap<(usize, Kind, &[String]), u64> = HashMap::new();
        for entry in &self.entries {
            let Some(at) = by_path.get(entry.file.as_bytes()).copied() else {
                faults.push(entry.fault(Fault::NoFile { file: entry.file.clone() }));
                continue;
            };
            let ordinal = ordinals.entry((at, entry.kind, &entry.forms)).or_insert(0);
            *ordinal += 1;
            let others = placed.entry(at).or_default();
            match place(entry, &files[at], *ordinal - 1) {
                Ok(place) => {
                    match others.iter().find(|other| other.span.meets(place.span) && !other.nests(&place)) {
                        Some(other) => faults.push(entry.fault(Fault::Overlap { other: other.entry.line })),
                        None => others.push(place),
                    }
                }
                Err(fault) => faults.push(entry.fault(fault)),
            }
        }
        (placed, faults)
    }
}

impl DeclaredSites {
    /// Whether a file has any.
    pub(crate) fn has(&self, file: u32) -> bool {
        self.files.get(&file).is_some_and(|drafts| !drafts.is_empty())
    }

    /// Adds the drafts of a file to those of rules, taking out what they overlap: a declared site goes
    /// before a rule's, unless it lies wholly in one of its children.
    pub(crate) fn join(&self, file: u32, drafts: &mut Vec<Draft>) {
        let Some(own) = self.files.get(&file) else { return };
        let mut spans: Vec<Span> = own.iter().map(|(draft, _)| draft.span).collect();
        spans.sort_by_key(|span| (span.start, span.end));
        // Blocks may hold other declared places: the furthest end so far finds them all.
        let mut furthest = Vec::with_capacity(spans.len());
        for span in &spans {
            furthest.push(span.end.max(furthest.last().copied().unwrap_or(0)));
        }
        let is_inside = |child: Span, span: Span| child.holds(span);
        drafts.retain(|draft| {
            let from = furthest.partition_point(|end| *end <= draft.span.start);
            spans[from..].iter().take_while(|span| span.start < draft.span.end).all(|span| {
                !span.meets(draft.span)
                    || holds(draft, *span, is_inside)
                    || own.iter().any(|(outer, _)| outer.span == *span && holds(outer, draft.span, is_inside))
            })
        });
        drafts.extend(own.iter().map(|(draft, _)| draft.clone()));
    }

    /// The key of the declared site with this span.
    pub(crate) fn key(&self, file: u32, span: Span) -> Option<Digest> {
        let own = self.files.get(&file)?;
        own.iter().find(|(draft, _)| draft.span == span).map(|(_, key)| *key)
    }
}

/// Whether a child of the draft's forms holds `span`.
fn holds(draft: &Draft, span: Span, inside: impl Fn(Span, Span) -> bool) -> bool {
    draft.forms.first().is_some_and(|form| {
        form.iter().any(|part| matches!(part, Part::Child(child) if inside(*child, span)))
    })
}

impl Placed<'_> {
    /// Whether one of the two lies in a block of the other.
    fn nests(&self, other: &Placed<'_>) -> bool {
        self.units.iter().any(|unit| unit.holds(other.span))
            || other.units.iter().any(|unit| unit.holds(self.span))
    }

    fn draft(&self, source: &[u8]) -> Option<Draft> {
        if self.entry.kind == Kind::Block {
            return permutations(source, self.entry.kind.code(), RANK, &self.units);
        }
        let forms = &self.entry.forms;
        Some(Draft {
            span: self.span,
            code: self.entry.kind.code(),
            forms: forms.iter().map(|form| vec![Part::text(form.as_bytes())]).collect(),
            labels: Vec::new(),
            current: u8::try_from(forms.iter().position(|form| *form == self.entry.text)?).ok()?,
            order: FormOrder::Fixed,
            rank: RANK,
        })
    }

    /// SHA-256 over rule code, number of forms, and the name; without one, over the forms and the
    /// ordinal: nothing of the text around, so that it is the same in every revision.
    fn key(&self) -> Digest {
        let entry = self.entry;
        let k = match entry.forms.len() {
            3 if entry.kind == Kind::Block => 6,
            count => count as u64,
        };
        let code = entry.kind.code().0;
        if let Some(name) = &entry.name {
            return Digest::of_parts(&[&code, &k.to_le_bytes(), b"name", name.as_bytes()]);
        }
        let mut forms: Vec<&[u8]> = entry.forms.iter().map(String::as_bytes).collect();
        forms.sort_unstable();
        let forms = Digest::of_parts(&forms);
        Digest::of_parts(&[&code, &k.to_le_bytes(), b"forms", &forms.0, &self.ordinal.to_le_bytes()])
    }
}

fn place<'d>(entry: &'d Entry, file: &SourceFile<'_>, ordinal: u64) -> Result<Placed<'d>, Fault> {
    if let Some(why) = skip_reason(file.path, file.bytes, LARGEST) {
        return Err(Fault::LeftAlone { file: entry.file.clone(), why });
    }
    let (span, units) =
        if entry.kind == Kind::Block { blocks(entry, file)? } else { (text(entry, file)?, Vec::new()) };
    let before = &file.bytes[..span.start as usize];
    let line = before.iter().filter(|byte| **byte == b'\n').count() + 1;
    if units.is_empty() {
        tell_apart(entry, file, span)?;
    }
    Ok(Placed { entry, span, units, line: u32::try_from(line).unwrap_or(u32::MAX), ordinal })
}

fn text(entry: &Entry, file: &SourceFile<'_>) -> Result<Span, Fault> {
    let text = &entry.text;
    let mut found = occurrences(file.bytes, text.as_bytes());
    if let Some(wanted) = &entry.line_has {
        found.retain(|span| {
            let start = file.bytes[..span.start as usize]
                .iter()
                .rposition(|byte| *byte == b'\n')
                .map_or(0, |at| at + 1);
            let rest = &file.bytes[span.start as usize..];
            let end = rest
                .iter()
                .position(|byte| *byte == b'\n')
                .map_or(file.bytes.len(), |at| span.start as usize + at);
            contains(&file.bytes[start..end], wanted.as_bytes())
        });
    }
    let count = found.len();
    match (entry.occurrence, found.as_slice()) {
        (_, []) => Err(Fault::NotFound { text: text.clone() }),
        (None, [only]) => Ok(*only),
        (None, _) => Err(Fault::Several { text: text.clone(), count }),
        (Some(occurrence), _) => found.get(occurrence - 1).copied().ok_or_else(|| Fault::NoOccurrence {
            text: text.clone(),
            count,
            occurrence,
        }),
    }
}

/// Where `text` stands as whole words, without overlaps.
fn occurrences(bytes: &[u8], text: &[u8]) -> Vec<Span> {
    let is_letter = |byte: Option<&u8>| {
        byte.is_some_and(|byte| byte.is_ascii_alphanumeric() || *byte == b'_' || *byte >= 0x80)
    };
    let mut found = Vec::new();
    let (Some(first), Some(last)) = (text.first(), text.last()) else { return found };
    let mut at = 0;
    while let Some(step) = bytes.get(at..).and_then(|rest| rest.iter().position(|byte| byte == first)) {
        at += step;
        let end = at + text.len();
        let joined = (is_letter(Some(first)) && at > 0 && is_letter(bytes.get(at - 1)))
            || (is_letter(Some(last)) && is_letter(bytes.get(end)));
        if bytes[at..].starts_with(text) && !joined {
            found.push(Span::new(
                u32::try_from(at).unwrap_or(u32::MAX),
                u32::try_from(end).unwrap_or(u32::MAX),
            ));
            at = end;
        } else {
            at += 1;
        }
    }
    found
}

fn contains(line: &[u8], wanted: &[u8]) -> bool {
    line.windows(wanted.len().max(1)).any(|window| window == wanted)
}

/// The blocks as whole lines, one right after the other, with as many lines in each.
fn blocks(entry: &Entry, file: &SourceFile<'_>) -> Result<(Span, Vec<Span>), Fault> {
    let mut units = Vec::new();
    for block in &entry.forms {
        let block = block.trim_matches(['\n', '\r']);
        match occurrences(file.bytes, block.as_bytes()).as_slice() {
            [] => return Err(Fault::NotFound { text: block.to_owned() }),
            [only] => units.push(*only),
            several => return Err(Fault::Several { text: block.to_owned(), count: several.len() }),
        }
    }
    units.sort_by_key(|unit| unit.start);
    let lines = |unit: &Span| file.bytes[unit.range()].iter().filter(|byte| **byte == b'\n').count();
    let blank = |from: u32, to: u32| {
        file.bytes
            .get(from as usize..to as usize)
            .is_some_and(|gap| gap.iter().all(u8::is_ascii_whitespace) && gap.contains(&b'\n'))
    };
    let starts_a_line = |unit: &Span| {
        let before = &file.bytes[..unit.start as usize];
        before.iter().rev().find(|byte| !matches!(byte, b' ' | b'\t')).is_none_or(|byte| *byte == b'\n')
    };
    let ends_a_line = |unit: &Span| {
        let after = &file.bytes[unit.end as usize..];
        after.iter().find(|byte| !matches!(byte, b' ' | b'\t' | b'\r')).is_none_or(|byte| *byte == b'\n')
    };
    let whole = units.iter().all(|unit| starts_a_line(unit) && ends_a_line(unit));
    let neighbors =
        units.windows(2).all(|pair| blank(pair[0].end, pair[1].start) && lines(&pair[0]) == lines(&pair[1]));
    match (units.first(), units.last()) {
        (Some(first), Some(last)) if whole && neighbors => Ok((Span::new(first.start, last.end), units)),
        _ => Err(Fault::NotNeighbors),
    }
}

/// Refuses forms that could not be told apart in a sample.
fn tell_apart(entry: &Entry, file: &SourceFile<'_>, span: Span) -> Result<(), Fault> {
    let Some(carrier) = carrier_for(file.path).or_else(|| carrier_of(Language::Text)) else { return Ok(()) };
    let lexicon = carrier.lexicon();
    let tokens = if lexicon.prose { Vec::new() } else { lex(file.bytes, lexicon) };
    let setting = setting(file.bytes, lexicon, &tokens, span);
    let mut seen: HashMap<Vec<u32>, &String> = HashMap::new();
    for form in &entry.forms {
        let words = form_words(form.as_bytes(), lexicon, setting);
        if let Some(other) = seen.insert(words.iter().map(|word| word.exact).collect(), form) {
            return Err(Fault::ReadsTheSame { one: other.clone(), other: form.clone() });
        }
    }
    Ok(())
}
