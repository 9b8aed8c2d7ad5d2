//! CVE records: whatever is read becomes an advisory, which can be written as CSAF and as a record again.
#![no_main]

use earmark_papers::{
    CsafVersion, Likelihood, Overlay, Release, cve_record, parse_json, read_csaf, read_cve, write_csaf,
};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|bytes: &[u8]| {
    let Ok(record) = parse_json(bytes) else { return };
    let Ok(read) = read_cve(&record) else { return };
    let advisory = read.advisory.adopted("id", "Example", "https://example.org");
    let instant = earmark_model::UnixMillis(1_773_162_000_000);
    let overlay = Overlay {
        title: "A flaw".to_owned(),
        exercise: false,
        label: "TLP:AMBER".to_owned(),
        cves: advisory.cves(),
        cvss: None,
        release: Release::Public(instant),
        zone: "UTC".to_owned(),
        deploy_early: false,
        broken: None,
        likelihood: (Likelihood::Unproven, instant),
        outside: None,
        revisions: vec![earmark_papers::Revision { at: instant, summary: "1".to_owned(), before_file: false }],
    };
    let written = write_csaf(&advisory, &overlay, CsafVersion::V2_0).document;
    read_csaf(&serde_json::to_vec(&written).expect("a document can be written")).expect("what was written can be read");
    for cve in advisory.cves() {
        let _ = cve_record(&written, &cve, "8254265b-2729-46b6-b9e3-3dfca2d5bfca");
    }
});
