//! The verifier in `verify/reading.js`, written from the format page alone, against ours.
//!
//! With `EARMARK_BLESS` set the reading of the report's tests is written anew.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use earmark_odds::bias::BiasSet;
use earmark_odds::decide::decide;
use earmark_odds::document::{Class, Level, MatchInfo, Position, ReadingDocument};
use earmark_odds::replay::replay;
use earmark_odds::simulate::{Attack, Scene};
use serde_json::Value;

/// How far two ln p may lie apart: p agree within 1e-9 of their size.
const LN_APART: f64 = 1e-9;

fn verifier() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../verify/reading.js")
}

/// Runs the verifier on texts: per text what it printed as JSON; `None` without node.
pub(crate) fn second_opinion(texts: &[Vec<u8>]) -> Option<(Vec<Value>, i32)> {
    let node = earmark_testkit::peer("node")?;
    let folder = tempfile::tempdir().unwrap();
    let mut command = Command::new(node);
    command.arg(verifier()).arg("--json");
    for (number, text) in texts.iter().enumerate() {
        let path = folder.path().join(format!("{number}.json"));
        fs::write(&path, text).unwrap();
        command.arg(path);
    }
    let output = command.output().unwrap();
    let said = String::from_utf8(output.stdout).unwrap();
    let answers: Vec<Value> = said.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    assert_eq!(answers.len(), texts.len(), "{}", String::from_utf8_lossy(&output.stderr));
    Some((answers, output.status.code().unwrap()))
}

fn near(seen: &Value, expected: Option<f64>, scale: f64) -> bool {
    match (seen.as_f64(), expected) {
        (Some(a), Some(b)) => (a - b).abs() * std::f64::consts::LN_10 <= LN_APART * scale,
        (a, b) => a.is_none() && b.is_none(),
    }
}

/// Asserts that the verifier's figures are those of a document that was decided.
fn same(document: &ReadingDocument, answer: &Value, what: &str) {
    let decision = document.decision.as_ref().unwrap();
    let given = |value: &Value| serde_json::to_string(value).unwrap();
    assert_eq!(given(&answer["differences"]), "[]", "{what}: {answer}");
    // So nothing was left out, growing and fitting neither.
    assert_eq!(given(&answer["notes"]), "[]", "{what}: {answer}");
    assert_eq!(answer["verdict"], serde_json::to_value(decision.verdict).unwrap(), "{what}");
    let tests = answer["tests"].as_array().unwrap();
    assert_eq!(tests.len(), decision.tests.len(), "{what}");
    for (seen, test) in tests.iter().zip(&decision.tests) {
        assert_eq!(seen["members"][0], test.recipient.as_str(), "{what}");
        assert_eq!(seen["score"], test.score, "{what}: {}", test.recipient);
        assert!(near(&seen["exact"], test.log10_p_exact, 1.0), "{what}: {seen} {:?}", test.log10_p_exact);
        // Chernoff's bound is a minimum: both find it to the last bits of its terms.
        let scale = test.log10_p_chernoff.abs().max(1.0);
        assert!(near(&seen["chernoff"], Some(test.log10_p_chernoff), scale), "{what}: {seen}");
    }
    let sets = answer["sets"].as_array().unwrap();
    assert_eq!(sets.len(), decision.sets.len(), "{what}");
    for (seen, set) in sets.iter().zip(&decision.sets) {
        assert_eq!(seen["score"], set.score, "{what}");
        assert!(near(&seen["exact"], set.log10_p_exact, 1.0), "{what}: {seen} {:?}", set.log10_p_exact);
    }
    let named: Vec<&Value> =
        answer["suspects"].as_array().unwrap().iter().map(|suspect| &suspect["recipient"]).collect();
    let suspects: Vec<&str> = decision.suspects.iter().map(|suspect| suspect.recipient.as_str()).collect();
    assert_eq!(named, suspects, "{what}");
    match &decision.unmarked {
        None => assert!(answer["unmarked"].is_null(), "{what}"),
        Some(unmarked) => {
            let seen = &answer["unmarked"];
            assert_eq!((seen["t"].as_u64(), seen["c"].as_u64()), (Some(unmarked.t), Some(unmarked.c.into())));
            assert!(near(&seen["bound"], Some(unmarked.log10_bound), 1.0), "{what}: {seen}");
        }
    }
    let excluded = answer["excluded"].as_array().unwrap();
    assert_eq!(excluded.len(), decision.excluded.len(), "{what}");
    for (seen, other) in excluded.iter().zip(&decision.excluded) {
        assert_eq!(seen["recipient"], other.recipient.as_str(), "{what}");
        assert!((seen["beta"].as_f64().unwrap() / other.beta - 1.0).abs() <= LN_APART, "{what}: {seen}");
    }
}

