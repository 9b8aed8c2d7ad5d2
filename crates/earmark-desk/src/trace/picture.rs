//! From an answer to the report that people read: names, lines, sites, figures.

use std::collections::BTreeMap;

use earmark_model::{Digest, Layer, Loss, RecipientId};
use earmark_odds::bias::BiasSet;
use earmark_odds::code::code_id;
use earmark_odds::document::{Decision, Verdict};
use earmark_odds::pvalue::LookAlpha;
use earmark_papers as papers;

use super::answer::{Answer, ReadErased, SitesRead};
use super::excerpt::{self, Lines};
use super::part::{CodeName, MatchReading};
use super::readings::Original;
use crate::desk::Desk;
use crate::error::{DeskError, Kind};
use crate::issue::plan::ALPHA;
use crate::watch::haul::{Found, Haul};

/// Everything that one report is made from.
pub(super) struct Page<'a> {
    /// The open vault.
    pub desk: &'a Desk,
    /// The answer.
    pub answer: &'a Answer,
    /// The decision, where anything was found.
    pub decision: Option<&'a Decision>,
    /// What was read.
    pub read: &'a [MatchReading],
    /// The revisions it was read against.
    pub originals: &'a BTreeMap<Digest, Original>,
    /// The leaves.
    pub found: &'a [Found],
    /// Everything that was gone through.
    pub haul: &'a Haul,
    /// The reading document.
    pub document: &'a str,
    /// The code and its bias set.
    pub code: Option<(&'a CodeName, BiasSet)>,
}

/// Counts sites read and erased, in all and by layer.
#[must_use]
pub(super) fn count_sites(read: &[MatchReading], originals: &BTreeMap<Digest, Original>) -> SitesRead {
    let mut counts = SitesRead::default();
    for (layer, is_read) in sites(read, originals) {
        let of_layer = counts.by_layer.entry(layer.name().to_owned()).or_default();
        let (all, one) = if is_read {
            (&mut counts.read, &mut of_layer.read)
        } else {
            (&mut counts.erased, &mut of_layer.erased)
        };
        *all += 1;
        *one += 1;
    }
    counts
}

/// The layer of every eligible site, and whether it was read.
fn sites<'a>(
    read: &'a [MatchReading],
    originals: &'a BTreeMap<Digest, Original>,
) -> impl Iterator<Item = (Layer, bool)> + 'a {
    read.iter().flat_map(move |one| {
        let table =
            originals.get(&one.matched.revision).and_then(|original| original.table.file(one.matched.file));
        let sites = one.reading.iter().flat_map(|reading| &reading.sites);
        sites.filter_map(move |site| Some((table?.sites.get(site.site as usize)?.layer, site.form.is_some())))
    })
}

