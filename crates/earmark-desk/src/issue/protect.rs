//! Protecting: an asset's sites are found, its positions numbered, its detection index built, and
//! the plan frozen and committed before the first copy.

use std::collections::{BTreeMap, HashMap};
use std::path::PathBuf;

use earmark_mark::{Declarations, PositionMap, Predecessor, SiteTable};
use earmark_model::{AssetName, Digest, EntryKind, Manifest};
use earmark_odds::bias::BiasSet;
use earmark_odds::plan::{Need, positions_against, positions_needed};
use earmark_odds::pvalue::LookAlpha;
use earmark_odds::simulate::Attack;
use earmark_store::{Asset, NewCode, NewPlan, NewPosition, Revision};
use serde::{Deserialize, Serialize};

use super::certify::{self, Certificate};
use super::dealer::Dealer;
use super::declarations;
use super::plan::{ALPHA, Frozen};
use super::traceability::{self, PlannedSite};
use super::tree::{self, Tree};
use super::upstream;
use crate::codes;
use crate::desk::Desk;
use crate::error::{DeskError, Kind};

/// What to protect, and how.
#[derive(Debug, Clone, Default)]
pub struct Request {
    /// A directory, an archive or a file.
    pub path: PathBuf,
    /// The asset's name.
    pub name: String,
    /// The revision that this one succeeds, as the start of its digest.
    pub succeeds: Option<String>,
    /// What is public or another's.
    pub upstream: Vec<PathBuf>,
    /// The bias set, if the owner chooses.
    pub code: Option<String>,
    /// Whether to start a new epoch.
    pub new_epoch: bool,
    /// The owner's build or test command.
    pub certify: Option<String>,
}

/// Sites in all and by kind.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Sites {
    /// In all.
    pub total: u64,
    /// By layer.
    pub by_layer: BTreeMap<String, u64>,
    /// By language.
    pub by_language: BTreeMap<String, u64>,
}

/// Something that carries no mark, and why.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct LeftAlone {
    /// Its path in the revision.
    pub path: String,
    /// Why.
    pub why: String,
}

/// The answer of `protect`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Answer {
    /// The asset.
    pub asset: String,
    /// The revision: the digest of its manifest.
    pub revision: String,
    /// The plan that copies are made by.
    pub plan: String,
    /// The epoch of the asset's code.
    pub epoch: u32,
    /// Its bias set.
    pub code: String,
    /// Files and symbolic links.
    pub files: u64,
    /// Bytes in all.
    pub bytes: u64,
    /// Lines in all.
    pub lines: u64,
    /// Sites.
    pub sites: Sites,
    /// Positions that the revision shows.
    pub positions: u64,
    /// What they can carry, in bits.
    pub bits: f64,
    /// Consecutive lines that name a single leaker from half of all starts.
    pub smallest_fragment_lines: Option<u64>,
    /// Consecutive lines that name one of so many colluders from 95 % of all starts.
    pub colluders: BTreeMap<u8, Option<u64>>,
    /// The same by attack; in `colluders` the longest of all seven counts.
    #[serde(default)]
    pub colluders_by_attack: BTreeMap<String, BTreeMap<u8, Option<u64>>>,
    /// Positions of one bit that must be read to name a single leaker.
    pub positions_wanted: u64,
    /// What the owner's command said of a fully marked copy.
    pub certified: Option<Certificate>,
    /// What carries no mark.
    pub left_alone: Vec<LeftAlone>,
    /// The blob of `VARIES.md`, where the author declared fields.
    pub varies: Option<String>,
}

/// Colluders that `protect` plans for.
const PLANNED_COLLUDERS: std::ops::RangeInclusive<u8> = 1..=5;

