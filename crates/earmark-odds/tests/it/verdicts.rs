//! The four verdicts and what is said with each.

use earmark_odds::bias::BiasSet;
use earmark_odds::decide::decide;
use earmark_odds::document::{ReadingDocument, Verdict};
use earmark_odds::replay::replay;
use earmark_odds::simulate::{Attack, Scene};

fn scene(positions: u32, colluders: u32) -> Scene {
    Scene {
        positions,
        recipients: 20,
        look: true,
        ..Scene::new(BiasSet::S4, colluders, Attack::Interleaving)
    }
}

#[test]
fn one_leaker_is_traced_and_the_others_are_excluded() {
    let trial = scene(100, 1).play(1);
    let decision = decide(&trial.document).unwrap();
    assert_eq!(decision.verdict, Verdict::Traced);
    assert_eq!(decision.suspects.len(), 1);
    assert_eq!(decision.suspects[0].recipient, trial.colluders[0]);
    assert!(decision.suspects[0].log10_false_accusation_bound < -7.0);
    assert_eq!(decision.excluded.len(), 19);
    assert_eq!(decision.coalition.unwrap().members, trial.colluders);
    assert_eq!(decision.positions_wanted, None);
}

#[test]
fn too_little_says_how_much_more_would_do() {
    let trial = scene(20, 1).play(2);
    let decision = decide(&trial.document).unwrap();
    assert_eq!(decision.verdict, Verdict::OursUntraceable);
    assert!(decision.suspects.is_empty());
    // 39 positions name one of 79 at 1e-6; 20 recipients and a first look's share make about as many.
    assert!((15..=25).contains(&decision.positions_wanted.unwrap()), "{:?}", decision.positions_wanted);
    assert_eq!(decision.recipients.len(), 20);
}

#[test]
fn nothing_read_is_untraceable_with_a_match_and_not_ours_without() {
    let mut document = scene(0, 1).play(3).document;
    let decision = decide(&document).unwrap();
    assert_eq!(decision.verdict, Verdict::OursUntraceable);
    assert!(decision.positions_wanted.unwrap() > 20);
    document.matched = None;
    assert_eq!(decide(&document).unwrap().verdict, Verdict::NotOurs);
}

/// A reading that shows the original's symbol everywhere.
fn original(positions: u32, bias: BiasSet) -> ReadingDocument {
    let mut document = Scene { bias, ..scene(positions, 1) }.play(4).document;
    for position in &mut document.positions {
        position.y = Some(0);
    }
    document
}

#[test]
fn the_original_itself_is_unmarked_and_accuses_nobody() {
    let document = original(300, BiasSet::S4);
    let decision = decide(&document).unwrap();
    assert_eq!(decision.verdict, Verdict::Unmarked);
    assert!(decision.suspects.is_empty() && decision.one_of.is_empty());
    let unmarked = decision.unmarked.unwrap();
    assert_eq!((unmarked.t, Some(unmarked.c)), (0, decision.holds_for_coalitions_up_to));
    // 154 positions hold for four colluders; the bound for the largest one stated is below 1e-9.
    assert!(unmarked.c >= 4 && unmarked.log10_bound <= -9.0, "{unmarked:?}");
    let mut decided = document;
    decided.decision = Some(decision);
    assert!(replay(&decided).unwrap().agrees());
}

#[test]
fn a_rule_that_fails_its_test_counts_nothing_for_the_original() {
    let mut document = original(60, BiasSet::S4);
    assert_eq!(decide(&document).unwrap().verdict, Verdict::Unmarked);
    for position in document.positions.iter_mut().take(40) {
        position.rule_passes = Some(false);
    }
    let decision = decide(&document).unwrap();
    assert_eq!(decision.verdict, Verdict::OursUntraceable);
    assert_eq!(decision.unmarked, None);
}

#[test]
fn a_codeword_of_zeros_voids_the_verdict_unmarked() {
    let mut document = original(60, BiasSet::S4);
    let word = document.codewords.0.get_mut("r0000003").unwrap();
    *word = "0".repeat(60).parse().unwrap();
    // Its holder cannot be told from the original's, and is traced or at least not ruled out.
    assert_ne!(decide(&document).unwrap().verdict, Verdict::Unmarked);
}

#[test]
fn the_original_mixed_into_a_leak_is_assumed_and_never_accused() {
    // Half of the positions of one copy put back to the original's form.
    let mut seen = 0;
    for seed in 0..6 {
        let trial = scene(400, 1).play(10 + seed);
        let mut document = trial.document;
        for position in document.positions.iter_mut().step_by(2) {
            position.y = Some(0);
        }
        let decision = decide(&document).unwrap();
        assert_eq!(decision.suspects.len(), 1, "seed {seed}");
        assert_eq!(decision.suspects[0].recipient, trial.colluders[0]);
        assert!(decision.recipients.iter().all(|r| r.recipient != "@original"));
        seen += usize::from(decision.suspects[0].given.contains(&"@original".to_owned()));
        document.decision = Some(decision);
        assert!(replay(&document).unwrap().agrees());
    }
    assert!(seen >= 3, "{seen}");
}

/// Two colluders at a length where sometimes neither can be named but the pair can.
#[test]
fn a_pair_is_named_where_neither_member_can_be() {
    let (mut pairs, mut right) = (0, 0);
    for seed in 0..40 {
        let trial =
            Scene { positions: 80, recipients: 40, attack: Attack::Minority, ..scene(80, 2) }.play(seed);
        let decision = decide(&trial.document).unwrap();
        for set in &decision.one_of {
            pairs += 1;
            right += usize::from(set.recipients.iter().any(|r| trial.colluders.contains(r)));
            assert!(set.log10_false_accusation_bound <= -6.0);
            assert_eq!(decision.verdict, Verdict::Traced);
        }
        let mut document = trial.document;
        document.decision = Some(decision);
        assert!(replay(&document).unwrap().agrees(), "seed {seed}");
    }
    assert!(pairs >= 1 && right == pairs, "{right} of {pairs}");
}
