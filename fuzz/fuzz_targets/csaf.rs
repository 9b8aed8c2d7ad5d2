//! Advisories: whatever is read can be written, and what was written can be read.
#![no_main]

use earmark_papers::{CsafVersion, Likelihood, Overlay, Release, read_csaf, write_csaf};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|bytes: &[u8]| {
    let Ok(read) = read_csaf(bytes) else { return };
    let instant = earmark_model::UnixMillis(1_773_162_000_000);
    let overlay = Overlay {
        title: read.advisory.title().to_owned(),
        exercise: false,
        label: read.advisory.label().unwrap_or_else(|| "TLP:AMBER".to_owned()),
        cves: read.advisory.cves(),
        cvss: read.advisory.highest_score().map(|score| score.vector),
        release: Release::Embargoed(read.advisory.public_at().unwrap_or(instant)),
        zone: "UTC".to_owned(),
        deploy_early: true,
        broken: None,
        likelihood: (Likelihood::Likely, instant),
        outside: Some(instant),
        revisions: vec![earmark_papers::Revision {
            at: instant,
            summary: "First edition.".to_owned(),
            before_file: false,
        }],
    };
    for version in [CsafVersion::V2_0, CsafVersion::V2_1] {
        let written = write_csaf(&read.advisory, &overlay, version).document;
        let text = serde_json::to_vec(&written).expect("a document can be written");
        let again = read_csaf(&text).expect("what was written can be read").advisory;
        assert_eq!((again.label(), again.cves()), (Some(overlay.label.clone()), read.advisory.cves()));
    }
});
