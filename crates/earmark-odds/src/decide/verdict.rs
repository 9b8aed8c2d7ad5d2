//! Putting the tests together to a verdict.

use super::coalition::estimate;
use super::excluded::excluded;
use super::sets::test_sets;
use super::singles::{Accusation, log10_bound, record, standings, test_all};
use super::trial::Trial;
use super::unmarked::unmarked;
use crate::decoder::Decoder;
use crate::document::{Decision, DocumentError, OneOf, ReadingDocument, SetTest, Suspect, Unmarked, Verdict};
use crate::plan::positions_for_one;

/// A copy is listed as excluded if its beta is at most this.
pub const EXCLUDED_MOST: f64 = 1e-3;

/// Decides what a reading document says.
///
/// The `decision` it may already hold is ignored. Time grows with recipients times positions; a verdict over
/// 79 recipients and 1,000 positions takes some milliseconds.
///
/// # Errors
/// [`DocumentError`] for a document that contradicts itself.
pub fn decide(document: &ReadingDocument) -> Result<Decision, DocumentError> {
    Ok(decide_over(document, &Trial::open(document)?))
}

/// The same over a document that was laid out already.
pub(crate) fn decide_over(document: &ReadingDocument, trial: &Trial) -> Decision {
    let mut decoder = Decoder::new(&trial.sheet, trial.n);
    let full = decoder.grow(&[]);
    let tests = test_all(trial, &mut decoder, &full);
    let accused = accused(&tests, trial.n, trial.sound.alpha.singles);
    let sets = test_sets(trial, &mut decoder, &tests, trial.sound.alpha, &accused);
    let recorded = record(trial, &mut decoder, &tests);
    // Its room is needed for the lists that follow.
    drop(decoder);
    let mut members = full.members;
    members.extend(accused.iter().filter(|row| !members.contains(row)).copied().collect::<Vec<_>>());
    members.sort_unstable();
    let mut decision = conclude(document, trial, &tests, sets, unmarked(document, &trial.sound));
    decision.tests = recorded;
    decision.coalition = estimate(trial, &members);
    decision
}

/// The rows accused: n p <= alpha.
fn accused(tests: &[Accusation], n: u64, alpha: f64) -> Vec<usize> {
    tests.iter().filter(|test| n as f64 * test.p <= alpha).map(|test| test.row).collect()
}

/// Draws the verdict from tests that are done, by whichever weights they were done.
pub(crate) fn conclude(
    document: &ReadingDocument,
    trial: &Trial,
    tests: &[Accusation],
    sets: Vec<(OneOf, SetTest)>,
    unmarked: Option<Unmarked>,
) -> Decision {
    let n = trial.n;
    let alpha = trial.sound.alpha.singles;
    let accused = accused(tests, n, alpha);
    let mut strongest: Vec<&Accusation> = tests.iter().filter(|test| accused.contains(&test.row)).collect();
    strongest.sort_by(|a, b| a.p.total_cmp(&b.p).then(b.score.cmp(&a.score)).then(a.row.cmp(&b.row)));
    let suspects: Vec<Suspect> = strongest
        .into_iter()
        .map(|test| Suspect {
            recipient: trial.name(test.row),
            score: test.score,
            log10_false_accusation_bound: log10_bound(n as f64, test.p),
            given: trial.name_all(&test.given),
        })
        .collect();
    let verdict = if document.positions.is_empty() && document.matched.is_none() {
        Verdict::NotOurs
    } else if !suspects.is_empty() || !sets.is_empty() {
        Verdict::Traced
    } else if unmarked.is_some() {
        Verdict::Unmarked
    } else {
        Verdict::OursUntraceable
    };
    let (one_of, sets) = sets.into_iter().unzip();
    Decision {
        verdict,
        suspects,
        one_of,
        excluded: excluded(document, trial, &accused, EXCLUDED_MOST),
        recipients: standings(trial, tests),
        positions_wanted: (verdict == Verdict::OursUntraceable).then(|| wanted(document, trial)).flatten(),
        holds_for_coalitions_up_to: match verdict {
            Verdict::Unmarked => unmarked.map(|u| u.c),
            _ => None,
        },
        coalition: None,
        tests: Vec::new(),
        sets,
        unmarked,
    }
}

/// How many more positions like the eligible ones would name a single leaker with 98 %.
fn wanted(document: &ReadingDocument, trial: &Trial) -> Option<u64> {
    let mut laws: Vec<(f64, Vec<u16>)> = trial.sound.laws.iter().map(|law| (0.0, law.clone())).collect();
    for position in &document.positions {
        if let Some(law) = laws.get_mut(position.level as usize) {
            law.0 += 1.0;
        }
    }
    if document.positions.is_empty() {
        laws.iter_mut().for_each(|law| law.0 = 1.0);
    }
    let needed = positions_for_one(&laws, trial.n as f64, trial.sound.alpha.singles, 0.98)?;
    Some(needed.saturating_sub(trial.read.len() as u64).max(1))
}
