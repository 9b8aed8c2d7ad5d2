use proptest::prelude::*;

use super::*;
use crate::samples;

#[test]
fn c_changes_its_look_alone() {
    let text = "#define MAX(a,b) \\\n  ((a)>(b)?(a):(b))\nstatic int f(int *p, char **q) {\n  if (!p) return -1; /* none */\n  for (int i = 0; i < 3; i++) {\n    p[i] += *q[i] & 0x7f;\n  }\n  switch (*p) { case 1: g(); break; default: return 0; }\n  return p->x - -1;\n}\n";
    let mut looks = std::collections::HashSet::new();
    for seed in 0..20 {
        let out = reformat(Language::C, text, seed);
        assert_eq!(samples::tokens(Language::C, &out), samples::tokens(Language::C, text), "{out}");
        assert!(out.contains("  ((a)>(b)?(a):(b))\n"));
        looks.insert(out);
    }
    assert!(looks.len() >= 15, "{}", looks.len());
}

#[test]
fn javascript_keeps_line_ends_that_matter() {
    let text = "let a = b\n++c\nreturn {\n  x: 1, y }\nlet r = a\n  / 2\n";
    for seed in 0..20 {
        let out = reformat(Language::JavaScript, text, seed);
        assert_eq!(
            samples::tokens(Language::JavaScript, &out),
            samples::tokens(Language::JavaScript, text),
            "{out}"
        );
        assert!(out.contains("b\n++") && out.contains("return {"), "{out}");
    }
}

#[test]
fn python_moves_blocks_along() {
    let text = "def f(a,\n      b):\n  # why\n  if a:\n      s = '''x\n  y'''\n      return s\n  return b\n";
    let style = Style { indent: "    ", ..Style::draw(&mut Dice::new(0)) };
    assert_eq!(
        python::indent(text, &style),
        "def f(a,\n        b):\n    # why\n    if a:\n        s = '''x\n  y'''\n        return s\n    return b\n"
    );
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(150))]

    #[test]
    fn keeps_the_tokens((language, text) in samples::program(), seed: u64) {
        let out = reformat(language, &text, seed);
        prop_assert_eq!(samples::tokens(language, &out), samples::tokens(language, &text), "{}", out);
    }

    #[test]
    fn keeps_the_tokens_of_soup(words in samples::soup(), seed: u64) {
        for language in [Language::C, Language::JavaScript, Language::Rust] {
            let text = words.join(" ");
            let out = reformat(language, &text, seed);
            prop_assert_eq!(samples::tokens(language, &out), samples::tokens(language, &text), "{}", out);
        }
    }

    #[test]
    fn takes_any_text(text in samples::anything(), seed: u64) {
        for language in samples::LANGUAGES {
            reformat(language, &text, seed);
        }
    }
}
