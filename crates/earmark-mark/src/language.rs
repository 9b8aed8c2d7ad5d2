use serde::{Deserialize, Serialize};

/// What a file is written in, as far as marking cares.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Language {
    /// C.
    C,
    /// Python 3.
    Python,
    /// JavaScript.
    JavaScript,
    /// Rust.
    Rust,
    /// Markdown.
    Markdown,
    /// Plain text, and any file that only declared sites mark.
    Text,
}

impl Language {
    /// The word for tables, JSON and people.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::C => "c",
            Self::Python => "python",
            Self::JavaScript => "javascript",
            Self::Rust => "rust",
            Self::Markdown => "markdown",
            Self::Text => "text",
        }
    }
}
