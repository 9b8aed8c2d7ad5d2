//! Formats without I/O: the trace report, the notes that go with a copy, calendars, mails, security advisories.
//!
//! ```
//! use earmark_papers::{VaryingField, one_in, varies_md};
//!
//! assert_eq!(one_in(-7.0862).to_string(), "1 in 12,000,000");
//! assert!(varies_md(&[]).starts_with("# Fields that vary"));
//! ```
//!
//! [`render`] takes a [`TraceReport`], which its caller fills, and gives one HTML page: the sentence, the
//! picture, what its figure covers, the controls, the regions, the expert's part. [`reading_in`] finds the reading
//! document in such a page again.
//!
//! Not here: where the figures come from (`earmark-odds`), what becomes of a page (`earmark-desk`), pages that
//! somebody is logged in for (`earmark-web`).

#![forbid(unsafe_code)]

mod calendar;
mod chart;
mod copy_note;
mod csaf;
mod cve;
mod drawing;
mod excerpt;
mod instant;
mod law;
mod mail;
mod markdown;
mod number;
mod page;
mod plot;
mod policy;
mod reading;
mod reading_stream;
mod report;
mod scope;
mod sentence;
mod text;
mod varies;
mod vcard;

pub use calendar::{Event, calendar};
pub use copy_note::{CopyNote, copy_md};
pub use csaf::{
    ADVISORY_LIMIT, Advisory, CsafError, CsafVersion, CvssScore, Likelihood, Overlay, ProviderError,
    ReadAdvisory, Release, Revision, Written, file_name as csaf_file_name, parse_json, provider_files,
    read_csaf, read_document, write_csaf,
};
pub use cve::{CveError, cve_record, is_cve_record, read_cve};
pub use instant::{instant_words, is_zone, local_weekday, weekday};
pub use mail::{Mail, mail};
pub use number::{OneIn, commas, one_in, thin};
pub use page::{RenderError, SHOWN_REGIONS, render};
pub use plot::{Curve, Panel, Plot, plot_svg};
pub use reading::{ReadingError, reading_in};
pub use reading_stream::ReadingStream;
pub use report::{
    AssetLine, Control, Excluded, LayerLine, OneOf, PlanLine, RegionLine, Row, Sample, Scale, Scored,
    SiteLine, SiteState, Suspect, TraceReport, Unmarked, UpstreamLine, Verdict,
};
pub use sentence::{Piece, SET_WORDS, Sentence, first_sentence, set_sentence};
pub use text::{name as shown_name, visible};
pub use varies::{VaryingField, varies_md};
pub use vcard::{Card, CardError, is_vcard, read_vcards};
