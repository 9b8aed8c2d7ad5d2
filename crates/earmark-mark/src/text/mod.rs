//! Prose: Markdown and plain text. No rule varies it by itself; what the author declares does.
//!
//! Bullets, emphasis and heading marks could vary, but they end with the first retyping, copying from a
//! page or printing, and a reader of prose sees them; wording belongs to the author.

use crate::carrier::{Carrier, Facts, FileDrafts};
use crate::language::Language;
use crate::lex::Lexicon;
use crate::syntax::SyntaxError;

/// The carrier for Markdown.
pub struct Markdown;

/// The carrier for plain text, and for every file that only declared sites mark.
pub struct Text;

const LEXICON: Lexicon = Lexicon {
    keywords: &[],
    line_comments: &[],
    block_comments: &[],
    quotes: &[],
    punctuation: &[],
    prose: true,
};

/// Endings of Markdown's file names.
const MARKDOWN: &[&[u8]] = &[b".md", b".markdown", b".mdown"];
/// Endings of plain text's file names.
const TEXT: &[&[u8]] = &[b".txt", b".text", b".rst", b".adoc", b".asciidoc"];
/// Names without an ending that hold prose.
const NAMED: &[&[u8]] = &[b"README", b"INSTALL", b"HACKING", b"TODO"];

impl Carrier for Markdown {
    fn language(&self) -> Language {
        Language::Markdown
    }

    fn purpose(&self) -> &'static str {
        "Markdown documents: declared alternatives"
    }

    fn claims(&self, path: &[u8]) -> bool {
        ends(path, MARKDOWN)
    }

    fn lexicon(&self) -> &'static Lexicon {
        &LEXICON
    }

    fn learn(&self, _bytes: &[u8], _facts: &mut Facts) {}

    fn find(&self, _bytes: &[u8], _facts: &Facts) -> Result<FileDrafts, SyntaxError> {
        Ok(FileDrafts::default())
    }
}

impl Carrier for Text {
    fn language(&self) -> Language {
        Language::Text
    }

    fn purpose(&self) -> &'static str {
        "plain text, and files of any kind with declared alternatives"
    }

    fn claims(&self, path: &[u8]) -> bool {
        let name = path.rsplit(|byte| *byte == b'/').next().unwrap_or_default();
        ends(path, TEXT) || NAMED.contains(&name)
    }

    fn lexicon(&self) -> &'static Lexicon {
        &LEXICON
    }

    fn learn(&self, _bytes: &[u8], _facts: &mut Facts) {}

    fn find(&self, _bytes: &[u8], _facts: &Facts) -> Result<FileDrafts, SyntaxError> {
        Ok(FileDrafts::default())
    }
}

fn ends(path: &[u8], endings: &[&[u8]]) -> bool {
    let path = path.to_ascii_lowercase();
    endings.iter().any(|ending| path.ends_with(ending))
}

#[cfg(test)]
mod tests {
    use crate::carriers::carrier_for;
    use crate::language::Language;

    #[test]
    fn names_tell_prose() {
        let language = |path: &str| carrier_for(path.as_bytes()).map(|carrier| carrier.language());
        assert_eq!(language("a/Advisory.MD"), Some(Language::Markdown));
        assert_eq!(language("notes.txt"), Some(Language::Text));
        assert_eq!(language("b/README"), Some(Language::Text));
        assert_eq!(language("a.pdf"), None);
    }
}
