//! Equal treatment, shown without names: that the copies of a tier were committed under one head.

use std::collections::{BTreeMap, BTreeSet};

use earmark_log::{Checkpoint, Hash, Note, Trust, check_consistency, check_inclusion, unhex32};
use earmark_model::{AssetName, Digest, Slug};
use serde::{Deserialize, Serialize};

use super::publish::{notes, tree};
use super::rows::Rows;
use crate::codes;
use crate::desk::Desk;
use crate::error::{DeskError, Kind};

/// One entry of a tier with its way to the root.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Place {
    /// The entry.
    pub entry: u64,
    /// Its commitment, in hexadecimal digits. Whoever holds the copy has the opening, and finds itself here.
    pub commitment: String,
    /// The way to the head's root, base64.
    pub way: Vec<String>,
}

/// Copies of a tier that one head covers first.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Group {
    /// The head.
    pub checkpoint: String,
    /// The head before, if there is one.
    pub previous: Option<String>,
    /// That the head continues the one before, base64.
    pub consistency: Vec<String>,
    /// The entries, all of them under the head and none under the one before.
    pub places: Vec<Place>,
}

/// The copies of one tier.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Tier {
    /// The tier.
    pub tier: String,
    /// How many recipients of the tier have a copy.
    pub copies: u64,
    /// How many have none yet whose partner receives copies.
    pub without: u64,
    /// Whether one head covers all of them first.
    pub in_one_checkpoint: bool,
    /// Copies that no head covers yet.
    pub unpublished: u64,
    /// The proof.
    pub groups: Vec<Group>,
}

/// The fairness of one revision. Names nobody.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Fairness {
    /// The revision.
    pub revision: String,
    /// The entry of the plan, which comes before every copy.
    pub plan_entry: u64,
    /// By tier.
    pub tiers: Vec<Tier>,
}

/// Reckons the fairness of an asset's latest revision, or of `ASSET@REVISION`.
///
/// # Errors
/// When there is no such asset, revision or plan.
pub async fn fairness(desk: &Desk, asset: &str) -> Result<Fairness, DeskError> {
    let (name, wanted) = asset.split_once('@').map_or((asset, None), |(name, rest)| (name, Some(rest)));
    let name: AssetName = name
        .parse()
        .map_err(|source: earmark_model::IdError| DeskError::new(Kind::Malformed, source.to_string()))?;
    desk.ledger().asset(&name).await?;
    let revision = match wanted {
        Some(start) => codes::find_revision(desk, &name, start).await?.digest,
        None => {
            let last = desk.ledger().revisions_of(&name).await?.pop();
            last.ok_or_else(|| DeskError::new(Kind::NotFound, format!("asset `{name}` has no revision")))?
                .digest
        }
    };
    of_revision(desk, &Rows::read(desk).await?, revision).await
}

/// The fairness of every revision that is attached to a disclosure and has copies or a plan, by revision.
///
/// # Errors
/// When the ledger cannot be read.
pub async fn of_disclosure(desk: &Desk, disclosure: &Slug) -> Result<Vec<Fairness>, DeskError> {
    let rows = Rows::read(desk).await?;
    let materials = desk.ledger().materials(disclosure).await?;
    let current = materials.iter().filter(|material| material.superseded.is_none());
    let revisions: BTreeSet<Digest> = current.map(|material| material.revision).collect();
    let mut all = Vec::new();
    for revision in revisions {
        if rows.plans().any(|plan| plan.plan.revision == revision) {
            all.push(of_revision(desk, &rows, revision).await?);
        }
    }
    Ok(all)
}

async fn of_revision(desk: &Desk, rows: &Rows, revision: Digest) -> Result<Fairness, DeskError> {
    let plan = rows.plans().filter(|plan| plan.plan.revision == revision).last();
    let plan = plan.ok_or_else(|| {
        DeskError::new(Kind::NotFound, format!("revision `{}` has no plan", revision.short()))
    })?;
    let mut tiers: BTreeMap<String, (Vec<(u64, String)>, u64)> = BTreeMap::new();
    let partners = desk.ledger().partners().await?;
    let copies: Vec<_> = rows.copies().filter(|copy| copy.copy.plan == plan.plan.id).collect();
    for recipient in desk.ledger().recipients().await? {
        let partner = partners.iter().find(|partner| Some(&partner.slug) == recipient.partner.as_ref());
        let Some(partner) = partner else { continue };
        let tier = tiers.entry(partner.tier.to_string()).or_default();
        match copies.iter().find(|copy| copy.copy.recipient == recipient.id) {
            Some(copy) => tier.0.push((copy.log_index, copy.copy.commitment.digest.to_string())),
            None => {
                use earmark_store::PartnerStatus::{Active, OnNotice};
                tier.1 += u64::from(matches!(partner.status, Active | OnNotice));
            }
        }
    }
    let notes = notes(desk).await?;
    let (tree, _) = tree(desk).await?;
    let tiers = tiers.into_iter().filter(|(_, (copies, _))| !copies.is_empty());
    let tiers = tiers.map(|(tier, (mut copies, without))| {
        copies.sort_unstable();
        let count = copies.len() as u64;
        let groups = groups(&tree, &notes, &copies)?;
        let published: u64 = groups.iter().map(|group| group.places.len() as u64).sum();
        let unpublished = count - published;
        Ok(Tier {
            tier,
            copies: count,
            without,
            in_one_checkpoint: groups.len() == 1 && unpublished == 0,
            unpublished,
            groups,
        })
    });
    let tiers = tiers.collect::<Result<_, DeskError>>()?;
    Ok(Fairness { revision: revision.to_string(), plan_entry: plan.log_index, tiers })
}