/// Protects the content of `request.path` as a revision of the asset.
///
/// Nothing is recorded unless everything succeeded; blobs that a failure leaves behind are orphans
/// that `vault check` collects. The same content protected again answers with the plan that is there.
///
/// # Errors
/// When the path cannot be read, a name is malformed, options contradict what is there, or the
/// owner's command fails on a marked copy.
pub async fn protect(desk: &Desk, request: &Request) -> Result<Answer, DeskError> {
    let name: AssetName = request
        .name
        .parse()
        .map_err(|source: earmark_model::IdError| DeskError::new(Kind::Malformed, source.to_string()))?;
    let wanted_code: Option<BiasSet> = match &request.code {
        Some(text) => Some(text.parse().map_err(|_| {
            DeskError::new(Kind::Malformed, format!("`{text}` is no code"))
                .hint("the codes are GL2, S4, A64, E4 and E8")
        })?),
        None => None,
    };
    let succeeds = match &request.succeeds {
        Some(start) => Some(codes::find_revision(desk, &name, start).await?),
        None => None,
    };
    let tree = tree::read(&request.path, desk.folder())?;
    let revision = tree.manifest().digest();
    if let Some(answer) = already_protected(desk, request, &name, wanted_code, &revision).await? {
        return Ok(answer);
    }
    let upstream = upstream::resolve(&request.path, &request.upstream, &tree)?;
    let declared = declarations::read(&tree)?;
    let earlier = match &succeeds {
        Some(revision) if !request.new_epoch => Earlier::of(desk, revision, &name).await?,
        _ => None,
    };
    let found = find_sites(&tree, &upstream.files, declared.as_ref(), earlier.as_ref());
    let certified = match &request.certify {
        Some(command) => Some(certify::certify(desk, command, &tree, &found.table)?),
        None => None,
    };
    let index = build_index(desk, revision, &tree, &upstream)?;
    // From here on alone: two processes numbering positions of one code must not interleave.
    let _lock = desk.lock().await?;
    if let Some(answer) = already_protected(desk, request, &name, wanted_code, &revision).await? {
        return Ok(answer);
    }
    let codes = codes::of_asset(desk, &name).await?;
    let epoch = match codes.last() {
        Some(latest) if !request.new_epoch => latest.epoch,
        Some(latest) => latest.epoch + 1,
        None => 1,
    };
    let mut table = found.table;
    let mut known = codes::known_positions(desk, &name, epoch).await?;
    let before = known.k().len();
    earmark_mark::number(&mut table, &mut known);
    let bias = match codes.iter().find(|code| code.epoch == epoch) {
        Some(code) => codes::bias_set(code)?,
        None => wanted_code.unwrap_or_else(|| BiasSet::choose(known.k().len() as u64)),
    };
    let id = match desk.ledger().asset(&name).await {
        Ok(asset) => asset.id,
        Err(earmark_store::StoreError::NotThere { .. }) => name.to_string(),
        Err(other) => return Err(other.into()),
    };
    let code = codes::open(desk, &id, epoch, bias)?;
    let dealer = Dealer::new(&code, &table);
    let lines = tree.files.iter().map(count_lines).sum();
    let measured = measure(&table, &tree, lines, bias, desk.planned_recipients().await?);
    let table_bytes = table
        .to_bytes()
        .map_err(|source| DeskError::because(Kind::Bug, "the site table cannot be written", source))?;
    let site_table = desk.put_blob(table_bytes).await?;
    let frozen = Frozen::new(&name, &id, epoch, revision, site_table, &table, bias, &code);
    let varies = match declared.as_ref().and_then(|declared| declarations::varies(declared, &tree)) {
        Some(text) => {
            let blob = desk.put_blob(text.into_bytes()).await?;
            desk.ledger().keep_blob(&blob, "VARIES.md of a plan", desk.now()).await?;
            Some(blob)
        }
        None => None,
    };
    let answer = Answer {
        asset: name.to_string(),
        revision: revision.to_string(),
        plan: frozen.id()?.to_string(),
        epoch,
        code: bias.to_string(),
        files: tree.files.len() as u64,
        bytes: tree.files.iter().map(|file| file.entry.length).sum(),
        lines,
        sites: count_sites(&table),
        positions: dealer.positions() as u64,
        bits: (dealer.bits() * 10.0).round().abs() / 10.0,
        smallest_fragment_lines: measured.fragment.smallest_fragment_lines,
        colluders: measured.fragment.colluders,
        colluders_by_attack: measured.by_attack,
        positions_wanted: measured.wanted,
        certified,
        left_alone: left_alone(&tree, found.left_alone),
        varies: varies.map(|digest| digest.to_string()),
    };
    let manifest = tree.manifest();
    let index_blob = desk.put_blob(index).await?;
    desk.put_blobs(tree.files.into_iter().map(|file| file.bytes).collect()).await?;
    let recording = Recording {
        name,
        id,
        succeeds,
        manifest,
        index_blob,
        known,
        before,
        upstream: upstream.named,
        frozen,
        answer: &answer,
    };
    record(desk, &recording).await?;
    Ok(answer)
}

