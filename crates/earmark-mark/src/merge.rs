use std::collections::BTreeMap;

use earmark_model::{Layer, PositionNumber, PositionReading, ReadClass, Reading, Symbol};

use crate::codes::rule_info;
use crate::read::{FileReading, SiteReading};
use crate::rule::RuleCode;

/// Error rates of the reliability classes, ascending. Index 0 is the least that is ever claimed.
pub const CLASSES: [f64; 12] = [0.01, 0.015, 0.02, 0.03, 0.045, 0.065, 0.09, 0.12, 0.16, 0.21, 0.27, 0.35];

/// Above this share of reads in one form a rule says nothing: something put them there.
const ONE_SIDED: f64 = 0.94;
/// Fewer reads than this cannot be called one-sided.
const FEW: usize = 8;

/// One file's reading and where it stands in the matter.
#[derive(Debug, Clone, Copy)]
pub struct MergeInput<'a> {
    /// The reading.
    pub reading: &'a FileReading,
    /// Added to the region numbers of the reading, so that those of several stay apart.
    pub first_region: u32,
}

/// What the reads of one rule, all together, tell of what was done to the sample.
#[derive(Debug, Default, Clone)]
struct RuleFacts {
    /// Reads by (original's form, form read, k).
    reads: BTreeMap<(u8, u8, u8), usize>,
    /// Pairs of reads of one position, and how many of them disagree.
    pairs: usize,
    disagreeing: usize,
}

