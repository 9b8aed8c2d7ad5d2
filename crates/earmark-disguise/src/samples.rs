//! Texts that the tests of every disguise share.

use proptest::prelude::*;

use crate::language::Language;
use crate::lex::lex;

pub(crate) const LANGUAGES: [Language; 6] =
    [Language::C, Language::JavaScript, Language::Rust, Language::Python, Language::Prose, Language::Other];

/// What a compiler would see of `text`.
pub(crate) fn tokens(language: Language, text: &str) -> Vec<&str> {
    lex(language, text).into_iter().filter(|token| token.is_code()).map(|token| token.text).collect()
}

/// A plausible program.
pub(crate) fn program() -> impl Strategy<Value = (Language, String)> {
    (any::<u64>(), 0_usize..5).prop_map(|(seed, place)| {
        let file = crate::decoys::decoy(seed, place);
        (crate::language::language(&file.path), file.text)
    })
}

/// Tokens that make no program.
pub(crate) fn soup() -> impl Strategy<Value = Vec<&'static str>> {
    let pieces = prop::sample::select(vec![
        "if",
        "else",
        "return",
        "case",
        "x",
        "y1",
        "f",
        "sizeof",
        "for",
        "(",
        ")",
        "(",
        ")",
        "{",
        "}",
        "[",
        "]",
        ";",
        ",",
        ".",
        "->",
        "+",
        "-",
        "*",
        "&",
        "&&",
        "!",
        "~",
        "<",
        ">",
        "=",
        "==",
        "<=",
        "?",
        ":",
        "1",
        "0x2f",
        "2.5e+3",
        "\"s // t\"",
        "'c'",
        "\n",
        "/* c */",
        "// d\n",
        "const",
        "enum",
        "do",
        "while",
        "default",
    ]);
    prop::collection::vec(pieces, 0..60)
}

/// Any text at all, rich in what lexers stumble over.
pub(crate) fn anything() -> impl Strategy<Value = String> {
    r#"([a-z ]{0,3}|[\PC\n\t]{0,2}|["'`/*\\#<>{}()\[\]$rRbLé\n.;,:0-9-]{0,4}){0,30}"#
}
