//! CVE records, JSON 5.x: written from an advisory, and read as one.
//!
//! ```text
//! { "dataType": "CVE_RECORD", "dataVersion": "5.1",
//!   "cveMetadata": { "cveId": "CVE-2026-12345", "assignerOrgId": "...", "state": "PUBLISHED" },
//!   "containers": { "cna": { "title": "...", "descriptions": [ ... ], "affected": [ ... ], "references": [ ... ], ... } } }
//! ```
//!
//! Both ways go by the fields of CSAF 2.0, which [`crate::csaf`] reads and writes.
//!
//! Not here: reserving ids and submitting records.

mod affected;
mod read;
mod write;

pub use read::{is_cve_record, read_cve};
pub use write::{CveError, cve_record};
