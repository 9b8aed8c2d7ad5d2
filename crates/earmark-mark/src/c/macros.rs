use crate::carrier::Facts;
use crate::syntax::Node;

/// Notes every `#define`: functions by name, objects only where the body could fall apart when
/// what stands around the name changes (neither one token nor in parentheses as a whole).
pub(super) fn learn(bytes: &[u8], facts: &mut Facts) {
    let mut lines = bytes.split(|byte| *byte == b'\n');
    while let Some(line) = lines.next() {
        let Some(rest) = directive(line, b"define") else { continue };
        let length = rest.iter().take_while(|byte| is_word(**byte)).count();
        let (name, body) = rest.split_at(length);
        if name.is_empty() {
            continue;
        }
        let mut whole = body.to_vec();
        while whole.ends_with(b"\\") || whole.ends_with(b"\\\r") {
            whole.extend_from_slice(lines.next().unwrap_or_default());
        }
        let words = || whole.split(|byte| !is_word(*byte)).filter(|word| !word.is_empty());
        if whole.windows(2).any(|pair| pair == b"##")
            || words().any(|word| facts.pasting_macros.contains(word))
        {
            facts.pasting_macros.insert(name.to_vec());
        }
        facts.macro_words.extend(words().map(<[u8]>::to_vec));
        if body.first() == Some(&b'(') {
            facts.function_macros.insert(name.to_vec());
            continue;
        }
        if !holds_together(&whole) {
            facts.object_macros.insert(name.to_vec());
        }
    }
}

fn directive<'a>(line: &'a [u8], word: &[u8]) -> Option<&'a [u8]> {
    let rest = line.trim_ascii_start().strip_prefix(b"#")?.trim_ascii_start().strip_prefix(word)?;
    rest.first().is_some_and(u8::is_ascii_whitespace).then(|| rest.trim_ascii_start())
}

fn is_word(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || byte == b'_'
}

fn holds_together(body: &[u8]) -> bool {
    let comment = body.windows(2).position(|pair| pair == b"/*" || pair == b"//");
    let body = body[..comment.unwrap_or(body.len())].trim_ascii();
    if body.is_empty() {
        // Expands to nothing: `x FAR * y`, `if (EMPTY x)`. Nothing is known of its place.
        return false;
    }
    let number = body.strip_prefix(b"-").unwrap_or(body);
    if number.iter().all(|byte| is_word(*byte)) || (body[0] == b'\'' && body.len() <= 6) {
        return true;
    }
    if body[0] == b'"' {
        return body.iter().filter(|byte| **byte == b'"').count() == 2 && body.ends_with(b"\"");
    }
    let mut depth = 0_i32;
    for (at, byte) in body.iter().enumerate() {
        match byte {
            b'(' => depth += 1,
            b')' => depth -= 1,
            _ => {}
        }
        if depth == 0 {
            return body[0] == b'(' && at + 1 == body.len();
        }
    }
    false
}

/// Whether the name looks like a macro: capitals, digits and underscores, two or more.
pub(super) fn is_shouted(name: &[u8]) -> bool {
    name.len() > 1
        && name.iter().all(|byte| byte.is_ascii_uppercase() || byte.is_ascii_digit() || *byte == b'_')
        && name.iter().any(u8::is_ascii_uppercase)
}

/// Whether a name may stand for something that is not one operand.
pub(super) fn is_loose(facts: &Facts, name: &[u8]) -> bool {
    facts.object_macros.contains(name)
}

/// Whether a call is of a macro, known or by its looks.
pub(super) fn is_macro_call(facts: &Facts, call: Node<'_>) -> bool {
    call.field("function").is_some_and(|function| {
        let name = function.text();
        is_shouted(name) || facts.function_macros.contains(name) || facts.object_macros.contains(name)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn loose_bodies_are_noted() {
        let mut facts = Facts::default();
        let text = "#define A 1\n# define B a + b\n#define C(x) x\n#define D (a + b)\n#define E (a)+(b)\n\
                    #define F \\\n  a, b\n#define G -1\n#define H \"x\" \"y\"\n#define I\n";
        learn(text.as_bytes(), &mut facts);
        let mut loose: Vec<_> = facts.object_macros.iter().map(|name| name[0] as char).collect();
        loose.sort_unstable();
        assert_eq!(loose, ['B', 'E', 'F', 'H', 'I']);
        assert!(facts.function_macros.contains(b"C".as_slice()));
    }
}
