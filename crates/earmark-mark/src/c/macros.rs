use std::collections::HashSet;

use crate::c::lexicon::LEXICON;
use crate::carrier::Facts;
use crate::lex::{NAME, lex};
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
        let text = without_comments(&whole);
        if body.first() == Some(&b'(') {
            facts.function_macros.insert(name.to_vec());
            let end = text.iter().position(|byte| *byte == b')').map_or(text.len(), |end| end + 1);
            if !holds_together(&text[end..]) {
                facts.loose_functions.insert(name.to_vec());
            }
            continue;
        }
        if !holds_together(&text) {
            facts.object_macros.insert(name.to_vec());
        }
        learn_body(name, &text, facts);
    }
}

/// The body of a macro as its tokens, a space between any two that had something between them.
fn without_comments(body: &[u8]) -> Vec<u8> {
    let mut out = Vec::with_capacity(body.len());
    let mut end = 0;
    for token in lex(body, &LEXICON) {
        if token.span.start > end {
            out.push(b' ');
        }
        out.extend_from_slice(&body[token.span.range()]);
        end = token.span.end;
    }
    out
}

/// Notes what the body of a macro without arguments names, and whether it calls or changes something.
fn learn_body(name: &[u8], body: &[u8], facts: &mut Facts) {
    let tokens = lex(body, &LEXICON);
    let mut names = Vec::new();
    let mut busy = false;
    for (at, token) in tokens.iter().enumerate() {
        let text = &body[token.span.range()];
        if token.blind == NAME {
            // `UINT64_C(1)` is a constant; other calls may be anything.
            let called = tokens.get(at + 1).is_some_and(|next| &body[next.span.range()] == b"(");
            busy |= called && !text.ends_with(b"_C");
            names.push(text.to_vec());
        }
        let compares = matches!(text, b"==" | b"!=" | b"<=" | b">=");
        busy |= matches!(text, b"++" | b"--") || (text.ends_with(b"=") && !compares && text[0] != b'"');
    }
    if busy {
        facts.busy_macros.insert(name.to_vec());
    }
    facts.macro_names.entry(name.to_vec()).or_default().extend(names);
}

/// Whether a name stands for something that calls or changes, or may.
pub(super) fn is_busy(facts: &Facts, name: &[u8]) -> bool {
    is_behind(facts, name, &|word| facts.busy_macros.contains(word))
}

/// Whether a name stands for something that is not made of constants: it may name a variable unseen. An unknown
/// name in capitals counts when nothing of the tree says what it is.
fn may_hide(facts: &Facts, name: &[u8]) -> bool {
    is_behind(facts, name, &|word| {
        !facts.macro_names.contains_key(word)
            && word != name
            && !is_shouted(word)
            && !facts.enumerators.contains(word)
    })
}

/// Whether a name in the node may stand for something that names more than the text shows.
pub(super) fn hides_a_name(facts: &Facts, node: Node<'_>) -> bool {
    node.subtree().any(|below| {
        matches!(below.kind(), "identifier" | "field_identifier") && may_hide(facts, below.text())
    })
}

/// Whether a name in capitals is of a kind unknown to the tree: perhaps a register.
pub(super) fn is_unknown_constant(facts: &Facts, name: &[u8]) -> bool {
    is_shouted(name)
        && !matches!(name, b"NULL" | b"EOF" | b"TRUE" | b"FALSE")
        && !facts.enumerators.contains(name)
        && !facts.macro_names.contains_key(name)
}

/// Whether `is` holds for a name, or for one that its body names, or for one behind that.
pub(super) fn is_behind(facts: &Facts, name: &[u8], is: &dyn Fn(&[u8]) -> bool) -> bool {
    // Most names are no macro's, and every name of a file may be asked.
    if !facts.macro_names.contains_key(name) {
        return is(name);
    }
    let mut seen: HashSet<&[u8]> = HashSet::new();
    let mut left = vec![name];
    while let Some(word) = left.pop() {
        if is(word) {
            return true;
        }
        if let Some(names) = facts.macro_names.get(word) {
            left.extend(names.iter().map(Vec::as_slice).filter(|name| seen.insert(name)));
        }
    }
    false
}

pub(super) fn directive<'a>(line: &'a [u8], word: &[u8]) -> Option<&'a [u8]> {
    let rest = line.trim_ascii_start().strip_prefix(b"#")?.trim_ascii_start().strip_prefix(word)?;
    rest.first().is_some_and(u8::is_ascii_whitespace).then(|| rest.trim_ascii_start())
}

pub(super) fn is_word(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || byte == b'_'
}

/// What the names of arithmetic types are made of.
pub(super) const TYPE_WORDS: &[&[u8]] =
    &[b"unsigned", b"signed", b"short", b"long", b"int", b"char", b"float", b"double"];