fn compare(mut documents: Vec<(String, ReadingDocument)>) -> Vec<ReadingDocument> {
    for (_, document) in &mut documents {
        document.decision = Some(decide(document).unwrap());
    }
    let texts: Vec<Vec<u8>> = documents.iter().map(|(_, d)| d.to_json().unwrap().into_bytes()).collect();
    if let Some((answers, code)) = second_opinion(&texts) {
        for ((what, document), answer) in documents.iter().zip(&answers) {
            same(document, answer, what);
        }
        assert_eq!(code, 0);
    }
    documents.into_iter().map(|(_, document)| document).collect()
}

#[test]
fn the_vectors_are_decided_alike() {
    let all: Value = serde_json::from_str(include_str!("../../testdata/odds.json")).unwrap();
    let documents = all["cases"].as_array().unwrap().iter().map(|case| {
        let mut document = ReadingDocument::blank(case["n"].as_u64().unwrap());
        document.alpha = Some(1e-6);
        document.levels = serde_json::from_value::<Vec<Level>>(case["k256"].clone()).unwrap();
        document.classes = vec![Class { err: case["eps"].as_f64().unwrap() }];
        document.matched = Some(MatchInfo { level: "alarm".to_owned(), chance: None });
        let levels = case["level"].as_str().unwrap().bytes();
        for (level, y) in levels.zip(case["y"].as_str().unwrap().bytes()) {
            let y = (y != b'e').then(|| y - b'0');
            let level = u32::from(level - b'0');
            document.positions.push(Position { level, y, class: Some(0), ..Position::default() });
        }
        for (user, word) in case["x"].as_array().unwrap().iter().enumerate() {
            let symbols: Vec<u8> = word.as_str().unwrap().bytes().map(|b| b - b'0').collect();
            document.codewords.insert(&format!("r{user:05}"), &symbols);
        }
        (case["name"].as_str().unwrap().to_owned(), document)
    });
    assert!(compare(documents.collect()).iter().any(|d| !d.decision.as_ref().unwrap().suspects.is_empty()));
}

/// A stream of numbers, the same on every machine.
struct Dice(u64);

impl Dice {
    fn below(&mut self, end: u64) -> u64 {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) % end
    }
}

