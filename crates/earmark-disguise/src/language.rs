//! Which family of languages a file belongs to, judged by its name alone.

/// The families that the disguises tell apart.
///
/// Related languages share a family: C++, Java and Go are disguised like C, TypeScript like
/// JavaScript. That is right for layout and comments, and good enough for names.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Language {
    /// C and what is written like it.
    C,
    /// JavaScript and TypeScript.
    JavaScript,
    /// Rust.
    Rust,
    /// Python.
    Python,
    /// Text for people: Markdown, plain text, files without an extension.
    Prose,
    /// Anything else; taken to have comments that start with `#`, like shell and TOML.
    Other,
}

impl Language {
    /// Tells whether braces and semicolons, not line ends, carry the structure.
    pub(crate) fn has_braces(self) -> bool {
        matches!(self, Self::C | Self::JavaScript | Self::Rust)
    }
}

/// Tells the family of a file from the end of its path.
///
/// A name without an extension is [`Language::Prose`], as `README` and `COPYING` are, unless it is
/// one of the usual build scripts.
pub fn language(path: &str) -> Language {
    let name = path.rsplit(['/', '\\']).next().unwrap_or(path);
    let Some((stem, extension)) = name.rsplit_once('.') else {
        return match name {
            "Makefile" | "makefile" | "GNUmakefile" | "Dockerfile" | "Rakefile" => Language::Other,
            _ => Language::Prose,
        };
    };
    if stem.is_empty() {
        return Language::Other;
    }
    match extension.to_ascii_lowercase().as_str() {
        "c" | "h" | "cc" | "cpp" | "cxx" | "hpp" | "hh" | "hxx" | "inc" | "java" | "go" | "cs" | "m" => {
            Language::C
        }
        "js" | "mjs" | "cjs" | "jsx" | "ts" | "tsx" => Language::JavaScript,
        "rs" => Language::Rust,
        "py" | "pyi" | "pyw" => Language::Python,
        "md" | "markdown" | "txt" | "rst" | "adoc" | "text" => Language::Prose,
        _ => Language::Other,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn judges_by_the_last_extension() {
        assert_eq!(language("src/deflate.c"), Language::C);
        assert_eq!(language("lib/router.test.mjs"), Language::JavaScript);
        assert_eq!(language("a.b\\lib.RS"), Language::Rust);
        assert_eq!(language("models.py"), Language::Python);
        assert_eq!(language("docs.rs/README"), Language::Prose);
        assert_eq!(language("Makefile"), Language::Other);
        assert_eq!(language(".gitignore"), Language::Other);
    }
}
