//! One code's part of a trace: its matches read, weighed, decided and written down.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

use earmark_mark::{MergeInput, merge};
use earmark_model::{Digest, Level, Reading, RecipientId};
use earmark_odds::bias::BiasSet;
use earmark_odds::code::Code;
use earmark_odds::decide::decide;
use earmark_odds::document::{Decision, ReadingDocument, Verdict};

use super::answer::{Answer, Control, Public, ReadErased};
use super::evidence::{self, About};
use super::looks::OpenLook;
use super::part::{CodeName, MatchReading, Part, Traced};
use super::picture::{self, Page};
use super::readings::{self, Original};
use super::standing;
use crate::codes;
use crate::desk::Desk;
use crate::error::{DeskError, Kind};
use crate::issue::writing;
use crate::program::holder;
use crate::watch::haul::Haul;

/// One code's part of a trace.
pub(super) struct Tracing<'a> {
    /// The open vault.
    pub desk: &'a Desk,
    /// The look on record.
    pub look: &'a OpenLook,
    /// Whose code.
    pub code: CodeName,
    /// What was found of it.
    pub part: Part,
    /// Everything that was gone through.
    pub haul: &'a Haul,
    /// Public material in the sample.
    pub public: &'a [Public],
    /// The chance of the best exact match by accident.
    pub chance: Option<f64>,
    /// Where report and reading document go.
    pub out: &'a Path,
}

impl Tracing<'_> {
    /// Reads, weighs, decides, and writes report and reading document; nothing where the matches do not hold up
    /// once they are read.
    ///
    /// # Errors
    /// When the vault cannot be read or the files not be written.
    pub(super) async fn run(self) -> Result<Option<Traced>, DeskError> {
        let (desk, (asset, epoch)) = (self.desk, &self.code);
        let originals = readings::originals(desk, &self.part).await?;
        let read = readings::read_all(desk, &self.part, &originals);
        if self.chance.is_none() && !standing::any(&read, self.haul.leaves) {
            return Ok(None);
        }
        let reading = merged(&read);
        let recipients = desk.ledger().recipients_of_code(asset, *epoch).await?;
        let (code, bias) = self.open_code().await?;
        let about = self.about(&read).await?;
        // First, so that its document is gone when the one that counts is made: they are large.
        let controls = vec![self.swapped_key(&reading, bias, &recipients, &about)?];
        let mut document = evidence::document(&reading, &code, &recipients, &about);
        let decision = weigh(&document)?;
        document.decision = Some(decision.clone());
        let mut answer = self.answer(&document, &decision, &read, &originals, controls);
        if decision.verdict == Verdict::Unmarked {
            answer.holders = holder::of_asset(desk, asset).await?;
        }
        let json = document_text(&document)?;
        let page = Page {
            desk,
            answer: &answer,
            decision: Some(&decision),
            read: &read,
            originals: &originals,
            found: &self.part.found,
            haul: self.haul,
            document: &json,
            code: Some((&self.code, bias)),
        };
        let html = page.render().await?;
        let stem = format!("{asset}-{}-look-{}", self.look.matter, self.look.number);
        let (report, path) = write_down(self.out, &stem, &json, &html)?;
        (answer.report, answer.reading) = (Some(report), Some(path));
        Ok(Some(Traced { answer, read, document: json }))
    }

    async fn open_code(&self) -> Result<(Code, BiasSet), DeskError> {
        let (asset, epoch) = &self.code;
        let row = self.desk.ledger().asset(asset).await?;
        let bias = codes::bias_set(&self.desk.ledger().code(asset, *epoch).await?)?;
        Ok((codes::open(self.desk, &row.id, *epoch, bias)?, bias))
    }

    async fn about(&self, read: &[MatchReading]) -> Result<About, DeskError> {
        let revisions: BTreeSet<Digest> = read.iter().map(|one| one.matched.revision).collect();
        let plan = match main_revision(read) {
            Some(revision) => self.desk.ledger().plans_of(&revision).await?.pop(),
            None => None,
        };
        Ok(About {
            asset: self.code.0.to_string(),
            revisions: revisions.iter().map(Digest::to_string).collect(),
            plan: plan.as_ref().map(|plan| plan.plan.id.to_string()).unwrap_or_default(),
            reader: plan.map(|plan| plan.plan.reader).unwrap_or_default(),
            matter: Some(self.look.matter.to_string()),
            look: Some(self.look.number),
            alpha_look: self.look.alpha,
            level: read.iter().map(|one| one.matched.level).min(),
            chance: self.chance.filter(|_| read.iter().all(|one| one.matched.level == Level::Evidence)),
        })
    }

    /// The control with a swapped program key: the same reading against a code that nobody was dealt.
    fn swapped_key(
        &self,
        reading: &Reading,
        bias: BiasSet,
        recipients: &[RecipientId],
        about: &About,
    ) -> Result<Control, DeskError> {
        let document = evidence::document(reading, &self.desk.fresh_code(bias), recipients, about);
        let decision = weigh(&document)?;
        Ok(Control {
            what: "a swapped program key".to_owned(),
            verdict: decision.verdict,
            suspects: decision.suspects.into_iter().map(|suspect| suspect.recipient).collect(),
        })
    }

    fn answer(
        &self,
        document: &ReadingDocument,
        decision: &Decision,
        read: &[MatchReading],
        originals: &BTreeMap<Digest, Original>,
        controls: Vec<Control>,
    ) -> Answer {
        let eligible = document.positions.len() as u64;
        let positions_read = document.positions.iter().filter(|position| position.y.is_some()).count() as u64;
        Answer {
            verdict: decision.verdict,
            asset: Some(self.code.0.to_string()),
            revision: main_revision(read).map(|revision| revision.to_string()),
            matter: Some(self.look.matter.to_string()),
            look: Some(self.look.number),
            alpha_look: Some(self.look.alpha),
            n: document.n,
            lines: readings::lines_covered(read, originals),
            sites: picture::count_sites(read, originals),
            positions: ReadErased { read: positions_read, erased: eligible - positions_read },
            positions_wanted: decision.positions_wanted,
            holds_for_coalitions_up_to: decision.holds_for_coalitions_up_to,
            suspects: decision.suspects.clone(),
            one_of: decision.one_of.clone(),
            excluded: decision.excluded.clone(),
            recipients: decision.recipients.clone(),
            unmarked: decision.unmarked,
            public: self.public.to_vec(),
            controls,
            unscanned: self.haul.unscanned.clone(),
            ..Answer::empty(decision.verdict)
        }
    }
}

