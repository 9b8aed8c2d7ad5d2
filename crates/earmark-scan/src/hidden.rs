//! Code where a compiler does not look: in comments and in string literals.

use crate::view::View;

/// A block comment shorter than this hides nothing worth a search.
const LONG: usize = 200;
/// In code every so many bytes have a semicolon, at least.
const PER_SEMICOLON: usize = 80;
/// So many lines in line comments or strings are worth a search.
const LINES: u32 = 5;

/// What a leaf hides, put together as a text of its own; `None` if that is not worth a search.
///
/// Taken: block comments with enough semicolons, line comments that end like code, strings that end in an escaped line
/// feed, unescaped. Cost: one pass that stops only at `/` and quotes.
pub(crate) fn view(leaf: &[u8]) -> Option<View> {
    let mut view = View::empty(leaf);
    let (mut blocks, mut lines) = (0u32, 0u32);
    let mut at = 0;
    while let Some(found) =
        leaf.get(at..).and_then(|rest| rest.iter().position(|byte| matches!(byte, b'/' | b'"')))
    {
        at += found;
        match (leaf[at], leaf.get(at + 1)) {
            (b'/', Some(b'*')) => {
                let start = at + 2;
                let end = find(leaf, start, b"*/").unwrap_or(leaf.len());
                let inside = &leaf[start..end];
                let semicolons = inside.iter().filter(|byte| **byte == b';').count();
                if inside.len() >= LONG && semicolons * PER_SEMICOLON >= inside.len() {
                    view.push(inside, start);
                    blocks += 1;
                }
                at = end + 2;
            }
            (b'/', Some(b'/')) => {
                let start = at + 2;
                let end = find(leaf, start, b"\n").unwrap_or(leaf.len());
                let inside = &leaf[start..end];
                if matches!(inside.trim_ascii_end().last(), Some(b';' | b'{' | b'}' | b')' | b',' | b':')) {
                    view.push(inside, start);
                    view.push(b"\n", end);
                    lines += 1;
                }
                at = end;
            }
            (b'"', _) => at = string(leaf, at + 1, &mut view, &mut lines),
            _ => at += 1,
        }
    }
    (blocks > 0 || lines >= LINES).then_some(view)
}

fn find(leaf: &[u8], from: usize, what: &[u8]) -> Option<usize> {
    let mut at = from;
    loop {
        let found = leaf.get(at..)?.iter().position(|byte| *byte == what[0])?;
        if leaf[at + found..].starts_with(what) {
            return Some(at + found);
        }
        at += found + 1;
    }
}

/// Takes the string that starts at `from` if it ends in an escaped line feed; returns where to go on.
fn string(leaf: &[u8], from: usize, view: &mut View, lines: &mut u32) -> usize {
    let mut end = from;
    while let Some(byte) = leaf.get(end) {
        match byte {
            b'\\' => end += 2,
            b'"' => break,
            b'\n' => return end,
            _ => end += 1,
        }
    }
    let end = end.min(leaf.len());
    let inside = &leaf[from..end];
    if !inside.ends_with(b"\\n") {
        return end + 1;
    }
    *lines += 1;
    let mut kept = 0;
    while let Some(found) = inside[kept..].iter().position(|byte| *byte == b'\\') {
        let escape = kept + found;
        view.push(&inside[kept..escape], from + kept);
        let meant: &[u8] = match inside.get(escape + 1) {
            Some(b'n') => b"\n",
            Some(b't') => b"\t",
            Some(b'"') => b"\"",
            Some(b'\'') => b"'",
            Some(b'\\') => b"\\",
            _ => b"",
        };
        view.push(meant, from + escape);
        kept = (escape + 2).min(inside.len());
    }
    view.push(&inside[kept..], from + kept);
    end + 1
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn strings_are_read_as_the_program_would_print_them() {
        let leaf = b"puts(\"int a = \\\"x\\\";\\n\"\n\"\\tif (b)\\n\" \"1\\n\" \"2\\n\" \"plain\" \"3\\n\");";
        let view = view(leaf).unwrap();
        assert_eq!(view.bytes(), b"int a = \"x\";\n\tif (b)\n1\n2\n3\n");
    }

    #[test]
    fn remarks_hide_nothing() {
        assert!(view(b"int x; // a counter\n/* of what? */\nputs(\"hello\\n\");").is_none());
        assert!(view(format!("/* {} */", "a long story without code ".repeat(20)).as_bytes()).is_none());
        assert!(view(format!("/* {} */", "a = f(b, c);\n".repeat(20)).as_bytes()).is_some());
    }

    proptest! {
        #[test]
        fn any_bytes_are_looked_through(bytes in prop::collection::vec(prop::sample::select(b"/*\"\\\n;x".to_vec()), 0..60)) {
            let _ = view(&bytes);
        }
    }
}
