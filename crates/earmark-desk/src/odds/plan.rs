//! What a code takes and withstands, by the same functions that `protect` plans with.

use std::collections::BTreeMap;

use earmark_odds::bias::BiasSet;
use earmark_odds::plan::{
    self, How, colluders_withstood, colluders_withstood_against, positions_against, positions_needed, power,
};
use earmark_odds::simulate::Attack;
use serde::Serialize;

use crate::error::{DeskError, Kind};

/// What to plan for.
#[derive(Debug, Clone, Copy)]
pub struct Request {
    /// The bias set.
    pub bias: BiasSet,
    /// Recipients.
    pub recipients: u64,
    /// The bound to be kept.
    pub alpha: f64,
    /// The share of positions that survives in a leak.
    pub survival: f64,
    /// Bits in 1,000 lines of the material, to tell lengths in lines.
    pub bits_per_kloc: Option<f64>,
    /// Positions that a fragment holds, to tell what it withstands.
    pub positions: Option<u64>,
}

/// What it takes to name one of so many colluders.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Need {
    /// Positions that have to be read; none: hopeless with this set, or never measured.
    pub read: Option<u64>,
    /// Positions that the leak has to hold, given what survives.
    pub positions: Option<u64>,
    /// Lines of leaked text.
    pub lines: Option<u64>,
    /// `exact`, `measured` or `interpolated`.
    pub how: Option<&'static str>,
    /// The chance that the fragment asked about names somebody.
    pub power: Option<f64>,
    /// The same by attack.
    pub attacks: BTreeMap<String, AttackNeed>,
}

/// What it takes against one attack.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct AttackNeed {
    /// Positions that have to be read; none: never measured.
    pub read: Option<u64>,
    /// Positions that the leak has to hold, given what survives.
    pub positions: Option<u64>,
    /// Lines of leaked text.
    pub lines: Option<u64>,
    /// `exact`, `measured` or `interpolated`.
    pub how: Option<&'static str>,
}

/// The answer of `odds plan`.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Answer {
    /// The bias set.
    pub code: String,
    /// Recipients.
    pub recipients: u64,
    /// The bound.
    pub alpha: f64,
    /// The share that survives.
    pub survival: f64,
    /// By number of colluders, for the worst of the seven attacks.
    pub colluders: BTreeMap<u32, Need>,
    /// The most colluders of whom the fragment asked about names one with 98 %.
    pub withstands: Option<u32>,
    /// The same by attack; empty where no fragment was asked about.
    pub withstands_against: BTreeMap<String, u32>,
}

/// The numbers of colluders that are told.
const COLLUDERS: [u32; 6] = [1, 2, 3, 4, 5, 8];

/// Tells what `request` asks.
///
/// # Errors
/// When a figure makes no sense.
pub fn plan(request: &Request) -> Result<Answer, DeskError> {
    let Request { bias, recipients, alpha, survival, .. } = *request;
    if !(alpha > 0.0 && alpha < 1.0) || recipients == 0 {
        return Err(DeskError::new(
            Kind::Malformed,
            "there is at least one recipient, and alpha lies between 0 and 1",
        ));
    }
    if !(survival > 0.0 && survival <= 1.0)
        || request.bits_per_kloc.is_some_and(|bits| bits.is_nan() || bits <= 0.0)
    {
        return Err(DeskError::new(Kind::Malformed, "a share lies above 0 and up to 1, a density above 0"));
    }
    let read = request.positions.map(|positions| (positions as f64 * survival) as u64);
    let told = |need: Option<plan::Need>| {
        let positions = need.map(|need| (need.positions as f64 / survival).ceil());
        AttackNeed {
            read: need.map(|need| need.positions),
            positions: positions.map(|positions| positions as u64),
            lines: positions.zip(request.bits_per_kloc).map(|(m, bits)| (1_000.0 * m / bits).ceil() as u64),
            how: need.map(|need| match need.how {
                How::Exact => "exact",
                How::Measured => "measured",
                How::Interpolated => "interpolated",
            }),
        }
    };
    let need = |c: u32| {
        let AttackNeed { read: needed, positions, lines, how } =
            told(positions_needed(bias, c, recipients, alpha));
        let against = |attack| told(positions_against(bias, attack, c, recipients, alpha));
        Need {
            read: needed,
            positions,
            lines,
            how,
            power: read.map(|read| power(bias, c, read, recipients, alpha)),
            attacks: Attack::ALL.into_iter().map(|attack| (attack.to_string(), against(attack))).collect(),
        }
    };
    let withstands_against = |read| {
        Attack::ALL
            .into_iter()
            .map(|attack| {
                (attack.to_string(), colluders_withstood_against(bias, attack, read, recipients, alpha))
            })
            .collect()
    };
    Ok(Answer {
        code: bias.to_string(),
        recipients,
        alpha,
        survival,
        colluders: COLLUDERS.into_iter().map(|c| (c, need(c))).collect(),
        withstands: read.map(|read| colluders_withstood(bias, read, recipients, alpha)),
        withstands_against: read.map(withstands_against).unwrap_or_default(),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_does_not_survive_must_be_there_first() {
        let request = Request {
            bias: BiasSet::S4,
            recipients: 79,
            alpha: 1e-6,
            survival: 0.5,
            bits_per_kloc: Some(100.0),
            positions: Some(260),
        };
        let answer = plan(&request).unwrap();
        let one = &answer.colluders[&1];
        assert_eq!(one.positions.unwrap(), 2 * one.read.unwrap());
        assert_eq!(one.lines.unwrap(), 10 * one.positions.unwrap());
        assert_eq!(answer.withstands, Some(2));
        assert!(answer.colluders[&2].power.unwrap() > 0.9 && answer.colluders[&3].power.unwrap() < 0.5);
        assert_eq!(answer.colluders[&8].read, None);
        // The worst of the attacks is what counts, and an easy one may be withstood by more.
        let two = &answer.colluders[&2];
        assert_eq!(two.attacks.values().filter_map(|need| need.read).max(), two.read);
        assert_eq!(two.attacks.len(), 7);
        assert!(answer.withstands_against.values().all(|most| *most >= 2));
        assert!(plan(&Request { survival: 0.0, ..request }).is_err());
    }
}
