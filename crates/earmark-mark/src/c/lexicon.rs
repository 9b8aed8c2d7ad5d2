use crate::lex::{Lexicon, Quote};

/// The words, comments, literals and signs of C.
pub(super) const LEXICON: Lexicon = Lexicon {
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keywords_are_sorted_for_the_search() {
        assert!(LEXICON.keywords.windows(2).all(|pair| pair[0] < pair[1]));
    }
}
