//! A syntax tree laid flat: nodes in preorder, without recursion, within limits.

use std::ops::ControlFlow;

use earmark_model::Span;

/// A grammar and the names of its kinds and fields.
pub struct Grammar {
    language: tree_sitter::Language,
    kinds: Vec<String>,
    fields: Vec<String>,
    /// Kinds whose inside is no concern of rules: one token each.
    atoms: &'static [&'static str],
}

/// Why a file has no tree.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum SyntaxError {
    /// The grammar was built for another version of the parser.
    #[error("the grammar does not fit the parser")]
    Grammar,
    /// The parse took more steps than its size allows.
    #[error("parsing took too long")]
    Time,
    /// More nodes than allowed.
    #[error("too many syntax nodes")]
    Nodes,
    /// Nested deeper than allowed.
    #[error("nested too deeply")]
    Depth,
}

struct Raw {
    kind: u16,
    field: u16,
    start: u32,
    end: u32,
    parent: u32,
    next: u32,
    flags: u16,
}

const NAMED: u16 = 1;
const ERROR: u16 = 2;
const COMMENT: u16 = 4;
const DIRECTIVE: u16 = 8;
const ERROR_BELOW: u16 = 16;
const COMMENT_BELOW: u16 = 32;
const DIRECTIVE_BELOW: u16 = 64;
const ERROR_CHILD: u16 = 128;
const AFTER_ERROR: u16 = 256;

const NODES: usize = 8_000_000;
const DEPTH: usize = 1_000;

/// So often a file is parsed at most: a hostile one could ask for a round a block.
const ROUNDS: u32 = 5;

/// The kind of what [`Syntax::parse_apart`] takes apart.
const BLOCK: &str = "compound_statement";

/// The tree of one file.
pub struct Syntax<'a> {
    source: &'a [u8],
    grammar: &'a Grammar,
    nodes: Vec<Raw>,
}

/// One node of a tree.
#[derive(Clone, Copy)]
pub struct Node<'t> {
    syntax: &'t Syntax<'t>,
    index: u32,
}

impl Grammar {
    /// Prepares a grammar. Nodes of the kinds in `atoms` appear without their children.
    #[must_use]
    pub fn new(language: tree_sitter::Language, atoms: &'static [&'static str]) -> Self {
        let kinds = (0..language.node_kind_count())
            .map(|id| {
                u16::try_from(id).ok().and_then(|id| language.node_kind_for_id(id)).unwrap_or("").to_owned()
            })
            .collect();
        let fields = (0..=language.field_count())
            .map(|id| {
                u16::try_from(id).ok().and_then(|id| language.field_name_for_id(id)).unwrap_or("").to_owned()
            })
            .collect();
        Self { language, kinds, fields, atoms }
    }
}

fn parse(source: &[u8], grammar: &Grammar) -> Result<tree_sitter::Tree, SyntaxError> {
    let mut parser = tree_sitter::Parser::new();
    parser.set_language(&grammar.language).map_err(|_| SyntaxError::Grammar)?;
    // The parser calls back every few hundred steps; counting calls is a limit that needs no clock.
    let mut left = 10_000 + 20 * source.len() as u64;
    let mut progress = |_: &tree_sitter::ParseState| {
        left = left.saturating_sub(1);
        if left == 0 { ControlFlow::Break(()) } else { ControlFlow::Continue(()) }
    };
    let options = tree_sitter::ParseOptions::new().progress_callback(&mut progress);
    let mut read = |at: usize, _| source.get(at..).unwrap_or_default();
    parser.parse_with_options(&mut read, None, Some(options)).ok_or(SyntaxError::Time)
}

/// Nodes laid flat so far.
struct Laid<'a> {
    grammar: &'a Grammar,
    nodes: Vec<Raw>,
    /// What the cursor is in.
    open: Vec<u32>,
}

