//! Documents meant to harm: both verifiers refuse each with one clear error, soon.

use std::time::{Duration, Instant};

use super::second_verifier::second_opinion;
use earmark_odds::bias::BiasSet;
use earmark_odds::decide::decide;
use earmark_odds::document::ReadingDocument;
use earmark_odds::replay::replay;
use earmark_odds::simulate::{Attack, Scene};

const SOUND: &str = r#"{"version":1,"alpha":1e-6,"n":2,"levels":[128,[64,64,64,64]],"classes":[{"err":0.02}],"positions":[{"id":4,"level":0,"y":1,"class":0},{"id":7,"level":1,"y":3},{"id":9,"level":0,"y":null}],"codewords":{"acme":"131","umbrella":"020"}}"#;

/// What stands in the sound document, and what takes its place.
const CHANGES: &[(&str, &str)] = &[
    ("{\"version\":1", ""),
    ("{\"version\":1", "[{\"version\":1"),
    ("{\"version\":1", "\u{feff}{\"version\":1"),
    ("\"version\":1", "\"version\":2"),
    ("\"version\":1", "\"version\":1.0"),
    ("\"version\":1", "\"version\":\"1\""),
    ("\"version\":1", "\"version\":1,\"version\":1"),
    ("\"version\":1", "\"version\":+1"),
    ("\"version\":1", "\"version\":01"),
    ("\"version\":1,", ""),
    ("1e-6", "NaN"),
    ("1e-6", "Infinity"),
    ("1e-6", "1e999"),
    ("1e-6", "0"),
    ("1e-6", "-0"),
    ("1e-6", "-0.0"),
    ("1e-6", "1"),
    ("1e-6", "-1e-6"),
    ("1e-6", "\"1e-6\""),
    ("1e-6", "null"),
    ("1e-6", "1e-6,\"look\":2"),
    ("1e-6", "1e-6,\"look\":0,\"alpha_look\":1e-9"),
    ("1e-6", "1e-6,\"alpha_look\":1e-6"),
    ("1e-6", "1e-6,\"alpha_look\":0"),
    ("\"n\":2", "\"n\":0"),
    ("\"n\":2", "\"n\":1"),
    ("\"n\":2", "\"n\":-2"),
    ("\"n\":2", "\"n\":-0"),
    ("\"n\":2", "\"n\":2.0"),
    ("\"n\":2", "\"n\":4294967296"),
    ("\"n\":2", "\"n\":18446744073709551615"),
    ("\"n\":2", "\"n\":99999999999999999999999999999999999999999999"),
    ("\"n\":2,", ""),
    ("[128,", "[0,"),
    ("[128,", "[256,"),
    ("[128,", "[65536,"),
    ("[128,", "[-128,"),
    ("[128,", "[128.0,"),
    ("[128,", "[null,"),
    ("[128,", "[[128],"),
    ("[64,64,64,64]", "[]"),
    ("[64,64,64,64]", "[64,64,64,65]"),
    ("[64,64,64,64]", "[192,0,64]"),
    ("[64,64,64,64]", "[1,1,1,1,1,1,1,1,248]"),
    ("[64,64,64,64]", "[[64],64,64,64]"),
    ("0.02", "0.6"),
    ("0.02", "-0.1"),
    ("0.02", "null"),
    ("{\"err\":0.02}", "{}"),
    ("{\"err\":0.02}", "{\"err\":0.02,\"err\":0.01}"),
    ("\"level\":1", "\"level\":2"),
    ("\"level\":1", "\"level\":-1"),
    ("\"level\":1", "\"level\":4294967295"),
    ("\"y\":3", "\"y\":4"),
    ("\"y\":3", "\"y\":3.5"),
    ("\"y\":3", "\"y\":256"),
    ("\"y\":3", "\"y\":\"3\""),
    (",\"y\":3", ""),
    ("\"y\":3", "\"y\":3,\"y\":3"),
    ("\"class\":0", "\"class\":1"),
    ("\"class\":0", "\"class\":-0"),
    ("\"id\":7", "\"id\":4"),
    ("\"id\":7", "\"id\":4294967296"),
    ("\"id\":7", "\"id\":7,\"rule_passes\":1"),
    ("\"131\"", "\"13\""),
    ("\"131\"", "\"1311\""),
    ("\"131\"", "\"141\""),
    ("\"131\"", "\".31\""),
    ("\"131\"", "\"1\u{e9}\""),
    ("\"131\"", "\"1\\ud8001\""),
    ("\"131\"", "\"1\\udc00\\ud8001\""),
    ("\"131\"", "131"),
    ("\"131\"", "\"13\t\""),
    ("\"umbrella\"", "\"acme\""),
    ("\"umbrella\"", "\"\\u0061cme\""),
    ("\"umbrella\"", "\"@original\""),
    ("\"umbrella\"", "\"\""),
    ("\"codewords\"", "\"codewords\":{},\"codewords\""),
    ("}}", "},\"match\":{\"level\":\"alarm\",\"chance\":1.5}}"),
    ("}}", "},\"match\":{}}"),
    ("}}", "},\"decision\":{\"verdict\":\"guilty\"}}"),
    ("}}", "},\"decision\":[]}"),
    ("}}", "}}x"),
    ("}}", "},}"),
    ("}}", "}"),
];

