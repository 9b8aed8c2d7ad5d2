//! The report in a real browser, from a file, without server or network: its button recomputes the decision.

use std::fs;
use std::path::Path;

use earmark_papers::{TraceReport, render};
use earmark_testkit::Browser;
use serde_json::Value;

use crate::specimen;

/// A reading of twelve copies that was really decided; `earmark-odds` tests that it holds.
const READING: &str = include_str!("../../testdata/reading.json");

/// A report about it, with a hostile name in it.
fn report(change: impl FnOnce(&mut Value)) -> TraceReport {
    let mut document: Value = serde_json::from_str(READING).unwrap();
    document["asset"] = "</script><script>document.title='taken'</script>\u{2028}<!--".into();
    let accused = document["decision"]["suspects"][0].clone();
    let recipient = accused["recipient"].as_str().unwrap();
    change(&mut document);
    let mut report = specimen::traced(12);
    report.suspects[0].recipient = recipient.parse().unwrap();
    report.suspects[0].score = accused["score"].as_f64().unwrap() / 256.0;
    report.suspects[0].log10_bound = accused["log10_false_accusation_bound"].as_f64().unwrap();
    report.recipients[0].recipient = recipient.parse().unwrap();
    report.reading = document.to_string();
    report
}

fn open(browser: &Browser, folder: &Path, report: &TraceReport) {
    let path = folder.join("report.html");
    fs::write(&path, render(report).unwrap()).unwrap();
    browser.go(&format!("file://{}", path.display()));
}

const PRESS: &str = "const [button] = document.querySelectorAll('#recompute button'); button.click();
    return new Promise((resolve) => { const look = setInterval(() => {
      const answer = document.querySelector('#recompute .answer');
      if (!button.disabled) { clearInterval(look); resolve({ kind: answer.className, text: answer.innerText }); }
    }, 50); });";

#[test]
fn the_button_recomputes_what_the_report_says() {
    let Some(browser) = Browser::open(1200, 900) else { return };
    let folder = tempfile::tempdir().unwrap();
    let honest = report(|_| ());
    open(&browser, folder.path(), &honest);
    assert_ne!(browser.run("return document.title"), Value::from("taken"));
    let said = browser.run(PRESS);
    let text = said["text"].as_str().unwrap();
    assert_eq!(said["kind"], "answer agrees", "{text}");
    let suspect = &honest.suspects[0];
    for part in [
        "verdict: traced".to_owned(),
        format!("the copy issued to {} was used", suspect.recipient),
        format!("score {}", (suspect.score * 256.0) as i64),
        format!("10^{:.6}", suspect.log10_bound),
        "of 12 copies considered".to_owned(),
    ] {
        assert!(text.contains(&part), "{part}: {text}");
    }
    // The bound that people read is the one that was computed: both round it alike.
    let shown = browser.run("return document.getElementById('finding').innerText");
    let odds = earmark_papers::one_in(suspect.log10_bound).to_string();
    assert!(shown.as_str().unwrap().contains(&odds), "{shown}: {odds}");
    assert_eq!(browser.run("return performance.getEntriesByType('resource').length"), 0);
}

#[test]
fn a_changed_reading_is_shown_loudly() {
    let Some(browser) = Browser::open(400, 800) else { return };
    let folder = tempfile::tempdir().unwrap();
    open(&browser, folder.path(), &report(|d| d["decision"]["tests"][0]["score"] = 17.into()));
    let said = browser.run(PRESS);
    assert_eq!(said["kind"], "answer differs");
    assert!(said["text"].as_str().unwrap().contains("DIFFERS"), "{said}");

    // The reading holds, and the page says something else.
    let mut other = report(|_| ());
    other.suspects[0].recipient = "weir".parse().unwrap();
    open(&browser, folder.path(), &other);
    let said = browser.run(PRESS);
    assert_eq!(said["kind"], "answer differs");
    assert!(said["text"].as_str().unwrap().contains("weir"), "{said}");

    // A weight beyond belief: nothing to compute with.
    open(
        &browser,
        folder.path(),
        &report(|d| d["decision"]["tests"][0]["weights"][0]["w"][0] = i64::MAX.into()),
    );
    let said = browser.run(PRESS);
    assert!(said["text"].as_str().unwrap().contains("REFUSED"), "{said}");
    // At the width of a telephone nothing is cut off.
    assert_eq!(browser.run("return document.documentElement.scrollWidth <= window.innerWidth"), true);
}
