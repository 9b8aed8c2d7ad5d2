//! What a reading document may not say: each contradiction gives one clear error.

use earmark_odds::decide::decide;
use earmark_odds::document::{Decision, ReadingDocument};
use earmark_odds::replay::{Difference, replay};
use earmark_odds::simulate::{Attack, Scene};

use earmark_odds::bias::BiasSet;

const SOUND: &str = r#"{"version":1,"alpha":1e-6,"n":2,"levels":[128,[64,64,64,64]],"classes":[{"err":0.02}],
 "positions":[{"id":4,"level":0,"y":1,"class":0},{"id":7,"level":1,"y":3},{"id":9,"level":0,"y":null}],
 "codewords":{"acme":"131","umbrella":"020"}}"#;

fn refusal(text: &str) -> String {
    ReadingDocument::parse(text.as_bytes()).expect_err("refused").to_string()
}

#[test]
fn the_sound_document_is_read_and_decided() {
    let document = ReadingDocument::parse(SOUND.as_bytes()).unwrap();
    let decision = decide(&document).unwrap();
    assert_eq!(decision.recipients.len(), 2);
    let again = ReadingDocument::parse(document.to_json().unwrap().as_bytes()).unwrap();
    assert_eq!(again, document);
}

#[test]
fn contradictions_are_refused() {
    let cases = [
        ("\"version\":1", "\"version\":2", "version 2"),
        ("\"alpha\":1e-6", "\"alpha\":0", "`alpha`"),
        ("\"alpha\":1e-6", "\"alpha\":1", "`alpha`"),
        ("\"alpha\":1e-6", "\"alpha\":-1e-6", "`alpha`"),
        ("\"alpha\":1e-6", "\"alpha\":\"NaN\"", "malformed"),
        ("\"alpha\":1e-6", "\"alpha\":NaN", "malformed"),
        ("\"alpha\":1e-6", "\"alpha\":1e999", "malformed"),
        ("\"alpha\":1e-6,", "", "`alpha`"),
        ("\"alpha\":1e-6", "\"alpha\":1e-6,\"look\":2", "look 2"),
        ("\"alpha\":1e-6", "\"alpha\":1e-6,\"alpha_look\":1e-6", "look 1 may spend"),
        ("\"n\":2", "\"n\":0", "`n` is 0"),
        ("\"n\":2", "\"n\":1", "`n` is 1"),
        ("\"n\":2", "\"n\":-2", "malformed"),
        ("[128,", "[0,", "level 0"),
        ("[128,", "[256,", "level 0"),
        ("[128,", "[12.5,", "malformed"),
        ("[64,64,64,64]", "[64,64,64,63]", "level 1"),
        ("[64,64,64,64]", "[128,64,64,0]", "level 1"),
        ("[64,64,64,64]", "[]", "level 1"),
        ("\"err\":0.02", "\"err\":0.6", "class 0"),
        ("\"err\":0.02", "\"err\":-0.1", "class 0"),
        ("\"level\":1", "\"level\":2", "position 1 has level 2"),
        ("\"class\":0", "\"class\":1", "position 0 has class 1"),
        ("\"y\":3", "\"y\":4", "position 1 has symbol 4"),
        ("\"y\":1", "\"y\":2", "position 0 has symbol 2"),
        (",\"y\":3", "", "malformed"),
        ("\"id\":7", "\"id\":4", "number 4 is listed twice"),
        ("\"131\"", "\"13\"", "`acme` has 2 symbols"),
        ("\"131\"", "\"1311\"", "`acme` has 4 symbols"),
        ("\"131\"", "\"141\"", "`acme` has no symbol at position 1"),
        ("\"131\"", "\"x31\"", "`acme` has no symbol at position 0"),
        ("\"131\"", "\".31\"", "`acme` has no symbol at position 0"),
        ("\"131\"", "\"13\u{e9}\"", "`acme` has no symbol at position 2"),
        ("\"umbrella\"", "\"acme\"", "`acme` has two codewords"),
        ("\"umbrella\"", "\"@original\"", "`@original` cannot"),
        ("\"umbrella\"", "\"\"", "`` cannot"),
    ];
    for (from, to, expected) in cases {
        let text = SOUND.replacen(from, to, 1);
        assert_ne!(text, SOUND, "{from}");
        let said = refusal(&text);
        assert!(said.contains(expected), "{from} -> {to}: {said}");
    }
}

#[test]
fn symbols_may_be_hidden_where_nothing_was_read() {
    let text = SOUND.replace("\"131\"", "\"13.\"").replace("\"020\"", "\"02.\"");
    let decision = decide(&ReadingDocument::parse(text.as_bytes()).unwrap()).unwrap();
    let shown = decide(&ReadingDocument::parse(SOUND.as_bytes()).unwrap()).unwrap();
    assert_eq!(decision.tests, shown.tests);
}

#[test]
fn a_public_copy_replays_like_the_whole_document() {
    let scene = Scene {
        positions: 200,
        recipients: 12,
        erasure: 0.4,
        look: true,
        ..Scene::new(BiasSet::S4, 1, Attack::Majority)
    };
    let mut document = scene.play(8).document;
    for original in [false, true] {
        if original {
            document.positions.iter_mut().for_each(|p| p.y = p.y.map(|_| 0));
            document.positions.iter_mut().take(170).for_each(|p| p.y = Some(0));
        }
        document.decision = Some(decide(&document).unwrap());
        assert_eq!(document.decision.as_ref().unwrap().unmarked.is_some(), original);
        let mut public = document.clone();
        public.hide_unread();
        assert!(public.codewords.0.values().all(|word| word.to_string().contains('.')));
        let public = ReadingDocument::parse(public.to_json().unwrap().as_bytes()).unwrap();
        let outcome = replay(&public).unwrap();
        assert_eq!(outcome.decision.verdict, document.decision.as_ref().unwrap().verdict);
        assert_eq!(outcome.decision.suspects, document.decision.as_ref().unwrap().suspects);
        assert_eq!(outcome.decision.unmarked, document.decision.as_ref().unwrap().unmarked);
    }
}