/// 240 readings of every kind: two and more symbols, mixed in one reading, several classes and none, erasures,
/// coalitions and strangers, looks and the vectors' rule, originals put back, symbols hidden.
#[test]
fn random_readings_are_decided_alike() {
    let mut dice = Dice(2004);
    let mut documents = Vec::new();
    for seed in 0..240u64 {
        let attacks = Attack::NAMED;
        let scene = Scene {
            positions: [0, 1, 12, 40, 90, 200, 400][dice.below(7) as usize],
            recipients: [1, 2, 5, 12, 30][dice.below(5) as usize],
            symbols: [2, 2, 2, 3, 4, 8][dice.below(6) as usize],
            look: dice.below(4) > 0,
            err: [0.0, 0.02, 0.1][dice.below(3) as usize],
            erasure: [0.0, 0.2, 0.6][dice.below(3) as usize],
            alpha: [1e-6, 1e-3][dice.below(2) as usize],
            ..Scene::new(
                BiasSet::ALL[dice.below(BiasSet::ALL.len() as u64) as usize],
                dice.below(5) as u32,
                attacks[dice.below(attacks.len() as u64) as usize],
            )
        };
        let mut document = scene.play(seed).document;
        match seed % 6 {
            0 => classes(&mut document, &mut dice),
            1 => document.positions.iter_mut().for_each(|p| p.class = None),
            2 if dice.below(2) == 0 => document.hide_unread(),
            3 => original(&mut document, &mut dice),
            4 => mixed(&mut document, &mut dice),
            _ => {}
        }
        documents.push((format!("reading {seed}: {scene:?}"), document));
    }
    // Large enough for far tails, given sets and sets that pass.
    for (c, seed) in [(1, 1u64), (2, 2), (3, 3)].into_iter().chain((4..14).map(|seed| (2, seed))) {
        let positions = if seed >= 4 { 86 } else { 700 };
        let scene = Scene { look: true, positions, ..Scene::new(BiasSet::S4, c, Attack::Interleaving) };
        documents.push((format!("{c} colluders, seed {seed}"), scene.play(seed).document));
    }
    // More rows than are all ranked, and a pair start among them.
    for (c, seed) in [(0, 6), (2, 7)] {
        let scene = Scene {
            look: true,
            positions: 130,
            recipients: 600,
            ..Scene::new(BiasSet::A64, c, Attack::Interleaving)
        };
        documents.push((format!("600 recipients, {c} colluders"), scene.play(seed).document));
    }
    let decided = compare(documents);
    // The readings were of every kind.
    let count = |has: &dyn Fn(&ReadingDocument) -> bool| decided.iter().filter(|d| has(d)).count();
    let kinds = [
        ("accusing", count(&|d| !d.decision.as_ref().unwrap().suspects.is_empty())),
        ("sets", count(&|d| !d.decision.as_ref().unwrap().sets.is_empty())),
        ("unmarked", count(&|d| d.decision.as_ref().unwrap().unmarked.is_some())),
        ("excluding", count(&|d| !d.decision.as_ref().unwrap().excluded.is_empty())),
        ("given", count(&|d| d.decision.as_ref().unwrap().tests.iter().any(|t| t.given.len() > 1))),
        ("hidden", count(&|d| d.codewords.0.values().any(|w| w.to_string().contains('.')))),
    ];
    for (what, many) in kinds {
        assert!(many >= 3, "{what}: {many}");
    }
}

/// Gives every position one of sixteen classes, or none.
fn classes(document: &mut ReadingDocument, dice: &mut Dice) {
    document.classes = (0..16).map(|i| Class { err: f64::from(i) / 40.0 }).collect();
    for position in &mut document.positions {
        position.class = Some(dice.below(17) as u8).filter(|class| *class < 16);
    }
}

/// Puts most of the original's forms back; some by a rule that is no evidence.
fn original(document: &mut ReadingDocument, dice: &mut Dice) {
    for position in &mut document.positions {
        if dice.below(12) > 0 {
            position.y = Some(0);
        }
        position.rule_passes = Some(dice.below(30) > 0);
    }
}

/// Mixes laws of two and four symbols in one reading.
fn mixed(document: &mut ReadingDocument, dice: &mut Dice) {
    let two = document.levels.len() as u32;
    if document.levels.iter().any(|level| level.law().is_none_or(|law| law.len() != 2)) {
        return;
    }
    document.levels.push(Level::Many(vec![100, 60, 56, 40]));
    for position in &mut document.positions {
        if dice.below(2) == 0 {
            position.level = two;
        }
    }
}

