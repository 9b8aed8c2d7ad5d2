//! Foreign text inside Markdown that people also read raw.

use crate::text;

/// `text` as a code span for a table cell or a line: made visible, in a fence longer than any run of backticks inside.
#[must_use]
pub(crate) fn code(text: &str) -> String {
    let shown = text::name(text, 200).replace('|', "\\|");
    let longest = shown.split(|c| c != '`').map(str::len).max().unwrap_or(0);
    let fence = "`".repeat(longest + 1);
    let pad = if shown.is_empty() || shown.starts_with('`') || shown.ends_with('`') { " " } else { "" };
    format!("{fence}{pad}{shown}{pad}{fence}")
}

/// `text` as plain words: made visible, everything that Markdown or HTML would take for its own escaped.
#[must_use]
pub(crate) fn words(text: &str) -> String {
    let mut out = String::new();
    for c in text::name(text, 400).chars() {
        if matches!(c, '\\' | '`' | '*' | '_' | '[' | ']' | '<' | '>' | '|' | '#' | '&' | '~') {
            out.push('\\');
        }
        out.push(c);
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn foreign_text_stays_literal() {
        assert_eq!(code("a`b"), "``a`b``");
        assert_eq!(code("``"), "``` `` ```");
        assert_eq!(code("a|b\n"), "`a\\|b⟨U+000A⟩`");
        assert_eq!(words("<b>*x*"), "\\<b\\>\\*x\\*");
    }
}