impl Laid<'_> {
    /// Lays the node of the cursor and all below it, `offset` bytes further on. Where `graft` says that it has
    /// laid something in the place of a node, what is below that node is left out.
    fn lay(
        &mut self,
        cursor: &mut tree_sitter::TreeCursor<'_>,
        offset: u32,
        graft: &mut dyn FnMut(&mut Self, &tree_sitter::TreeCursor<'_>) -> Result<bool, SyntaxError>,
    ) -> Result<(), SyntaxError> {
        let floor = self.open.len();
        loop {
            let node = cursor.node();
            let index = index_of(self.nodes.len());
            let parent = self.open.last().copied().unwrap_or(u32::MAX);
            let atom = self.grammar.atoms.contains(&node.kind());
            if !graft(self, cursor)? {
                self.nodes.push(raw(cursor, &node, offset, parent, index));
                if self.nodes.len() > NODES {
                    return Err(SyntaxError::Nodes);
                }
                if !atom && cursor.goto_first_child() {
                    self.open.push(index);
                    if self.open.len() > DEPTH {
                        return Err(SyntaxError::Depth);
                    }
                    continue;
                }
                if atom && node.has_error() {
                    self.nodes[index as usize].flags |= ERROR_BELOW;
                }
            }
            if self.open.len() == floor {
                return Ok(());
            }
            while !cursor.goto_next_sibling() {
                let Some(parent) = self.open.pop() else { return Ok(()) };
                self.nodes[parent as usize].next = index_of(self.nodes.len());
                cursor.goto_parent();
                if self.open.len() == floor {
                    return Ok(());
                }
            }
        }
    }

    /// Lays what is parsed alone, in the place of the skeleton's node of the cursor.
    fn lay_apart(&mut self, skeleton: &tree_sitter::TreeCursor<'_>, text: &[u8]) -> Result<(), SyntaxError> {
        let tree = parse(text, self.grammar)?;
        let mut cursor = tree.walk();
        let index = index_of(self.nodes.len());
        let place = skeleton.node();
        let offset = index_of(place.start_byte());
        let alone = cursor.goto_first_child()
            && cursor.node().kind() == place.kind()
            && cursor.node().byte_range() == (0..text.len());
        if alone {
            self.lay(&mut cursor, offset, &mut |_, _| Ok(false))?;
        } else {
            let parent = self.open.last().copied().unwrap_or(u32::MAX);
            self.nodes.push(raw(skeleton, &place, 0, parent, index));
            self.nodes[index as usize].kind = u16::MAX;
            self.nodes[index as usize].flags |= ERROR;
        }
        self.nodes[index as usize].field = skeleton.field_id().map_or(0, |id| id.get());
        Ok(())
    }
}

impl<'a> Syntax<'a> {
    /// Parses `source`.
    ///
    /// # Errors
    /// [`SyntaxError`] when a limit is reached: about 20 parser steps a byte, 8 million nodes,
    /// depth 1,000.
    pub fn parse(source: &'a [u8], grammar: &'a Grammar) -> Result<Self, SyntaxError> {
        Self::parse_apart(source, grammar, &[])
    }

    /// Parses `source` with each of `blocks` (disjoint, ascending, in braces) for itself, so that an error in one
    /// changes nothing elsewhere. A block that stands where the grammar expects none is parsed with what is around it;
    /// if that brings up others again and again, all are.
    ///
    /// # Errors
    /// As [`Syntax::parse`].
    pub fn parse_apart(source: &'a [u8], grammar: &'a Grammar, blocks: &[Span]) -> Result<Self, SyntaxError> {
        let (mut apart, mut rounds) = (blocks.to_vec(), 0);
        loop {
            let mut skeleton = source.to_vec();
            for block in &apart {
                if let Some(inside) = skeleton.get_mut(block.start as usize + 1..block.end as usize - 1) {
                    inside.fill(b' ');
                }
            }
            let tree = parse(&skeleton, grammar)?;
            let mut laid = Laid { grammar, nodes: Vec::with_capacity(source.len() / 3), open: Vec::new() };
            let mut seen = 0;
            let mut missed: Vec<Span> = Vec::new();
            laid.lay(&mut tree.walk(), 0, &mut |laid, cursor| {
                let node = cursor.node();
                let span = Span::new(index_of(node.start_byte()), index_of(node.end_byte()));
                while apart.get(seen).is_some_and(|block| block.end <= span.start) {
                    missed.push(apart[seen]);
                    seen += 1;
                }
                if node.kind() != BLOCK || apart.get(seen) != Some(&span) {
                    return Ok(false);
                }
                seen += 1;
                laid.lay_apart(cursor, source.get(span.range()).unwrap_or_default())?;
                Ok(true)
            })?;
            missed.extend(&apart[seen..]);
            if missed.is_empty() {
                let mut syntax = Self { source, grammar, nodes: laid.nodes };
                syntax.spread();
                return Ok(syntax);
            }
            rounds += 1;
            if rounds < ROUNDS {
                apart.retain(|block| {
                    missed.binary_search_by_key(&block.start, |missed| missed.start).is_err()
                });
            } else {
                apart.clear();
            }
        }
    }

