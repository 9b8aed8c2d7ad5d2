//! The states of an embargo and how one leads to another, as one table.
//!
//! After the embargo management process of Householder and Sarvepalli, "Designing Vultron" (CMU/SEI-2022-SR-012,
//! chapter 4). Two departures: terms that were revised are in force at once (a fix that slips cannot wait for
//! everybody's yes), and an embargo that ends is told apart from one that was broken.

use earmark_store::Embargo;

use crate::error::{DeskError, Kind};

/// What can happen to an embargo.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Step {
    /// Terms are put on the table, or others in their place.
    Propose,
    /// The proposed terms are turned down.
    Reject,
    /// The terms on the table, or the revised ones, are accepted.
    Accept,
    /// Other terms take their place, at once.
    Revise,
    /// The public instant came.
    Exit,
    /// Material was seen outside before it.
    Break,
}

impl Step {
    /// Every step.
    pub const ALL: [Self; 6] =
        [Self::Propose, Self::Reject, Self::Accept, Self::Revise, Self::Exit, Self::Break];

    fn done(self) -> &'static str {
        match self {
            Self::Propose => "proposed",
            Self::Reject => "rejected",
            Self::Accept => "accepted",
            Self::Revise => "revised",
            Self::Exit => "ended",
            Self::Break => "broken",
        }
    }
}

/// Every legal transition; what is not here is refused.
pub const TABLE: [(Embargo, Step, Embargo); 11] = [
    (Embargo::None, Step::Propose, Embargo::Proposed),
    (Embargo::Proposed, Step::Propose, Embargo::Proposed),
    (Embargo::Proposed, Step::Reject, Embargo::None),
    (Embargo::Proposed, Step::Accept, Embargo::Active),
    (Embargo::Active, Step::Revise, Embargo::Revised),
    (Embargo::Active, Step::Exit, Embargo::Exited),
    (Embargo::Active, Step::Break, Embargo::Exited),
    (Embargo::Revised, Step::Revise, Embargo::Revised),
    (Embargo::Revised, Step::Accept, Embargo::Active),
    (Embargo::Revised, Step::Exit, Embargo::Exited),
    (Embargo::Revised, Step::Break, Embargo::Exited),
];

/// The state that `step` leads to from `state`; `None` when it is not legal there.
#[must_use]
pub fn next(state: Embargo, step: Step) -> Option<Embargo> {
    TABLE.iter().find(|(from, by, _)| *from == state && *by == step).map(|(_, _, to)| *to)
}

/// The same for the disclosure called `id`, with a refusal that says what is legal.
///
/// # Errors
/// Refused.
pub fn advance(id: &earmark_model::Slug, state: Embargo, step: Step) -> Result<Embargo, DeskError> {
    next(state, step).ok_or_else(|| {
        let legal: Vec<&str> =
            TABLE.iter().filter(|(from, _, _)| *from == state).map(|(_, by, _)| by.done()).collect();
        let error = DeskError::new(
            Kind::Refused,
            format!("the embargo of `{id}` is in state `{state}` and cannot be {}", step.done()),
        );
        if legal.is_empty() { error } else { error.hint(format!("it can be {}", legal.join(", "))) }
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    const STATES: [Embargo; 5] =
        [Embargo::None, Embargo::Proposed, Embargo::Active, Embargo::Revised, Embargo::Exited];

    /// The table once more, as a picture: rows are states, columns steps, `.` is refused.
    #[test]
    fn the_table_is_the_picture() {
        let picture = "\
            propose reject accept revise exit break
  none      P       .      .      .      .    .
  proposed  P       N      A      .      .    .
  active    .       .      .      R      X    X
  revised   .       .      A      R      X    X
  exited    .       .      .      .      .    .";
        for (line, state) in picture.lines().skip(1).zip(STATES) {
            let mut words = line.split_whitespace();
            assert_eq!(words.next(), Some(state.word()));
            for (cell, step) in words.zip(Step::ALL) {
                let letter = match next(state, step) {
                    None => ".",
                    Some(Embargo::None) => "N",
                    Some(Embargo::Proposed) => "P",
                    Some(Embargo::Active) => "A",
                    Some(Embargo::Revised) => "R",
                    Some(Embargo::Exited) => "X",
                };
                assert_eq!(letter, cell, "{state} {step:?}");
            }
        }
    }

    #[test]
    fn a_refusal_says_what_is_legal() {
        let id = "2026-014".parse().unwrap();
        let error = advance(&id, Embargo::Proposed, Step::Break).unwrap_err();
        assert_eq!(
            error.to_string(),
            "the embargo of `2026-014` is in state `proposed` and cannot be broken"
        );
        assert_eq!(error.hints, ["it can be proposed, rejected, accepted"]);
        assert!(advance(&id, Embargo::Exited, Step::Revise).unwrap_err().hints.is_empty());
    }
}
