//! The shortest length that suffices, on a grid of 2 %.

use super::tally::Tally;
use crate::plan::AIM;

/// Trials that a length must stand before it is believed.
pub const TRIALS: u64 = 300;
/// Trials after which a length that is far off is given up, or taken for long enough to search below.
const GLANCE: u64 = 60;
/// The longest length tried.
const LONGEST: u32 = 20_000;

/// The lengths that are tried: 1, and each next 2 % longer, at least by one.
#[must_use]
pub fn grid() -> Vec<u32> {
    let mut grid = vec![1_u32];
    while let Some(&last) = grid.last()
        && last < LONGEST
    {
        grid.push((last + 1).max((f64::from(last) * 1.02).round() as u32));
    }
    grid
}

/// A length that suffices, and how sure that is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Length {
    /// Positions.
    pub positions: u32,
    /// What became of the trials at this length.
    pub tally: Tally,
}

/// The smallest length on the grid at which at least 98 % of [`TRIALS`] trials name somebody, searched upward from
/// about `start`; `None` if the longest does not.
///
/// `run(positions, trials)` plays so many trials at that length, always the same ones. Chances grow with the
/// length, so the grid is bisected; a length that a glance puts far from 98 % is not looked at again.
///
/// # Errors
/// What `run` says.
pub fn shortest<E>(
    start: u32,
    mut run: impl FnMut(u32, u64) -> Result<Tally, E>,
) -> Result<Option<Length>, E> {
    let grid = grid();
    let at = |index: usize| grid.get(index).copied().unwrap_or(LONGEST);
    let mut suffices = |index: usize| -> Result<Option<Tally>, E> {
        let glance = run(at(index), GLANCE)?;
        // Three deviations below 98 %: three hundred trials would not lift it.
        if glance.interval(3.0)[1] < AIM {
            return Ok(None);
        }
        let tally = run(at(index), TRIALS)?;
        Ok((tally.rate() >= AIM).then_some(tally))
    };
    let mut low = None;
    let mut high = grid.partition_point(|&length| length < start).min(grid.len() - 1);
    let mut found = loop {
        if let Some(tally) = suffices(high)? {
            break tally;
        }
        if high + 1 == grid.len() {
            return Ok(None);
        }
        low = Some(high);
        high = (high + 8).min(grid.len() - 1);
    };
    // Below a start that suffices the search goes down in steps until one does not.
    while low.is_none() && high > 0 {
        let below = high.saturating_sub(8);
        match suffices(below)? {
            Some(tally) => (high, found) = (below, tally),
            None => low = Some(below),
        }
    }
    while let Some(known) = low
        && high - known > 1
    {
        let middle = known.midpoint(high);
        match suffices(middle)? {
            Some(tally) => (high, found) = (middle, tally),
            None => low = Some(middle),
        }
    }
    Ok(Some(Length { positions: at(high), tally: found }))
}

#[cfg(test)]
mod tests {
    use std::convert::Infallible;

    use super::*;

    /// Trials that all succeed from `enough` on and else fail one time in ten.
    fn stepwise(enough: u32) -> impl FnMut(u32, u64) -> Result<Tally, Infallible> {
        move |positions, trials| {
            let named = if positions >= enough { trials } else { trials * 9 / 10 };
            Ok(Tally { trials, named, all: 0, wrong: 0 })
        }
    }

    #[test]
    fn the_search_finds_the_first_length_that_suffices_from_wherever_it_starts() {
        for enough in [1, 20, 33, 100, 640, 5_000] {
            let wanted = grid().into_iter().find(|&length| length >= enough).unwrap();
            for start in [1, 50, 640, 6_000, 30_000] {
                let found = shortest(start, stepwise(enough)).unwrap().unwrap();
                assert_eq!((found.positions, found.tally.trials), (wanted, TRIALS), "{enough} from {start}");
            }
        }
        assert_eq!(shortest(100, stepwise(u32::MAX)).unwrap(), None);
    }

    #[test]
    fn the_grid_grows_by_two_percent() {
        let grid = grid();
        assert!(
            grid.windows(2)
                .all(|pair| pair[1] > pair[0] && f64::from(pair[1]) <= f64::from(pair[0]) * 1.02 + 1.0)
        );
    }
}
