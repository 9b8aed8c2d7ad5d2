//! Another width of indentation for Python.

use super::style::Style;
use crate::language::Language;
use crate::lex::{Kind, Token, lex};

/// Indents every statement by its depth in `style`; lines inside brackets move along with their statement.
pub(super) fn indent(text: &str, style: &Style) -> String {
    let tokens = lex(Language::Python, text);
    let mut out = String::with_capacity(text.len() + text.len() / 4);
    let mut levels: Vec<usize> = vec![0];
    let mut brackets = 0_usize;
    for (place, token) in tokens.iter().enumerate() {
        let starts_line = place == 0 || token.ends_line();
        match token.kind {
            Kind::Punct if matches!(token.text, "(" | "[" | "{") => brackets += 1,
            Kind::Punct if matches!(token.text, ")" | "]" | "}") => brackets = brackets.saturating_sub(1),
            _ => {}
        }
        if !starts_line {
            out.push_str(token.text);
            continue;
        }
        let margin = if token.kind == Kind::Blank {
            let end = token.text.rfind('\n').map_or(0, |end| end + 1);
            out.push_str(&token.text[..end]);
            &token.text[end..]
        } else {
            ""
        };
        let next = if token.kind == Kind::Blank { tokens.get(place + 1) } else { Some(token) };
        if brackets > 0 {
            out.push_str(&style.indent.repeat(levels.len() + 1));
        } else if next.is_some() {
            out.push_str(&style.indent.repeat(depth(&mut levels, columns(margin), next)));
        }
        if token.kind != Kind::Blank {
            out.push_str(token.text);
        }
    }
    out
}

/// The depth of a statement that starts in `column`; a comment looks at the levels and leaves them.
fn depth(levels: &mut Vec<usize>, column: usize, next: Option<&Token<'_>>) -> usize {
    if next.is_some_and(|token| !token.is_code()) {
        let shallower = levels.iter().filter(|&&level| level > 0 && level <= column).count();
        // A comment may be the first line of a block that opens with the next statement.
        let opens = levels.last().is_some_and(|&level| level < column);
        return shallower + usize::from(opens);
    }
    while levels.last().is_some_and(|&level| level > column) {
        levels.pop();
    }
    if levels.last().is_none_or(|&level| level < column) {
        levels.push(column);
    }
    levels.len() - 1
}

/// Columns a margin takes, a tab reaching to the next multiple of eight as Python counts.
fn columns(margin: &str) -> usize {
    margin.bytes().fold(0, |column, byte| match byte {
        b'\t' => (column / 8 + 1) * 8,
        b'\x0c' => 0,
        _ => column + 1,
    })
}
