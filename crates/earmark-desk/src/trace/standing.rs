//! Whether weak matches hold up once they are read.

use earmark_model::Level;

use super::part::MatchReading;
use super::search::MOST_SMALL_LEAVES;

/// A true match has more than nine of ten of its sites located, an idiom that both texts share next to none.
const LOCATED: (usize, usize) = (1, 4);

/// So many sites, next to none of them located, contradict a match in a small sample too.
const TELLING: usize = 8;

/// Whether any of the matches is ours beyond a likeness.
///
/// Each leaf that was gone through is a chance of a match that is `evidence` by accident (about one in a thousand), and
/// the reader is a second judge of it: it aligns token by token and knows every form of every site. Such a match
/// counts if a quarter of its sites were located. In a sample of a few leaves, where little can happen by accident,
/// it also counts if it has too few sites to tell, as five lines have: of a region's sites a shorter
/// sample shows its share. A stronger match counts as it is. Symbols play no part.
#[must_use]
pub(super) fn any(read: &[MatchReading], leaves: u64) -> bool {
    let few = leaves <= MOST_SMALL_LEAVES as u64;
    read.iter().any(|one| one.matched.level < Level::Evidence || holds(one, few))
}

fn holds(one: &MatchReading, few: bool) -> bool {
    let sites = one.reading.as_ref().map_or(&[][..], |reading| &reading.sites);
    let shown = if few { shown(one, sites.len()) } else { sites.len() };
    if shown == 0 || (few && shown < TELLING) {
        return few;
    }
    let located = sites.iter().filter(|site| site.form.is_some()).count();
    located * LOCATED.1 >= shown * LOCATED.0
}

/// How many of so many sites the sample can show: a match knows where a short sample comes from only within some lines.
fn shown(one: &MatchReading, sites: usize) -> usize {
    let lengths = one.matched.regions.iter().map(|region| (region.sample_span.len(), region.file_span.len()));
    let (sample, file) = lengths.fold((0_u64, 0_u64), |(sample, file), (here, there)| {
        (sample + u64::from(here), file + u64::from(there))
    });
    if sample >= file { sites } else { (sites as u64 * sample).div_ceil(file) as usize }
}

#[cfg(test)]
mod tests {
    use earmark_mark::{FileReading, RuleCode, SiteReading};
    use earmark_model::{Digest, Match, PositionNumber};

    use super::*;

    fn matched(level: Level, located: usize, sites: usize) -> MatchReading {
        let site = |index: usize| SiteReading {
            site: index as u32,
            position: PositionNumber(index as u32),
            k: 2,
            rule: RuleCode(*b"test"),
            original: 0,
            region: 0,
            form: (index < located).then_some(0),
            margin: 0,
        };
        MatchReading {
            sample: "a.c".to_owned(),
            leaf: Digest::of(b"leaf"),
            matched: Match { revision: Digest::of(b"tree"), file: 0, level, regions: Vec::new() },
            reading: Some(FileReading { file: 0, sites: (0..sites).map(site).collect() }),
        }
    }

    #[test]
    fn a_weak_match_counts_if_its_sites_are_there() {
        assert!(any(&[matched(Level::Evidence, 9, 10)], 40));
        assert!(any(&[matched(Level::Evidence, 1, 4)], 40));
        assert!(!any(&[matched(Level::Evidence, 1, 5)], 40));
        assert!(!any(&[matched(Level::Evidence, 0, 8)], 1));
        assert!(!any(&[], 1));
    }

    #[test]
    fn a_weak_match_without_sites_that_tell_counts_in_a_small_sample() {
        assert!(any(&[matched(Level::Evidence, 0, 3)], 1));
        assert!(!any(&[matched(Level::Evidence, 0, 3)], 9));
        assert!(any(&[matched(Level::Evidence, 0, 0)], 8));
        assert!(!any(&[matched(Level::Evidence, 0, 0)], 9));
    }

    #[test]
    fn a_short_sample_shows_its_share_of_the_sites() {
        let mut short = matched(Level::Evidence, 0, 12);
        let span = |end| earmark_model::Span::new(0, end);
        let region = |sample, file| earmark_model::Region {
            sample_span: span(sample),
            file_span: span(file),
            score: 9,
        };
        short.matched.regions = vec![region(300, 3_600)];
        assert!(any(std::slice::from_ref(&short), 1));
        short.matched.regions = vec![region(3_300, 3_600)];
        assert!(!any(&[short], 1));
    }

    #[test]
    fn a_strong_match_counts_whatever_was_read() {
        assert!(any(&[matched(Level::Alarm, 0, 12)], 4_000));
        assert!(any(&[matched(Level::Evidence, 0, 3), matched(Level::Hash, 0, 0)], 4_000));
    }
}
