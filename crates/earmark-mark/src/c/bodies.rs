//! The bodies of a file's functions, found without the grammar: so each can be parsed alone, and an error in one
//! reaches no other.

use earmark_model::Span;

/// No bodies are sought in a file that nests deeper.
const DEPTH: usize = 1_000;

/// What is open at the top of the file.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Open {
    /// Braces that hold declarations: `extern "C" {`.
    Linkage,
    /// A function's body, from this byte, with so many conditionals open.
    Body(usize, usize),
    /// Any other brace.
    Other,
}

/// The braces of function definitions and what is between, ascending; none where braces do not balance.
///
/// Knows comments, literals, directives (both arms of a conditional are taken to open the same braces), and
/// definitions in the old style.
pub(super) fn bodies(text: &[u8]) -> Vec<Span> {
    let mut found = Vec::new();
    let mut open: Vec<Open> = Vec::new();
    let mut conditionals: Vec<Vec<Open>> = Vec::new();
    let mut head = Head::default();
    let (mut at, mut fresh_line) = (0, true);
    while let Some(byte) = text.get(at) {
        let rest = &text[at..];
        let length = match byte {
            b'\n' => {
                fresh_line = true;
                at += 1;
                continue;
            }
            b' ' | b'\t' | b'\r' | b'\x0c' => 1,
            b'#' if fresh_line => {
                let length = directive_length(rest);
                conditional(&rest[..length], &mut open, &mut conditionals);
                length
            }
            b'/' if rest.starts_with(b"//") => line_length(rest),
            b'/' if rest.starts_with(b"/*") => {
                rest[2..].windows(2).position(|pair| pair == b"*/").map_or(rest.len(), |end| end + 4)
            }
            b'"' | b'\'' => {
                head.last = *byte;
                quoted_length(rest)
            }
            b'{' => {
                let top = open.iter().all(|outer| *outer == Open::Linkage);
                open.push(match head.last {
                    b'"' if top => Open::Linkage,
                    b')' | b';' if top && !head.assigned => Open::Body(at, conditionals.len()),
                    _ => Open::Other,
                });
                head = Head::default();
                1
            }
            b'}' => {
                match open.pop() {
                    None => return Vec::new(),
                    Some(Open::Body(start, height)) if height == conditionals.len() => {
                        let (Ok(start), Ok(end)) = (u32::try_from(start), u32::try_from(at + 1)) else {
                            return Vec::new();
                        };
                        found.push(Span::new(start, end));
                    }
                    Some(_) => {}
                }
                head = Head { last: b'}', assigned: false };
                1
            }
            byte => {
                head.assigned = (head.assigned || *byte == b'=') && *byte != b';';
                head.last = *byte;
                1
            }
        };
        // A nest that nobody writes would be copied for each of its conditionals.
        if open.len() + conditionals.len() > DEPTH {
            return Vec::new();
        }
        fresh_line &= byte.is_ascii_whitespace();
        at += length.max(1);
    }
    if open.is_empty() { found } else { Vec::new() }
}

/// What has been read since the last brace.
#[derive(Default)]
struct Head {
    last: u8,
    assigned: bool,
}

fn line_length(text: &[u8]) -> usize {
    text.iter().position(|byte| *byte == b'\n').unwrap_or(text.len())
}

/// A directive with the lines that continue it, without its last line end.
fn directive_length(text: &[u8]) -> usize {
    let mut length = line_length(text);
    while text[..length].trim_ascii_end().ends_with(b"\\") && length < text.len() {
        length += 1 + line_length(&text[length + 1..]);
    }
    // A comment that begins in a directive may end lines below.
    let opens = text[..length].windows(2).rposition(|pair| pair == b"/*");
    if let Some(open) = opens
        && let Some(end) = text[open + 2..].windows(2).position(|pair| pair == b"*/")
    {
        length = length.max(open + end + 4);
    }
    length
}

fn quoted_length(text: &[u8]) -> usize {
    let mut at = 1;
    while let Some(byte) = text.get(at) {
        match byte {
            b'\\' => at += 1,
            b'\n' => return at,
            byte if *byte == text[0] => return at + 1,
            _ => {}
        }
        at += 1;
    }
    text.len()
}

fn conditional(directive: &[u8], open: &mut Vec<Open>, conditionals: &mut Vec<Vec<Open>>) {
    let word = directive[1..].trim_ascii_start();
    if word.starts_with(b"if") {
        conditionals.push(open.clone());
    } else if word.starts_with(b"el") {
        if let Some(before) = conditionals.last() {
            open.clone_from(before);
        }
    } else if word.starts_with(b"endif") {
        conditionals.pop();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found(text: &str) -> Vec<&str> {
        bodies(text.as_bytes()).iter().map(|span| &text[span.range()]).collect()
    }

    #[test]
    fn bodies_are_found() {
        let text = "/* { */ int f(void) { if (a) { '{'; } }\nstruct s { int a; };\nint x[] = { 1 };\nint g(a)\n  int a;\n{ \"}\"; }\n";
        assert_eq!(found(text), ["{ if (a) { '{'; } }", "{ \"}\"; }"]);
        assert_eq!(found("extern \"C\" {\nint f() { a; }\n}\n"), ["{ a; }"]);
        assert_eq!(
            found("#define M {\\\n {\nvoid f() {\n# if A\n if (x) {\n#else\n {\n#endif\n } }\n"),
            ["{\n# if A\n if (x) {\n#else\n {\n#endif\n } }"]
        );
    }

    #[test]
    fn what_does_not_balance_is_left() {
        assert!(found("int f() { {\n").is_empty());
        assert!(found("#if A\nint f() {\n#else\nint f(a) {\n#endif\n}\n").is_empty());
        assert!(found("} int f() { }\n").is_empty());
    }
}
