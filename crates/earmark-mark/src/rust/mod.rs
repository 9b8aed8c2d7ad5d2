//! Rust: the grammar, what its names and comments look like, and its rules, one family a file.

use std::sync::OnceLock;

use crate::carrier::{Carrier, Facts, FileDrafts, Rule, find_with_rules};
use crate::language::Language;
use crate::lex::{Lexicon, Quote};
use crate::syntax::{Grammar, SyntaxError};

mod arms;
mod binding;
mod branch;
mod compare;
mod fields;
mod items;
mod lists;
mod literal;
mod logic;
mod parens;
mod place;
mod pure;
mod selfname;
mod variants;
mod words;

/// The carrier for Rust.
pub struct Rust;

const RULES: &[Rule] = &[
    items::RULE,
    arms::ARMS,
    arms::ALTERNATIVES,
    fields::RULE,
    lists::PATTERN,
    lists::DERIVE,
    lists::BOUNDS,
    variants::RULE,
    literal::RULE,
    selfname::RULE,
    compare::RULE,
    logic::RULE,
    branch::RULE,
    parens::RULE,
];

/// Kinds that hold declarations without being one.
const CONTAINERS: &[&str] = &["mod_item", "declaration_list", "ERROR"];

const LEXICON: Lexicon = Lexicon {
    keywords: &[
        "Self", "as", "async", "await", "bool", "break", "char", "const", "continue", "crate", "dyn", "else",
        "enum", "extern", "f32", "f64", "false", "fn", "for", "i128", "i16", "i32", "i64", "i8", "if",
        "impl", "in", "isize", "let", "loop", "match", "mod", "move", "mut", "pub", "ref", "return", "self",
        "static", "str", "struct", "super", "trait", "true", "type", "u128", "u16", "u32", "u64", "u8",
        "unsafe", "use", "usize", "where", "while",
    ],
    line_comments: &["//"],
    block_comments: &[("/*", "*/")],
    quotes: &[
        Quote { open: "br##\"", close: "\"##", escape: false, multiline: true, longest: usize::MAX },
        Quote { open: "br#\"", close: "\"#", escape: false, multiline: true, longest: usize::MAX },
        Quote { open: "br\"", close: "\"", escape: false, multiline: true, longest: usize::MAX },
        Quote { open: "r##\"", close: "\"##", escape: false, multiline: true, longest: usize::MAX },
        Quote { open: "r#\"", close: "\"#", escape: false, multiline: true, longest: usize::MAX },
        Quote { open: "r\"", close: "\"", escape: false, multiline: true, longest: usize::MAX },
        Quote { open: "b\"", close: "\"", escape: true, multiline: true, longest: usize::MAX },
        Quote { open: "c\"", close: "\"", escape: true, multiline: true, longest: usize::MAX },
        Quote { open: "\"", close: "\"", escape: true, multiline: true, longest: usize::MAX },
        Quote { open: "b'", close: "'", escape: true, multiline: false, longest: 5 },
        // A quote that closes at once is a character, any other begins a lifetime.
        Quote { open: "'\\'", close: "'", escape: false, multiline: false, longest: 0 },
        Quote { open: "'\\\\", close: "'", escape: false, multiline: false, longest: 0 },
        Quote { open: "'\\", close: "'", escape: false, multiline: false, longest: 9 },
        Quote { open: "'", close: "'", escape: false, multiline: false, longest: 1 },
    ],
    punctuation: &[
        "<<=", ">>=", "...", "..=", "->", "=>", "::", "..", "<<", ">>", "<=", ">=", "==", "!=", "&&", "||",
        "+=", "-=", "*=", "/=", "%=", "&=", "|=", "^=",
    ],
    prose: false,
};

fn grammar() -> &'static Grammar {
    static GRAMMAR: OnceLock<Grammar> = OnceLock::new();
    GRAMMAR.get_or_init(|| {
        Grammar::new(
            tree_sitter_rust::LANGUAGE.into(),
            &["string_literal", "raw_string_literal", "char_literal", "line_comment", "block_comment"],
        )
    })
}

impl Carrier for Rust {
    fn language(&self) -> Language {
        Language::Rust
    }

    fn purpose(&self) -> &'static str {
        "Rust sources: order of items, arms and fields, names for Self, operators, literals"
    }

    fn claims(&self, path: &[u8]) -> bool {
        path.ends_with(b".rs")
    }

    fn lexicon(&self) -> &'static Lexicon {
        &LEXICON
    }

    fn learn(&self, bytes: &[u8], facts: &mut Facts) {
        facts.has_mixed_numbers |= compare::compares_with_numbers(bytes);
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
