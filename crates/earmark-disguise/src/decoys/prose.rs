//! Notes in Markdown, as they lie beside programs.

use super::plan::Theme;
use crate::dice::Dice;

/// Writes a page of notes on `theme`.
pub(super) fn notes(theme: &Theme, dice: &mut Dice) -> String {
    let mut out = format!("# {}: notes on {}\n", theme.name, dice.pick(theme.nouns));
    for _ in 0..3 + dice.below(3) {
        out.push_str(&format!("\n## How to {} a {}\n\n", dice.pick(theme.verbs), dice.pick(theme.nouns)));
        for _ in 0..3 + dice.below(4) {
            let (verb, noun, other) =
                (dice.pick(theme.verbs), dice.pick(theme.nouns), dice.pick(theme.nouns));
            let number = 2 + dice.below(90);
            out.push_str(&match dice.below(8) {
                0 => format!("Before you {verb} the {noun}, look at the {other} that came with it.\n"),
                1 => format!("At most {number} of them fit; the next {noun} waits.\n"),
                2 => format!("If the {noun} has no {other}, nothing happens and a warning is logged.\n"),
                3 => format!("We measured {number} ms for one {noun} on the old machine.\n"),
                4 => format!("- {verb} every {noun} older than {number} days\n"),
                5 => format!("Ask whoever keeps the {other} before changing this.\n"),
                6 => format!("The {noun} and the {other} share a key, so {verb} both together.\n"),
                _ => format!("It took {number} tries until the {noun} came out right.\n"),
            });
        }
    }
    out
}
