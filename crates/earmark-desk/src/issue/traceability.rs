//! How traceable an asset is: how many consecutive lines of it name the copy they came from.

use std::collections::{BTreeMap, HashMap};

/// One site for planning: where it stands and what reading it is worth.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct PlannedSite {
    /// Line in the asset, all files one after the other in the order of the manifest, from 0.
    pub line: u64,
    /// The position that the site shows.
    pub position: u32,
    /// Bits of the site times the share of such sites that survives formatting, stripping and renaming.
    pub worth: f64,
}

/// The figures that `protect` reports.
#[derive(Debug, Clone, PartialEq, serde::Serialize)]
pub struct Traceability {
    /// Consecutive lines that name a single leaker from half of all starts; `None` if no length does.
    pub smallest_fragment_lines: Option<u64>,
    /// Consecutive lines that name one of so many colluders from 95 % of all starts.
    pub colluders: BTreeMap<u8, Option<u64>>,
}

/// Slides windows over an asset, and remembers what it found: attacks often want the same.
#[derive(Debug)]
pub struct Lengths {
    sites: Vec<PlannedSite>,
    lines: u64,
    /// By the bits wanted (as bits of the number) and the share of starts in hundredths.
    known: HashMap<(u64, u64), Option<u64>>,
}

impl Lengths {
    /// Over all `lines` of the asset.
    #[must_use]
    pub fn new(sites: &[PlannedSite], lines: u64) -> Self {
        let mut sites = sites.to_vec();
        sites.sort_by_key(|site| (site.line, site.position));
        Self { sites, lines, known: HashMap::new() }
    }

    /// The figures for `wanted`, which says, per number of colluders, how many positions of one bit must be read.
    ///
    /// Cost: one pass over the sites for each number of colluders.
    #[must_use]
    pub fn reckon(&mut self, wanted: &BTreeMap<u8, f64>) -> Traceability {
        let single = wanted.get(&1).and_then(|bits| self.shortest(*bits, 50));
        Traceability { smallest_fragment_lines: single, colluders: self.by_colluders(wanted) }
    }

    /// Consecutive lines that name one of so many colluders from 95 % of all starts.
    #[must_use]
    pub fn by_colluders(&mut self, wanted: &BTreeMap<u8, f64>) -> BTreeMap<u8, Option<u64>> {
        wanted.iter().map(|(&c, &bits)| (c, self.shortest(bits, 95))).collect()
    }

    fn shortest(&mut self, bits: f64, hundredths: u64) -> Option<u64> {
        let Self { sites, lines, known } = self;
        *known
            .entry((bits.to_bits(), hundredths))
            .or_insert_with(|| shortest(sites, *lines, bits, hundredths as f64 / 100.0))
    }
}

/// The fewest consecutive lines that hold `bits` from the share `share` of all starts.
fn shortest(sites: &[PlannedSite], lines: u64, bits: f64, share: f64) -> Option<u64> {
    let mut window = Window::default();
    let mut end = 0;
    let mut begin = 0;
    let mut lengths = Vec::with_capacity(usize::try_from(lines).unwrap_or(0));
    for start in 0..lines {
        while let Some(site) = sites.get(begin).filter(|site| site.line < start) {
            if begin < end {
                window.leave(site);
            } else {
                end = begin + 1;
            }
            begin += 1;
        }
        while window.worth < bits {
            let Some(site) = sites.get(end) else { break };
            window.enter(site);
            end += 1;
        }
        if window.worth < bits {
            break;
        }
        let last = sites.get(end.saturating_sub(1)).map_or(start, |site| site.line);
        lengths.push(last - start + 1);
    }
    lengths.sort_unstable();
    let rank = (share * lines as f64).ceil() as usize;
    lengths.get(rank.max(1) - 1).copied()
}

/// The distinct positions inside a window, each at its best worth.
#[derive(Default)]
struct Window {
    inside: HashMap<u32, (u32, f64)>,
    worth: f64,
}

impl Window {
    fn enter(&mut self, site: &PlannedSite) {
        let slot = self.inside.entry(site.position).or_insert((0, site.worth));
        if slot.0 == 0 {
            slot.1 = site.worth;
            self.worth += site.worth;
        }
        slot.0 += 1;
    }

    fn leave(&mut self, site: &PlannedSite) {
        if let Some(slot) = self.inside.get_mut(&site.position) {
            slot.0 -= 1;
            if slot.0 == 0 {
                self.worth -= slot.1;
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn site(line: u64, position: u32) -> PlannedSite {
        PlannedSite { line, position, worth: 1.0 }
    }

    /// The naive oracle: every window of every length.
    fn naive(sites: &[PlannedSite], lines: u64, bits: f64, share: f64) -> Option<u64> {
        (1..=lines).find(|&length| {
            let named = (0..lines).filter(|&start| {
                start + length <= lines + length && {
                    let mut seen: Vec<u32> = sites
                        .iter()
                        .filter(|s| s.line >= start && s.line < start + length)
                        .map(|s| s.position)
                        .collect();
                    seen.sort_unstable();
                    seen.dedup();
                    seen.len() as f64 >= bits
                }
            });
            named.count() as f64 >= share * lines as f64
        })
    }

    #[test]
    fn agrees_with_every_window_of_every_length() {
        let mut state = 7_u64;
        let mut random = |below: u64| {
            state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
            (state >> 33) % below
        };
        for _ in 0..200 {
            let lines = 5 + random(40);
            let sites: Vec<_> =
                (0..random(60)).map(|_| site(random(lines), u32::try_from(random(25)).unwrap())).collect();
            for (bits, share) in [(1.0, 0.5), (3.0, 0.5), (4.0, 0.95), (9.0, 0.2)] {
                let mut sorted = sites.clone();
                sorted.sort_by_key(|s| s.line);
                assert_eq!(shortest(&sorted, lines, bits, share), naive(&sites, lines, bits, share));
            }
        }
    }

    #[test]
    fn what_is_remembered_is_what_would_be_found() {
        let sites: Vec<_> = (0..50).map(|line| site(line, line as u32)).collect();
        let mut lengths = Lengths::new(&sites, 50);
        let wanted = BTreeMap::from([(1, 5.0), (2, 9.0), (3, 9.0)]);
        for _ in 0..2 {
            assert_eq!(lengths.by_colluders(&wanted), BTreeMap::from([(1, None), (2, None), (3, None)]));
            assert_eq!(lengths.reckon(&wanted).smallest_fragment_lines, Some(5));
        }
    }

    #[test]
    fn an_asset_without_sites_names_nobody() {
        let wanted = BTreeMap::from([(1, 27.0)]);
        assert_eq!(Lengths::new(&[], 100).reckon(&wanted).smallest_fragment_lines, None);
    }
}
