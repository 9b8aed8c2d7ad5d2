use std::collections::{HashMap, HashSet};

use earmark_model::Span;

use crate::draft::Draft;
use crate::language::Language;
use crate::lex::Lexicon;
use crate::syntax::{Grammar, Node, Syntax, SyntaxError};

/// What one pass over a whole tree teaches before any site is sought.
#[derive(Debug, Default)]
pub struct Facts {
    /// Names that C's preprocessor replaces, without arguments.
    pub object_macros: HashSet<Vec<u8>>,
    /// Names that C's preprocessor replaces, with arguments.
    pub function_macros: HashSet<Vec<u8>>,
    /// Those of them that paste names together, or use one that does.
    pub pasting_macros: HashSet<Vec<u8>>,
    /// Words that stand in the bodies of such macros: what a macro may name unseen.
    pub macro_words: HashSet<Vec<u8>>,
    /// Names replaced with arguments whose body could fall apart beside an operator.
    pub loose_functions: HashSet<Vec<u8>>,
    /// Names replaced without arguments whose body calls or changes something.
    pub busy_macros: HashSet<Vec<u8>>,
    /// The names in the body of each macro without arguments, keywords left out.
    pub macro_names: HashMap<Vec<u8>, Vec<Vec<u8>>>,
    /// C's enumerators.
    pub enumerators: HashSet<Vec<u8>>,
    /// Fields of structures.
    pub fields: HashSet<Vec<u8>>,
    /// Fields of unions, those of structures inside them included: they share their memory.
    pub union_fields: HashSet<Vec<u8>>,
    /// Names of C's vector types (GNU C).
    pub vector_types: HashSet<Vec<u8>>,
    /// Variables, fields and types that are declared volatile or atomic outside of functions.
    pub volatile_names: HashSet<Vec<u8>>,
    /// Whether the tree has atomic objects.
    pub has_atomics: bool,
    /// Objects that may change without being named: a member is picked from them, or their address is taken.
    pub reached_names: HashSet<Vec<u8>>,
    /// Functions and classes of Python that take any keyword, and may show the order of their arguments.
    pub keyword_takers: HashSet<Vec<u8>>,
    /// Whether Python of the tree says what order means for its own objects.
    pub has_orderings: bool,
    /// Whether Rust of the tree compares types of its own with numbers.
    pub has_mixed_numbers: bool,
}

/// What a carrier finds in one file.
#[derive(Debug, Default)]
pub struct FileDrafts {
    /// Proposed sites, in any order; they may overlap.
    pub drafts: Vec<Draft>,
    /// The declarations of the file, outermost, disjoint, ascending: what keys are made from.
    pub declarations: Vec<Span>,
}

/// A kind of material that can be marked: how its sites are found, how its text splits into tokens.
pub trait Carrier: Sync {
    /// Which language.
    fn language(&self) -> Language;
    /// One sentence for people.
    fn purpose(&self) -> &'static str;
    /// Whether the carrier takes a file of this path.
    fn claims(&self, path: &[u8]) -> bool;
    /// The lexical shape, for keys and reading.
    fn lexicon(&self) -> &'static Lexicon;
    /// Whether a file that no carrier claims has something to learn from all the same.
    fn overhears(&self, _bytes: &[u8]) -> bool {
        false
    }
    /// Notes facts that hold for the whole tree.
    fn learn(&self, bytes: &[u8], facts: &mut Facts);
    /// Finds sites and declarations.
    ///
    /// # Errors
    /// [`SyntaxError`] when a limit is reached: the file is left alone.
    fn find(&self, bytes: &[u8], facts: &Facts) -> Result<FileDrafts, SyntaxError>;
}

/// A rule as code: which nodes it looks at and what it makes of one.
pub struct Rule {
    /// Kinds of nodes that it is called with.
    pub kinds: &'static [&'static str],
    /// Proposes sites at a node.
    pub find: fn(&Facts, Node<'_>, &mut Vec<Draft>),
}

/// Runs `rules` over a parsed file.
///
/// `containers` are the kinds that hold declarations: a declaration is a child of the root or of a
/// container that hangs from the root by containers only.
///
/// # Errors
/// [`SyntaxError`] when a limit of parsing is reached.
pub fn find_with_rules(
    bytes: &[u8],
    grammar: &Grammar,
    rules: &[Rule],
    containers: &[&str],
    facts: &Facts,
) -> Result<FileDrafts, SyntaxError> {
    Ok(find_in(&Syntax::parse(bytes, grammar)?, rules, containers, facts))
}

/// As [`find_with_rules`], in a tree that is there.
pub(crate) fn find_in(syntax: &Syntax<'_>, rules: &[Rule], containers: &[&str], facts: &Facts) -> FileDrafts {
    let mut found = FileDrafts::default();
    let mut end_of_declaration = 0;
    // Which rules look at a kind is asked a million times: remembered per kind.
    let mut by_kind: Vec<Option<Vec<&Rule>>> = Vec::new();
    for node in syntax.nodes() {
        let kind = node.kind();
        if let Some(parent) = node.parent()
            && node.is_named()
            && !node.is_comment()
            && node.id() >= end_of_declaration
            && (parent.parent().is_none() || containers.contains(&parent.kind()))
            && !containers.contains(&kind)
        {
            found.declarations.push(node.span());
            end_of_declaration = node.id() + u32::try_from(node.subtree().count()).unwrap_or(u32::MAX);
        }
        let slot = node.kind_number();
        if by_kind.len() <= slot {
            by_kind.resize(slot + 1, None);
        }
        let chosen = by_kind[slot]
            .get_or_insert_with(|| rules.iter().filter(|rule| rule.kinds.contains(&kind)).collect());
        for rule in chosen.iter() {
            (rule.find)(facts, node, &mut found.drafts);
        }
    }
    found
}
