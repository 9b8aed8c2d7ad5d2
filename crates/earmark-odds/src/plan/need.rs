//! A length, and how it is known.

/// How sure a length is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum How {
    /// Computed from the law of the score.
    Exact,
    /// Measured by simulation at this n and alpha.
    Measured,
    /// Scaled from a measurement in proportion to ln(n / alpha).
    Interpolated,
}

/// A number of positions, and how it is known.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Need {
    /// Positions that have to be read.
    pub positions: u64,
    /// How that is known.
    pub how: How,
}