/// Whether a body is one operand whatever stands around it: a word or a literal, with a sign perhaps, or
/// something in parentheses, either with fields, elements and calls behind it.
fn holds_together(body: &[u8]) -> bool {
    let body = body.trim_ascii();
    // Expands to nothing: `x FAR * y`, `if (EMPTY x)`. Nothing is known of its place.
    if body.is_empty() {
        return false;
    }
    let number = body.strip_prefix(b"-").unwrap_or(body);
    if number.iter().all(|byte| is_word(*byte)) || (body[0] == b'\'' && body.len() <= 6) {
        return true;
    }
    if body[0] == b'"' {
        return body.iter().filter(|byte| **byte == b'"').count() == 2 && body.ends_with(b"\"");
    }
    // A type of several words stands only where a type of one does.
    if body.split(u8::is_ascii_whitespace).all(|word| TYPE_WORDS.contains(&word) || word.is_empty()) {
        return true;
    }
    let mut at = body.iter().take_while(|byte| is_word(**byte)).count();
    if at == 0 {
        let Some(end) = closed(body).filter(|_| body[0] == b'(') else { return false };
        at = end;
        // `(T)(x)` may be a cast, which binds less than what follows.
        if body.get(at) == Some(&b'(') {
            return false;
        }
    } else if body[0].is_ascii_digit() || LEXICON.keywords.iter().any(|word| word.as_bytes() == &body[..at]) {
        return false;
    }
    while let Some(rest) = body.get(at..).filter(|rest| !rest.is_empty()) {
        let dot = if rest.starts_with(b"->") { 2 } else { usize::from(rest[0] == b'.') };
        at += if matches!(rest[0], b'(' | b'[') {
            let Some(end) = closed(rest) else { return false };
            end
        } else {
            let word = rest[dot..].iter().take_while(|byte| is_word(**byte)).count();
            if dot == 0 || word == 0 {
                return false;
            }
            dot + word
        };
    }
    true
}

/// Where what the first byte opens is closed.
fn closed(body: &[u8]) -> Option<usize> {
    let mut depth = 0_usize;
    for (at, byte) in body.iter().enumerate() {
        match byte {
            b'(' | b'[' => depth += 1,
            b')' | b']' => depth = depth.checked_sub(1)?,
            b'"' | b'\'' => return None,
            _ => {}
        }
        if depth == 0 {
            return Some(at + 1);
        }
    }
    None
}

/// Whether the name looks like a macro: capitals, digits and underscores, two or more.
pub(super) fn is_shouted(name: &[u8]) -> bool {
    name.len() > 1
        && name.iter().all(|byte| byte.is_ascii_uppercase() || byte.is_ascii_digit() || *byte == b'_')
        && name.iter().any(u8::is_ascii_uppercase)
}

/// Macros of the standard library, and what the compiler treats like one: they name types, or want one literal
/// (C17 6.10.9, 7.16, 7.19). `assert` is none: it shows its text only when it ends the program.
const BUILT_IN: &[&[u8]] =
    &[b"_Pragma", b"__pragma", b"offsetof", b"static_assert", b"va_arg", b"va_copy", b"va_end", b"va_start"];

/// Whether a name may stand for something that is not one operand.
pub(super) fn is_loose(facts: &Facts, name: &[u8]) -> bool {
    facts.object_macros.contains(name)
}

/// Whether no name in the node stands for something that falls apart beside an operator.
pub(super) fn is_whole(facts: &Facts, node: Node<'_>) -> bool {
    node.subtree().all(|below| match below.kind() {
        "identifier" | "field_identifier" | "type_identifier" => {
            !is_loose(facts, below.text()) && !facts.loose_functions.contains(below.text())
        }
        _ => true,
    })
}

/// Whether a call is of a macro, known or by its looks, under its own name or another: `#define str STR`.
pub(super) fn is_macro_call(facts: &Facts, call: Node<'_>) -> bool {
    call.field("function").is_some_and(|function| {
        is_behind(facts, function.text(), &|name| {
            is_shouted(name)
                || BUILT_IN.contains(&name)
                || facts.function_macros.contains(name)
                || facts.object_macros.contains(name)
        })
    })
}

/// Whether the node's meaning depends on its line, or on how many such stand before it (C17 6.10.8.1; GNU C).
pub(super) fn knows_its_line(facts: &Facts, node: Node<'_>) -> bool {
    let tells = |word: &[u8]| matches!(word, b"__LINE__" | b"__COUNTER__");
    node.leaves().any(|leaf| leaf.kind() == "identifier" && is_behind(facts, leaf.text(), &tells))
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
        assert!(!facts.loose_functions.contains(b"C".as_slice()));
    }

    #[test]
    fn what_stays_one_operand_is_told() {
        for whole in [
            "x",
            "long  long",
            "unsigned int",
            "-1",
            "(a + b)",
            "f(a, b)",
            "p->x.y[3]",
            "(p)->x",
            "((T)(x))",
            "'a'",
            "\"a\"",
        ] {
            assert!(holds_together(whole.as_bytes()), "{whole}");
        }
        for loose in [
            "",
            "a + b",
            "const int",
            "long *",
            "(a)+(b)",
            "(T)x",
            "(T)(x)",
            "*p",
            "a, b",
            "sizeof(x)",
            "x; y",
            "\"a\" \"b\"",
            "1.5",
        ] {
            assert!(!holds_together(loose.as_bytes()), "{loose}");
        }
    }

    #[test]
    fn what_stands_behind_a_name_is_followed() {
        let mut facts = Facts::default();
        let text = "#define SIZE (16 * UNIT) // f()\n#define UNIT sizeof(int)\n#define NEXT (next())\n\
                    #define MORE NEXT\n#define CUR (p->cur)\n#define HERE CUR\n";
        learn(text.as_bytes(), &mut facts);
        let busy: Vec<bool> = ["SIZE", "UNIT", "NEXT", "MORE", "CUR", "x"]
            .map(|name| is_busy(&facts, name.as_bytes()))
            .to_vec();
        assert_eq!(busy, [false, false, true, true, false, false]);
        let hides: Vec<bool> = ["SIZE", "NEXT", "CUR", "HERE", "x", "ELSEWHERE"]
            .map(|name| may_hide(&facts, name.as_bytes()))
            .to_vec();
        assert_eq!(hides, [false, true, true, true, false, false]);
    }
}