    /// Tells every node what is somewhere below it.
    fn spread(&mut self) {
        for index in 0..self.nodes.len() {
            let (parent, next) = (self.nodes[index].parent, self.nodes[index].next as usize);
            if self.nodes[index].flags & ERROR != 0
                && let Some(beside) = self.nodes.get_mut(next).filter(|beside| beside.parent == parent)
            {
                beside.flags |= AFTER_ERROR;
            }
        }
        for index in (0..self.nodes.len()).rev() {
            let (flags, parent) = (self.nodes[index].flags, self.nodes[index].parent);
            let mut up = flags & (ERROR_BELOW | COMMENT_BELOW | DIRECTIVE_BELOW);
            up |= if flags & ERROR != 0 { ERROR_BELOW | ERROR_CHILD } else { 0 };
            up |= if flags & COMMENT != 0 { COMMENT_BELOW } else { 0 };
            up |= if flags & DIRECTIVE != 0 { DIRECTIVE_BELOW } else { 0 };
            if let Some(parent) = self.nodes.get_mut(parent as usize) {
                parent.flags |= up;
            }
        }
    }

    /// The node of the whole file.
    #[must_use]
    pub fn root(&'a self) -> Node<'a> {
        Node { syntax: self, index: 0 }
    }

    /// All nodes in preorder.
    pub fn nodes(&'a self) -> impl Iterator<Item = Node<'a>> {
        (0..index_of(self.nodes.len())).map(move |index| Node { syntax: self, index })
    }

    /// The text that was parsed.
    #[must_use]
    pub fn source(&self) -> &'a [u8] {
        self.source
    }
}

fn index_of(length: usize) -> u32 {
    u32::try_from(length).unwrap_or(u32::MAX)
}

fn raw(
    cursor: &tree_sitter::TreeCursor<'_>,
    node: &tree_sitter::Node<'_>,
    offset: u32,
    parent: u32,
    index: u32,
) -> Raw {
    let kind = node.kind();
    let mut flags = 0;
    flags |= if node.is_named() { NAMED } else { 0 };
    flags |= if node.is_error() || node.is_missing() { ERROR } else { 0 };
    flags |= if kind == "comment" || kind.ends_with("_comment") { COMMENT } else { 0 };
    flags |= if kind.starts_with("preproc_") || kind.starts_with('#') { DIRECTIVE } else { 0 };
    Raw {
        kind: node.kind_id(),
        field: cursor.field_id().map_or(0, |id| id.get()),
        start: offset + index_of(node.start_byte()),
        end: offset + index_of(node.end_byte()),
        parent,
        next: index + 1,
        flags,
    }
}

impl<'t> Node<'t> {
    fn raw(self) -> &'t Raw {
        &self.syntax.nodes[self.index as usize]
    }

    fn at(self, index: u32) -> Self {
        Self { syntax: self.syntax, index }
    }

    /// The number of the node in preorder: unique in its tree.
    #[must_use]
    pub fn id(self) -> u32 {
        self.index
    }

