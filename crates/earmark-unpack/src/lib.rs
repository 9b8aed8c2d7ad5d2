//! Opening anything as a stream of leaves: folders, archives, mail, web pages, nested in any order, also when they
//! are damaged.
//!
//! [`open_bytes`] peels a sample: every container inside it is opened, and what nothing opens is a leaf. It keeps
//! whatever was decoded before damage, looks for more behind it, and tells what was lost. It decodes foreign
//! bytes, so it belongs in a cage; [`caged`] carries its results through one. [`walk`] finds the files of a folder
//! outside the cage, and [`looks_like_container`] tells which of them need not go in.
//!
//! ```
//! use earmark_model::{Flow, Leaf, Limits, Loss, Sink};
//!
//! struct Print;
//!
//! impl Sink for Print {
//!     fn leaf(&mut self, leaf: Leaf) -> Flow {
//!         println!("{}: {} bytes", leaf.path, leaf.bytes.len());
//!         Flow::Continue
//!     }
//!     fn loss(&mut self, loss: Loss) -> Flow {
//!         println!("{}: {}", loss.path, loss.why);
//!         Flow::Continue
//!     }
//! }
//!
//! earmark_unpack::open_bytes("hello.txt", b"hello", &Limits::default(), &mut Print);
//! ```
//!
//! [`extract`] is the strict counterpart for an owner's own archives: all or nothing, with the files' modes.
//!
//! Not here: the sandbox itself, scanning, anything that fetches.

#![forbid(unsafe_code)]

pub mod caged;
mod extract;
mod input;
mod meter;
mod open;
mod opening;
mod registry;
mod streams;
mod tar;
mod text;
mod walk;
mod zip;

pub use extract::{ArchivedFile, ExtractError, extract};
pub use open::{looks_like_container, open_bytes};
pub use registry::{Format, formats};
pub use walk::{Met, OpenError, open_path, walk};
