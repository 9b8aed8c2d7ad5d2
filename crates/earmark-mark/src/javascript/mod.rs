//! JavaScript: the grammar, what its names and comments look like, and its rules, one family a file.

use std::sync::OnceLock;

use earmark_model::Span;

use crate::carrier::{Carrier, Facts, FileDrafts, Rule, find_with_rules};
use crate::language::Language;
use crate::lex::{Lexicon, Quote};
use crate::parts::blank_between;
use crate::syntax::{Grammar, SyntaxError};

mod braces;
mod branch;
mod compare;
mod logic;
mod order;
mod place;
mod small;

/// The carrier for JavaScript.
pub struct JavaScript;

const RULES: &[Rule] = &[
    braces::RULE,
    compare::RULE,
    order::FUNCTIONS,
    order::METHODS,
    order::NAMES,
    order::LABELS,
    branch::RULE,
    small::NUMBER,
    small::STEP,
    small::SHORTHAND,
    small::DECLARATION,
    logic::RULE,
];

const LEXICON: Lexicon = Lexicon {
    keywords: &[
        "async",
        "await",
        "break",
        "case",
        "catch",
        "class",
        "const",
        "continue",
        "debugger",
        "default",
        "delete",
        "do",
        "else",
        "export",
        "extends",
        "false",
        "finally",
        "for",
        "function",
        "if",
        "import",
        "in",
        "instanceof",
        "let",
        "new",
        "null",
        "return",
        "static",
        "super",
        "switch",
        "this",
        "throw",
        "true",
        "try",
        "typeof",
        "undefined",
        "var",
        "void",
        "while",
        "with",
        "yield",
    ],
    line_comments: &["//"],
    block_comments: &[("/*", "*/")],
    quotes: &[
        Quote { open: "\"", close: "\"", escape: true, multiline: false, longest: usize::MAX },
        Quote { open: "'", close: "'", escape: true, multiline: false, longest: usize::MAX },
        Quote { open: "`", close: "`", escape: true, multiline: true, longest: usize::MAX },
    ],
    punctuation: &[
        ">>>=", "...", "===", "!==", "**=", "<<=", ">>=", ">>>", "&&=", "||=", "??=", "=>", "==", "!=", "<=",
        ">=", "&&", "||", "??", "?.", "++", "--", "+=", "-=", "*=", "/=", "%=", "&=", "|=", "^=", "<<", ">>",
        "**",
    ],
    prose: false,
};

fn grammar() -> &'static Grammar {
    static GRAMMAR: OnceLock<Grammar> = OnceLock::new();
    GRAMMAR.get_or_init(|| Grammar::new(tree_sitter_javascript::LANGUAGE.into(), &["string", "regex"]))
}

impl Carrier for JavaScript {
    fn language(&self) -> Language {
        Language::JavaScript
    }

    fn purpose(&self) -> &'static str {
        "JavaScript sources: braces, comparisons, branches, order of functions and names, declarations"
    }

    fn claims(&self, path: &[u8]) -> bool {
        [b".js".as_slice(), b".mjs", b".cjs"].iter().any(|end| path.ends_with(end))
    }

    fn lexicon(&self) -> &'static Lexicon {
        &LEXICON
    }

    fn learn(&self, _: &[u8], _: &mut Facts) {}

    fn find(&self, bytes: &[u8], facts: &Facts) -> Result<FileDrafts, SyntaxError> {
        let mut found = find_with_rules(bytes, grammar(), RULES, &["ERROR"], facts)?;
        found.declarations = joined(bytes, &found.declarations);
        Ok(found)
    }
}

/// Takes neighboring declarations of one keyword for one: whether they are one statement or several is
/// a site's choice, and keys must not depend on it.
fn joined(source: &[u8], declarations: &[Span]) -> Vec<Span> {
    let mut out: Vec<Span> = Vec::with_capacity(declarations.len());
    let keyword = |span: Span| {
        let text = source.get(span.range()).unwrap_or_default();
        [b"const ".as_slice(), b"let ", b"var "].into_iter().find(|word| text.starts_with(word))
    };
    for span in declarations {
        match out.last_mut() {
            Some(last)
                if keyword(*last).is_some()
                    && keyword(*last) == keyword(*span)
                    && blank_between(source, last.end, span.start).is_some() =>
            {
                last.end = span.end;
            }
            _ => out.push(*span),
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keywords_are_sorted_for_the_search() {
        assert!(LEXICON.keywords.windows(2).all(|pair| pair[0] < pair[1]));
    }
}
