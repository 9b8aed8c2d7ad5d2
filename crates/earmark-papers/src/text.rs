//! Foreign text made safe to look at: what a name hides becomes visible, what is endless becomes short.
//!
//! HTML escaping is the template engine's; this is about what a reader is made to believe. A path may hold
//! a right-to-left override that turns `exe.txt` around, or a megabyte of one letter.

/// Shows every control, bidirectional and invisible character of `text` as `⟨U+202E⟩`.
#[must_use]
pub fn visible(text: &str) -> String {
    shown(text, false)
}

/// As [`visible`], but a tab stays a tab: for lines of code.
#[must_use]
pub(crate) fn visible_code(text: &str) -> String {
    shown(text, true)
}

/// At most `limit` characters of `text`, made visible; the middle of a longer one gives way to `…`.
///
/// The two ends are what people recognize a path by: the container it came from, the file it ends in.
#[must_use]
pub fn name(text: &str, limit: usize) -> String {
    let length = text.chars().count();
    if length <= limit {
        return visible(text);
    }
    let head = limit / 2;
    let tail = limit.saturating_sub(head + 1);
    let start: String = text.chars().take(head).collect();
    let end: String = text.chars().skip(length - tail).collect();
    format!("{}…{}", visible(&start), visible(&end))
}

fn shown(text: &str, tabs: bool) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        if hides(c) && !(tabs && c == '\t') {
            out.push_str(&format!("⟨U+{:04X}⟩", u32::from(c)));
        } else {
            out.push(c);
        }
    }
    out
}

/// Whether `c` changes how its neighbors look without being seen itself (Unicode 16, categories Cc, Cf, Zl, Zp
/// and the variation selectors and fillers that draw nothing).
pub(crate) fn hides(c: char) -> bool {
    c.is_control()
        || matches!(c,
            '\u{00ad}' | '\u{034f}' | '\u{061c}' | '\u{115f}' | '\u{1160}' | '\u{17b4}' | '\u{17b5}'
            | '\u{180b}'..='\u{180f}' | '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}'
            | '\u{2060}'..='\u{206f}' | '\u{3164}' | '\u{fe00}'..='\u{fe0f}' | '\u{feff}' | '\u{ffa0}'
            | '\u{fff0}'..='\u{fffb}' | '\u{e0000}'..='\u{e0fff}')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hidden_characters_become_visible() {
        assert_eq!(visible("a\u{202e}txt.exe"), "a⟨U+202E⟩txt.exe");
        assert_eq!(visible("a\tb\n"), "a⟨U+0009⟩b⟨U+000A⟩");
        assert_eq!(visible_code("\tif\u{200b}"), "\tif⟨U+200B⟩");
        assert_eq!(visible("größe/日本"), "größe/日本");
    }

    #[test]
    fn long_names_keep_their_ends() {
        assert_eq!(name("short", 9), "short");
        assert_eq!(name("archive.zip!deep/poc.py", 11), "archi…oc.py");
        assert_eq!(name(&"x".repeat(1_000_000), 300).chars().count(), 300);
    }
}
