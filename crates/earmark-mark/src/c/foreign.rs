//! Headers that are another language's: `.h` is C++'s as well, where `a + b` may be anything.

use crate::c::lexicon::LEXICON;
use crate::lex::{NAME, Token, lex};

/// Whether the text shows words of C++ that C has not: scopes, templates, classes, operators that are defined, headers
/// of its library. Where a header has some of them for C++ alone, it is left alone too.
pub(super) fn is_foreign(text: &[u8]) -> bool {
    let tokens = lex(text, &LEXICON);
    let word = |at: usize| tokens.get(at).map_or(b"".as_slice(), |token| &text[token.span.range()]);
    let is_name = |at: usize| tokens.get(at).is_some_and(|token| token.blind == NAME);
    let touches = |at: usize| {
        tokens.get(at).zip(tokens.get(at + 1)).is_some_and(|(one, two)| one.span.end == two.span.start)
    };
    let back = |at: usize, back: usize| at.checked_sub(back).map_or(b"".as_slice(), word);
    // Attributes of C23 have scopes too: `[[gnu::pure]]`.
    let mut attributes = 0_usize;
    (0..tokens.len()).any(|at| match word(at) {
        b"[" if word(at + 1) == b"[" => {
            attributes += 1;
            false
        }
        b"]" if word(at + 1) == b"]" => {
            attributes = attributes.saturating_sub(1);
            false
        }
        b":" => {
            let scope = word(at + 1) == b":" && touches(at) && touches(at + 1) && is_name(at + 2);
            scope
                && attributes == 0
                && at.checked_sub(1).is_some_and(|before| is_name(before) && touches(before))
        }
        b"class" => begins(text, &tokens, at) && is_name(at + 1),
        b"namespace" => begins(text, &tokens, at) && (is_name(at + 1) || word(at + 1) == b"{"),
        b"using" => begins(text, &tokens, at) && is_name(at + 1),
        b"template" => begins(text, &tokens, at) && word(at + 1) == b"<",
        b"public" | b"private" | b"protected" => begins(text, &tokens, at) && word(at + 1) == b":",
        b"operator" => {
            let before = at.checked_sub(1).is_some_and(is_name) || matches!(back(at, 1), b"&" | b"*");
            before
                && touches(at)
                && !is_name(at + 1)
                && !matches!(word(at + 1), b";" | b"," | b")" | b"." | b"->")
        }
        b"include" => back(at, 1) == b"#" && word(at + 1) == b"<" && is_name(at + 2) && word(at + 3) == b">",
        _ => false,
    })
}

/// Whether the token begins a line or a declaration.
fn begins(text: &[u8], tokens: &[Token], at: usize) -> bool {
    let Some(before) = at.checked_sub(1).and_then(|before| tokens.get(before)) else { return true };
    let gap = &text[before.span.end as usize..tokens[at].span.start as usize];
    gap.contains(&b'\n') || matches!(&text[before.span.range()], b";" | b"{" | b"}" | b">")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_of_another_language_are_seen() {
        for text in [
            "inline std::string f(T a) { return a; }",
            "#include <string>\n",
            "namespace a { int f(); }",
            "template <typename T> T f(T a);",
            "class a;\n",
            "struct a { num operator+(num) const; };",
            "struct a {\npublic:\n int b; };",
        ] {
            assert!(is_foreign(text.as_bytes()), "{text}");
        }
        for text in [
            "#include <stdio.h>\n#include <sys/types.h>\n",
            "[[gnu::pure]] int f(void);",
            "void f(struct a *class) { int template = 1; if (template < 3) asm(\"x\" ::: \"memory\"); }",
            "int f(int operator) { operator = operator + 1; return a ? operator : class; }",
            "struct a { int private : 1, using, namespace; };",
        ] {
            assert!(!is_foreign(text.as_bytes()), "{text}");
        }
    }
}