impl Page<'_> {
    /// Renders the report.
    ///
    /// # Errors
    /// When names cannot be looked up.
    pub(super) async fn render(&self) -> Result<String, DeskError> {
        let names = self.names().await?;
        let name = |id: &str| names.get(id).cloned().unwrap_or_else(|| id.to_owned());
        let mut report = self.blank();
        if let (Some((code, bias)), Some(revision)) = (self.code, self.revision()) {
            report.asset = Some(papers::AssetLine {
                name: code.0.to_string(),
                revision,
                further: self.further(revision),
            });
            report.plan = self.plan(code, bias, revision).await?;
        }
        for suspect in &self.answer.suspects {
            let coalition = self.decision.and_then(|decision| decision.coalition.as_ref());
            report.suspects.push(papers::Suspect {
                recipient: recipient(&suspect.recipient)?,
                name: name(&suspect.recipient),
                score: nats(suspect.score),
                log10_bound: suspect.log10_false_accusation_bound,
                given: suspect.given.clone(),
                colluders: coalition.map(|coalition| coalition.c),
                attack: coalition.and_then(|coalition| coalition.attack.clone()),
            });
        }
        for set in &self.answer.one_of {
            let members = set
                .recipients
                .iter()
                .map(|id| Ok((recipient(id)?, name(id))))
                .collect::<Result<_, DeskError>>()?;
            let given = self
                .decision
                .and_then(|decision| decision.sets.iter().find(|test| test.recipients == set.recipients))
                .map(|test| test.given.clone())
                .unwrap_or_default();
            report.one_of.push(papers::OneOf {
                members,
                log10_bound: set.log10_false_accusation_bound,
                given,
            });
        }
        for lead in &self.answer.excluded {
            report.excluded.push(papers::Excluded {
                recipient: recipient(&lead.recipient)?,
                name: name(&lead.recipient),
                beta: lead.beta,
            });
        }
        for standing in &self.answer.recipients {
            report.recipients.push(papers::Scored {
                recipient: recipient(&standing.recipient)?,
                name: name(&standing.recipient),
                score: nats(standing.score),
                log10_p_exact: standing.log10_p_exact.unwrap_or(standing.log10_p_chernoff),
                log10_p_chernoff: standing.log10_p_chernoff,
            });
        }
        render(&report)
    }

    /// The report with everything that needs no look-up.
    fn blank(&self) -> papers::TraceReport {
        let answer = self.answer;
        let alpha_look = answer.alpha_look.unwrap_or(0.0);
        let threshold = LookAlpha::split(alpha_look).singles / answer.n.max(1) as f64;
        let leaves = |sample: &str| {
            let inside = format!("{sample}!");
            self.found.iter().filter(|one| one.path == sample || one.path.starts_with(&inside)).count() as u64
        };
        papers::TraceReport {
            program: self.desk.name().to_owned(),
            asset: None,
            matter: answer.matter.clone().unwrap_or_default(),
            look: answer.look.unwrap_or(1),
            alpha: ALPHA,
            alpha_look,
            verdict: verdict(answer.verdict),
            n: answer.n,
            suspects: Vec::new(),
            one_of: Vec::new(),
            excluded: Vec::new(),
            recipients: Vec::new(),
            scale: papers::Scale::Chance { log10_threshold: threshold.max(1e-300).log10() },
            samples: self
                .haul
                .samples
                .iter()
                .map(|sample| papers::Sample {
                    path: sample.path.clone(),
                    digest: sample.digest,
                    bytes: sample.length,
                    leaves: leaves(&sample.path),
                })
                .collect(),
            regions: self.regions(),
            lines: answer.lines,
            positions_read: answer.positions.read,
            positions_erased: answer.positions.erased,
            layers: self.layers(),
            controls: answer
                .controls
                .iter()
                .map(|control| papers::Control {
                    what: control.what.clone(),
                    verdict: verdict(control.verdict),
                    suspects: control.suspects.clone(),
                })
                .collect(),
            unmarked: answer.unmarked.map(|unmarked| papers::Unmarked {
                eligible: answer.positions.read + answer.positions.erased,
                t: unmarked.t,
                c: unmarked.c,
                log10_bound: unmarked.log10_bound,
            }),
            positions_wanted: answer.positions_wanted,
            plan: None,
            holders: answer.holders.clone(),
            upstream: answer
                .public
                .iter()
                .map(|public| papers::UpstreamLine { name: public.upstream.clone(), lines: public.lines })
                .collect(),
            unscanned: answer
                .unscanned
                .iter()
                .map(|lost| Loss { path: lost.path.clone(), why: lost.why.clone() })
                .collect(),
            also: Vec::new(),
            first_seen: None,
            confidential_until: None,
            traced: self.desk.now(),
            for_hearing: None,
            earmark: env!("CARGO_PKG_VERSION").to_owned(),
            reading: self.document.to_owned(),
        }
    }

    async fn names(&self) -> Result<BTreeMap<String, String>, DeskError> {
        let partners = self.desk.ledger().partners().await?;
        Ok(partners.into_iter().map(|partner| (partner.slug.to_string(), partner.name)).collect())
    }

    fn revision(&self) -> Option<Digest> {
        self.answer.revision.as_deref()?.parse().ok()
    }

    fn further(&self, main: Digest) -> Vec<Digest> {
        self.originals.keys().copied().filter(|revision| *revision != main).collect()
    }

    async fn plan(
        &self,
        (asset, epoch): &CodeName,
        bias: BiasSet,
        revision: Digest,
    ) -> Result<Option<papers::PlanLine>, DeskError> {
        let row = self.desk.ledger().asset(asset).await?;
        let plan = self.desk.ledger().plans_of(&revision).await?.pop();
        Ok(plan.map(|plan| papers::PlanLine {
            digest: plan.plan.id,
            commitment: Some(plan.plan.commitment.digest),
            log_index: Some(plan.log_index),
            committed: Some(plan.plan.created),
            code: Digest(code_id(&row.id, *epoch)),
            bias_set: bias.to_string(),
            catalog: plan.plan.catalog,
            reader: plan.plan.reader,
        }))
    }

    fn layers(&self) -> Vec<papers::LayerLine> {
        let mut layers: BTreeMap<Layer, ReadErased> = BTreeMap::new();
        for (layer, is_read) in sites(self.read, self.originals) {
            let counts = layers.entry(layer).or_default();
            if is_read { counts.read += 1 } else { counts.erased += 1 }
        }
        let line = |(layer, counts): (Layer, ReadErased)| papers::LayerLine {
            layer,
            read: counts.read,
            erased: counts.erased,
            disagreeing: 0,
        };
        layers.into_iter().map(line).collect()
    }

    /// The regions, longest first; the first ones with their lines side by side.
    fn regions(&self) -> Vec<papers::RegionLine> {
        let mut places: Vec<(&MatchReading, usize)> = self
            .read
            .iter()
            .flat_map(|one| (0..one.matched.regions.len()).map(move |region| (one, region)))
            .collect();
        places.sort_by_key(|(one, region)| std::cmp::Reverse(one.matched.regions[*region].file_span.len()));
        places
            .into_iter()
            .enumerate()
            .filter_map(|(rank, (one, region))| self.region(one, region, rank < papers::SHOWN_REGIONS))
            .collect()
    }

    fn region(&self, one: &MatchReading, index: usize, with_rows: bool) -> Option<papers::RegionLine> {
        let original = self.originals.get(&one.matched.revision)?;
        let region = one.matched.regions.get(index)?;
        let file = Lines::new(original.content(one.matched.file)?);
        let leaf = self.found.iter().find(|found| found.digest == one.leaf && found.path == one.sample);
        let sample = Lines::new(leaf.map_or(&[], |leaf| leaf.bytes.as_slice()));
        let (sample_lines, file_lines) = (sample.of(region.sample_span), file.of(region.file_span));
        let rows = if with_rows && leaf.is_some() {
            excerpt::rows(&sample, sample_lines, &file, file_lines)
        } else {
            Vec::new()
        };
        Some(papers::RegionLine {
            sample_path: one.sample.clone(),
            sample_lines,
            file_path: original.path(one.matched.file),
            file_lines,
            level: one.matched.level,
            sites: site_lines(one, index, original, &file),
            rows,
        })
    }
}

