//! From a reading document to its decision.
//!
//! ```
//! use earmark_odds::{decide::decide, document::{ReadingDocument, Verdict}};
//! let text = br#"{"version":1,"alpha":1e-6,"n":2,"levels":[128],"positions":[{"level":0,"y":1}],
//!                 "codewords":{"acme":"1","umbrella":"0"}}"#;
//! let decision = decide(&ReadingDocument::parse(text)?)?;
//! assert_eq!(decision.verdict, Verdict::OursUntraceable);
//! assert!(decision.positions_wanted.is_some());
//! # Ok::<(), earmark_odds::document::DocumentError>(())
//! ```
//!
//! Not here: deciding again from what was recorded ([`crate::replay`]).

mod accused;
mod coalition;
mod excluded;
mod sets;
mod singles;
mod trial;
mod unmarked;
mod verdict;

pub(crate) use accused::accused_alone;
pub(crate) use singles::{Accusation, standing_p};
pub(crate) use trial::Trial;
pub(crate) use unmarked::unmarked_of;
pub use unmarked::{UNMARKED_MOST, unmarked_bound};
pub use verdict::{EXCLUDED_MOST, decide};
pub(crate) use verdict::{conclude, decide_over};
