//! What definitions of a tree say: which functions take any keyword, and so may show the order of their arguments,
//! and whether any class orders its objects.

use crate::carrier::Facts;

/// Longer headers are not read to their end.
const HEADER: usize = 4000;

/// Notes functions with a `**parameter`, classes whose making takes one, and classes that are dictionaries.
pub(super) fn learn(bytes: &[u8], facts: &mut Facts) {
    // The classes around a line, with their indentation.
    let mut around: Vec<(usize, &[u8])> = Vec::new();
    let mut at = 0;
    for line in bytes.split(|byte| *byte == b'\n') {
        let rest = bytes.get(at..).unwrap_or_default();
        at += line.len() + 1;
        let indent = line.iter().take_while(|byte| matches!(**byte, b' ' | b'\t')).count();
        let text = line.get(indent..).unwrap_or_default();
        let text = text.strip_prefix(b"async ").unwrap_or(text);
        let (is_class, named) = match (text.strip_prefix(b"class "), text.strip_prefix(b"def ")) {
            (Some(named), _) => (true, named),
            (_, Some(named)) => (false, named),
            _ => continue,
        };
        around.retain(|(own, _)| *own < indent);
        let is_word = |byte: &u8| byte.is_ascii_alphanumeric() || *byte == b'_' || *byte >= 128;
        let name = &named[..named.iter().take_while(|byte| is_word(byte)).count()];
        let header = header(rest.get(line.len() - named.len() + name.len()..).unwrap_or_default());
        if is_class {
            around.push((indent, name));
            if header.windows(4).any(|word| word.eq_ignore_ascii_case(b"dict")) {
                facts.keyword_takers.insert(name.to_vec());
            }
            continue;
        }
        facts.has_orderings |= matches!(name, b"__ge__" | b"__gt__" | b"__le__" | b"__lt__");
        if takes_any(header) {
            facts.keyword_takers.insert(name.to_vec());
            if let Some((_, class)) = around.last().filter(|_| name.starts_with(b"__")) {
                facts.keyword_takers.insert(class.to_vec());
            }
        }
    }
}

/// What stands in the parentheses that come first.
fn header(text: &[u8]) -> &[u8] {
    let mut depth = 0_usize;
    for (at, byte) in text.iter().take(HEADER).enumerate() {
        match byte {
            b'(' | b'[' => depth += 1,
            b')' | b']' => depth = depth.saturating_sub(1),
            _ => {}
        }
        if depth == 0 {
            return &text[..at];
        }
    }
    text.get(..HEADER).unwrap_or(text)
}

/// Whether one of the parameters is `**name`.
fn takes_any(header: &[u8]) -> bool {
    header.windows(2).enumerate().any(|(at, stars)| {
        let before = header.get(..at).unwrap_or_default().trim_ascii_end();
        stars == b"**" && before.last().is_some_and(|byte| matches!(byte, b'(' | b','))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn takers(text: &str) -> Vec<String> {
        let mut facts = Facts::default();
        learn(text.as_bytes(), &mut facts);
        let mut names: Vec<_> =
            facts.keyword_takers.iter().map(|name| String::from_utf8_lossy(name).into_owned()).collect();
        names.sort();
        names
    }

    #[test]
    fn functions_and_classes_that_take_any_keyword() {
        let text = "def a(x, n=2**3): pass\nasync def b(\n    x,\n    **rest): pass\ndef c(**more): pass\n";
        assert_eq!(takers(text), ["b", "c"]);
        let text = "class A(Base):\n    def f(self): pass\n    def __init__(self, **kw): pass\nclass B(dict): pass\n";
        assert_eq!(takers(text), ["A", "B", "__init__"]);
        assert_eq!(takers("def a(x, y"), Vec::<String>::new());
    }
}
