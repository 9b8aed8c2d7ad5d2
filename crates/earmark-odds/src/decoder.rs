//! Joint decoding: fitting a strategy, growing a set assumed to be in the coalition, testing each copy
//! with the set that was grown without it.
//!
//! Meerwald and Furon 2012, with MAP-EM for the strategy and a pair start; departures stand at each step.
//!
//! Not here: p-values ([`crate::pvalue`]) and verdicts ([`crate::decide`]).

mod fit;
mod grow;
mod pairs;
mod shortlist;
mod weigh;

pub(crate) use fit::fit;
pub use fit::{Fit, Scope};
pub(crate) use grow::Grown;
pub use grow::{Decoder, GROW_LN, MEMBERS_MAX};
pub use weigh::Weighed;