/// Merges readings by position.
///
/// Looks at forms alone. A rule whose reads are one-sided is erased (a normalizer ran); one that leans to a
/// form gets the error rate that the leaning tells; so does one whose reads of the same position
/// disagree. Reads of one position that disagree erase it unless a form has twice the others' margin.
///
/// `readings` may cover several files, leaves and revisions, as long as positions are of one code.
#[must_use]
pub fn merge(readings: &[MergeInput<'_>]) -> Reading {
    let mut by_position: BTreeMap<PositionNumber, Vec<(u32, &SiteReading)>> = BTreeMap::new();
    let mut rules: BTreeMap<RuleCode, RuleFacts> = BTreeMap::new();
    for input in readings {
        for site in &input.reading.sites {
            let region = site.region.saturating_add(input.first_region);
            by_position.entry(site.position).or_default().push((region, site));
            if let Some(form) = site.form {
                let facts = rules.entry(site.rule).or_default();
                *facts.reads.entry((site.original, form, site.k)).or_default() += 1;
            }
        }
    }
    for reads in by_position.values() {
        let told: Vec<&SiteReading> =
            reads.iter().filter(|(_, site)| site.form.is_some()).map(|read| read.1).collect();
        for pair in told.windows(2) {
            let facts = rules.entry(pair[0].rule).or_default();
            facts.pairs += 1;
            facts.disagreeing += usize::from(symbol(pair[0]) != symbol(pair[1]));
        }
    }
    let judged: BTreeMap<RuleCode, Judged> = rules
        .iter()
        .map(|(rule, facts)| (*rule, if is_declared(*rule) { judge_declared(facts) } else { judge(facts) }))
        .collect();
    let positions =
        by_position.iter().filter_map(|(position, reads)| settle(*position, reads, &judged)).collect();
    Reading { classes: CLASSES.iter().map(|err| ReadClass { err: *err }).collect(), positions }
}

#[derive(Debug, Clone, Copy, Default)]
struct Judged {
    erased: bool,
    err: f64,
    original_counts: bool,
}

fn is_declared(rule: RuleCode) -> bool {
    rule_info(rule).is_some_and(|info| info.layer == Layer::Declared)
}

/// What a declared site's reads tell: forms of different sites have nothing in common, and no
/// normalizer knows them.
fn judge_declared(facts: &RuleFacts) -> Judged {
    let quarrel = if facts.pairs >= 4 { ratio(facts.disagreeing, facts.pairs) / 2.0 } else { 0.0 };
    Judged { erased: false, err: CLASSES[0].max(quarrel), original_counts: true }
}

fn judge(facts: &RuleFacts) -> Judged {
    let mut by_form: BTreeMap<u8, usize> = BTreeMap::new();
    let mut most_forms = 2;
    for ((_, form, k), count) in &facts.reads {
        *by_form.entry(*form).or_default() += count;
        most_forms = most_forms.max(*k);
    }
    let all: usize = by_form.values().sum();
    let top = by_form.values().copied().max().unwrap_or(0);
    let share = ratio(top, all);
    let erased = all >= FEW && share >= ONE_SIDED;
    // Marks put about one half (one k-th) of the sites in each form, whatever the original had. A share r
    // of one form beyond that and beyond chance means that a part a of the sites was forced there,
    // r = 1/k + (1 - 1/k) a, and the forced ones are wrong where they had another form: a (1 - 1/k).
    let fair = 1.0 / f64::from(most_forms);
    let chance = 2.5 * (fair * (1.0 - fair) / all.max(1) as f64).sqrt() + 0.08;
    let leaning = (share - fair - chance).max(0.0);
    let quarrel = if facts.pairs >= 4 { ratio(facts.disagreeing, facts.pairs) / 2.0 } else { 0.0 };
    Judged {
        erased,
        err: (CLASSES[0]).max(leaning).max(quarrel),
        original_counts: original_counts(facts, &by_form),
    }
}

/// Whether reading a position of this rule as original is evidence of the original's bytes: both
/// forms occur, and sites whose original form is the rarer one read as original as often as the
/// others, by a test of two shares at three standard deviations.
fn original_counts(facts: &RuleFacts, by_form: &BTreeMap<u8, usize>) -> bool {
    if by_form.len() < 2 {
        return false;
    }
    let mut by_original: BTreeMap<u8, (usize, usize)> = BTreeMap::new();
    for ((original, form, _), count) in &facts.reads {
        let entry = by_original.entry(*original).or_default();
        entry.0 += count;
        entry.1 += if original == form { *count } else { 0 };
    }
    let Some((commoner, _)) = by_original.iter().max_by_key(|(_, (all, _))| *all) else { return false };
    let (mut rare, mut rare_kept, mut common, mut common_kept) = (0, 0, 0, 0);
    for (original, (all, kept)) in &by_original {
        if original == commoner {
            common += all;
            common_kept += kept;
        } else {
            rare += all;
            rare_kept += kept;
        }
    }
    if rare == 0 {
        return false;
    }
    let pooled = ratio(rare_kept + common_kept, rare + common);
    let deviation = (pooled * (1.0 - pooled) * (1.0 / rare as f64 + 1.0 / common.max(1) as f64)).sqrt();
    ratio(rare_kept, rare) + 3.0 * deviation + 1e-9 >= ratio(common_kept, common)
}

fn ratio(part: usize, whole: usize) -> f64 {
    if whole == 0 { 0.0 } else { part as f64 / whole as f64 }
}

/// The symbol of a read: how far its form is from the original's.
fn symbol(site: &SiteReading) -> Option<u8> {
    let k = u16::from(site.k.max(1));
    let form = u16::from(site.form?);
    u8::try_from((form + k - u16::from(site.original) % k) % k).ok()
}

fn settle(
    position: PositionNumber,
    reads: &[(u32, &SiteReading)],
    judged: &BTreeMap<RuleCode, Judged>,
) -> Option<PositionReading> {
    let (first_region, first) = reads.first()?;
    let mut votes: BTreeMap<u8, (u32, u32)> = BTreeMap::new();
    let mut err = CLASSES[CLASSES.len() - 1];
    for (region, site) in reads {
        let verdict = judged.get(&site.rule).copied().unwrap_or_default();
        if let Some(symbol) = symbol(site).filter(|_| !verdict.erased) {
            let vote = votes.entry(symbol).or_insert((0, *region));
            vote.0 += u32::from(site.margin);
            err = err.min(verdict.err + doubt(site.margin));
        }
    }
    let all: u32 = votes.values().map(|vote| vote.0).sum();
    let winner = votes.iter().max_by_key(|(symbol, vote)| (vote.0, std::cmp::Reverse(**symbol)));
    let clear = winner.filter(|(_, vote)| vote.0 * 3 > all * 2 || votes.len() == 1);
    let class = CLASSES.iter().rposition(|class| *class <= err + 1e-9).unwrap_or(0);
    Some(PositionReading {
        position,
        k: first.k,
        symbol: clear.map(|(symbol, _)| Symbol(*symbol)),
        class: u8::try_from(class).unwrap_or(0),
        rule: first.rule.to_string(),
        region: clear.map_or(*first_region, |(_, vote)| vote.1),
        original_counts: judged
            .get(&first.rule)
            .is_some_and(|verdict| verdict.original_counts && !verdict.erased),
    })
}

/// What a small margin adds to the error: half a token or less is names' word alone.
fn doubt(margin: u8) -> f64 {
    match margin {
        0..=5 => 0.03,
        6..=9 => 0.005,
        _ => 0.0,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn site(position: u32, original: u8, form: Option<u8>) -> SiteReading {
        SiteReading {
            site: position,
            position: PositionNumber(position),
            k: 2,
            rule: RuleCode(*b"C001"),
            original,
            region: 0,
            form,
            margin: 16,
        }
    }

    fn merged(sites: Vec<SiteReading>) -> Reading {
        let reading = FileReading { file: 0, sites };
        merge(&[MergeInput { reading: &reading, first_region: 5 }])
    }

    #[test]
    fn a_symbol_is_the_distance_from_the_original() {
        let reading = merged((0..8).map(|at| site(at, 1, Some(u8::from(at % 2 == 0)))).collect());
        let symbols: Vec<_> =
            reading.positions.iter().map(|read| read.symbol.map(|symbol| symbol.0)).collect();
        assert_eq!(symbols, [0, 1, 0, 1, 0, 1, 0, 1].map(Some));
        assert!(reading.positions.iter().all(|read| read.class == 0 && read.region == 5));
    }

    #[test]
    fn one_sided_reads_are_erased_and_stay_eligible() {
        let reading = merged((0..20).map(|at| site(at, (at % 2) as u8, Some(1))).collect());
        assert_eq!(reading.positions.len(), 20);
        assert!(reading.positions.iter().all(|read| read.symbol.is_none() && !read.original_counts));
    }

    #[test]
    fn leaning_reads_get_a_worse_class() {
        let reading = merged((0..400).map(|at| site(at, 0, Some(u8::from(at % 10 != 0)))).collect());
        assert!(reading.positions.iter().all(|read| CLASSES[usize::from(read.class)] > 0.15));
    }

    #[test]
    fn quarreling_reads_of_a_position_erase_it() {
        let reading =
            merged(vec![site(3, 0, Some(0)), site(3, 0, Some(1)), site(4, 0, Some(1)), site(4, 0, Some(1))]);
        assert_eq!(reading.positions.len(), 2);
        assert_eq!(reading.positions[0].symbol, None);
        assert_eq!(reading.positions[1].symbol, Some(Symbol(1)));
    }

    #[test]
    fn restored_common_forms_are_no_evidence_of_the_original() {
        // A formatter that puts braces where most originals had them: the rare originals change.
        let restored = (0..90)
            .map(|at| site(at, 1, Some(1)))
            .chain((90..110).map(|at| site(at, 0, Some(u8::from(at % 4 != 0)))));
        assert!(merged(restored.collect()).positions.iter().all(|read| !read.original_counts));
        let unmarked = (0..90).map(|at| site(at, 1, Some(1))).chain((90..110).map(|at| site(at, 0, Some(0))));
        assert!(merged(unmarked.collect()).positions.iter().all(|read| read.original_counts));
    }
}