/// Decides over a document that this program has just written.
fn weigh(document: &ReadingDocument) -> Result<Decision, DeskError> {
    decide(document).map_err(|source| DeskError::because(Kind::Bug, "the reading contradicts itself", source))
}

fn document_text(document: &ReadingDocument) -> Result<String, DeskError> {
    serde_json::to_string(document)
        .map_err(|source| DeskError::because(Kind::Bug, "the reading document cannot be written", source))
}

/// Writes the reading document and the report; gives the paths, the report's first.
fn write_down(out: &Path, stem: &str, json: &str, html: &str) -> Result<(PathBuf, PathBuf), DeskError> {
    let (report, reading) = (out.join(format!("{stem}.html")), out.join(format!("{stem}.json")));
    writing::write_file(&reading, json.as_bytes())?;
    writing::write_file(&report, html.as_bytes())?;
    Ok((report, reading))
}

/// Merges what was read, revision by revision, into one reading by position.
fn merged(read: &[MatchReading]) -> Reading {
    let mut first_region = 0;
    let mut parts = Vec::new();
    for one in read {
        if let Some(reading) = &one.reading {
            parts.push(MergeInput { reading, first_region });
        }
        first_region += one.matched.regions.len() as u32;
    }
    merge(&parts)
}

/// The revision with the most matching bytes.
fn main_revision(read: &[MatchReading]) -> Option<Digest> {
    let mut bytes: BTreeMap<Digest, u64> = BTreeMap::new();
    for one in read {
        let of_match: u64 =
            one.matched.regions.iter().map(|region| u64::from(region.sample_span.len())).sum();
        *bytes.entry(one.matched.revision).or_default() += of_match;
    }
    bytes.into_iter().max_by_key(|(_, bytes)| *bytes).map(|(revision, _)| revision)
}

/// The answer where nothing of ours was found outside upstream.
///
/// # Errors
/// When the files cannot be written.
pub(super) fn not_ours(
    desk: &Desk,
    look: &OpenLook,
    public: &[Public],
    haul: &Haul,
    out: &Path,
) -> Result<Traced, DeskError> {
    let document = document_text(&evidence::nothing_found(look))?;
    let mut answer = Answer {
        matter: Some(look.matter.to_string()),
        look: Some(look.number),
        alpha_look: Some(look.alpha),
        public: public.to_vec(),
        unscanned: haul.unscanned.clone(),
        ..Answer::empty(Verdict::NotOurs)
    };
    let html = picture::nothing_found(desk, &answer, haul, &document)?;
    let stem = format!("{}-look-{}", look.matter, look.number);
    let (report, path) = write_down(out, &stem, &document, &html)?;
    (answer.report, answer.reading) = (Some(report), Some(path));
    Ok(Traced { answer, read: Vec::new(), document })
}
