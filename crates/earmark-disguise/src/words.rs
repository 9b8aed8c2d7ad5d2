//! Words that a renaming leaves alone: the keywords of each language, and the names that its
//! compiler or standard library gives.

mod c;
mod javascript;
mod python;
mod rust;

use std::collections::HashSet;
use std::sync::LazyLock;

use crate::language::Language;

static KEPT: LazyLock<[HashSet<&'static str>; 4]> = LazyLock::new(|| {
    [c::WORDS, javascript::WORDS, rust::WORDS, python::WORDS]
        .map(|lists| lists.split_ascii_whitespace().collect())
});

/// Tells whether a renaming of `language` leaves `word` alone.
///
/// Names that start with two underscores belong to the language, and the words of [`Language::Prose`] and
/// [`Language::Other`] are all kept.
pub(crate) fn is_kept(language: Language, word: &str) -> bool {
    let place = match language {
        Language::C => 0,
        Language::JavaScript => 1,
        Language::Rust => 2,
        Language::Python => 3,
        Language::Prose | Language::Other => return true,
    };
    word.starts_with("__") || word == "_" || KEPT[place].contains(word)
}

/// Tells whether any language keeps `word`, so that it can be no new name.
pub(crate) fn is_kept_anywhere(word: &str) -> bool {
    KEPT.iter().any(|kept| kept.contains(word))
}