/// What is changed in a document that was decided: both refuse, or both say that it differs.
const DECIDED: &[(&str, &str)] = &[
    ("\"score\":", "\"score\":1e300,\"old\":"),
    ("\"score\":", "\"score\":99999999999999999999,\"old\":"),
    ("\"score\":", "\"score\":9223372036854775807,\"old\":"),
    ("\"w\":[", "\"w\":[-9223372036854775808,"),
    ("\"w\":[", "\"w\":[9223372036854775807],\"old\":["),
    ("\"w\":[", "\"w\":[1048577,1048577],\"old\":["),
    ("\"w\":[", "\"w\":[],\"old\":["),
    ("\"w\":[", "\"w\":[1,2,3],\"old\":["),
    ("\"w\":[", "\"w\":[0,0],\"old\":["),
    ("\"theta\":[", "\"theta\":[],\"old\":["),
    ("\"theta\":[", "\"theta\":[0,"),
    ("\"theta\":[0.0", "\"theta\":[-0.5"),
    ("\"theta\":[0.0", "\"theta\":[-0.0"),
    ("\"c\":", "\"c\":4294967295,\"old\":"),
    ("\"c\":", "\"c\":0,\"old\":"),
    ("\"given\":[", "\"given\":[\"nobody\"],\"old\":["),
    ("\"given\":[", "\"given\":[\"r0000003\",\"r0000003\"],\"old\":["),
    ("\"log10_p_exact\":", "\"log10_p_exact\":null,\"old\":"),
    ("\"log10_p_exact\":", "\"log10_p_exact\":1e999,\"old\":"),
    ("\"weights\":[", "\"weights\":[],\"old\":["),
    ("\"weights\":[", "\"weights\":{},\"old\":["),
    ("\"weights\":[", "\"weights\":[{\"level\":0,\"y\":1,\"s\":300,\"class\":0,\"w\":[]},"),
    ("\"given\":[", "\"given\":[\"a\",\"b\",\"c\",\"d\",\"e\",\"f\",\"g\",\"h\"],\"old\":["),
    ("\"theta\":[", "\"theta\":[0,0,0,0,0,0,0,0,0,0,0,0],\"old\":["),
    ("\"w\":[", "\"w\":[1,1,1,1,1,1,1,1,1],\"old\":["),
    ("\"positions_wanted\":", "\"positions_wanted\":-1,\"old\":"),
    ("\"positions_wanted\":", "\"positions_wanted\":1.5,\"old\":"),
    ("\"positions_wanted\":", "\"positions_wanted\":18446744073709551616,\"old\":"),
    ("\"coalition\":", "\"coalition\":[],\"old\":"),
    ("\"coalition\":", "\"coalition\":{\"members\":[],\"c\":1},\"old\":"),
    ("\"coalition\":", "\"coalition\":{\"members\":[],\"c\":-1,\"theta\":[]},\"old\":"),
    ("\"tests\":[", "\"tests\":[],\"old\":["),
    ("\"tests\":[", "\"tests\":[],\"tests\":["),
    ("\"unmarked\":null", "\"unmarked\":{\"t\":0,\"c\":4294967295,\"log10_bound\":-400}"),
    ("\"unmarked\":null", "\"unmarked\":{\"t\":-1,\"c\":1,\"log10_bound\":-10}"),
    (
        "\"sets\":[]",
        "\"sets\":[{\"recipients\":[],\"given\":[],\"c\":2,\"theta\":[0,0.5,1],\"weights\":[],\"score\":0,\"log10_p_exact\":-99,\"log10_p_chernoff\":-99}]",
    ),
];

