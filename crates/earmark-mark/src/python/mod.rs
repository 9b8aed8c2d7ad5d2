//! Python: the grammar, what its names and comments look like, and its rules, one family a file.

use std::sync::OnceLock;

use crate::carrier::{Carrier, Facts, FileDrafts, Rule, find_with_rules};
use crate::language::Language;
use crate::lex::{Lexicon, Quote};
use crate::syntax::{Grammar, SyntaxError};

mod assign;
mod branch;
mod compare;
mod defs;
mod facts;

mod lists;
mod literal;
mod logic;
mod place;
mod small;

/// The carrier for Python 3.
pub struct Python;

const RULES: &[Rule] = &[
    literal::RULE,
    defs::RULE,
    assign::RULE,
    lists::ARGUMENTS,
    lists::IMPORTS,
    lists::TYPES,
    lists::MEMBERS,
    lists::FLAGS,
    compare::RULE,
    compare::NEGATED,
    small::RETURN,
    small::PARENS,
    logic::RULE,
    branch::STATEMENT,
    branch::EXPRESSION,
];

/// A class is no declaration, its members are.
const CONTAINERS: &[&str] = &["ERROR"];

const fn long(open: &'static str, close: &'static str) -> Quote {
    Quote { open, close, escape: true, multiline: true, longest: usize::MAX }
}

const fn short(open: &'static str, close: &'static str) -> Quote {
    Quote { open, close, escape: true, multiline: false, longest: usize::MAX }
}

const LEXICON: Lexicon = Lexicon {
    keywords: &[
        "False", "None", "True", "and", "as", "assert", "async", "await", "break", "class", "continue",
        "def", "del", "elif", "else", "except", "finally", "for", "from", "global", "if", "import", "in",
        "is", "lambda", "nonlocal", "not", "or", "pass", "raise", "return", "try", "while", "with", "yield",
    ],
    line_comments: &["#"],
    block_comments: &[],
    quotes: &[
        long("\"\"\"", "\"\"\""),
        long("'''", "'''"),
        short("\"", "\""),
        short("'", "'"),
        long("b\"\"\"", "\"\"\""),
        long("f\"\"\"", "\"\"\""),
        long("r\"\"\"", "\"\"\""),
        long("r'''", "'''"),
        short("b\"", "\""),
        short("b'", "'"),
        short("f\"", "\""),
        short("f'", "'"),
        short("r\"", "\""),
        short("r'", "'"),
        short("u\"", "\""),
        short("u'", "'"),
        short("rb\"", "\""),
        short("rb'", "'"),
        short("br\"", "\""),
        short("br'", "'"),
    ],
    punctuation: &[
        "**=", "//=", "<<=", ">>=", "...", "->", ":=", "**", "//", "<<", ">>", "<=", ">=", "==", "!=", "+=",
        "-=", "*=", "/=", "%=", "&=", "|=", "^=", "@=",
    ],
    prose: false,
};

fn grammar() -> &'static Grammar {
    static GRAMMAR: OnceLock<Grammar> = OnceLock::new();
    GRAMMAR.get_or_init(|| Grammar::new(tree_sitter_python::LANGUAGE.into(), &[]))
}

impl Carrier for Python {
    fn language(&self) -> Language {
        Language::Python
    }

    fn purpose(&self) -> &'static str {
        "Python 3 sources: order of functions, arguments and tests, comparisons, literals"
    }

    fn claims(&self, path: &[u8]) -> bool {
        path.ends_with(b".py")
    }

    fn lexicon(&self) -> &'static Lexicon {
        &LEXICON
    }

    fn learn(&self, bytes: &[u8], facts: &mut Facts) {
        facts::learn(bytes, facts);
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
