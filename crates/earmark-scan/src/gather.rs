use std::collections::BTreeMap;

use earmark_model::{Level as Strength, Match, Region, Span};

use crate::index::Segment;
use crate::region::{Found, NEAR_END};

/// Chains of one file that say so much together are evidence, and an alarm: a file whose functions were shuffled.
const TOGETHER: (u32, u32) = (110, 170);
/// A chain that says less does not count beside others.
const COUNTS: u32 = 30;
/// In a leaf longer than this chance has more room, and chains must say more together.
const USUAL_LEAF: usize = 256 << 10;
/// Chains counted, and regions kept, of one file in one leaf: bounds the work on hostile leaves.
const MOST: usize = 256;
/// Regions of one leaf that may explain others away: bounds the same.
const STRONGEST: usize = 2_048;

/// What of one file was found.
struct Judged {
    upstream: bool,
    segment: usize,
    slot: u32,
    level: Strength,
    regions: Vec<Joined>,
}

#[derive(Clone, Copy)]
struct Joined {
    core: Span,
    sample: Span,
    file: Span,
    hits: u32,
}

/// Joins what was found in a leaf of `length` bytes into one match a file: the owner's, and upstream's.
pub(crate) fn gather(found: Vec<Found>, segments: &[Segment], length: usize) -> (Vec<Match>, Vec<Match>) {
    let mut files: BTreeMap<(bool, usize, u32), Vec<Found>> = BTreeMap::new();
    for one in found {
        files.entry((one.upstream, one.segment, one.slot)).or_default().push(one);
    }
    let scale = length.div_ceil(USUAL_LEAF).max(1) as u32;
    let judged: Vec<Judged> = files
        .into_iter()
        .filter_map(|((upstream, segment, slot), mut list)| {
            let level = level(&mut list, scale)?;
            Some(Judged { upstream, segment, slot, level, regions: regions(list) })
        })
        .collect();
    let mut strongest: Vec<(usize, Joined)> = judged
        .iter()
        .enumerate()
        .flat_map(|(index, one)| one.regions.iter().map(move |region| (index, *region)))
        .collect();
    strongest.sort_by_key(|(_, region)| std::cmp::Reverse(region.hits));
    strongest.truncate(STRONGEST);

    let mut result = (Vec::new(), Vec::new());
    for (index, one) in judged.iter().enumerate() {
        let rival = |other: &Judged| (other.upstream, other.segment) == (one.upstream, one.segment);
        let kin = |region: &Joined| {
            strongest
                .iter()
                .take_while(|(_, over)| over.hits >= region.hits.saturating_mul(2))
                .any(|(other, over)| *other != index && over.covers(region) && rival(&judged[*other]))
        };
        let kept: Vec<Region> = one
            .regions
            .iter()
            .filter(|region| !kin(region))
            .map(|region| Region { sample_span: region.sample, file_span: region.file, score: region.hits })
            .collect();
        if kept.is_empty() {
            continue;
        }
        let segment = &segments[one.segment];
        let found = Match {
            revision: segment.revision(),
            file: segment.file_id(one.slot),
            level: one.level,
            regions: kept,
        };
        if one.upstream { result.1.push(found) } else { result.0.push(found) }
    }
    result
}

impl Joined {
    /// Whether this region tells of the same stretch of the sample. With many more hits it explains the other away: that
    /// is another protected file with the same passage, and reading marks there would read the wrong file's.
    fn covers(&self, other: &Self) -> bool {
        u64::from(shared(self.core, other.core)) * 10 >= u64::from(other.core.len()) * 8
    }
}

fn shared(a: Span, b: Span) -> u32 {
    a.end.min(b.end).saturating_sub(a.start.max(b.start))
}

/// The level that the chains of one file reach, each alone or together; `None` if too little.
fn level(list: &mut [Found], scale: u32) -> Option<Strength> {
    let alone = list.iter().filter_map(|one| one.strength).min();
    list.sort_by_key(|one| (std::cmp::Reverse(one.sum), one.core.start));
    // One stretch counts once, however many levels and views saw it.
    let mut counted: Vec<Span> = Vec::new();
    let mut together = 0;
    for one in list.iter().take_while(|one| one.sum >= COUNTS).take(MOST) {
        if counted.iter().all(|span| shared(*span, one.core) * 2 <= one.core.len()) {
            counted.push(one.core);
            together += one.sum;
        }
    }
    let several = match together / scale {
        sum if sum >= TOGETHER.1 => Some(Strength::Alarm),
        sum if sum >= TOGETHER.0 => Some(Strength::Evidence),
        _ => None,
    };
    match (alone, several) {
        (Some(a), Some(b)) => Some(a.min(b)),
        (a, b) => a.or(b),
    }
}

/// The stretches of one file, those that belong together joined, in order of the sample.
fn regions(list: Vec<Found>) -> Vec<Joined> {
    let mut parts: Vec<Joined> = list
        .iter()
        .map(|one| Joined { core: one.core, sample: one.sample, file: one.file, hits: one.hits })
        .collect();
    parts.sort_by_key(|part| (part.sample.start, part.file.start));
    let mut joined: Vec<Joined> = Vec::new();
    for part in parts {
        match joined.iter_mut().rev().take(16).find(|old| joins(old, &part)) {
            Some(old) => {
                old.core = around(old.core, part.core);
                old.sample = around(old.sample, part.sample);
                old.file = around(old.file, part.file);
                old.hits = old.hits.saturating_add(part.hits);
            }
            None => joined.push(part),
        }
    }
    if joined.len() > MOST {
        joined.sort_by_key(|part| std::cmp::Reverse(part.hits));
        joined.truncate(MOST);
        joined.sort_by_key(|part| (part.sample.start, part.file.start));
    }
    joined
}

/// Whether two regions tell of one stretch: they overlap on both sides, with about the same distance.
fn joins(old: &Joined, new: &Joined) -> bool {
    let drift = (i64::from(new.sample.start) - i64::from(old.sample.start))
        .abs_diff(i64::from(new.file.start) - i64::from(old.file.start));
    let near = drift <= u64::from(NEAR_END) + u64::from(old.sample.len()) / 2;
    near && old.sample.meets(new.sample) && old.file.meets(new.file)
}

fn around(a: Span, b: Span) -> Span {
    Span::new(a.start.min(b.start), a.end.max(b.end))
}