/// What an owner could do to a document that was decided, and whether ours and theirs both notice.
#[test]
fn both_notice_what_was_changed() {
    let scene =
        Scene { positions: 150, recipients: 12, look: true, ..Scene::new(BiasSet::S4, 2, Attack::Majority) };
    let mut document = scene.play(5).document;
    document.decision = Some(decide(&document).unwrap());
    type Change = fn(&mut Value);
    let changes: [(&str, Change); 12] = [
        ("a score", |d| d["decision"]["tests"][3]["score"] = 17.into()),
        ("a p", |d| d["decision"]["tests"][3]["log10_p_exact"] = (-9.0).into()),
        ("Chernoff's bound", |d| d["decision"]["tests"][3]["log10_p_chernoff"] = (-9.0).into()),
        ("no exact p", |d| d["decision"]["tests"][3]["log10_p_exact"] = Value::Null),
        ("a weight", |d| {
            let w = &mut d["decision"]["tests"][3]["weights"][0]["w"][0];
            *w = (w.as_i64().unwrap() + 40).into();
        }),
        ("theta", |d| {
            let theta = d["decision"]["tests"][3]["theta"].as_array_mut().unwrap();
            *theta.last_mut().unwrap() = 0.5.into();
        }),
        ("the verdict", |d| d["decision"]["verdict"] = "unmarked".into()),
        ("a suspect more", |d| {
            let mut more = d["decision"]["suspects"][0].clone();
            more["recipient"] = d["decision"]["tests"][11]["recipient"].clone();
            d["decision"]["suspects"].as_array_mut().unwrap().push(more);
        }),
        ("a bound", |d| d["decision"]["suspects"][0]["log10_false_accusation_bound"] = (-99.0).into()),
        ("a standing", |d| d["decision"]["recipients"][2]["log10_p_exact"] = (-9.0).into()),
        ("a missing test", |d| {
            d["decision"]["tests"].as_array_mut().unwrap().pop();
        }),
        ("an excluded copy's beta", |d| {
            assert!(d["decision"]["excluded"][0]["beta"].as_f64().is_some());
            d["decision"]["excluded"][0]["beta"] = 1e-30.into();
        }),
    ];
    let sound = serde_json::to_value(&document).unwrap();
    let mut texts = vec![sound.to_string().into_bytes()];
    for (what, change) in changes {
        let mut changed = sound.clone();
        change(&mut changed);
        let text = changed.to_string().into_bytes();
        let outcome = replay(&ReadingDocument::parse(&text).unwrap()).unwrap();
        assert!(!outcome.agrees(), "{what}");
        texts.push(text);
    }
    let Some((answers, code)) = second_opinion(&texts) else { return };
    assert_eq!(code, 1);
    same(&document, &answers[0], "untouched");
    for (answer, (what, _)) in answers[1..].iter().zip(changes) {
        assert!(!answer["differences"].as_array().unwrap().is_empty(), "{what}: {answer}");
    }
}

/// A test that is right in itself, but conditioned on another set than growing leads to: what an owner who looks for
/// convenient weights would write down.
#[test]
fn both_notice_a_set_that_was_not_grown() {
    let scene =
        Scene { positions: 300, recipients: 12, look: true, ..Scene::new(BiasSet::S4, 2, Attack::Majority) };
    let trial = scene.play(5);
    let mut document = trial.document;
    let mut other = document.clone();
    // Without the colluders' symbols nobody is grown.
    for colluder in &trial.colluders {
        other.codewords.insert(colluder, &[1; 300]);
    }
    let convenient = decide(&other).unwrap();
    let mut decision = decide(&document).unwrap();
    let at = decision.tests.iter().position(|test| !trial.colluders.contains(&test.recipient)).unwrap();
    assert_ne!(decision.tests[at].given, convenient.tests[at].given);
    decision.tests[at] = convenient.tests[at].clone();
    let recipient = decision.tests[at].recipient.clone();
    decision.recipients.clear();
    document.decision = Some(decision);
    let told = format!("deriving the test of `{recipient}` again gives another one");
    let ours: Vec<String> = replay(&document).unwrap().differences.iter().map(ToString::to_string).collect();
    assert_eq!(ours, [told.as_str()]);
    let Some((answers, code)) = second_opinion(&[document.to_json().unwrap().into_bytes()]) else { return };
    assert_eq!((code, &answers[0]["differences"]), (1, &serde_json::json!([told])));
}

/// The reading that the trace report's own tests press the button on.
#[test]
fn the_reading_of_the_reports_tests_holds() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../earmark-papers/testdata/reading.json");
    let scene =
        Scene { positions: 90, recipients: 12, look: true, ..Scene::new(BiasSet::S4, 1, Attack::Majority) };
    let mut document = scene.play(3).document;
    document.decision = Some(decide(&document).unwrap());
    if std::env::var_os("EARMARK_BLESS").is_some() {
        fs::write(&path, document.to_json().unwrap()).unwrap();
    }
    let text = fs::read(&path).unwrap();
    assert!(replay(&ReadingDocument::parse(&text).unwrap()).unwrap().agrees());
    let Some((answers, _)) = second_opinion(&[text]) else { return };
    same(&document, &answers[0], "the reading of the report's tests");
}
