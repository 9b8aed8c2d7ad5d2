//! The fixed words on what a report's figure covers and what it does not.

use crate::number::counted;
use crate::report::{TraceReport, Verdict};

/// What the figure of this report covers: one paragraph.
#[must_use]
pub(crate) fn covers(report: &TraceReport) -> String {
    match report.verdict {
        Verdict::Traced => format!(
            "The chance that any of the {} considered would be named if it had no part in the sample, given the \
             recorded keys, rules and versions. It holds whatever was done to the sample, and however many copies \
             were used.",
            counted(report.n, "copy", "copies")
        ),
        Verdict::Unmarked => "The chance that copies with the recorded marks would leave so few of them, given the \
             recorded keys, rules and versions. It rests on the marking assumption: where all copies used hold the same form, \
             whoever made the sample kept it or destroyed it, and did not put the original’s form in its place."
            .to_owned(),
        Verdict::OursUntraceable => "There is no figure: nothing is said of any copy. That the material is the \
             owner’s rests on the regions below, not on marks."
            .to_owned(),
        Verdict::NotOurs => "There is no figure: nothing is said of any copy. Symbols play no part in this verdict; \
             what could not be opened is listed as unscanned."
            .to_owned(),
    }
}

/// What a figure never covers, whichever verdict.
pub(crate) const NOT_COVERED: [&str; 6] = [
    "theft from the recipient",
    "wrong delivery",
    "disclosure of that copy from the owner’s systems",
    "a stolen program key",
    "a defect",
    "a holder not recorded",
];

/// What a figure is to be read with.
pub(crate) const READ_WITH: &str = "To be read with the delivery record, the receipt and the hearing. A trace names a copy: never a person, a \
     company, an act or an intent.";
