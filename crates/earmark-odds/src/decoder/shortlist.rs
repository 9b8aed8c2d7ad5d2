//! Which rows can be among the best of a ranking, without ranking everybody.
//!
//! Under one set of weights the saddle-point p falls as the score rises, so the best copies are those with
//! the highest scores. That is not taken on trust: [`Shortlist::sure`] looks whether the p did fall, and where
//! it did not (few positions, very skewed laws) everybody is ranked.

use super::weigh::Weighed;
use crate::sheet::{Sheet, Slices};

/// From this many rows on the sheet is turned and all rows are scored together.
const TURN_FROM: usize = 512;
/// Whole-number scores stay below this.
const WHOLE_MOST: f64 = (1u64 << 29) as f64;
/// Rows collected before those that fell behind are dropped.
const SLACK: usize = 1_024;

/// The rows still in the running.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Shortlist {
    pub(crate) rows: Vec<usize>,
    /// Every row that is not listed scores less than this.
    pub(crate) below: f64,
}

/// The rows of a shortlist as they come, best so far; scores of any one scale.
struct Running {
    keep: usize,
    margin: f64,
    list: Vec<(f64, usize)>,
    below: f64,
}

impl Running {
    fn new(keep: usize, margin: f64) -> Self {
        Self { keep, margin, list: Vec::new(), below: f64::NEG_INFINITY }
    }

    fn offer(&mut self, row: usize, score: f64) {
        if score >= self.below {
            self.list.push((score, row));
            if self.list.len() >= 4 * self.keep + SLACK {
                self.tighten();
            }
        }
    }

    /// Raises the mark to the keep-th best score less the margin.
    fn tighten(&mut self) {
        if self.list.len() <= self.keep || self.keep == 0 {
            return;
        }
        self.list.select_nth_unstable_by(self.keep - 1, |a, b| b.0.total_cmp(&a.0));
        let mark = self.list.get(self.keep - 1).map_or(f64::NEG_INFINITY, |entry| entry.0);
        self.below = self.below.max(mark - self.margin);
        let below = self.below;
        self.list.retain(|entry| entry.0 >= below);
    }
}

/// Everybody's scores, or the sheet turned to compute them.
#[derive(Debug)]
pub(crate) struct Field {
    slices: Option<Slices>,
}

impl Field {
    pub(crate) fn new(sheet: &Sheet) -> Self {
        Self { slices: (sheet.rows() >= TURN_FROM).then(|| Slices::new(sheet)) }
    }

    /// One shortlist for each set of weights: all rows that can be among the `keep` best which are not
    /// assumed in the coalition.
    pub(crate) fn shortlists(&self, sheet: &Sheet, weighed: &[&Weighed], keep: usize) -> Vec<Shortlist> {
        let Some(slices) = &self.slices else {
            return weighed.iter().map(|weighed| one_by_one(sheet, weighed, keep)).collect();
        };
        // Each group's weight is off by up to half a unit a position, so a score by half the positions.
        let units: Vec<f64> = weighed.iter().map(|weighed| WHOLE_MOST / weighed.reach().max(1.0)).collect();
        let plans: Vec<_> = weighed
            .iter()
            .zip(&units)
            .map(|(weighed, unit)| {
                let worth: Vec<i32> = weighed.gains().map(|gain| (gain * unit).round() as i32).collect();
                slices.plan(sheet, &weighed.split, &worth)
            })
            .collect();
        let off = sheet.positions() as f64 + 1.0;
        let mut running: Vec<Running> = units
            .iter()
            .zip(weighed)
            .map(|(unit, weighed)| {
                Running::new(keep + weighed.known.len(), 2.0 * off + unit * weighed.blur())
            })
            .collect();
        slices.score(&plans, |plan, first, sums| {
            let Some(running) = running.get_mut(plan) else { return };
            let most = sums.iter().copied().max().unwrap_or(i32::MIN);
            if f64::from(most) < running.below {
                return;
            }
            for (row, &sum) in (first..).zip(sums) {
                running.offer(row, f64::from(sum));
            }
        });
        let lists = running.into_iter().zip(units).zip(weighed);
        lists
            .map(|((mut running, unit), weighed)| {
                running.tighten();
                let rows = running.list.iter().map(|entry| entry.1);
                Shortlist {
                    rows: rows.filter(|row| !weighed.known.contains(row)).collect(),
                    below: (running.below + off) / unit + weighed.floor(),
                }
            })
            .collect()
    }
}

fn one_by_one(sheet: &Sheet, weighed: &Weighed, keep: usize) -> Shortlist {
    let mut running = Running::new(keep, weighed.blur());
    for row in (0..sheet.rows()).filter(|row| !weighed.known.contains(row)) {
        running.offer(row, weighed.score(sheet, row));
    }
    running.tighten();
    Shortlist { rows: running.list.into_iter().map(|entry| entry.1).collect(), below: running.below }
}