/// Where codewords are missing, nobody can say that none of them explains the sample.
#[test]
fn unmarked_needs_every_codeword() {
    let mut document =
        Scene { recipients: 8, positions: 200, ..Scene::new(BiasSet::S4, 1, Attack::Majority) }
            .play(8)
            .document;
    document.positions.iter_mut().for_each(|p| p.y = Some(0));
    assert!(decide(&document).unwrap().unmarked.is_some());
    document.n = 9;
    assert!(decide(&document).unwrap().unmarked.is_none());
}

#[test]
fn the_examples_of_the_format_page_are_read() {
    let page = include_str!("../../../../docs/formats/reading.md");
    let mut blocks = page.split("```json\n").skip(1).map(|rest| rest.split("```").next().unwrap());
    let document = ReadingDocument::parse(blocks.next().unwrap().as_bytes()).unwrap();
    assert_eq!(document.positions.len(), 3);
    let _: earmark_odds::document::Test = serde_json::from_str(blocks.next().unwrap()).unwrap();
}

#[test]
fn a_million_and_one_positions_are_refused() {
    let mut document = ReadingDocument::parse(SOUND.as_bytes()).unwrap();
    document.positions = vec![document.positions[2].clone(); 1_000_001];
    assert!(decide(&document).unwrap_err().to_string().contains("1000000"));
}

/// A decided document and its replay.
fn decided(look: bool) -> ReadingDocument {
    let scene =
        Scene { positions: 150, recipients: 12, look, ..Scene::new(BiasSet::S4, 2, Attack::Majority) };
    let mut document = scene.play(5).document;
    document.decision = Some(decide(&document).unwrap());
    ReadingDocument::parse(document.to_json().unwrap().as_bytes()).unwrap()
}

fn tampered(change: impl FnOnce(&mut Decision)) -> Vec<Difference> {
    let mut document = decided(true);
    change(document.decision.as_mut().unwrap());
    replay(&document).unwrap().differences
}

#[test]
fn a_replay_of_what_was_written_agrees_to_the_last_bit() {
    for look in [true, false] {
        let document = decided(look);
        let outcome = replay(&document).unwrap();
        assert_eq!(outcome.differences, []);
        assert_eq!(&outcome.decision, document.decision.as_ref().unwrap());
        assert_eq!(outcome.derived, outcome.decision);
        assert!(!outcome.decision.suspects.is_empty());
    }
}

#[test]
fn a_weight_off_by_one_passes_and_decides_and_a_convenient_one_is_noticed() {
    // Off by one: another library's rounding. The recorded integers decide; score and p are recomputed.
    let differences = tampered(|decision| {
        for test in &mut decision.tests {
            test.weights[0].w[0] += 1;
        }
    });
    assert!(differences.iter().all(|d| matches!(d, Difference::Numbers { .. })), "{differences:?}");
    let differences = tampered(|decision| decision.tests[3].weights[0].w[0] += 40);
    assert!(differences.iter().any(|d| matches!(d, Difference::Weights { .. })), "{differences:?}");
    assert!(differences.iter().any(|d| matches!(d, Difference::Derivation { .. })), "{differences:?}");
}

#[test]
fn altered_verdicts_scores_sets_and_missing_tests_are_noticed() {
    use earmark_odds::document::Verdict;
    let differences = tampered(|decision| decision.verdict = Verdict::OursUntraceable);
    assert_eq!(
        differences,
        [Difference::Verdict { recorded: Verdict::OursUntraceable, follows: Verdict::Traced }]
    );
    let differences = tampered(|decision| decision.tests[0].score += 1);
    assert!(matches!(differences[..], [Difference::Numbers { .. }]), "{differences:?}");
    let differences = tampered(|decision| {
        decision.tests.pop();
    });
    assert!(differences.iter().any(|d| matches!(d, Difference::Derivation { .. })));
    let differences = tampered(|decision| {
        decision.suspects.pop();
    });
    assert!(!differences.is_empty());
}

#[test]
fn recorded_tests_that_cannot_be_recomputed_are_refused() {
    type Change = fn(&mut Decision);
    let changes: [(&str, Change); 9] = [
        ("conditioned on itself", |d| d.tests[0].given = vec![d.tests[0].recipient.clone()]),
        ("no codeword", |d| d.tests[0].given = vec!["nobody".to_owned()]),
        ("no codeword", |d| d.tests[0].recipient = "nobody".to_owned()),
        ("c + 1 entries", |d| d.tests[0].theta.push(1.0)),
        ("no probability", |d| d.tests[0].theta[1] = 1.5),
        ("colluders is impossible", |d| d.tests[0].c = 100),
        ("leave a group out", |d| d.tests[0].weights.clear()),
        ("out of range", |d| d.tests[0].weights[0].w[0] = i64::MIN),
        ("recorded twice", |d| d.tests[1] = d.tests[0].clone()),
    ];
    for (expected, change) in changes {
        let mut document = decided(false);
        change(document.decision.as_mut().unwrap());
        let said = replay(&document).unwrap_err().to_string();
        assert!(said.contains(expected), "{expected}: {said}");
    }
}
