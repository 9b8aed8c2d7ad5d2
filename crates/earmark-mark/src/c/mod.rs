//! C: the grammar, what its names and comments look like, and its rules, one family a file.

use std::sync::OnceLock;

use crate::c::bodies::bodies;
use crate::c::foreign::is_foreign;
use crate::c::lexicon::LEXICON;
use crate::c::place::CONTAINERS;
use crate::c::placed::placed;
use crate::c::torn::torn;
use crate::carrier::{Carrier, Facts, FileDrafts, Rule, find_in};
use crate::language::Language;
use crate::lex::Lexicon;
use crate::syntax::{Grammar, Syntax, SyntaxError};

mod assign;
mod bodies;
mod braces;
mod branch;
mod commute;
mod compare;
mod declare;
mod directive;
mod element;
mod expression;
mod foreign;
mod lexicon;
mod literal;
mod logic;
mod loops;
mod macros;
mod memory;
mod parens;
mod place;
mod placed;
mod polarity;
mod returns;
mod sequence;
mod step;
mod ternary;
mod torn;
mod truth;
mod types;

/// The carrier for C.
pub struct C;

const RULES: &[Rule] = &[
    braces::RULE,
    returns::RULE,
    truth::RULE,
    compare::RULE,
    commute::RULE,
    logic::RULE,
    types::CONST,
    types::INT,
    step::RULE,
    step::COMPOUND,
    literal::NUMBER,
    literal::STRING,
    literal::ZERO,
    parens::RULE,
    branch::SWAP,
    branch::ELSE,
    ternary::RULE,
    loops::RULE,
    element::FIRST,
    element::SIZEOF,
    directive::RULE,
    declare::RULE,
    sequence::DEFINES,
    sequence::PROTOTYPES,
    sequence::FUNCTIONS,
    sequence::CASES,
    sequence::LISTS,
    assign::RULE,
];

fn grammar() -> &'static Grammar {
    static GRAMMAR: OnceLock<Grammar> = OnceLock::new();
    GRAMMAR.get_or_init(|| {
        Grammar::new(tree_sitter_c::LANGUAGE.into(), &["string_literal", "char_literal", "system_lib_string"])
    })
}

impl Carrier for C {
    fn language(&self) -> Language {
        Language::C
    }

    fn purpose(&self) -> &'static str {
        "C sources and headers: operators, statements, declarations, literals, order"
    }

    fn claims(&self, path: &[u8]) -> bool {
        path.ends_with(b".c") || path.ends_with(b".h")
    }

    fn lexicon(&self) -> &'static Lexicon {
        &LEXICON
    }

    /// Macros are defined in files of any name, which are included: `.inc`, `.def`, `.hpp`.
    fn overhears(&self, bytes: &[u8]) -> bool {
        bytes.split(|byte| *byte == b'\n').any(|line| macros::directive(line, b"define").is_some())
    }

    fn learn(&self, bytes: &[u8], facts: &mut Facts) {
        macros::learn(bytes, facts);
        memory::learn(bytes, facts);
    }

    fn find(&self, bytes: &[u8], facts: &Facts) -> Result<FileDrafts, SyntaxError> {
        let syntax = Syntax::parse_apart(bytes, grammar(), &bodies(bytes))?;
        let mut found = find_in(&syntax, RULES, CONTAINERS, facts);
        let torn = torn(bytes).ok_or(SyntaxError::Depth)?;
        if is_foreign(bytes) {
            found.drafts.clear();
        }
        let placed = placed(&syntax, facts);
        found.drafts.retain(|draft| torn.spares(draft) && placed.spares(draft, bytes));
        Ok(found)
    }
}
