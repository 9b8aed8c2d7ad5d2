//! Conditionals that the grammar cannot take in: amid an expression or an initializer, or tearing a statement or a
//! block. The parser guesses there, sees an `#endif` as any directive, and guesses otherwise when a word of it
//! changes; so no site may have a part of one and lack another.

use std::collections::BTreeMap;

use crate::c::lexicon::LEXICON;
use crate::c::placed::moves;
use crate::draft::{Draft, Part};
use crate::lex::{Token, lex};

/// Deeper nests are not looked into.
const DEPTH: usize = 1_000;

/// The torn conditionals of a file.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Torn {
    /// Where the `#` of each of their lines is, ascending, and which conditional the line is of.
    lines: Vec<(u32, usize)>,
    /// The first and the last line of each conditional.
    ends: BTreeMap<usize, (u32, u32)>,
    /// Each of these lines, and the first token behind it: an `else` before the line has the statement for its body.
    behind: Vec<(u32, u32)>,
}

impl Torn {
    /// Whether each torn conditional is outside of the draft, or whole in one of the parts that move.
    pub(super) fn spares(&self, draft: &Draft) -> bool {
        let behind = self.behind.partition_point(|(_, token)| *token < draft.span.start);
        let is_bound = self
            .behind
            .get(behind)
            .is_some_and(|(line, token)| *line < draft.span.start && *token < draft.span.end);
        if is_bound && moves(draft) {
            return false;
        }
        let from = self.lines.partition_point(|(at, _)| *at < draft.span.start);
        let mut inside = self.lines[from..].iter().take_while(|(at, _)| *at < draft.span.end);
        inside.all(|(_, conditional)| {
            self.ends.get(conditional).is_some_and(|(first, last)| {
                draft.forms.iter().flatten().any(
                    |part| matches!(part, Part::Child(child) if child.start <= *first && *last < child.end),
                )
            })
        })
    }
}

/// An open conditional.
struct Conditional {
    /// Its number among those that opened.
    number: usize,
    /// What was open around it.
    depth: usize,
    torn: bool,
}

/// The conditionals that stand in no statement's place, or whose branches do not close what they open, or begin with
/// an `else`; `None` when the nest is too deep to tell.
pub(super) fn torn(text: &[u8]) -> Option<Torn> {
    let tokens = lex(text, &LEXICON);
    let word = |at: usize| tokens.get(at).and_then(|token| text.get(token.span.range())).unwrap_or_default();
    let mut lines: Vec<(u32, usize)> = Vec::new();
    let mut conditionals: Vec<Conditional> = Vec::new();
    let mut bad: Vec<bool> = Vec::new();
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
            let (start, next) = (tokens[at].span.start, after_line(text, &tokens, at));
            let amid = !matches!(last, b";" | b"{" | b"}" | b":") || word(next) == b"else";
            match word(at + 1) {
                b"if" | b"ifdef" | b"ifndef" => {
                    let torn = amid || open.last() == Some(&false);
                    lines.push((start, bad.len()));
                    conditionals.push(Conditional { number: bad.len(), depth: open.len(), torn });
                    bad.push(true);
                }
                b"else" | b"elif" | b"elifdef" | b"elifndef" | b"endif" => {
                    let Some(mut conditional) = conditionals.pop() else {
                        // It closes nothing: whatever is around it is torn.
                        lines.push((start, bad.len()));
                        bad.push(true);
                        at = next;
                        continue;
                    };
                    lines.push((start, conditional.number));
                    conditional.torn |= amid || conditional.depth != open.len();
                    if word(at + 1) == b"endif" {
                        bad[conditional.number] = conditional.torn;
                    } else {
                        open.resize(conditional.depth, false);
                        conditionals.push(conditional);
                    }
                }
                _ => {}
            }
            at = next;
            continue;
        }
        match word(at) {
            b"{" => open.push(last != b"=" && !(matches!(last, b"{" | b",") && open.last() == Some(&false))),
            b"(" | b"[" => open.push(false),
            b"}" | b")" | b"]" => {
                open.pop();
                // `} else {` closes what is around and opens as much again.
                let around = conditionals.iter_mut().rev().take_while(|around| around.depth > open.len());
                around.for_each(|around| around.torn = true);
            }
            _ => {}
        }
        last = word(at);
        at += 1;
    }
    lines.retain(|(_, conditional)| bad[*conditional]);
    let mut ends: BTreeMap<usize, (u32, u32)> = BTreeMap::new();
    for (start, conditional) in &lines {
        ends.entry(*conditional).and_modify(|(_, last)| *last = *start).or_insert((*start, *start));
    }
    let behind = lines
        .iter()
        .filter_map(|(start, _)| {
            let line = tokens.partition_point(|token| token.span.start < *start);
            tokens.get(after_line(text, &tokens, line)).map(|token| (*start, token.span.start))
        })
        .collect();
    Some(Torn { lines, ends, behind })
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
        let line = |start: u32| text[..start as usize].matches('\n').count() + 1;
        torn(text.as_bytes()).unwrap().ends.values().map(|(first, _)| line(*first)).collect()
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
        assert_eq!(lines("int f(void) {\n if (a) {\n#if B\n } else if (b) {\n#endif\n }\n}\n"), [3]);
        assert_eq!(lines("int f(void) {\n if (a) g();\n#ifdef B\n else h();\n#endif\n}\n"), [3]);
        assert_eq!(lines("#ifdef A\nint f(void) {\n}\n#endif\n#endif\n#if B\n"), [5, 6]);
    }

    #[test]
    fn a_deep_nest_is_told() {
        assert_eq!(torn("{".repeat(2_000).as_bytes()), None);
        assert_eq!(torn("#if A\n".repeat(2_000).as_bytes()), None);
    }
}