/// The answer that was given when this very content was protected before, in the epoch that is open.
///
/// Refuses options that contradict the code that is there.
async fn already_protected(
    desk: &Desk,
    request: &Request,
    name: &AssetName,
    wanted_code: Option<BiasSet>,
    revision: &Digest,
) -> Result<Option<Answer>, DeskError> {
    let codes = codes::of_asset(desk, name).await?;
    let Some(latest) = codes.last().filter(|_| !request.new_epoch) else { return Ok(None) };
    if wanted_code.is_some() {
        return Err(DeskError::new(Kind::Refused, format!("asset `{name}` has its code already"))
            .hint("`--code` is for the first revision, or with `--new-epoch`"));
    }
    let Some(plan) = find_plan(desk, revision, name, latest.epoch).await? else { return Ok(None) };
    serde_json::from_str(&plan.plan.report)
        .map(Some)
        .map_err(|source| DeskError::because(Kind::Bug, "the recorded report cannot be read", source))
}

/// The plan in force for a revision in one epoch.
async fn find_plan(
    desk: &Desk,
    revision: &Digest,
    asset: &AssetName,
    epoch: u32,
) -> Result<Option<earmark_store::Plan>, DeskError> {
    let plans = desk.ledger().plans_of(revision).await?;
    Ok(plans.into_iter().rfind(|plan| plan.plan.asset == *asset && plan.plan.epoch == epoch))
}

/// What is needed of a revision to succeed it: its sites and its marked files.
struct Earlier {
    table: SiteTable,
    contents: HashMap<Vec<u8>, Vec<u8>>,
}

impl Earlier {
    /// `None` if the revision has no plan in the asset's latest epoch: then it has nothing to hand down.
    async fn of(desk: &Desk, revision: &Revision, asset: &AssetName) -> Result<Option<Self>, DeskError> {
        let codes = codes::of_asset(desk, asset).await?;
        let Some(latest) = codes.last() else { return Ok(None) };
        let Some(plan) = find_plan(desk, &revision.digest, asset, latest.epoch).await? else {
            return Ok(None);
        };
        let table = codes::read_table(desk, &plan.plan.site_table).await?;
        let manifest = desk.manifest(revision.manifest).await?;
        let mut contents = HashMap::new();
        for file in &table.files {
            if let Some(entry) = manifest.entries().get(file.file as usize) {
                contents.insert(file.path.clone(), desk.get_blob(entry.sha256).await?);
            }
        }
        Ok(Some(Self { table, contents }))
    }
}

fn find_sites(
    tree: &Tree,
    upstream: &[u32],
    declared: Option<&Declarations>,
    earlier: Option<&Earlier>,
) -> earmark_mark::Analysis {
    let options = earmark_mark::Options {
        upstream: upstream.to_vec(),
        declared: declared.cloned(),
        ..Default::default()
    };
    let Some(earlier) = earlier else { return earmark_mark::analyze(&tree.sources(), &options) };
    let original = |path: &[u8]| earlier.contents.get(path).map(Vec::as_slice);
    let predecessor = Predecessor::new(&earlier.table, &original);
    earmark_mark::analyze_successor(&tree.sources(), &options, &predecessor)
}