fn tall() -> Vec<(String, Vec<u8>)> {
    let position = r#"{"level":0,"y":1},"#;
    let many = |count: usize| {
        let list = position.repeat(count);
        format!(
            r#"{{"version":1,"alpha":1e-6,"n":1,"levels":[128],"positions":[{}],"codewords":{{"a":"{}"}}}}"#,
            list.trim_end_matches(','),
            "1".repeat(count - 1)
        )
        .into_bytes()
    };
    let deep = 100_000;
    let mut all = vec![
        ("a million and one positions".to_owned(), many(1_000_001)),
        ("three hundred thousand positions and a short codeword".to_owned(), many(300_000)),
        ("nesting".to_owned(), "[".repeat(deep).into_bytes()),
        ("balanced nesting".to_owned(), ("[".repeat(deep) + &"]".repeat(deep)).into_bytes()),
        ("nested objects".to_owned(), "{\"version\":".repeat(deep).into_bytes()),
        (
            "a nested level".to_owned(),
            SOUND.replacen("128", &("[".repeat(deep) + &"]".repeat(deep)), 1).into_bytes(),
        ),
        (
            "a long number".to_owned(),
            SOUND.replacen("\"n\":2", &format!("\"n\":{}", "9".repeat(1_000_000)), 1).into_bytes(),
        ),
        (
            "levels without end".to_owned(),
            SOUND.replacen("[128,", &format!("[{}", "128,".repeat(65)), 1).into_bytes(),
        ),
        ("no UTF-8".to_owned(), b"{\"version\":1,\"asset\":\"\xff\"}".to_vec()),
    ];
    for text in ["", " ", "null", "[]", "{}", "1", "\"\"", "{\"version\": 1}", "\u{0}"] {
        all.push((format!("`{text}`"), text.as_bytes().to_vec()));
    }
    all
}

#[test]
fn both_refuse_what_is_malformed_or_contradicts_itself() {
    let mut cases = tall();
    for (from, to) in CHANGES {
        let text = SOUND.replacen(from, to, 1);
        assert_ne!(text, SOUND, "{from}");
        cases.push((format!("{from} -> {to}"), text.into_bytes()));
    }
    for (what, bytes) in &cases {
        let begun = Instant::now();
        let said = ReadingDocument::parse(bytes).expect_err(what).to_string();
        assert!(begun.elapsed() < Duration::from_secs(20), "{what}");
        assert!(!said.is_empty() && !said.contains('\n') && said.len() < 400, "{what}: {said}");
    }
    let texts: Vec<Vec<u8>> = cases.iter().map(|(_, bytes)| bytes.clone()).collect();
    let begun = Instant::now();
    let Some((answers, code)) = second_opinion(&texts) else { return };
    assert!(begun.elapsed() < Duration::from_secs(60));
    assert_eq!(code, 5);
    for (answer, (what, _)) in answers.iter().zip(&cases) {
        let said = answer["refused"].as_str().unwrap_or_else(|| panic!("{what}: {answer}"));
        assert!(said.len() < 400 && !said.contains('\n') && !said.contains("no decision"), "{what}: {said}");
    }
}

#[test]
fn both_judge_a_hostile_decision_alike() {
    let scene =
        Scene { positions: 120, recipients: 6, look: true, ..Scene::new(BiasSet::S4, 1, Attack::Majority) };
    let mut document = scene.play(3).document;
    document.decision = Some(decide(&document).unwrap());
    let text = document.to_json().unwrap();
    let mut cases = vec![("nothing", text.clone())];
    for (from, to) in DECIDED {
        // In the tests, not in the lists before them.
        let tests = text.find("\"tests\":").unwrap();
        let (head, tail) = text.split_at(if text[tests..].contains(from) { tests } else { 0 });
        let changed = head.to_owned() + &tail.replacen(from, to, 1);
        assert_ne!(changed, text, "{from}");
        cases.push((to, changed));
    }
    let ours: Vec<&str> = cases
        .iter()
        .map(|(_, text)| match ReadingDocument::parse(text.as_bytes()).and_then(|d| replay(&d)) {
            Err(_) => "refused",
            Ok(outcome) if outcome.agrees() => "agrees",
            Ok(_) => "differs",
        })
        .collect();
    assert_eq!(ours[0], "agrees");
    let texts: Vec<Vec<u8>> = cases.iter().map(|(_, text)| text.clone().into_bytes()).collect();
    let Some((answers, _)) = second_opinion(&texts) else { return };
    for ((answer, ours), (what, _)) in answers.iter().zip(ours).zip(&cases) {
        let theirs = match answer["differences"].as_array() {
            None => "refused",
            Some(none) if none.is_empty() => "agrees",
            Some(_) => "differs",
        };
        assert_eq!(theirs, ours, "{what}: {answer}");
    }
}

/// What nobody reads may be as deep as it likes: it is skipped, not entered.
#[test]
fn unknown_fields_are_ignored_to_any_depth() {
    let deep = format!("\"note\":{}{},\"note\":1,\"version\"", "[".repeat(100_000), "]".repeat(100_000));
    let text = SOUND.replacen("\"version\"", &deep, 1);
    let mut document = ReadingDocument::parse(text.as_bytes()).unwrap();
    document.decision = Some(decide(&document).unwrap());
    let text = document.to_json().unwrap().replacen("\"version\"", &deep, 1);
    let Some((answers, code)) = second_opinion(&[text.into_bytes()]) else { return };
    assert_eq!(code, 0, "{}", answers[0]);
}
