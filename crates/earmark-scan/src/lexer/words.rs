use std::sync::LazyLock;

/// Words a renamer leaves alone, of all languages together: one list, so that an excerpt in an unknown
/// language is read like the file it comes from. At most eight letters each.
const KEYWORDS: &[&str] = &[
    "and", "as", "assert", "async", "auto", "await", "bool", "boolean", "break", "byte", "case", "catch",
    "char", "class", "const", "continue", "def", "default", "define", "defined", "del", "delete", "do",
    "double", "elif", "else", "endif", "enum", "except", "export", "extends", "extern", "false", "False",
    "finally", "float", "fn", "for", "from", "func", "function", "global", "goto", "if", "ifdef", "ifndef",
    "impl", "import", "in", "inline", "int", "is", "lambda", "let", "long", "loop", "match", "mod", "mut",
    "new", "None", "not", "null", "NULL", "or", "package", "pass", "private", "pub", "public", "raise",
    "register", "return", "self", "short", "signed", "sizeof", "static", "struct", "super", "switch",
    "template", "then", "this", "throw", "throws", "trait", "true", "True", "try", "type", "typedef",
    "typename", "typeof", "undef", "union", "unless", "unsafe", "unsigned", "until", "use", "using", "var",
    "virtual", "void", "volatile", "where", "while", "with", "yield",
];

const SLOTS: usize = 1024;

/// An open hash table from the (zero-padded, little-endian) word to its code.
static TABLE: LazyLock<Box<[(u64, u8); SLOTS]>> = LazyLock::new(|| {
    let mut table = Box::new([(0, 0); SLOTS]);
    for (word, code) in KEYWORDS.iter().zip(super::token::FIRST_KEYWORD..) {
        let mut padded = [0; 8];
        padded[..word.len()].copy_from_slice(word.as_bytes());
        let value = u64::from_le_bytes(padded);
        let mut slot = place(value);
        while table[slot].0 != 0 {
            slot = (slot + 1) % SLOTS;
        }
        table[slot] = (value, code);
    }
    table
});

#[inline]
fn place(word: u64) -> usize {
    (word.wrapping_mul(0x9e37_79b9_7f4a_7c15) >> 54) as usize
}

/// The keywords with their codes, ready to be asked.
pub(super) struct Keywords(&'static [(u64, u8); SLOTS]);

impl Keywords {
    pub(super) fn get() -> Self {
        Self(&TABLE)
    }

    /// The code of a word of at most eight bytes, zero-padded; `None` if it is no keyword.
    #[inline]
    pub(super) fn code(&self, word: u64) -> Option<u8> {
        let mut slot = place(word);
        loop {
            let (found, code) = self.0[slot];
            if found == word {
                return Some(code);
            }
            if found == 0 {
                return None;
            }
            slot = (slot + 1) % SLOTS;
        }
    }
}

/// Words after `#` that open a directive of the C preprocessor, not a comment.
pub(super) fn directive(word: &[u8]) -> bool {
    matches!(
        word,
        b"define"
            | b"elif"
            | b"else"
            | b"endif"
            | b"error"
            | b"if"
            | b"ifdef"
            | b"ifndef"
            | b"include"
            | b"line"
            | b"pragma"
            | b"undef"
            | b"warning"
            | b"import"
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_keyword_has_its_own_code() {
        let keywords = Keywords::get();
        let mut seen = std::collections::BTreeSet::new();
        for word in KEYWORDS {
            let mut padded = [0; 8];
            padded[..word.len()].copy_from_slice(word.as_bytes());
            assert!(seen.insert(keywords.code(u64::from_le_bytes(padded)).unwrap()), "{word}");
        }
        assert_eq!(keywords.code(u64::from_le_bytes(*b"keyboard")), None);
    }
}
