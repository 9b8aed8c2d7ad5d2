//! What can be wrong with a reading document.

/// Why a reading document is refused.
#[derive(Debug, thiserror::Error)]
pub enum DocumentError {
    /// It is not JSON of the right shape.
    #[error("the reading document is malformed: {0}")]
    Json(#[source] serde_json::Error),
    /// Its version is unknown.
    #[error("the reading document has version {0}, and only version 1 is known")]
    Version(u32),
    /// A list is longer than allowed.
    #[error("`{what}` has {count} entries, and at most {most} are allowed")]
    TooMany {
        /// Which list.
        what: &'static str,
        /// How long it is.
        count: usize,
        /// How long it may be.
        most: usize,
    },
    /// Neither alpha is given, or one is not between 0 and 1.
    #[error("`{0}` must be a number above 0 and below 1")]
    Alpha(&'static str),
    /// A look spends more than its share of the matter's alpha.
    #[error("look {look} may spend {most:e} of the matter's alpha, and `alpha_look` is {spent:e}")]
    Overspent {
        /// Which look.
        look: u32,
        /// Its share.
        most: f64,
        /// What is stated.
        spent: f64,
    },
    /// A look beyond the first needs its own share.
    #[error("look {0} needs `alpha_look`: `alpha` alone means one look")]
    Look(u32),
    /// Fewer recipients are considered than have codewords.
    #[error("`n` is {n}, and {codewords} codewords are given")]
    Recipients {
        /// What is stated.
        n: u64,
        /// How many codewords there are.
        codewords: usize,
    },
    /// A level is no law in 256ths.
    #[error(
        "level {0} is not a law: 256 p must lie from 1 to 255, a list must hold 2 to 8 such numbers that sum to 256"
    )]
    Level(usize),
    /// A class's error rate is not between 0 and 0.5.
    #[error("the error rate of class {0} must lie from 0 to 0.5")]
    Class(usize),
    /// A position refers to a level, class or symbol there is not.
    #[error("position {index} has {what} {value}, which does not exist")]
    Reference {
        /// Index in `positions`.
        index: usize,
        /// `level`, `class` or `symbol`.
        what: &'static str,
        /// The offending number.
        value: u32,
    },
    /// A position is listed twice.
    #[error("position number {0} is listed twice")]
    Repeated(u32),
    /// A codeword has the wrong length.
    #[error("the codeword of `{recipient}` has {length} symbols, and {positions} positions are listed")]
    Length {
        /// Whose.
        recipient: String,
        /// Its length.
        length: usize,
        /// The number of positions.
        positions: usize,
    },
    /// A codeword holds a character that is no symbol of its position.
    #[error("the codeword of `{recipient}` has no symbol at position {index}")]
    Symbol {
        /// Whose.
        recipient: String,
        /// Index in `positions`.
        index: usize,
    },
    /// A recipient's id is empty or reserved.
    #[error("`{0}` cannot be a recipient's id")]
    Recipient(String),
    /// The chance of an accidental match is no probability.
    #[error("`match.chance` must lie from 0 to 1")]
    Chance,
    /// There is nothing to replay.
    #[error("the reading document holds no decision")]
    Undecided,
    /// The recorded decision contradicts the document.
    #[error("the recorded test of `{recipient}` is unusable: {why}")]
    Recorded {
        /// Whose test.
        recipient: String,
        /// What is wrong with it.
        why: &'static str,
    },
}
