//! An estimate of who acted together and how: shown beside a verdict, never a bound.

use super::trial::Trial;
use crate::decoder::{Scope, fit};
use crate::document::Coalition;
use crate::simulate::Attack;

/// Fits the strategy of exactly `members` (ascending rows); `None` if there are none or too many.
pub(crate) fn estimate(trial: &Trial, members: &[usize]) -> Option<Coalition> {
    let c = members.len();
    if c == 0 || c > crate::strategy::COLLUDERS_MAX {
        return None;
    }
    let fit = fit(&trial.sheet, &trial.sheet.split(members), Scope { least: c, most: c });
    let two = trial.sheet.cells.iter().any(|cell| cell.k == 2);
    let attack = if c > 1 && two { nearest(fit.strategy.theta()) } else { None };
    Some(Coalition {
        members: trial.name_all(members),
        c: c as u32,
        theta: fit.strategy.theta().to_vec(),
        attack,
    })
}

/// The named attack whose theta is nearest in squares; the first on a tie.
fn nearest(theta: &[f64]) -> Option<String> {
    let c = theta.len() - 1;
    let mut best: Option<(f64, String)> = None;
    for attack in Attack::NAMED {
        let Some(named) = attack.theta(c) else { continue };
        let distance: f64 = named.iter().zip(theta).map(|(a, b)| (a - b) * (a - b)).sum();
        if best.as_ref().is_none_or(|(least, _)| distance < *least) {
            best = Some((distance, attack.to_string()));
        }
    }
    best.map(|(_, name)| name)
}
