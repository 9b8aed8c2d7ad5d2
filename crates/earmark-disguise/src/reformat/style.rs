//! A way of laying out code.

use crate::dice::Dice;

/// The choices that make a style.
#[derive(Clone, Debug)]
pub(super) struct Style {
    /// One level of indentation.
    pub(super) indent: &'static str,
    /// An opening brace stands on a line of its own.
    pub(super) brace_below: bool,
    /// `else` stands on the line of the closing brace before it.
    pub(super) else_beside: bool,
    /// Binary operators have a blank on both sides.
    pub(super) airy: bool,
    /// A blank stands between `if` and its parenthesis.
    pub(super) keyword_gap: bool,
    /// A statement under a condition without braces starts a new line.
    pub(super) body_below: bool,
    /// Lines are broken before they grow wider.
    pub(super) width: usize,
}

impl Style {
    /// Draws every choice.
    pub(super) fn draw(dice: &mut Dice) -> Self {
        Self {
            indent: dice.pick(&["  ", "   ", "    ", "        ", "\t"]),
            brace_below: dice.percent(50),
            else_beside: dice.percent(50),
            airy: dice.percent(70),
            keyword_gap: dice.percent(60),
            body_below: dice.percent(50),
            width: [72, 80, 100, 120, 160][dice.below(5)],
        }
    }
}