    /// The grammar's name for what this is.
    #[must_use]
    pub fn kind(self) -> &'t str {
        let kind = self.raw().kind;
        if kind == u16::MAX {
            "ERROR"
        } else {
            self.syntax.grammar.kinds.get(kind as usize).map_or("", String::as_str)
        }
    }

    /// The grammar's number for the kind; several numbers may share a name.
    #[must_use]
    pub fn kind_number(self) -> usize {
        usize::from(self.raw().kind)
    }

    /// Whether the kind is one of `kinds`.
    #[must_use]
    pub fn is(self, kinds: &[&str]) -> bool {
        kinds.contains(&self.kind())
    }

    /// The name of the field that the node is in its parent; empty for none.
    #[must_use]
    pub fn field_name(self) -> &'t str {
        self.syntax.grammar.fields.get(self.raw().field as usize).map_or("", String::as_str)
    }

    /// Where.
    #[must_use]
    pub fn span(self) -> Span {
        Span::new(self.raw().start, self.raw().end)
    }

    /// The text.
    #[must_use]
    pub fn text(self) -> &'t [u8] {
        self.syntax.source.get(self.span().range()).unwrap_or_default()
    }

    /// The text of the whole file.
    #[must_use]
    pub fn source(self) -> &'t [u8] {
        self.syntax.source
    }

    /// The node around this one.
    #[must_use]
    pub fn parent(self) -> Option<Self> {
        let parent = self.raw().parent;
        (parent != u32::MAX).then(|| self.at(parent))
    }

    /// The nodes around this one, nearest first.
    pub fn ancestors(self) -> impl Iterator<Item = Self> {
        std::iter::successors(self.parent(), |node| node.parent())
    }

    /// All children: names, punctuation, comments.
    pub fn children(self) -> impl Iterator<Item = Self> {
        let end = self.raw().next;
        let mut at = self.index + 1;
        std::iter::from_fn(move || {
            (at < end).then(|| {
                let node = self.at(at);
                at = node.raw().next;
                node
            })
        })
    }

    /// The children that are neither punctuation nor comments.
    pub fn named(self) -> impl Iterator<Item = Self> {
        self.children().filter(|node| node.is_named() && !node.is_comment())
    }

    /// The node and everything below it, in preorder.
    pub fn subtree(self) -> impl Iterator<Item = Self> {
        (self.index..self.raw().next).map(move |index| self.at(index))
    }

    /// The first child in the field `name`.
    #[must_use]
    pub fn field(self, name: &str) -> Option<Self> {
        self.children().find(|node| node.field_name() == name)
    }

    /// The sibling that follows, comments included.
    #[must_use]
    pub fn next_sibling(self) -> Option<Self> {
        let parent = self.parent()?;
        let next = self.raw().next;
        (next < parent.raw().next).then(|| self.at(next))
    }

    /// The sibling before, comments included.
    #[must_use]
    pub fn previous_sibling(self) -> Option<Self> {
        self.parent()?.children().take_while(|node| node.index != self.index).last()
    }

    /// Whether it is a named node of the grammar, not punctuation or a keyword.
    #[must_use]
    pub fn is_named(self) -> bool {
        self.raw().flags & NAMED != 0
    }

    /// Whether it is a comment.
    #[must_use]
    pub fn is_comment(self) -> bool {
        self.raw().flags & COMMENT != 0
    }

    /// Whether the parser had to guess at this very node.
    #[must_use]
    pub fn is_error(self) -> bool {
        self.raw().flags & ERROR != 0
    }

    /// Whether the parser had to guess here or below.
    #[must_use]
    pub fn has_error(self) -> bool {
        self.raw().flags & (ERROR | ERROR_BELOW) != 0
    }

    /// Whether the parser had to guess at a direct child.
    #[must_use]
    pub fn has_error_child(self) -> bool {
        self.raw().flags & ERROR_CHILD != 0
    }

    /// Whether the parser had to guess at the sibling before.
    #[must_use]
    pub fn follows_error(self) -> bool {
        self.raw().flags & AFTER_ERROR != 0
    }

    /// Whether a comment is here or below.
    #[must_use]
    pub fn has_comment(self) -> bool {
        self.raw().flags & (COMMENT | COMMENT_BELOW) != 0
    }

    /// Whether a preprocessor directive is here or below.
    #[must_use]
    pub fn has_directive(self) -> bool {
        self.raw().flags & (DIRECTIVE | DIRECTIVE_BELOW) != 0
    }

    /// Whether neither a parse error nor a comment nor a directive is here or below.
    #[must_use]
    pub fn is_clean(self) -> bool {
        self.raw().flags & (ERROR | ERROR_BELOW | COMMENT | COMMENT_BELOW | DIRECTIVE | DIRECTIVE_BELOW) == 0
    }

    /// Whether the two nodes say the same, token by token.
    #[must_use]
    pub fn same_as(self, other: Self) -> bool {
        self.leaves().map(Self::text).eq(other.leaves().map(Self::text))
    }

    /// The tokens below, comments left out.
    pub fn leaves(self) -> impl Iterator<Item = Self> {
        self.subtree().filter(|node| node.raw().next == node.index + 1 && !node.is_comment())
    }
}
