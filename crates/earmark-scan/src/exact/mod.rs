//! Small samples: every gram of the sample against every gram of the originals, with the chance of it all.
//!
//! Five lines are some thirty tokens: too few for anchors one in eight, and for any fixed threshold. So the
//! originals are read once more, and what agrees is weighed by how improbable it is.

mod background;
mod search;

pub use search::{ExactMatch, ExactResult};

pub(crate) use search::search;
