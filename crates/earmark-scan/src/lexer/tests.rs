use proptest::prelude::*;

use super::token::{NUMBER, STRING};
use super::{Lexer, NAMES, Tokens};

fn codes(text: &str) -> Vec<u8> {
    let mut tokens = Tokens::default();
    Lexer::new().read(text.as_bytes(), &mut tokens);
    tokens.codes
}

#[test]
fn a_formatter_a_stripper_and_a_renamer_change_nothing() {
    let plain = "static int check(struct buf *b, size_t n)\n{\n\t/* must fit */\n\tif (n > b->cap) {\n\t\treturn -EINVAL; // no\n\t}\n\tmemcpy(b->data, \"ab\" \"c\", n);\n}\n";
    let other = "static int f1(struct T *q, X u) { if (u > q->k)\n    return -Y;\n  g(q->d,\n \"abc\", u); }";
    assert_eq!(codes(plain), codes(other));
    assert_ne!(codes(plain), codes(&other.replace("q->d", "u->d")));
}

#[test]
fn values_do_not_matter_kinds_do() {
    assert_eq!(codes("a = 0x1fUL + 1e-9"), codes("b = 7 + 12"));
    assert_eq!(codes("f('x', \"y\\\"z\")"), codes("f(\"\", 'long one')"));
    assert_eq!(codes("x = 1")[2], NUMBER);
    assert_eq!(codes("\"x\" \"y\""), [STRING]);
    assert!(codes("don't").iter().all(|code| *code < NAMES));
}

#[test]
fn comments_of_many_languages_go() {
    for text in [
        "x // y",
        "x /* y\n z */",
        "x # y",
        "x -- y",
        "x <!-- y -->",
        "#include <y.h>\nx",
        "# y\nx",
        "#!/bin/sh\nx",
    ] {
        assert_eq!(codes(text), codes("x"), "{text}");
    }
    assert_ne!(codes("#define x"), codes("x"));
    assert_eq!(codes("# define x"), codes("#define x"));
}

#[test]
fn a_joined_line_is_no_comment() {
    let text = format!("a = 1; // note {}", "b = b + 1; ".repeat(60));
    assert!(codes(&text).len() > 200);
    assert!(codes("a /* never closed b c").len() == 5);
}

#[test]
fn listings_are_noticed() {
    let mut tokens = Tokens::default();
    let count = Lexer::new().read(b"x\n  12: int a;\n  13: int b;\n> quoted\n+ added\nplain\n", &mut tokens);
    assert_eq!((count.lines, count.prefixed), (6, 4));
}

proptest! {
    #[test]
    fn any_bytes_are_read(bytes in prop::collection::vec(any::<u8>(), 0..400)) {
        let mut tokens = Tokens::default();
        Lexer::new().read(&bytes, &mut tokens);
        prop_assert_eq!(tokens.codes.len(), tokens.starts.len());
        prop_assert_eq!(tokens.codes.len(), tokens.kinds.len());
        prop_assert!(tokens.starts.windows(2).all(|two| two[0] < two[1]));
    }

    /// Recurrences, against a plain search backward.
    #[test]
    fn recurrence_is_told_by_distance(names in prop::collection::vec(0u16..600, 0..300)) {
        let text: String = names.iter().map(|name| format!("name{name} ")).collect();
        let want: Vec<u8> = (0..names.len())
            .map(|at| (1..=31usize.min(at)).find(|back| names[at - back] == names[at]).unwrap_or(0) as u8)
            .collect();
        prop_assert_eq!(codes(&text), want);
    }
}
