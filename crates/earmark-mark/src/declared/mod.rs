//! Declared sites: what only the author knows may vary, written down in `earmark.toml`.
//!
//! ```toml
//! version = 1
//!
//! [[alternative]]
//! file = "advisory.md"
//! text = "may allow"
//! forms = ["may allow", "could enable"]
//! ```
//!
//! The format is described in `docs/formats/earmark-toml.md`. A declaration becomes an ordinary site:
//! rules `D001` (alternative), `D002` (parameter), `D003` (blocks in any order). Its key says what was
//! declared and nothing of the text around, so that it keeps its position in every revision.
//!
//! Reading them is apart from reading rules' sites: prose may come back retyped, numbers spelled
//! another way, strings split; a form is read only where it fits exactly and no other does.
//!
//! Not here: suggesting what could be declared; taking `earmark.toml` out of what is issued.

mod entry;
mod fault;
mod fit;
mod format;
mod place;
mod read;
mod stream;
mod vary;

pub use entry::Declarations;
pub use fault::{DeclarationError, DeclarationFault};
pub(crate) use place::DeclaredSites;
pub(crate) use read::read_declared;
pub use vary::{VaryingField, varying_fields};

#[cfg(test)]
mod tests;
