//! C: the grammar, what its names and comments look like, and its rules, one family a file.

use std::sync::OnceLock;

use crate::carrier::{Carrier, Facts, FileDrafts, Rule, find_with_rules};
use crate::language::Language;
use crate::lex::{Lexicon, Quote};
use crate::syntax::{Grammar, SyntaxError};

mod assign;
mod braces;
mod branch;
mod commute;
mod compare;
mod declare;
mod directive;
mod element;
mod expression;
mod literal;
mod logic;
mod loops;
mod macros;
mod parens;
mod place;
mod polarity;
mod returns;
mod sequence;
mod step;
mod ternary;
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

/// Kinds that hold declarations without being one.
const CONTAINERS: &[&str] = &[
    "preproc_if",
    "preproc_ifdef",
    "preproc_else",
    "preproc_elif",
    "preproc_elifdef",
    "linkage_specification",
    "declaration_list",
    "ERROR",
];

const LEXICON: Lexicon = Lexicon {
    keywords: &[
        "_Alignas",
        "_Alignof",
        "_Atomic",
        "_Bool",
        "_Complex",
        "_Generic",
        "_Noreturn",
        "_Static_assert",
        "_Thread_local",
        "auto",
        "break",
        "case",
        "char",
        "const",
        "continue",
        "default",
        "define",
        "defined",
        "do",
        "double",
        "elif",
        "else",
        "endif",
        "enum",
        "extern",
        "float",
        "for",
        "goto",
        "if",
        "ifdef",
        "ifndef",
        "include",
        "inline",
        "int",
        "long",
        "register",
        "restrict",
        "return",
        "short",
        "signed",
        "sizeof",
        "static",
        "struct",
        "switch",
        "typedef",
        "undef",
        "union",
        "unsigned",
        "void",
        "volatile",
        "while",
    ],
    line_comments: &["//"],
    block_comments: &[("/*", "*/")],
    quotes: &[
        Quote { open: "\"", close: "\"", escape: true, multiline: false, longest: usize::MAX },
        Quote { open: "'", close: "'", escape: true, multiline: false, longest: 12 },
    ],
    punctuation: &[
        "<<=", ">>=", "...", "->", "++", "--", "<<", ">>", "<=", ">=", "==", "!=", "&&", "||", "+=", "-=",
        "*=", "/=", "%=", "&=", "|=", "^=", "##",
    ],
    prose: false,
};

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

    fn learn(&self, bytes: &[u8], facts: &mut Facts) {
        macros::learn(bytes, facts);
    }

    fn find(&self, bytes: &[u8], facts: &Facts) -> Result<FileDrafts, SyntaxError> {
        find_with_rules(bytes, grammar(), RULES, CONTAINERS, facts)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keywords_are_sorted_for_the_search() {
        assert!(LEXICON.keywords.windows(2).all(|pair| pair[0] < pair[1]));
    }
}
