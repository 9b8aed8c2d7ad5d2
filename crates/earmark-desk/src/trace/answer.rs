//! What `trace` answers, in the words and shapes of the command line's contract.

use std::collections::BTreeMap;
use std::path::PathBuf;

use earmark_odds::document::{Excluded, OneOf, Standing, Suspect, Unmarked, Verdict};
use serde::Serialize;

use crate::watch::haul::Unscanned;

/// How many were read and how many erased.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize)]
pub struct ReadErased {
    /// Read.
    pub read: u64,
    /// Erased.
    pub erased: u64,
}

/// Sites, in all and by layer.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct SitesRead {
    /// Read.
    pub read: u64,
    /// Erased.
    pub erased: u64,
    /// By layer.
    pub by_layer: BTreeMap<String, ReadErased>,
}

/// Public material that the sample shares with the asset.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Public {
    /// The upstream path inside the asset.
    pub upstream: String,
    /// Lines of the sample that match it.
    pub lines: u64,
}

/// A check that ran beside the verdict, on the same reading.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Control {
    /// What was tried.
    pub what: String,
    /// What came out.
    pub verdict: Verdict,
    /// Whom it named: nobody, if all is well.
    pub suspects: Vec<String>,
}

/// The answer of `trace` for one asset.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Answer {
    /// `traced`, `unmarked`, `ours-untraceable` or `not-ours`.
    pub verdict: Verdict,
    /// The asset; none for `not-ours`.
    pub asset: Option<String>,
    /// The revision with the most matching lines.
    pub revision: Option<String>,
    /// The matter that the look belongs to.
    pub matter: Option<String>,
    /// The number of the look in its matter, from 1.
    pub look: Option<u32>,
    /// What of the matter's alpha the look may spend.
    pub alpha_look: Option<f64>,
    /// Copies considered.
    pub n: u64,
    /// Lines of the protected files that the sample holds, each once.
    pub lines: u64,
    /// Sites.
    pub sites: SitesRead,
    /// Positions.
    pub positions: ReadErased,
    /// How many more positions would name a single leaker; none where that is no question.
    pub positions_wanted: Option<u64>,
    /// For `unmarked`: the largest coalition that the verdict excludes.
    pub holds_for_coalitions_up_to: Option<u32>,
    /// The named copies.
    pub suspects: Vec<Suspect>,
    /// Sets of which at least one copy was used.
    pub one_of: Vec<OneOf>,
    /// Leads: copies that alone cannot have been the source.
    pub excluded: Vec<Excluded>,
    /// Everyone who could have been named.
    pub recipients: Vec<Standing>,
    /// The unmarked verdict's figures.
    pub unmarked: Option<Unmarked>,
    /// Recorded holders of unmarked or foreign versions, for the verdict `unmarked`.
    pub holders: Vec<String>,
    /// Public material in the sample.
    pub public: Vec<Public>,
    /// Checks that ran beside the verdict.
    pub controls: Vec<Control>,
    /// What could not be opened or read.
    pub unscanned: Vec<Unscanned>,
    /// The report, one HTML file.
    pub report: Option<PathBuf>,
    /// The reading document.
    pub reading: Option<PathBuf>,
    /// Further assets found in the sample.
    pub also: Vec<Answer>,
}

impl Answer {
    /// An answer that says nothing but its verdict.
    #[must_use]
    pub fn empty(verdict: Verdict) -> Self {
        Self {
            verdict,
            asset: None,
            revision: None,
            matter: None,
            look: None,
            alpha_look: None,
            n: 0,
            lines: 0,
            sites: SitesRead::default(),
            positions: ReadErased::default(),
            positions_wanted: None,
            holds_for_coalitions_up_to: None,
            suspects: Vec::new(),
            one_of: Vec::new(),
            excluded: Vec::new(),
            recipients: Vec::new(),
            unmarked: None,
            holders: Vec::new(),
            public: Vec::new(),
            controls: Vec::new(),
            unscanned: Vec::new(),
            report: None,
            reading: None,
            also: Vec::new(),
        }
    }
}
