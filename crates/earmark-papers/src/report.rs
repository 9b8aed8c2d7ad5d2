use earmark_model::{Digest, Layer, Level, Loss, RecipientId, UnixMillis};
use serde::{Deserialize, Serialize};

/// Everything a trace report says; plain data, filled in by whoever made the trace.
///
/// Lists may be of any length: the page shows what is useful and counts the rest.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct TraceReport {
    /// Name of the sharing program, for the head of the page.
    pub program: String,
    /// The asset that was recognized, or the only one looked for; `None` when there is none to name.
    pub asset: Option<AssetLine>,
    /// What is called by its name in the case: the matter's id.
    pub matter: String,
    /// Which look of the matter this is, from 1.
    pub look: u32,
    /// Probability, over all looks of the matter, that a copy with no part in it is named.
    pub alpha: f64,
    /// The part of `alpha` that this look may spend.
    pub alpha_look: f64,
    /// The decision.
    pub verdict: Verdict,
    /// Copies that could have been named: recipients who hold a record for a revision of the code.
    pub n: u64,
    /// Copies named, strongest first; empty where only sets were.
    pub suspects: Vec<Suspect>,
    /// Sets of which at least one member was used, that hold no smaller such set.
    pub one_of: Vec<OneOf>,
    /// Copies that are excluded as the only source: leads.
    pub excluded: Vec<Excluded>,
    /// Everyone who could have been named, in any order.
    pub recipients: Vec<Scored>,
    /// What the picture measures.
    pub scale: Scale,
    /// What was handed in, as often as there were samples; the first gives the sentence its name.
    pub samples: Vec<Sample>,
    /// The regions, best first.
    pub regions: Vec<RegionLine>,
    /// Lines of protected files inside the regions.
    pub lines: u64,
    /// Positions read.
    pub positions_read: u64,
    /// Eligible positions that could not be read.
    pub positions_erased: u64,
    /// Sites by layer.
    pub layers: Vec<LayerLine>,
    /// What was run beside the trace, to show that it can fail.
    pub controls: Vec<Control>,
    /// What the verdict `unmarked` rests on.
    pub unmarked: Option<Unmarked>,
    /// How many more positions would name a single leaker, where too few were read.
    pub positions_wanted: Option<u64>,
    /// The frozen plan and the versions used; `None` where no asset was recognized.
    pub plan: Option<PlanLine>,
    /// Holders recorded as having an unmarked or foreign version: display names.
    pub holders: Vec<String>,
    /// Public material found in the sample: no evidence.
    pub upstream: Vec<UpstreamLine>,
    /// Parts of the samples that could not be opened: unscanned, never clean.
    pub unscanned: Vec<Loss>,
    /// Names of further assets of which something was found; each has its own report.
    pub also: Vec<String>,
    /// When the sample was first seen, where that is known.
    pub first_seen: Option<UnixMillis>,
    /// When the material ceased to be confidential; a sample first seen later is no breach.
    pub confidential_until: Option<UnixMillis>,
    /// When the decision was made.
    pub traced: UnixMillis,
    /// For a hearing: the recipient heard; every other recipient is given a pseudonym by the caller.
    pub for_hearing: Option<RecipientId>,
    /// Version of the program that made the trace.
    pub earmark: String,
    /// The reading document, as stored: JSON.
    pub reading: String,
}

/// The four words a trace can end in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Verdict {
    /// At least one copy, or one set of copies, was used.
    Traced,
    /// No issued copy explains the sample.
    Unmarked,
    /// Protected material, but too little was read.
    OursUntraceable,
    /// Nothing of ours outside upstream.
    NotOurs,
}

impl Verdict {
    /// The word for tables, JSON and people.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Traced => "traced",
            Self::Unmarked => "unmarked",
            Self::OursUntraceable => "ours-untraceable",
            Self::NotOurs => "not-ours",
        }
    }

    /// The shape that stands beside the word everywhere.
    #[must_use]
    pub fn shape(self) -> char {
        match self {
            Self::Traced => '◆',
            Self::Unmarked => '◇',
            Self::OursUntraceable => '◐',
            Self::NotOurs => '○',
        }
    }
}

/// The asset and revision that were recognized.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct AssetLine {
    /// The asset's name.
    pub name: String,
    /// The revision with the most lines in the sample.
    pub revision: Digest,
    /// Further revisions of the same code with regions in it.
    pub further: Vec<Digest>,
}

/// A copy that was used.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Suspect {
    /// Whom the copy was issued to.
    pub recipient: RecipientId,
    /// The same for people: "Harbor".
    pub name: String,
    /// The score, in natural-log units.
    pub score: f64,
    /// log10 of min(1, n p): the bound on a false accusation.
    pub log10_bound: f64,
    /// The set assumed to be in it when this copy was tested: ids, or `original`.
    pub given: Vec<String>,
    /// Copies estimated to be in it, this one included.
    pub colluders: Option<u32>,
    /// What the estimated strategy resembles, in a few words.
    pub attack: Option<String>,
}

/// A set of which at least one member was used.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct OneOf {
    /// Its members: two or three, with display names.
    pub members: Vec<(RecipientId, String)>,
    /// log10 of min(1, C(n, t) p).
    pub log10_bound: f64,
    /// The set assumed to be in it when this one was tested.
    pub given: Vec<String>,
}

