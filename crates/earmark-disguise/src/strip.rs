//! Taking the comments out.

use crate::language::Language;
use crate::lex::{Kind, lex};

/// Takes every comment out of `text` and closes up the lines that it leaves blank.
///
/// Strings are left as they are, so Python's docstrings stay, and so does a first line that names
/// an interpreter (`#!`). The tokens a compiler sees are the same before and after. Prose comes back unchanged.
pub fn strip_comments(language: Language, text: &str) -> String {
    if language == Language::Prose {
        return text.to_owned();
    }
    let mut out = String::with_capacity(text.len());
    for (number, token) in lex(language, text).into_iter().enumerate() {
        match token.kind {
            Kind::LineComment if number == 0 && language != Language::C && token.text.starts_with("#!") => {
                out.push_str(token.text)
            }
            Kind::LineComment => {}
            // A comment over several lines ends a statement in JavaScript, but never a directive in C.
            Kind::BlockComment if language == Language::JavaScript && token.text.contains('\n') => {
                end_line(&mut out)
            }
            Kind::BlockComment => out.push(' '),
            Kind::Blank if token.ends_line() => {
                end_line(&mut out);
                let indent = token.text.rfind('\n').map_or("", |end| &token.text[end + 1..]);
                out.push_str(indent);
            }
            _ => out.push_str(token.text),
        }
    }
    out
}

/// Ends the line in `out`, unless nothing but blanks stands in it.
fn end_line(out: &mut String) {
    // An escaped line end stays: the backslash before it is no blank.
    let kept = out.trim_end_matches([' ', '\t', '\r', '\x0c']).len();
    out.truncate(kept);
    if !(out.is_empty() || out.ends_with('\n')) {
        out.push('\n');
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::samples;

    #[test]
    fn takes_comments_and_leaves_strings() {
        let text = "/* head\n */\nint a; // one\n\n  char *s = \"/* in */\"; /* two */ int b;\n#define X 1 /* a\n b */ + 2\n";
        assert_eq!(
            strip_comments(Language::C, text),
            "int a;\n  char *s = \"/* in */\";   int b;\n#define X 1   + 2\n"
        );
        let text = "#!/usr/bin/env python3\n# gone\nx = '#' # gone\n\n\ndef f():\n    # gone\n    '''# doc\n\n    '''\n";
        assert_eq!(
            strip_comments(Language::Python, text),
            "#!/usr/bin/env python3\nx = '#'\ndef f():\n    '''# doc\n\n    '''\n"
        );
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(100))]

        #[test]
        fn keeps_the_tokens((language, text) in samples::program()) {
            let stripped = strip_comments(language, &text);
            prop_assert_eq!(samples::tokens(language, &stripped), samples::tokens(language, &text));
            prop_assert!(!lex(language, &stripped).iter().skip(1).any(|token| matches!(token.kind, Kind::LineComment | Kind::BlockComment)));
        }

        #[test]
        fn takes_any_text(text in samples::anything()) {
            for language in samples::LANGUAGES {
                strip_comments(language, &text);
            }
        }
    }
}
