//! What a revision has from the one it succeeds: the sites of the text that did not change.
//!
//! Two copies of one recipient must differ only where the originals differ, whatever naturalness, groups of
//! neighbors and the count of macros say of the new tree. So a site whose tokens align with those of a site of the
//! predecessor is that site again: its key, its position, its forms in their order. In text that did not change
//! there are no others. A site that the rules no longer propose is not safe any more, and is not kept.

use std::collections::{HashMap, HashSet};

use earmark_model::{Layer, Span};

use crate::codes::rule_info;
use crate::draft::{Candidate, Draft, FormOrder, Part, SPARE, Standing};
use crate::lex::{Lexicon, Token, lex};
use crate::rule::RuleCode;
use crate::source::SourceFile;
use crate::succession::{find_again, matched};
use crate::table::{FileTable, Site, SiteTable};

/// The revision that a new one succeeds in the same epoch.
pub struct Predecessor<'a> {
    tables: HashMap<&'a [u8], &'a FileTable>,
    original: &'a dyn Fn(&[u8]) -> Option<&'a [u8]>,
}

impl<'a> Predecessor<'a> {
    /// The revision with these sites. `original` gives the bytes of a file of it, by path; `None` for a path that it
    /// does not have or did not mark on purpose.
    #[must_use]
    pub fn new(table: &'a SiteTable, original: &'a dyn Fn(&[u8]) -> Option<&'a [u8]>) -> Self {
        let tables = table.files.iter().map(|file| (file.path.as_slice(), file)).collect();
        Self { tables, original }
    }
}

/// Whatever is proposed in a tree without predecessor.
pub(crate) fn all_new(drafts: Vec<Draft>) -> Vec<Candidate> {
    let primary = drafts.into_iter().filter(|draft| draft.rank < SPARE);
    primary.map(|draft| Candidate { draft, standing: Standing::New }).collect()
}

/// Says of each proposal whether it is a site of the predecessor's file of the same path, or new.
pub(crate) fn claim(
    predecessor: &Predecessor<'_>,
    file: &SourceFile<'_>,
    drafts: Vec<Draft>,
    declarations: &[Span],
    lexicon: &Lexicon,
) -> Vec<Candidate> {
    let Some(before) = (predecessor.original)(file.path) else { return all_new(drafts) };
    let table = predecessor.tables.get(file.path);
    let before = lex(before, lexicon);
    let text = Alignment::new(lex(file.bytes, lexicon), &before, declarations);
    let sites = table.map(|table| by_tokens(table, &before)).unwrap_or_default();
    let mut claimed = HashSet::new();
    let mut candidates = Vec::with_capacity(drafts.len());
    for draft in drafts {
        let Some((first, last)) = ends(draft.span, &text.tokens) else { continue };
        let heir = text
            .before(first, last)
            .and_then(|(first, last)| sites.get(&(draft.code, first, last)))
            .filter(|site| !claimed.contains(&(site.span, site.rule)))
            .and_then(|site| Some((*site, inherit(site, &draft)?)));
        let is_declared = rule_info(draft.code).is_some_and(|info| info.layer == Layer::Declared);
        candidates.extend(match heir {
            Some((site, draft)) => {
                claimed.insert((site.span, site.rule));
                Some(Candidate { draft, standing: Standing::Inherited(site.key) })
            }
            None if draft.rank >= SPARE => None,
            None if text.is_unchanged(first, last) && !is_declared => {
                Some(Candidate { draft, standing: Standing::Barred })
            }
            None => Some(Candidate { draft, standing: Standing::New }),
        });
    }
    candidates
}

/// New tokens and where they were before.
struct Alignment {
    tokens: Vec<Token>,
    /// For each token the one before that it aligns with.
    before: Vec<Option<usize>>,
    /// For each token how many up to it do not follow on their predecessor as they did before.
    breaks: Vec<usize>,
}

