use serde::{Deserialize, Serialize};

/// Rules that the same attack destroys.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Layer {
    /// White space and line shape: gone after any formatter.
    Layout,
    /// Comments: gone after any comment stripper.
    Comment,
    /// The spelling of literals.
    Literal,
    /// Operators and operand order.
    Operator,
    /// The shape of statements and declarations.
    Statement,
    /// Names a renamer replaces.
    Name,
    /// The order of things whose order has no meaning.
    Order,
    /// Machine-code encodings.
    Encoding,
    /// What only the author knows: alternatives and free parameters.
    Declared,
}

impl Layer {
    /// The word for tables, JSON and people.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Layout => "layout",
            Self::Comment => "comment",
            Self::Literal => "literal",
            Self::Operator => "operator",
            Self::Statement => "statement",
            Self::Name => "name",
            Self::Order => "order",
            Self::Encoding => "encoding",
            Self::Declared => "declared",
        }
    }
}

/// How the safety of a rule is shown.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
pub enum RuleClass {
    /// Provable by equal object code, bytecode or syntax tree; survives formatter, strip, rename.
    A,
    /// Provable as A, but erased by common normalizers.
    B,
    /// Equal meaning, shown by the owner's tests: on once certified.
    C,
    /// Fragile bonus.
    D,
}
