//! Recomputing the recorded tests and comparing.

use std::collections::{BTreeMap, BTreeSet};
use std::rc::Rc;

use super::outcome::{Difference, ReplayOutcome};
use super::statement::Statement;
use crate::decide::{Accusation, Trial, conclude, decide_over, standing_p, unmarked_of};
use crate::decoder::Weighed;
use crate::document::{
    Decision, DocumentError, OneOf, ReadingDocument, SetTest, Standing, Unmarked, WeightRow,
};
use crate::pvalue::{Tail, subsets};

/// How far two logarithms of p may lie apart, relative to their size.
const LOG_TOLERANCE: f64 = 1e-9;

/// Decides again by what a document recorded, and from the beginning, and compares.
///
/// # Errors
/// [`DocumentError`] for a document that contradicts itself, holds no decision, or records a test that
/// cannot be recomputed.
pub fn replay(document: &ReadingDocument) -> Result<ReplayOutcome, DocumentError> {
    let recorded = document.decision.as_ref().ok_or(DocumentError::Undecided)?;
    let trial = Trial::open(document)?;
    let mut differences = Vec::new();
    let tests = replay_tests(&trial, recorded, &mut differences)?;
    let sets = replay_sets(&trial, recorded, &mut differences)?;
    let derived = decide_over(document, &trial);
    let unmarked = replay_unmarked(document, &trial, recorded, &derived, &mut differences);
    let mut decision = conclude(document, &trial, &tests, sets, unmarked);
    decision.tests.clone_from(&recorded.tests);
    decision.coalition.clone_from(&derived.coalition);
    // Where only the best tests were recorded, everybody's standing comes from the derivation.
    if decision.recipients.len() < derived.recipients.len() {
        decision.recipients.clone_from(&derived.recipients);
    }
    compare(recorded, &decision, &derived, &mut differences);
    Ok(ReplayOutcome { decision, derived, differences })
}

