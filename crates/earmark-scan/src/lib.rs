//! Recognizing protected files in leaked bytes: fingerprints, index, matching, regions.
//!
//! An index segment is built once a revision, from its *unmarked* files: a marked copy looks like a lightly edited
//! file and is found with certainty. A [`Scanner`] over the segments of all revisions then says of any leaf which
//! protected files, or pieces of them, are in it, and where.
//!
//! ```
//! use earmark_model::{Digest, Level};
//! use earmark_scan::{IndexBuilder, IndexKey, ScanOptions, Scanner, Segment};
//!
//! let secret = b"fn answer() -> u32 { let hidden = 6; hidden * 7 } // the launch code is tangerine".as_slice();
//! let key = IndexKey::new([7; 32]);
//! let mut builder = IndexBuilder::new(&key, Digest::of(b"the manifest"));
//! builder.file(3, secret);
//! let segment = Segment::open(builder.finish()?)?;
//! let scanner = Scanner::new(&key, vec![segment], ScanOptions::default())?;
//! let matches = scanner.scan(secret).matches;
//! assert_eq!((matches[0].file, matches[0].level), (3, Level::Hash));
//! # Ok::<(), earmark_scan::IndexError>(())
//! ```
//!
//! Three levels look at a leaf: the keyed hash of all its bytes; *symbols*, its letters and digits (`symbols`), which
//! survive case, white space and punctuation; *tokens* (`lexer`, `grams`), which survive comments stripped, reformatting,
//! renaming and changed constants. All fingerprints are keyed, so that an index is no dictionary of embargoed text.
//!
//! Not here: opening containers (`earmark-unpack`), reading marks inside the regions (`earmark-mark`), adding up the
//! files of a tree, judging what a match means (the desk).
#![forbid(unsafe_code)]

mod chain;
mod exact;
mod gather;
mod grams;
mod hidden;
mod index;
mod key;
mod lexer;
mod minima;
mod prefilter;
mod rate;
mod refine;
mod region;
mod scanner;
mod stops;
mod symbols;
mod view;
mod weigh;
mod words;

pub use exact::{ExactMatch, ExactResult};
pub use index::{IndexBuilder, IndexError, Segment};
pub use key::IndexKey;
pub use rate::false_alarm_rate;
pub use refine::refine;
pub use scanner::{ScanOptions, ScanResult, Scanner, Scratch};
