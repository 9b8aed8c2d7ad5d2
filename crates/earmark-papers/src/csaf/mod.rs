//! Security advisories as CSAF 2.0 documents, and as a preview of 2.1:
//!
//! ```text
//! { "document": { "category": "csaf_security_advisory", "csaf_version": "2.0",
//!                 "distribution": { "text": "Embargoed until ...", "tlp": { "label": "AMBER" } },
//!                 "tracking": { "id": "2026-014", "status": "interim", "revision_history": [ ... ], ... }, ... },
//!   "product_tree": { ... },
//!   "vulnerabilities": [ { "cve": "CVE-2026-12345", "threats": [ { "category": "exploit_status", ... } ], ... } ] }
//! ```
//!
//! The content of an advisory (products, notes, scores, remediations) is the owner's and comes from a file that
//! [`read_csaf`] takes; what a program knows better (label, embargo, revisions, likelihood) is laid over it by
//! [`write_csaf`]. Inside, everything has the fields of 2.0.
//!
//! Not here: the whole of the standard's tests (use a CSAF validator), restricted feeds.

mod advisory;
mod instant;
mod older;
mod preview;
mod provider;
mod read;
mod references;
mod schema;
mod shape;
mod write;

pub use advisory::{Advisory, CvssScore};
pub use provider::{ProviderError, provider_files};
pub(crate) use read::check;
pub use read::{ADVISORY_LIMIT, ReadAdvisory, parse_json, read_csaf, read_document};
pub(crate) use write::sorted;
pub use write::{CsafVersion, Likelihood, Overlay, Release, Revision, Written, file_name, write_csaf};

/// Why a file is no advisory that can be read, or none can be written.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum CsafError {
    /// Longer than anything a reader of CSAF must take (CSAF 2.0, appendix C.1).
    #[error("the file has {0} bytes, and an advisory has at most {ADVISORY_LIMIT}")]
    Long(usize),
    /// Not JSON, or nested too deep.
    #[error("the file is no JSON document: {0}")]
    Json(String),
    /// A version that nobody here knows.
    #[error("`/document/csaf_version` is {0}; 2.0 and 2.1 can be read")]
    Version(String),
    /// A field that must be there.
    #[error("`{at}` is missing")]
    Missing {
        /// Where, as a JSON pointer.
        at: String,
    },
    /// A field of another kind.
    #[error("`{at}` is {found}, and must be {wanted}")]
    Shape {
        /// Where, as a JSON pointer.
        at: String,
        /// What it must be.
        wanted: String,
        /// What it is.
        found: String,
    },
    /// A product that nothing defines (CSAF 2.0, test 6.1.1), or a group (6.1.4).
    #[error("`{at}` names the product or group `{id}`, which is not defined")]
    Undefined {
        /// Where, as a JSON pointer.
        at: String,
        /// Which.
        id: String,
    },
    /// A product that is defined twice (6.1.2), or a group (6.1.5).
    #[error("the product or group `{0}` is defined twice")]
    Twice(String),
}
