//! The original as all that it could have become: a sequence of tokens with choice points.

use std::collections::HashMap;

use earmark_model::Span;

use crate::draft::Part;
use crate::lex::{Lexicon, NAME, Token, lex};
use crate::table::FileTable;

/// Whether a site begins and ends with tokens.
fn is_whole(tokens: &[Token], site: &Choice, span: Span) -> bool {
    let token = |at: Option<u32>| at.and_then(|at| tokens.get(at as usize));
    site.first < site.end
        && token(Some(site.first)).is_some_and(|token| token.span.start == span.start)
        && token(site.end.checked_sub(1)).is_some_and(|token| token.span.end == span.end)
}

/// What a token must look like.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Expected {
    pub(super) blind: u32,
    pub(super) exact: u32,
    /// Index among the original's tokens; `u32::MAX` for one that only a form has.
    pub(super) token: u32,
}

enum Piece {
    Literal(Vec<Token>),
    Child(u32, u32),
}

struct Choice {
    first: u32,
    end: u32,
    forms: Vec<Vec<Piece>>,
}

/// Where a path is: inside part `part` of form `form` of a site, which a frame around it entered.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
struct Frame {
    parent: u32,
    site: u32,
    form: u8,
    part: u16,
}

/// No site, no frame.
pub(super) const NONE: u32 = u32::MAX;

/// What stands at a place of the lattice.
pub(super) enum Stand {
    /// A token.
    Token(Expected),
    /// Nothing more in this part: go on there.
    Onward(u32, u32),
    /// A site begins.
    Fork(u32),
    /// A site ends: its number, the form taken, where it goes on.
    Leave { site: u32, form: u8, frame: u32, cursor: u32 },
    /// The end of the original.
    End,
}

/// The choice points of one file, with the frames met so far.
pub(super) struct Lattice {
    pub(super) tokens: Vec<Token>,
    sites: Vec<Choice>,
    /// For each site, and last for the file: the sites directly inside, by first token.
    children: Vec<Vec<u32>>,
    frames: Vec<Frame>,
    known: HashMap<Frame, u32>,
}

/// More contexts than this are not tried where a path begins amid nested sites.
const CONTEXTS: usize = 32;

impl Lattice {
    pub(super) fn new(original: &[u8], table: &FileTable, lexicon: &Lexicon) -> Self {
        let tokens = lex(original, lexicon);
        let number = |at: usize| u32::try_from(at).unwrap_or(NONE);
        let starts = |byte: u32| number(tokens.partition_point(|token| token.span.start < byte));
        let ends = |byte: u32| number(tokens.partition_point(|token| token.span.end <= byte));
        let piece = |part: &Part| match part {
            Part::Literal(text) => Piece::Literal(lex(text, lexicon)),
            Part::Child(span) => Piece::Child(starts(span.start), ends(span.end)),
        };
        let sites: Vec<Choice> = table
            .sites
            .iter()
            .map(|site| Choice {
                first: starts(site.span.start),
                end: ends(site.span.end),
                forms: site.forms.iter().map(|form| form.iter().map(piece).collect()).collect(),
            })
            .collect();
        let mut children = vec![Vec::new(); sites.len() + 1];
        let mut open: Vec<usize> = Vec::new();
        for (index, site) in table.sites.iter().enumerate() {
            while open.last().is_some_and(|top| table.sites[*top].span.end <= site.span.start) {
                open.pop();
            }
            // A declared text inside a comment or a string is no sequence of tokens: it is read apart.
            if site.is_declared_text() && !is_whole(&tokens, &sites[index], site.span) {
                continue;
            }
            let parent = open.last().copied();
            children[parent.unwrap_or(sites.len())].push(number(index));
            open.push(index);
        }
        let root = Frame { parent: NONE, site: NONE, form: 0, part: 0 };
        Self { tokens, sites, children, frames: vec![root], known: HashMap::from([(root, 0)]) }
    }

    /// How many tokens the original has between the ends of a site.
    pub(super) fn length(&self, site: u32) -> u32 {
        self.sites.get(site as usize).map_or(0, |choice| choice.end.saturating_sub(choice.first))
    }

    /// How many forms a site has.
    pub(super) fn forms(&self, site: u32) -> u8 {
        self.sites.get(site as usize).map_or(0, |choice| u8::try_from(choice.forms.len()).unwrap_or(u8::MAX))
    }

