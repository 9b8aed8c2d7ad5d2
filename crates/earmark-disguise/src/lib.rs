//! What a leaker does to a copy, for the demo and the tests.
//!
//! ```
//! use earmark_disguise::{Names, language, reformat, rename, strip_comments};
//!
//! let (path, text) = ("src/ring.c", "int ring_used(int n) { return n; } /* n bytes */\n");
//! let language = language(path);
//! let text = strip_comments(language, text);
//! let text = rename(language, &text, &mut Names::new(7));
//! let text = reformat(language, &text, 7);
//! assert!(!text.contains("ring_used") && !text.contains("bytes"));
//! ```
//!
//! Every disguise is a pure function of its input and a seed, needs no tool beside it, takes any text
//! without panicking, and keeps the tokens it does not promise to change. [`cut`](cut()) and [`excerpt`] take a part,
//! [`strip_comments`], [`reformat`], [`rename`] and [`retype`] change the look, [`highlight_page`] and
//! [`pack`](pack()) wrap it, [`decoys`](decoys()) surround it with other people's files.
//!
//! Not here: anything of the marks. The crate imports nothing of ours and shares no code with the crate that
//! writes them, so that a mistake of one cannot hide in the other. Not here either: attacks that know the
//! catalog of rules.

#![forbid(unsafe_code)]

mod cut;
mod decoys;
mod dice;
mod language;
mod lex;
mod pack;
mod page;
mod reformat;
mod rename;
mod retype;
#[cfg(test)]
mod samples;
mod strip;
mod words;

pub use cut::{Share, SourceFile, cut, excerpt};
pub use decoys::decoys;
pub use language::{Language, language};
pub use pack::{Archive, pack, write_archive};
pub use page::highlight_page;
pub use reformat::reformat;
pub use rename::{Names, rename};
pub use retype::retype;
pub use strip::strip_comments;
