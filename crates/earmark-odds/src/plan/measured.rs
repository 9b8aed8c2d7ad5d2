//! The measured lengths, from `measured.csv` beside this file: the table of lengths as `earmark odds table` computed it.
//!
//! ```text
//! set,recipients,colluders,attack,positions,named,trials,wrong,decoder
//! A64,79,2,interleaving,117,297,300,0,2
//! ```
//!
//! Each is the smallest length on a grid of 2 % that named at least one colluder in 98 % of 300 trials, alpha = 1e-6 by the
//! rule of single tests, symbols read without error.

use std::sync::OnceLock;

use libm::log;

use super::need::{How, Need};
use crate::bias::BiasSet;
use crate::simulate::Attack;

/// alpha of every measurement.
pub(super) const MEASURED_ALPHA: f64 = 1e-6;

/// One cell of the table.
#[derive(Debug, Clone, Copy, PartialEq)]
struct Cell {
    set: BiasSet,
    recipients: u32,
    colluders: u32,
    attack: Attack,
    positions: u32,
}

fn cells() -> &'static [Cell] {
    static CELLS: OnceLock<Vec<Cell>> = OnceLock::new();
    CELLS.get_or_init(|| include_str!("measured.csv").lines().skip(1).filter_map(cell).collect())
}

fn cell(line: &str) -> Option<Cell> {
    let mut fields = line.split(',');
    let mut next = || fields.next();
    Some(Cell {
        set: next()?.parse().ok()?,
        recipients: next()?.parse().ok()?,
        colluders: next()?.parse().ok()?,
        attack: next()?.parse().ok()?,
        positions: next()?.parse().ok()?,
    })
}

/// The length against one attack; `None` where it was never measured.
///
/// Between measured sizes of the program interpolated in ln(n / alpha), beyond them in proportion to it.
pub(super) fn length(set: BiasSet, colluders: u32, attack: Attack, n: f64, alpha: f64) -> Option<Need> {
    let needed = log(n / alpha);
    if !(alpha > 0.0 && alpha < 1.0 && needed > 0.0) {
        return None;
    }
    let of_cell = |cell: &Cell| {
        ((cell.set, cell.colluders, cell.attack) == (set, colluders, attack))
            .then(|| (log(f64::from(cell.recipients) / MEASURED_ALPHA), f64::from(cell.positions)))
    };
    let mut points: Vec<(f64, f64)> = cells().iter().filter_map(of_cell).collect();
    points.sort_by(|a, b| a.0.total_cmp(&b.0));
    let exact = points.iter().find(|point| (point.0 - needed).abs() < 1e-6);
    if let Some(&(_, positions)) = exact {
        return Some(Need { positions: positions as u64, how: How::Measured });
    }
    let above = points.partition_point(|point| point.0 < needed);
    let (below, above) = (above.checked_sub(1).and_then(|i| points.get(i)), points.get(above));
    let positions = match (below, above) {
        (Some(&(x0, y0)), Some(&(x1, y1))) => y0 + (y1 - y0) * (needed - x0) / (x1 - x0),
        (Some(&(x, y)), None) | (None, Some(&(x, y))) => y * needed / x,
        (None, None) => return None,
    };
    Some(Need { positions: (positions - 1e-6).ceil() as u64, how: How::Interpolated })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_line_is_a_cell_and_no_cell_is_there_twice() {
        let lines = include_str!("measured.csv").lines().count() - 1;
        assert_eq!(cells().len(), lines);
        let mut keys: Vec<_> =
            cells().iter().map(|cell| (cell.set, cell.recipients, cell.colluders, cell.attack)).collect();
        keys.sort();
        keys.dedup();
        assert_eq!(keys.len(), lines);
        assert_eq!(cell("A64,79,2,shuffling,117"), None);
    }

    #[test]
    fn sizes_between_the_measured_ones_lie_between_them() {
        let at = |n: f64| length(BiasSet::A64, 2, Attack::AllOne, n, 1e-6).unwrap();
        let (small, middle, large) = (at(79.0), at(300.0), at(1_000.0));
        assert_eq!((small.how, middle.how, large.how), (How::Measured, How::Interpolated, How::Measured));
        assert!(small.positions <= middle.positions && middle.positions <= large.positions);
        assert!(at(2.0).positions < small.positions && at(1e6).positions > at(10_000.0).positions);
        // A tenth of alpha is worth ten times the recipients.
        assert_eq!(length(BiasSet::A64, 2, Attack::AllOne, 100.0, 1e-7), Some(large));
        assert_eq!(length(BiasSet::GL2, 3, Attack::AllOne, 79.0, 1e-6), None);
    }
}