    fn intern(&mut self, frame: Frame) -> u32 {
        if let Some(known) = self.known.get(&frame) {
            return *known;
        }
        let number = u32::try_from(self.frames.len()).unwrap_or(NONE);
        self.frames.push(frame);
        self.known.insert(frame, number);
        number
    }

    /// Enters a form of a site: the frame and cursor of its first part.
    pub(super) fn enter(&mut self, frame: u32, site: u32, form: u8) -> (u32, u32) {
        let cursor = self.start_of(site, form, 0);
        (self.intern(Frame { parent: frame, site, form, part: 0 }), cursor)
    }

    fn part(&self, site: u32, form: u8, part: u16) -> Option<&Piece> {
        self.sites.get(site as usize)?.forms.get(usize::from(form))?.get(usize::from(part))
    }

    fn start_of(&self, site: u32, form: u8, part: u16) -> u32 {
        match self.part(site, form, part) {
            Some(Piece::Child(from, _)) => *from,
            _ => 0,
        }
    }

    /// What stands at `cursor` of `frame`.
    pub(super) fn stand(&mut self, frame: u32, cursor: u32) -> Stand {
        let Some(at) = self.frames.get(frame as usize).copied() else { return Stand::End };
        if at.site == NONE {
            let end = u32::try_from(self.tokens.len()).unwrap_or(NONE);
            return if cursor >= end { Stand::End } else { self.original(self.sites.len(), cursor) };
        }
        match self.part(at.site, at.form, at.part) {
            None => {
                let cursor = self.sites[at.site as usize].end;
                Stand::Leave { site: at.site, form: at.form, frame: at.parent, cursor }
            }
            Some(Piece::Literal(tokens)) => match tokens.get(cursor as usize) {
                Some(token) => Stand::Token(Expected { blind: token.blind, exact: token.exact, token: NONE }),
                None => self.onward(at),
            },
            Some(Piece::Child(_, end)) if cursor >= *end => self.onward(at),
            Some(Piece::Child(..)) => self.original(at.site as usize, cursor),
        }
    }

    fn onward(&mut self, at: Frame) -> Stand {
        let part = at.part + 1;
        let cursor = self.start_of(at.site, at.form, part);
        Stand::Onward(self.intern(Frame { part, ..at }), cursor)
    }

    fn original(&self, home: usize, cursor: u32) -> Stand {
        let inside = &self.children[home];
        let at = inside.partition_point(|site| self.sites[*site as usize].first < cursor);
        if let Some(site) = inside.get(at)
            && self.sites[*site as usize].first == cursor
        {
            return Stand::Fork(*site);
        }
        let token = self.tokens[cursor as usize];
        Stand::Token(Expected { blind: token.blind, exact: token.exact, token: cursor })
    }

    /// All frames in which a path may stand at the original's token `token`, each with its cursor: one
    /// for each choice of forms of the sites around it, as far as they are few.
    pub(super) fn contexts(&mut self, token: u32) -> Vec<(u32, u32)> {
        let mut around = Vec::new();
        let mut home = self.sites.len();
        loop {
            let inside = &self.children[home];
            let at = inside.partition_point(|site| self.sites[*site as usize].first < token);
            let Some(site) = at.checked_sub(1).and_then(|at| inside.get(at)) else { break };
            if self.sites[*site as usize].end <= token {
                break;
            }
            around.push(*site);
            home = *site as usize;
        }
        let mut frames = vec![0];
        for site in around {
            let all = frames.len() * usize::from(self.forms(site)) <= CONTEXTS;
            let mut inner = Vec::new();
            for frame in &frames {
                for form in 0..if all { self.forms(site) } else { 1 } {
                    if let Some(part) = self.part_with(site, form, token) {
                        inner.push(self.intern(Frame { parent: *frame, site, form, part }));
                    }
                }
            }
            if inner.is_empty() {
                // The token belongs to the site itself: begin with the site.
                let first = self.sites[site as usize].first;
                return frames.into_iter().map(|frame| (frame, first)).collect();
            }
            frames = inner;
        }
        frames.into_iter().map(|frame| (frame, token)).collect()
    }

    fn part_with(&self, site: u32, form: u8, token: u32) -> Option<u16> {
        let pieces = self.sites.get(site as usize)?.forms.get(usize::from(form))?;
        let at = pieces
            .iter()
            .position(|piece| matches!(piece, Piece::Child(from, end) if (*from..*end).contains(&token)))?;
        u16::try_from(at).ok()
    }
}

impl Expected {
    /// Whether it is a name, which a renamer may have changed.
    pub(super) fn is_name(self) -> bool {
        self.blind == NAME
    }
}
