use proptest::prelude::*;

use super::*;

const ALL: [Language; 6] =
    [Language::C, Language::JavaScript, Language::Rust, Language::Python, Language::Prose, Language::Other];

fn code(language: Language, text: &str) -> Vec<(Kind, &str)> {
    lex(language, text).iter().filter(|token| token.is_code()).map(|token| (token.kind, token.text)).collect()
}

#[test]
fn c_directives_strings_and_comments() {
    let text =
        "#include <a/b.h>\nx = \"/* no */\" /* yes */ + 'a' - 0x1e+1; // end \\\n still\ny->z <<= L\"w\";";
    let tokens = code(Language::C, text);
    let words: Vec<&str> = tokens.iter().map(|token| token.1).collect();
    assert_eq!(
        words,
        [
            "#",
            "include",
            "<a/b.h>",
            "x",
            "=",
            "\"/* no */\"",
            "+",
            "'a'",
            "-",
            "0x1e",
            "+",
            "1",
            ";",
            "y",
            "->",
            "z",
            "<<=",
            "L\"w\"",
            ";"
        ]
    );
}

#[test]
fn javascript_templates_and_expressions() {
    let text = "let a = `x ${b ? `y}` : \"}\"} z`; a = b / c / d; e = /[/\"]+/gi.test(f) // g";
    let tokens = code(Language::JavaScript, text);
    let quoted: Vec<&str> =
        tokens.iter().filter(|token| token.0 == Kind::Quoted).map(|token| token.1).collect();
    assert_eq!(quoted, ["`x ${b ? `y}` : \"}\"} z`", "/[/\"]+/gi"]);
}

#[test]
fn rust_lifetimes_and_raw_strings() {
    let text = "fn f<'a>(x: &'a str) -> char { let _ = r#\"\"//\"#; /* a /* b */ c */ 'é'; 'x: loop {} b'\\''; r#type; 0..1 }";
    let tokens = code(Language::Rust, text);
    let wanted: Vec<&str> = tokens
        .iter()
        .filter(|token| matches!(token.0, Kind::Quoted | Kind::Lifetime))
        .map(|token| token.1)
        .collect();
    assert_eq!(wanted, ["'a", "'a", "r#\"\"//\"#", "'é'", "'x", "b'\\''"]);
    assert!(tokens.contains(&(Kind::Word, "r#type")));
    assert!(tokens.contains(&(Kind::Punct, "..")));
}

#[test]
fn python_strings() {
    let text = "x = rb'#' # gone\ny = '''a\n# stays''' + f\"{z}#\"\n";
    let quoted: Vec<&str> = code(Language::Python, text)
        .iter()
        .filter(|token| token.0 == Kind::Quoted)
        .map(|token| token.1)
        .collect();
    assert_eq!(quoted, ["rb'#'", "'''a\n# stays'''", "f\"{z}#\""]);
}

#[test]
fn shell_hash_inside_a_word_is_no_comment() {
    let comments = lex(Language::Other, "echo $# a#b # c")
        .into_iter()
        .filter(|token| token.kind == Kind::LineComment)
        .count();
    assert_eq!(comments, 1);
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(300))]

    #[test]
    fn nothing_is_lost(text in r#"([a-z ]{0,3}|[\PC\n]{0,2}|["'`/*\\#<>{}$rRbL()é\n.0-9-]{0,4}){0,30}"#) {
        for language in ALL {
            let tokens = lex(language, &text);
            prop_assert!(tokens.iter().all(|token| !token.text.is_empty()));
            let again: String = tokens.iter().map(|token| token.text).collect();
            prop_assert_eq!(&again, &text);
        }
    }
}
