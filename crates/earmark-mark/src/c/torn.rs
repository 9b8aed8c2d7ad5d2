//! Conditionals that the grammar cannot take in: amid an expression or an initializer, or tearing a statement or a
//! block. The parser guesses there, and guesses otherwise when a word of the directive changes.

use crate::c::lexicon::LEXICON;
use crate::lex::{Token, lex};

/// Deeper nests are not looked into: every conditional counts as torn.
const DEPTH: usize = 1_000;

/// An open conditional.
struct Conditional {
    /// Its number among those that opened.
    number: usize,
    /// What was open around it.
    depth: usize,
}

/// The places of the `#` of conditionals that stand in no statement's place, or whose branches do not close what
/// they open, ascending; `None` when the nest is too deep to tell.
pub(super) fn torn(text: &[u8]) -> Option<Vec<u32>> {
    let tokens = lex(text, &LEXICON);
    let word = |at: usize| tokens.get(at).and_then(|token| text.get(token.span.range())).unwrap_or_default();
    let mut starts: Vec<(u32, bool)> = Vec::new();
    let mut conditionals: Vec<Conditional> = Vec::new();
    // Whether each brace or parenthesis that is open holds statements or declarations.
    let mut open: Vec<bool> = Vec::new();
    // The last word outside of directives.
    let mut last: &[u8] = b";";
    let mut at = 0;
    while at < tokens.len() {
        if open.len() + conditionals.len() > DEPTH {
            return None;
        }
        if word(at) == b"#" && begins_a_line(text, &tokens, at) {
            let start = tokens[at].span.start;
            let torn_here = |conditional: &Conditional| {
                conditional.depth != open.len() || !matches!(last, b";" | b"{" | b"}" | b":")
            };
            match word(at + 1) {
                b"if" | b"ifdef" | b"ifndef" => {
                    let depth = open.len();
                    let opened = Conditional { number: starts.len(), depth };
                    let bad = torn_here(&opened) || open.last() == Some(&false);
                    starts.push((start, bad));
                    conditionals.push(opened);
                }
                b"else" | b"elif" | b"elifdef" | b"elifndef" => {
                    if let Some(conditional) = conditionals.last() {
                        starts[conditional.number].1 |= torn_here(conditional);
                        open.resize(conditional.depth, false);
                    }
                }
                b"endif" => {
                    if let Some(conditional) = conditionals.pop() {
                        starts[conditional.number].1 |= torn_here(&conditional);
                    }
                }
                _ => {}
            }
            at = after_line(text, &tokens, at);
            continue;
        }
        match word(at) {
            b"{" => open.push(last != b"=" && !(matches!(last, b"{" | b",") && open.last() == Some(&false))),
            b"(" | b"[" => open.push(false),
            b"}" | b")" | b"]" => {
                open.pop();
            }
            _ => {}
        }
        last = word(at);
        at += 1;
    }
    Some(starts.into_iter().filter(|(_, bad)| *bad).map(|(start, _)| start).collect())
}

fn begins_a_line(text: &[u8], tokens: &[Token], at: usize) -> bool {
    let from = at.checked_sub(1).map_or(0, |before| tokens[before].span.end as usize);
    at == 0 || text[from..tokens[at].span.start as usize].contains(&b'\n')
}

/// The first token behind the directive that begins here, lines that continue it included.
fn after_line(text: &[u8], tokens: &[Token], at: usize) -> usize {
    let mut next = at + 1;
    while let Some(token) = tokens.get(next) {
        let between = &text[tokens[next - 1].span.end as usize..token.span.start as usize];
        let ends = between
            .iter()
            .enumerate()
            .any(|(place, byte)| *byte == b'\n' && !between[..place].trim_ascii_end().ends_with(b"\\"));
        if ends {
            break;
        }
        next += 1;
    }
    next
}

#[cfg(test)]
mod tests {
    use super::*;

    fn lines(text: &str) -> Vec<usize> {
        let line = |start: &u32| text[..*start as usize].matches('\n').count() + 1;
        torn(text.as_bytes()).unwrap().iter().map(line).collect()
    }

    #[test]
    fn conditionals_between_statements_are_whole() {
        let text = "#ifndef A_H\n#define A_H \\\n  {\nint f(void)\n{\n    g();\n# ifdef B // {\n    if (x) {\n        h();\n    }\n\
                    #else\n    k();\n#endif\n}\n#endif\n";
        assert!(lines(text).is_empty());
    }

    #[test]
    fn conditionals_amid_something_are_torn() {
        assert_eq!(lines("int f(void) { if (a && (\n#ifdef B\n b :\n#endif\n c)) g(); }\n"), [2]);
        assert_eq!(lines("int a[] = {\n#ifdef B\n 1,\n#endif\n 2 };\n"), [2]);
        assert_eq!(lines("int f(void) {\n if (a)\n#ifdef B\n  g();\n#else\n  h();\n#endif\n}\n"), [3]);
        assert_eq!(lines("int f(void) {\n#if B\n if (a) {\n#else\n {\n#endif\n g(); } }\n"), [2]);
        assert_eq!(lines("int f(void) {\n#if B\n g(\n#endif\n a); }\n"), [2]);
    }

    #[test]
    fn a_deep_nest_is_told() {
        assert_eq!(torn("{".repeat(2_000).as_bytes()), None);
        assert_eq!(torn("#if A\n".repeat(2_000).as_bytes()), None);
    }
}