impl Alignment {
    fn new(tokens: Vec<Token>, old: &[Token], declarations: &[Span]) -> Self {
        let mut before = matched(&tokens, old);
        find_again(&tokens, old, declarations, &mut before);
        let mut broken = 0;
        let breaks = (0..tokens.len())
            .map(|at| {
                let follows = at.checked_sub(1).and_then(|at| before[at]).map(|old| old + 1);
                broken += usize::from(before[at].is_none() || before[at] != follows);
                broken
            })
            .collect();
        Self { tokens, before, breaks }
    }

    fn before(&self, first: usize, last: usize) -> Option<(usize, usize)> {
        Some((self.before[first]?, self.before[last]?))
    }

    /// Whether these tokens stood side by side before, too.
    fn is_unchanged(&self, first: usize, last: usize) -> bool {
        self.before[first].is_some() && self.breaks[first] == self.breaks[last]
    }
}

/// Indices of the first and last token of a stretch.
fn ends(span: Span, tokens: &[Token]) -> Option<(usize, usize)> {
    let first = tokens.partition_point(|token| token.span.start < span.start);
    let last = tokens.partition_point(|token| token.span.end <= span.end).checked_sub(1)?;
    (first <= last).then_some((first, last))
}

fn by_tokens<'t>(table: &'t FileTable, tokens: &[Token]) -> HashMap<(RuleCode, usize, usize), &'t Site> {
    let place =
        |site: &'t Site| ends(site.span, tokens).map(|(first, last)| ((site.rule, first, last), site));
    table.sites.iter().filter_map(place).collect()
}

/// A piece of a form without its place.
#[derive(PartialEq, Eq)]
enum Piece {
    Text(Vec<u8>),
    /// The child of this number, in the order of the text.
    Child(usize),
}

/// The forms of a site without their places; blanks count or do not.
fn shapes(forms: &[Vec<Part>], blanks: bool) -> (usize, Vec<Vec<Piece>>) {
    let mut children: Vec<Span> = forms
        .iter()
        .flatten()
        .filter_map(|part| if let Part::Child(span) = part { Some(*span) } else { None })
        .collect();
    children.sort_by_key(|span| (span.start, span.end));
    children.dedup();
    let piece = |part: &Part| match part {
        Part::Literal(text) => {
            let kept = text.iter().filter(|byte| blanks || !byte.is_ascii_whitespace());
            Piece::Text(kept.copied().collect())
        }
        Part::Child(span) => Piece::Child(children.iter().position(|child| child == span).unwrap_or(0)),
    };
    let is_told = |piece: &Piece| !matches!(piece, Piece::Text(text) if text.is_empty());
    let shapes = forms.iter().map(|form| form.iter().map(piece).filter(is_told).collect()).collect();
    (children.len(), shapes)
}

/// The draft with the forms that the site had, in their order; `None` if it does not have them all, or its text
/// has another one.
fn inherit(site: &Site, draft: &Draft) -> Option<Draft> {
    let order = [true, false].iter().find_map(|blanks| {
        let (children, had) = shapes(&site.forms, *blanks);
        let (own, has) = shapes(&draft.forms, *blanks);
        let places = had.iter().map(|form| {
            let mut fitting = (0..has.len()).filter(|at| has[*at] == *form);
            fitting.next().filter(|_| fitting.next().is_none())
        });
        let places: Vec<usize> = places.collect::<Option<_>>()?;
        let different: HashSet<&usize> = places.iter().collect();
        (children == own && different.len() == places.len()).then_some(places)
    })?;
    let current = order.iter().position(|form| *form == usize::from(draft.current))?;
    Some(Draft {
        span: draft.span,
        code: draft.code,
        forms: order.iter().map(|form| draft.forms[*form].clone()).collect(),
        labels: order.iter().filter_map(|form| draft.labels.get(*form).copied()).collect(),
        current: u8::try_from(current).ok()?,
        order: FormOrder::Fixed,
        rank: draft.rank % SPARE,
    })
}
