//! What holds for every document.

use earmark_odds::bias::BiasSet;
use earmark_odds::decide::decide;
use earmark_odds::document::{Codewords, Position, ReadingDocument};
use earmark_odds::replay::replay;
use earmark_odds::simulate::{Attack, Scene};
use proptest::prelude::*;

fn scene() -> impl Strategy<Value = (Scene, u64)> {
    let attack = prop::sample::select(Attack::NAMED.to_vec());
    let bias = prop::sample::select(BiasSet::ALL.to_vec());
    let size = (0u32..90, 1u32..9, 0u32..4, 2u8..=4);
    (bias, attack, size, any::<bool>(), any::<u64>(), prop::sample::select(vec![0.0, 0.05, 0.3])).prop_map(
        |(bias, attack, (positions, recipients, colluders, symbols), look, seed, rate)| {
            let scene = Scene {
                positions,
                recipients,
                symbols,
                look,
                err: rate / 2.0,
                erasure: rate,
                alpha: 1e-3,
                ..Scene::new(bias, colluders, attack)
            };
            (scene, seed)
        },
    )
}

/// A JSON text with one stretch of it replaced.
fn damaged() -> impl Strategy<Value = Vec<u8>> {
    let pieces = prop::sample::select(vec![
        "",
        "0",
        "-1",
        "null",
        "1e308",
        "\"\"",
        "{}",
        "[",
        "]",
        ",",
        "9999999999",
        "\\u0000",
        ".5",
        "true",
    ]);
    (scene(), any::<prop::sample::Index>(), 0usize..12, pieces).prop_map(|((scene, seed), at, cut, piece)| {
        let mut document = scene.play(seed).document;
        document.decision = decide(&document).ok();
        let text = document.to_json().unwrap().into_bytes();
        let from = at.index(text.len());
        let to = (from + cut).min(text.len());
        [&text[..from], piece.as_bytes(), &text[to..]].concat()
    })
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 24, ..ProptestConfig::default() })]

    #[test]
    fn a_replay_agrees_with_the_decision((scene, seed) in scene()) {
        let mut document = scene.play(seed).document;
        document.decision = Some(decide(&document).unwrap());
        let read = ReadingDocument::parse(document.to_json().unwrap().as_bytes()).unwrap();
        prop_assert_eq!(&read, &document);
        let outcome = replay(&read).unwrap();
        prop_assert!(outcome.agrees(), "{:?}", outcome.differences);
        prop_assert_eq!(Some(outcome.decision), document.decision);
    }

    #[test]
    fn erased_positions_change_no_score((scene, seed) in scene(), extra in 0usize..40) {
        let document = scene.play(seed).document;
        let mut longer = document.clone();
        for _ in 0..extra {
            longer.positions.push(Position { level: 0, y: None, ..Position::default() });
        }
        longer.codewords = Codewords(
            document.codewords.0.iter().map(|(id, word)| (id.clone(), (word.to_string() + &"1".repeat(extra)).parse().unwrap())).collect(),
        );
        let (a, b) = (decide(&document).unwrap(), decide(&longer).unwrap());
        prop_assert_eq!((a.suspects, a.recipients, a.sets, a.tests), (b.suspects, b.recipients, b.sets, b.tests));
    }

    #[test]
    fn renaming_and_reordering_recipients_renames_and_reorders_the_answer((scene, seed) in scene()) {
        let document = scene.play(seed).document;
        let rename = |id: &str| -> String { format!("x{:07}", 9_999_999 - id[1..].parse::<u32>().unwrap()) };
        let mut other = document.clone();
        other.codewords =
            Codewords(document.codewords.0.iter().map(|(id, word)| (rename(id), word.clone())).collect());
        let (a, b) = (decide(&document).unwrap(), decide(&other).unwrap());
        prop_assert_eq!(a.verdict, b.verdict);
        let mut named: Vec<_> = a.suspects.iter().map(|s| rename(&s.recipient)).collect();
        let mut others: Vec<_> = b.suspects.iter().map(|s| s.recipient.clone()).collect();
        named.sort();
        others.sort();
        prop_assert_eq!(named, others);
    }

    #[test]
    fn the_order_of_positions_changes_nothing((scene, seed) in scene()) {
        let document = scene.play(seed).document;
        let mut other = document.clone();
        other.positions.reverse();
        other.codewords = Codewords(
            document.codewords.0.iter().map(|(id, word)| (id.clone(), word.to_string().chars().rev().collect::<String>().parse().unwrap())).collect(),
        );
        prop_assert_eq!(decide(&document).unwrap(), decide(&other).unwrap());
    }

    #[test]
    fn damaged_documents_are_refused_or_decided_and_never_panic(bytes in damaged()) {
        if let Ok(document) = ReadingDocument::parse(&bytes) {
            let _ = decide(&document).unwrap();
            let _ = replay(&document);
        }
    }
}