/// A copy excluded as the only source, unless its marks were altered on purpose.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Excluded {
    /// Whom the copy was issued to.
    pub recipient: RecipientId,
    /// The same for people.
    pub name: String,
    /// Chance of a reading this far from the copy, had it alone been the source.
    pub beta: f64,
}

/// One copy's figures.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Scored {
    /// Whom the copy was issued to.
    pub recipient: RecipientId,
    /// The same for people.
    pub name: String,
    /// The score, in natural-log units.
    pub score: f64,
    /// log10 of the exact chance that a copy with no part scores as high.
    pub log10_p_exact: f64,
    /// log10 of the Chernoff bound on the same chance.
    pub log10_p_chernoff: f64,
}

/// What the bars of the picture measure.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Scale {
    /// The chance that a copy with no part would agree so well (`log10_p_exact`). Right in every case: a
    /// recipient tested given a set has other weights than one tested alone, and their scores do not compare.
    Chance {
        /// log10 of the largest chance at which a single copy is named: alpha_1 / n.
        log10_threshold: f64,
    },
    /// The score itself. Only where every recipient was scored with the same weights.
    Score {
        /// Mean of an innocent's score.
        mean: f64,
        /// Standard deviation of an innocent's score.
        sd: f64,
        /// The smallest score that names a copy.
        threshold: f64,
    },
}

/// What was handed in.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Sample {
    /// Its name or address.
    pub path: String,
    /// SHA-256 of its bytes.
    pub digest: Digest,
    /// Its length in bytes.
    pub bytes: u64,
    /// Leaves found inside.
    pub leaves: u64,
}

/// One aligned region: where it is, what was read in it, how it looks.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct RegionLine {
    /// The leaf: `tools.zip!x/poc.py`.
    pub sample_path: String,
    /// First and last line in the leaf, from 1.
    pub sample_lines: (u32, u32),
    /// The protected file.
    pub file_path: String,
    /// First and last line in the protected file, from 1.
    pub file_lines: (u32, u32),
    /// How strong the match is.
    pub level: Level,
    /// The sites inside, in order of the file.
    pub sites: Vec<SiteLine>,
    /// Lines of the leaf beside those of the original; may be an excerpt.
    pub rows: Vec<Row>,
}

/// What became of one site.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct SiteLine {
    /// Line in the protected file, from 1.
    pub file_line: u32,
    /// Line in the leaf, from 1, where it was found.
    pub sample_line: Option<u32>,
    /// Code of the rule.
    pub rule: String,
    /// The rule's layer.
    pub layer: Layer,
    /// What was read.
    pub state: SiteState,
    /// First and one past the last character in the protected file's line, from 0, to mark it there.
    pub file_columns: Option<(u32, u32)>,
    /// The same in the leaf's line.
    pub sample_columns: Option<(u32, u32)>,
}

/// What was read at a site.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum SiteState {
    /// One of the site's forms stood there.
    Read,
    /// None of them: the site says nothing.
    Erased,
    /// A form was read that contradicts other sites of the same position, or the copy named.
    Disagrees,
}

impl SiteState {
    /// The word for people.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Read => "read",
            Self::Erased => "erased",
            Self::Disagrees => "disagrees",
        }
    }

    /// The shape beside the word.
    #[must_use]
    pub fn shape(self) -> char {
        match self {
            Self::Read => '●',
            Self::Erased => '○',
            Self::Disagrees => '✕',
        }
    }
}

/// A line of the leaf beside one of the original; either may be missing.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Row {
    /// Line number and text in the leaf.
    pub sample: Option<(u32, String)>,
    /// Line number and text in the protected file.
    pub file: Option<(u32, String)>,
}

/// Sites of one layer.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct LayerLine {
    /// The layer.
    pub layer: Layer,
    /// Sites read.
    pub read: u64,
    /// Sites that could not be read.
    pub erased: u64,
    /// Of those read, sites that disagree.
    pub disagreeing: u64,
}

/// A run whose answer is known beforehand.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Control {
    /// What was put in the sample's or the key's place: "the unmarked original", "a swapped program key".
    pub what: String,
    /// What the same procedure said of it.
    pub verdict: Verdict,
    /// Display names of the copies it named.
    pub suspects: Vec<String>,
}

/// What the verdict `unmarked` rests on.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct Unmarked {
    /// Eligible positions.
    pub eligible: u64,
    /// Eligible positions that do not show the original, erased ones too.
    pub t: u64,
    /// The largest number of copies for which both checks pass.
    pub c: u32,
    /// log10 of the chance, for any given `c` copies, of leaving at most `t`.
    pub log10_bound: f64,
}

/// The frozen plan and the versions that read by it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct PlanLine {
    /// Digest of the plan.
    pub digest: Digest,
    /// Its commitment in the log.
    pub commitment: Option<Digest>,
    /// Index of that log entry.
    pub log_index: Option<u64>,
    /// When it was logged.
    pub committed: Option<UnixMillis>,
    /// The code id.
    pub code: Digest,
    /// The bias set: `GL2`, `S4`, `A64`, `E4`, `E8`.
    pub bias_set: String,
    /// Version of the catalog of rules.
    pub catalog: String,
    /// Version of the reader.
    pub reader: String,
}

/// Public material in the sample.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct UpstreamLine {
    /// Whose it is.
    pub name: String,
    /// Lines of it in the sample.
    pub lines: u64,
}