struct Measured {
    fragment: traceability::Traceability,
    by_attack: BTreeMap<String, BTreeMap<u8, Option<u64>>>,
    wanted: u64,
}

fn measure(table: &SiteTable, tree: &Tree, lines: u64, bias: BiasSet, recipients: u64) -> Measured {
    let mut first_line = 0;
    let first_lines: Vec<u64> = tree
        .files
        .iter()
        .map(|file| {
            let first = first_line;
            first_line += count_lines(file);
            first
        })
        .collect();
    let original = |file: u32| tree.files.get(file as usize).map(|file| file.bytes.as_slice());
    let mut sites = Vec::new();
    for file in earmark_mark::density(table, &original) {
        let first = first_lines.get(file.file as usize).copied().unwrap_or(0);
        sites.extend(file.sites.iter().map(|site| PlannedSite {
            line: first + u64::from(site.line.saturating_sub(1)),
            position: site.position.0,
            worth: site.bits * f64::from(site.survival) / 100.0,
        }));
    }
    let alpha = LookAlpha::split(LookAlpha::of_look(ALPHA, 1)).singles;
    let wanted = |needed: &dyn Fn(u32) -> Option<Need>| -> BTreeMap<u8, f64> {
        PLANNED_COLLUDERS.filter_map(|c| needed(c.into()).map(|need| (c, need.positions as f64))).collect()
    };
    let mut lengths = traceability::Lengths::new(&sites, lines);
    let against = |attack: Attack| wanted(&|c| positions_against(bias, attack, c, recipients, alpha));
    let by_attack = Attack::ALL
        .into_iter()
        .map(|attack| (attack.to_string(), lengths.by_colluders(&against(attack))))
        .collect();
    let wanted = wanted(&|c| positions_needed(bias, c, recipients, alpha));
    Measured {
        fragment: lengths.reckon(&wanted),
        by_attack,
        wanted: wanted.get(&1).map_or(0, |m| m.ceil() as u64),
    }
}

fn count_lines(file: &tree::TreeFile) -> u64 {
    if file.entry.kind == EntryKind::Symlink {
        return 0;
    }
    file.bytes.iter().filter(|byte| **byte == b'\n').count() as u64
}

fn count_sites(table: &SiteTable) -> Sites {
    let mut sites = Sites::default();
    for file in &table.files {
        for site in &file.sites {
            sites.total += 1;
            *sites.by_layer.entry(site.layer.name().to_owned()).or_default() += 1;
            *sites.by_language.entry(file.language.name().to_owned()).or_default() += 1;
        }
    }
    sites
}

fn left_alone(tree: &Tree, found: Vec<earmark_mark::LeftAlone>) -> Vec<LeftAlone> {
    let marked = found
        .into_iter()
        .map(|left| LeftAlone { path: String::from_utf8_lossy(&left.path).into_owned(), why: left.why });
    let skipped = tree.skipped.iter().map(|(path, why)| LeftAlone { path: path.clone(), why: why.clone() });
    marked.chain(skipped).collect()
}

fn build_index(
    desk: &Desk,
    revision: Digest,
    tree: &Tree,
    upstream: &upstream::Upstream,
) -> Result<Vec<u8>, DeskError> {
    let mut builder = earmark_scan::IndexBuilder::new(desk.index_key(), revision);
    for bytes in &upstream.outside {
        builder.upstream(bytes);
    }
    for (index, file) in (0..).zip(&tree.files) {
        if file.entry.kind != EntryKind::File {
            continue;
        }
        if upstream.files.binary_search(&index).is_ok() {
            builder.upstream(&file.bytes);
        }
        // Upstream files are indexed too: so a trace can say what public material it met.
        builder.file(index, &file.bytes);
    }
    builder
        .finish()
        .map_err(|source| DeskError::because(Kind::Malformed, "the asset cannot be indexed", source))
}