fn replay_tests(
    trial: &Trial,
    recorded: &Decision,
    differences: &mut Vec<Difference>,
) -> Result<Vec<Accusation>, DocumentError> {
    let mut known: Vec<(Statement<'_>, Weighed, Tail)> = Vec::new();
    let mut tests: Vec<Accusation> = Vec::with_capacity(recorded.tests.len());
    for test in &recorded.tests {
        let statement = Statement::of_test(test);
        let row = statement.rows(trial)?.first().copied().unwrap_or(usize::MAX);
        let place = known.iter().position(|(other, weighed, _)| {
            statement.same_weights(other) && !weighed.known().contains(&row) && row < trial.names.len()
        });
        let place = match place {
            Some(place) => place,
            None => {
                let (weighed, follows) = statement.weigh(trial)?;
                if !follows {
                    differences.push(Difference::Weights { recipients: statement.recipients.to_vec() });
                }
                let tail = Tail::new(weighed.lattice());
                known.push((statement, weighed, tail));
                known.len() - 1
            }
        };
        let Some((_, weighed, tail)) = known.get_mut(place) else { continue };
        let score = weighed.integer_score(&trial.sheet, &[row]);
        let (log10_p_exact, log10_p_chernoff, p) = standing_p(tail, score);
        let same = score == test.score
            && near(log10_p_exact, test.log10_p_exact)
            && near(Some(log10_p_chernoff), Some(test.log10_p_chernoff));
        if !same {
            differences.push(Difference::Numbers { recipients: statement.recipients.to_vec() });
        }
        let given = Rc::new(weighed.known().to_vec());
        tests.push(Accusation { row, given, score, log10_p_exact, log10_p_chernoff, p });
    }
    tests.sort_by_key(|test| test.row);
    if let Some(twice) =
        tests.windows(2).find(|pair| pair.first().map(|t| t.row) == pair.last().map(|t| t.row))
    {
        let recipient = twice.first().map(|t| trial.name(t.row)).unwrap_or_default();
        return Err(DocumentError::Recorded { recipient, why: "it is recorded twice" });
    }
    Ok(tests)
}

fn replay_sets(
    trial: &Trial,
    recorded: &Decision,
    differences: &mut Vec<Difference>,
) -> Result<Vec<(OneOf, SetTest)>, DocumentError> {
    let mut passed = Vec::new();
    for set in &recorded.sets {
        let statement = Statement::of_set(set);
        let size = set.recipients.len();
        let share = match size {
            2 => trial.sound.alpha.pairs,
            3 => trial.sound.alpha.triples,
            _ => return Err(statement.refuse("a set has two or three members")),
        };
        let rows = statement.rows(trial)?;
        let (weighed, follows) = statement.weigh(trial)?;
        if !follows {
            differences.push(Difference::Weights { recipients: set.recipients.clone() });
        }
        let mut tail = Tail::new(weighed.lattice());
        let score = weighed.integer_score(&trial.sheet, &rows);
        let (log10_p_exact, log10_p_chernoff, p) = standing_p(&mut tail, score);
        let same = score == set.score
            && near(log10_p_exact, set.log10_p_exact)
            && near(Some(log10_p_chernoff), Some(set.log10_p_chernoff));
        if !same {
            differences.push(Difference::Numbers { recipients: set.recipients.clone() });
        }
        let times = subsets(trial.n, size as u32);
        if times * p <= share {
            let log10_false_accusation_bound = libm::log10((times * p).min(1.0));
            let one_of = OneOf { recipients: set.recipients.clone(), log10_false_accusation_bound };
            passed.push((one_of, SetTest { score, log10_p_exact, log10_p_chernoff, ..set.clone() }));
        }
    }
    Ok(passed)
}

/// The numbers of `unmarked` that stand: derived, or recorded where the codewords are hidden in part and the
/// bound, which needs no codeword, is right.
fn replay_unmarked(
    document: &ReadingDocument,
    trial: &Trial,
    recorded: &Decision,
    derived: &Decision,
    differences: &mut Vec<Difference>,
) -> Option<Unmarked> {
    let same = |a: &Unmarked, b: &Unmarked| {
        (a.t, a.c) == (b.t, b.c) && near(Some(a.log10_bound), Some(b.log10_bound))
    };
    match (&recorded.unmarked, &derived.unmarked) {
        (None, None) => None,
        (Some(recorded), Some(derived)) if same(recorded, derived) => Some(*derived),
        (Some(recorded), _)
            if trial.sound.hidden
                && unmarked_of(document, &trial.sound, recorded.c).is_some_and(|u| same(&u, recorded)) =>
        {
            Some(*recorded)
        }
        (_, derived) => {
            differences.push(Difference::Unmarked);
            *derived
        }
    }
}

fn compare(recorded: &Decision, decision: &Decision, derived: &Decision, differences: &mut Vec<Difference>) {
    if recorded.verdict != decision.verdict {
        differences.push(Difference::Verdict { recorded: recorded.verdict, follows: decision.verdict });
    }
    // A document may leave the lists out that follow from its tests.
    let listed = recorded.suspects.is_empty() || suspects(recorded) == suspects(decision);
    let sets = recorded.one_of.is_empty() || of_sets(recorded) == of_sets(decision);
    let again = suspects(decision) == suspects(derived) && of_sets(decision) == of_sets(derived);
    if !(listed && sets && again) {
        differences.push(Difference::Suspects);
    }
    differences.extend(
        restated(recorded, decision).into_iter().map(|recipients| Difference::Numbers { recipients }),
    );
    // How many positions are wanted is advice and may change with the planner; whom a trace excludes may not.
    let (listed, follow) = (&recorded.excluded, &decision.excluded);
    let same = listed.len() == follow.len()
        && listed.iter().zip(follow).all(|(a, b)| {
            a.recipient == b.recipient && near(Some(libm::log10(a.beta)), Some(libm::log10(b.beta)))
        });
    if !listed.is_empty() && !same {
        differences.push(Difference::Excluded);
    }
    if recorded.holds_for_coalitions_up_to.is_some()
        && recorded.holds_for_coalitions_up_to != decision.holds_for_coalitions_up_to
    {
        differences.push(Difference::Unmarked);
    }
    if decision.verdict != derived.verdict {
        differences.push(Difference::Rederived { verdict: derived.verdict });
    }
    let mut tests = recorded.tests.iter().map(|test| (&test.recipient, test)).collect::<Vec<_>>();
    tests.sort_by_key(|(recipient, _)| *recipient);
    for test in &derived.tests {
        let found = tests.binary_search_by_key(&&test.recipient, |(recipient, _)| *recipient).ok();
        let agrees = found.and_then(|at| tests.get(at)).is_some_and(|(_, other)| {
            alike((&other.given, other.c, &other.weights), (&test.given, test.c, &test.weights))
        });
        if !agrees {
            differences.push(Difference::Derivation { recipients: vec![test.recipient.clone()] });
        }
    }
    for set in &recorded.sets {
        // A set that deriving does not come to is told above.
        let again = derived.sets.iter().find(|other| other.recipients == set.recipients);
        if again.is_some_and(|other| {
            !alike((&set.given, set.c, &set.weights), (&other.given, other.c, &other.weights))
        }) {
            differences.push(Difference::Derivation { recipients: set.recipients.clone() });
        }
    }
}

/// Whose numbers are another in the lists that people read than in the tests they follow from.
fn restated(recorded: &Decision, decision: &Decision) -> Vec<Vec<String>> {
    let mut wrong = BTreeSet::new();
    for suspect in &recorded.suspects {
        let follows = decision.suspects.iter().find(|other| other.recipient == suspect.recipient);
        let same = follows.is_none_or(|other| {
            (suspect.score, &suspect.given) == (other.score, &other.given)
                && near(Some(suspect.log10_false_accusation_bound), Some(other.log10_false_accusation_bound))
        });
        if !same {
            wrong.insert(vec![suspect.recipient.clone()]);
        }
    }
    for one_of in &recorded.one_of {
        let follows = decision.one_of.iter().find(|other| other.recipients == one_of.recipients);
        let bound = follows.map(|other| other.log10_false_accusation_bound);
        if bound.is_some() && !near(bound, Some(one_of.log10_false_accusation_bound)) {
            wrong.insert(one_of.recipients.clone());
        }
    }
    let known: BTreeMap<&String, &Standing> =
        decision.recipients.iter().map(|standing| (&standing.recipient, standing)).collect();
    for standing in &recorded.recipients {
        let same = known.get(&standing.recipient).is_some_and(|other| {
            standing.score == other.score
                && near(standing.log10_p_exact, other.log10_p_exact)
                && near(Some(standing.log10_p_chernoff), Some(other.log10_p_chernoff))
        });
        if !same {
            wrong.insert(vec![standing.recipient.clone()]);
        }
    }
    wrong.into_iter().collect()
}

fn suspects(decision: &Decision) -> Vec<&String> {
    let mut names: Vec<&String> = decision.suspects.iter().map(|s| &s.recipient).collect();
    names.sort();
    names
}

fn of_sets(decision: &Decision) -> Vec<&Vec<String>> {
    let mut sets: Vec<&Vec<String>> = decision.one_of.iter().map(|s| &s.recipients).collect();
    sets.sort();
    sets
}

/// Whether two tests have the same B and c, and the same groups with weights within 1.
fn alike(a: (&Vec<String>, u32, &Vec<WeightRow>), b: (&Vec<String>, u32, &Vec<WeightRow>)) -> bool {
    let close = |(a, b): (&WeightRow, &WeightRow)| {
        (a.level, a.y, a.s, a.class, a.w.len()) == (b.level, b.y, b.s, b.class, b.w.len())
            && a.w.iter().zip(&b.w).all(|(a, b)| a.abs_diff(*b) <= 1)
    };
    let mut rows: [Vec<&WeightRow>; 2] = [a.2.iter().collect(), b.2.iter().collect()];
    for rows in &mut rows {
        rows.sort_by_key(|row| (row.level, row.y, row.class, row.s));
    }
    let [first, second] = rows;
    (a.0, a.1) == (b.0, b.1) && first.len() == second.len() && first.into_iter().zip(second).all(close)
}

fn near(a: Option<f64>, b: Option<f64>) -> bool {
    match (a, b) {
        (Some(a), Some(b)) => (a - b).abs() <= LOG_TOLERANCE * a.abs().max(1.0),
        (None, None) => true,
        _ => false,
    }
}