fn groups(
    tree: &earmark_log::Tree,
    notes: &[Note],
    copies: &[(u64, String)],
) -> Result<Vec<Group>, DeskError> {
    let bug = |source: earmark_log::OutOfReach| {
        DeskError::because(Kind::Bug, "a checkpoint is beyond the log", source)
    };
    let mut groups = Vec::new();
    let mut previous: Option<(&Note, u64)> = None;
    for note in notes {
        let size = Checkpoint::parse(note.text())
            .map_err(|source| DeskError::because(Kind::Bug, "a checkpoint cannot be read", source))?
            .size;
        let from = previous.map_or(0, |(_, size)| size);
        let mut places = Vec::new();
        for (entry, commitment) in copies.iter().filter(|(entry, _)| (from..size).contains(entry)) {
            let way = tree.inclusion(*entry, size).map_err(bug)?.iter().map(ToString::to_string).collect();
            places.push(Place { entry: *entry, commitment: commitment.clone(), way });
        }
        if !places.is_empty() {
            let consistency = tree.consistency(from, size).map_err(bug)?;
            groups.push(Group {
                checkpoint: note.to_string(),
                previous: previous.map(|(note, _)| note.to_string()),
                consistency: consistency.iter().map(ToString::to_string).collect(),
                places,
            });
        }
        previous = Some((note, size));
    }
    Ok(groups)
}

/// Checks what [`fairness`] gave, against the log's keys. Needs no vault; gives a line for each thing that is wrong.
#[must_use]
pub fn check(fairness: &Fairness, trust: &Trust) -> Vec<String> {
    let mut wrong = Vec::new();
    for tier in &fairness.tiers {
        let mut seen = BTreeSet::new();
        for group in &tier.groups {
            if let Err(why) = check_group(group, trust, fairness.plan_entry, &mut seen) {
                wrong.push(format!("tier {}: {why}", tier.tier));
            }
        }
        let shown = seen.len() as u64;
        let one = tier.groups.len() == 1 && tier.unpublished == 0;
        if shown + tier.unpublished != tier.copies || tier.in_one_checkpoint != one {
            wrong.push(format!(
                "tier {}: it shows {shown} entries and speaks of {} copies",
                tier.tier, tier.copies
            ));
        }
    }
    wrong
}

fn check_group(group: &Group, trust: &Trust, plan: u64, seen: &mut BTreeSet<u64>) -> Result<(), String> {
    let open = |text: &str| -> Result<Checkpoint, String> {
        let note = Note::parse(text).map_err(|why| why.to_string())?;
        Ok(trust.open(&note).map_err(|why| why.to_string())?.checkpoint)
    };
    let hashes = |texts: &[String]| -> Result<Vec<Hash>, String> {
        texts.iter().map(|text| text.parse().map_err(|why: earmark_log::HashError| why.to_string())).collect()
    };
    let head = open(&group.checkpoint)?;
    let mut from = 0;
    if let Some(previous) = &group.previous {
        let previous = open(previous)?;
        from = previous.size;
        check_consistency(previous.size, previous.root, head.size, head.root, &hashes(&group.consistency)?)
            .map_err(|why| why.to_string())?;
    }
    for place in &group.places {
        let leaf = unhex32(&place.commitment).ok_or("a commitment is none")?;
        check_inclusion(Hash::of_leaf(&leaf), place.entry, head.size, &hashes(&place.way)?, head.root)
            .map_err(|why| format!("entry {}: {why}", place.entry))?;
        if place.entry < from || place.entry <= plan || !seen.insert(place.entry) {
            return Err(format!("entry {} is older than its checkpoint, or there twice", place.entry));
        }
    }
    Ok(())
}