/// The sites of one region, in order of the file.
fn site_lines(
    one: &MatchReading,
    region: usize,
    original: &Original,
    file: &Lines<'_>,
) -> Vec<papers::SiteLine> {
    let (Some(reading), Some(table)) = (&one.reading, original.table.file(one.matched.file)) else {
        return Vec::new();
    };
    let in_region = reading.sites.iter().filter(|site| site.region as usize == region);
    in_region
        .filter_map(|site| {
            let placed = table.sites.get(site.site as usize)?;
            Some(papers::SiteLine {
                file_line: file.number(placed.span.start),
                sample_line: None,
                rule: site.rule.to_string(),
                layer: placed.layer,
                state: if site.form.is_some() { papers::SiteState::Read } else { papers::SiteState::Erased },
                file_columns: file.columns(placed.span),
                sample_columns: None,
            })
        })
        .collect()
}

/// The report where nothing of ours was found.
///
/// # Errors
/// Never in practice: the document is JSON.
pub(super) fn nothing_found(
    desk: &Desk,
    answer: &Answer,
    haul: &Haul,
    document: &str,
) -> Result<String, DeskError> {
    let page = Page {
        desk,
        answer,
        decision: None,
        read: &[],
        originals: &BTreeMap::new(),
        found: &[],
        haul,
        document,
        code: None,
    };
    render(&page.blank())
}

fn render(report: &papers::TraceReport) -> Result<String, DeskError> {
    papers::render(report)
        .map_err(|source| DeskError::because(Kind::Bug, "the report cannot be written", source))
}

fn recipient(id: &str) -> Result<RecipientId, DeskError> {
    id.parse().map_err(|source: earmark_model::IdError| DeskError::new(Kind::Bug, source.to_string()))
}

/// Integer scores are in 256ths of a natural-log unit.
fn nats(score: i64) -> f64 {
    score as f64 / 256.0
}

/// The same verdict in the report's type.
pub(super) fn verdict(verdict: Verdict) -> papers::Verdict {
    match verdict {
        Verdict::Traced => papers::Verdict::Traced,
        Verdict::Unmarked => papers::Verdict::Unmarked,
        Verdict::OursUntraceable => papers::Verdict::OursUntraceable,
        Verdict::NotOurs => papers::Verdict::NotOurs,
    }
}