/// What is written down at the end, in the order of dependence.
struct Recording<'a> {
    name: AssetName,
    id: String,
    succeeds: Option<Revision>,
    manifest: Manifest,
    index_blob: Digest,
    known: PositionMap,
    before: usize,
    upstream: Vec<String>,
    frozen: Frozen,
    answer: &'a Answer,
}

async fn record(desk: &Desk, new: &Recording<'_>) -> Result<(), DeskError> {
    let ledger = desk.ledger();
    let created = desk.now();
    match ledger.asset(&new.name).await {
        Ok(_) => {}
        Err(earmark_store::StoreError::NotThere { .. }) => {
            ledger.add_asset(&Asset { name: new.name.clone(), id: new.id.clone(), created }).await?;
        }
        Err(other) => return Err(other.into()),
    }
    let epoch = new.answer.epoch;
    if codes::of_asset(desk, &new.name).await?.iter().all(|code| code.epoch != epoch) {
        let bias = new.frozen.bias_commitment(desk)?;
        let code =
            NewCode { asset: new.name.clone(), epoch, bias_set: new.answer.code.clone(), bias, created };
        ledger.add_code(&code).await?;
    }
    let wanted: Vec<NewPosition> = first_keys(&new.known, new.before);
    let numbered = ledger.extend_positions(&new.name, epoch, &wanted).await?;
    let agrees =
        numbered.iter().zip(new.before..).all(|(position, number)| position.number.0 as usize == number);
    if !agrees {
        return Err(DeskError::new(
            Kind::Bug,
            "the ledger numbers the positions otherwise than the site table",
        ));
    }
    let manifest = desk.put_manifest(&new.manifest).await?;
    let revision = Revision {
        digest: new.manifest.digest(),
        asset: new.name.clone(),
        succeeds: new.succeeds.as_ref().map(|revision| revision.digest),
        manifest,
        index_blob: Some(new.index_blob),
        files: new.answer.files,
        bytes: new.answer.bytes,
        lines: new.answer.lines,
        upstream: serde_json::to_string(&new.upstream).unwrap_or_default(),
        created,
    };
    match ledger.revision(&revision.digest).await {
        Ok(there) if there.asset == new.name => {
            ledger.set_index_blob(&there.digest, &new.index_blob).await?;
        }
        Ok(there) => {
            return Err(DeskError::new(
                Kind::Conflict,
                format!("the same content is protected as asset `{}`", there.asset),
            ));
        }
        Err(earmark_store::StoreError::NotThere { .. }) => ledger.add_revision(&revision).await?,
        Err(other) => return Err(other.into()),
    }
    let report = serde_json::to_string(new.answer)
        .map_err(|source| DeskError::because(Kind::Bug, "the report cannot be written", source))?;
    let plan = NewPlan {
        id: new.frozen.id()?,
        revision: revision.digest,
        asset: new.name.clone(),
        epoch,
        site_table: new.frozen.site_table,
        catalog: new.frozen.catalog.to_string(),
        reader: new.frozen.reader.to_string(),
        rule: new.frozen.rule().to_owned(),
        report,
        commitment: new.frozen.commit(desk)?,
        created,
    };
    ledger.record_plan(&plan).await?;
    Ok(())
}

/// The key that first took each position from number `before` on.
fn first_keys(known: &PositionMap, before: usize) -> Vec<NewPosition> {
    let mut wanted: Vec<NewPosition> = Vec::new();
    for (key, position) in known.keys() {
        let expected = before + wanted.len();
        if position.0 as usize == expected {
            wanted.push(NewPosition { site_key: key.0, k: known.k().get(expected).copied().unwrap_or(2) });
        }
    }
    wanted
}
