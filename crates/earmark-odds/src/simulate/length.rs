//! The shortest length that suffices, on a grid of 2 %.

use std::ops::Range;

use super::tally::Tally;
use crate::plan::AIM;

/// Trials that a length must stand before it is believed.
pub const TRIALS: u64 = 300;
/// Trials that are played before looking whether too many have failed already.
const STEP: u64 = 40;
/// How many lengths below the one found must not suffice.
const LOOK_BELOW: usize = 3;
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

/// The smallest length on the grid at which at least 98 % of `trials` trials name somebody, searched from about
/// `start`; `None` if the longest does not.
///
/// `run(positions, range)` plays the trials of that range, always the same ones. Chances grow with the length, so
/// from `start` the search goes up or down in strides that double, then halves what is left, and ends when three
/// lengths below do not suffice. A length is given up as soon as more than 2 % have failed: further trials cannot save
/// it.
///
/// # Errors
/// What `run` says.
pub fn shortest<E>(
    start: u32,
    trials: u64,
    mut run: impl FnMut(u32, Range<u64>) -> Result<Tally, E>,
) -> Result<Option<Length>, E> {
    let grid = grid();
    let at = |index: usize| grid.get(index).copied().unwrap_or(LONGEST);
    let mut suffices = |index: usize| -> Result<Option<Tally>, E> {
        let mut tally = Tally::default();
        while tally.trials < trials {
            tally = tally.and(run(at(index), tally.trials..(tally.trials + STEP).min(trials))?);
            if (tally.trials - tally.named) as f64 > (1.0 - AIM) * trials as f64 + 1e-9 {
                return Ok(None);
            }
        }
        Ok(Some(tally))
    };
    let last = grid.len() - 1;
    let mut low = None;
    let mut high = grid.partition_point(|&length| length < start).min(last);
    let mut stride = 1;
    let mut found = loop {
        if let Some(tally) = suffices(high)? {
            break tally;
        }
        if high == last {
            return Ok(None);
        }
        low = Some(high);
        high = (high + stride).min(last);
        stride *= 2;
    };
    // Below a start that suffices the search goes down until a length does not.
    while low.is_none() && high > 0 {
        let below = high.saturating_sub(stride);
        stride *= 2;
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
    // Trials are few, so a length may fail by luck and a shorter one suffice: the nearest are looked at.
    let mut beside = 1;
    while beside <= LOOK_BELOW && beside <= high {
        match suffices(high - beside)? {
            Some(tally) => (high, found, beside) = (high - beside, tally, 1),
            None => beside += 1,
        }
    }
    Ok(Some(Length { positions: at(high), tally: found }))
}

#[cfg(test)]
mod tests {
    use std::convert::Infallible;

    use super::*;

    /// Trials that all succeed from `enough` on and else fail one time in ten.
    fn stepwise(enough: u32) -> impl FnMut(u32, Range<u64>) -> Result<Tally, Infallible> {
        move |positions, range| {
            let named = range.clone().filter(|seed| positions >= enough || seed % 10 != 0).count() as u64;
            Ok(Tally { trials: range.end - range.start, named, all: 0, wrong: 0 })
        }
    }

    #[test]
    fn the_search_finds_the_first_length_that_suffices_from_wherever_it_starts() {
        for enough in [1, 20, 33, 100, 640, 5_000] {
            let wanted = grid().into_iter().find(|&length| length >= enough).unwrap();
            for start in [1, 50, 640, 6_000, 30_000] {
                let found = shortest(start, TRIALS, stepwise(enough)).unwrap().unwrap();
                assert_eq!((found.positions, found.tally.trials), (wanted, TRIALS), "{enough} from {start}");
            }
        }
        assert_eq!(shortest(100, TRIALS, stepwise(u32::MAX)).unwrap(), None);
    }

    #[test]
    fn six_failures_in_three_hundred_are_borne_and_a_seventh_ends_it() {
        let failing = |count: u64| {
            move |positions: u32, range: Range<u64>| -> Result<Tally, Infallible> {
                let lost = if positions < 50 { 300 } else { count };
                assert!(lost <= 6 || range.start == 0, "played on after it had failed");
                let named = range.clone().filter(|seed| *seed >= lost).count() as u64;
                Ok(Tally { trials: range.end - range.start, named, all: 0, wrong: 0 })
            }
        };
        let found = shortest(60, TRIALS, failing(6)).unwrap().unwrap();
        assert_eq!((found.positions, found.tally.named), (50, 294));
        assert_eq!(shortest(60, TRIALS, failing(7)).unwrap(), None);
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
