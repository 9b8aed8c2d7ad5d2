//! Giving every identifier another name.

use std::collections::{HashMap, HashSet};

use crate::dice::Dice;
use crate::language::Language;
use crate::lex::{Kind, lex};
use crate::words::{is_kept, is_kept_anywhere};

const BEGINNINGS: [&str; 24] = [
    "al", "bren", "cor", "dax", "el", "fen", "gor", "hal", "ix", "jo", "kel", "lum", "mor", "nex", "or",
    "pel", "quin", "rok", "sal", "tor", "ul", "ven", "wex", "zan",
];
const ENDINGS: [&str; 24] = [
    "ba", "cu", "da", "den", "fi", "ga", "ho", "ir", "ka", "lo", "mi", "mon", "na", "ob", "po", "ra", "rus",
    "si", "ta", "ter", "um", "va", "xo", "ze",
];

/// The new names given so far; one `Names` for all files of a leak keeps them consistent.
///
/// No two identifiers get the same name, and no name is a keyword or a kept word of any language.
#[derive(Clone, Debug)]
pub struct Names {
    given: HashMap<String, String>,
    taken: HashSet<String>,
    dice: Dice,
}

impl Names {
    /// Starts without names; the same seed and the same files give the same names.
    pub fn new(seed: u64) -> Self {
        Self { given: HashMap::new(), taken: HashSet::new(), dice: Dice::new(seed) }
    }

    /// The new name of `old`, if it has one yet.
    pub fn get(&self, old: &str) -> Option<&str> {
        self.given.get(old).map(String::as_str)
    }

    /// The new name of `old`, made when it is met for the first time.
    fn give(&mut self, old: &str) -> &str {
        if !self.given.contains_key(old) {
            let new = self.invent(old);
            self.taken.insert(new.clone());
            self.given.insert(old.to_owned(), new);
        }
        self.given.get(old).map_or("", String::as_str)
    }

    /// A name nobody has, written in the manner of `old`: capitals, a capital first, or small.
    fn invent(&mut self, old: &str) -> String {
        let mut parts = 2;
        loop {
            let mut name = String::new();
            for part in 0..parts {
                if part > 0 && part % 2 == 0 {
                    name.push('_');
                }
                name.push_str(self.dice.pick(if part % 2 == 0 { &BEGINNINGS } else { &ENDINGS }));
            }
            let capital = |letter: char| letter.is_uppercase();
            if old.len() > 1 && old.chars().any(capital) && !old.chars().any(char::is_lowercase) {
                name = name.to_ascii_uppercase();
            } else if old.starts_with(capital) {
                name = name.split('_').map(capitalized).collect();
            }
            if !self.taken.contains(&name) && !is_kept_anywhere(&name) {
                return name;
            }
            parts = if parts < 6 { parts + 1 } else { parts + 2 };
        }
    }
}

fn capitalized(part: &str) -> String {
    let mut letters = part.chars();
    letters.next().map_or_else(String::new, |first| first.to_uppercase().chain(letters).collect())
}

/// Gives every identifier in `text` the name that `names` has for it.
///
/// Keywords and the names of the standard library stay, as does everything that is no identifier: layout,
/// comments, strings, numbers. Prose and [`Language::Other`] come back unchanged.
pub fn rename(language: Language, text: &str, names: &mut Names) -> String {
    if matches!(language, Language::Prose | Language::Other) {
        return text.to_owned();
    }
    let mut out = String::with_capacity(text.len());
    for token in lex(language, text) {
        match token.kind {
            Kind::Word if !is_kept(language, token.text) => out.push_str(names.give(token.text)),
            Kind::Lifetime if !matches!(token.text, "'static" | "'_") => {
                out.push('\'');
                out.push_str(&names.give(token.text).to_ascii_lowercase());
            }
            _ => out.push_str(token.text),
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::samples;

    #[test]
    fn keeps_what_is_no_identifier() {
        let mut names = Names::new(1);
        let text =
            "static int count_all(const char *s) { return s ? MAX_LEN + strlen(s) : 0x1f; } // count_all\n";
        let renamed = rename(Language::C, text, &mut names);
        let (count, s) = (names.get("count_all").unwrap(), names.get("s").unwrap());
        let most = names.get("MAX_LEN").unwrap();
        assert_eq!(
            renamed,
            format!(
                "static int {count}(const char *{s}) {{ return {s} ? {most} + strlen({s}) : 0x1f; }} // count_all\n"
            )
        );
        assert_eq!(most, most.to_ascii_uppercase());
        assert_eq!(names.get("strlen"), None);
    }

    #[test]
    fn names_hold_over_files() {
        let mut names = Names::new(2);
        let first = rename(Language::Python, "import widget", &mut names);
        assert_eq!(rename(Language::Python, "import widget", &mut names), first);
        assert_ne!(first, "import widget");
    }

    #[test]
    fn thousands_of_names_stay_apart() {
        let mut names = Names::new(3);
        let all: HashSet<String> =
            (0..20_000).map(|number| names.give(&format!("name{number}")).to_owned()).collect();
        assert_eq!(all.len(), 20_000);
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(100))]

        #[test]
        fn is_one_to_one_and_touches_identifiers_only((language, text) in samples::program(), seed: u64) {
            let mut names = Names::new(seed);
            let renamed = rename(language, &text, &mut names);
            let (old, new) = (lex(language, &text), lex(language, &renamed));
            prop_assert_eq!(old.len(), new.len());
            let mut forward = HashMap::new();
            let mut back = HashMap::new();
            for (before, after) in old.iter().zip(&new) {
                prop_assert_eq!(before.kind, after.kind);
                if before.kind == Kind::Word && !is_kept(language, before.text) {
                    prop_assert_eq!(*forward.entry(before.text).or_insert(after.text), after.text);
                    prop_assert_eq!(*back.entry(after.text).or_insert(before.text), before.text);
                } else if before.kind != Kind::Lifetime {
                    prop_assert_eq!(before.text, after.text);
                }
            }
        }

        #[test]
        fn takes_any_text(text in samples::anything()) {
            for language in samples::LANGUAGES {
                rename(language, &text, &mut Names::new(0));
            }
        }
    }
}
