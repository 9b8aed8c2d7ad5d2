//! Laying the same tokens out in another way.

mod braces;
mod python;
mod style;

use crate::dice::Dice;
use crate::language::Language;
use style::Style;

/// Lays `text` out in a style of its own, drawn from `seed`.
///
/// Languages with braces get other indentation, brace places, spacing and line breaks (C's directives keep their
/// text); Python gets another width of indentation only. The tokens a compiler sees are the same before and
/// after, and JavaScript keeps every line end that may end a statement. Prose and [`Language::Other`] come
/// back unchanged.
pub fn reformat(language: Language, text: &str, seed: u64) -> String {
    let style = Style::draw(&mut Dice::new(seed));
    if language.has_braces() {
        braces::lay_out(language, text, &style)
    } else if language == Language::Python {
        python::indent(text, &style)
    } else {
        text.to_owned()
    }
}

#[cfg(test)]
mod tests;
