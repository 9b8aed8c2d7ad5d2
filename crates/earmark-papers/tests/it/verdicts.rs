use earmark_papers::{Scale, TraceReport, first_sentence, reading_in, render};

use crate::specimen;

/// What is left of a page when its head, its picture and all tags are gone: a line per line of text.
fn words(report: &TraceReport) -> String {
    let page = render(report).unwrap();
    let (_, body) = page.split_once("<body>").unwrap();
    let (body, _) = body.split_once("<script").unwrap();
    let (before, rest) = body.split_once("<svg").unwrap_or((body, ""));
    let after = rest.split_once("</svg>").map_or("", |(_, after)| after);
    // The long tables are looked at elsewhere.
    let after =
        match (after.find("<table class=\"ranks\">"), after.find("<section aria-labelledby=\"scope\">")) {
            (Some(from), Some(to)) => format!("{}\n{}", &after[..from], &after[to..]),
            _ => after.to_owned(),
        };
    let mut text = String::new();
    let mut inside = false;
    for c in format!("{before}{after}").replace("</td>", " | ").replace("</dt>", ": ").chars() {
        match c {
            '<' => inside = true,
            '>' => inside = false,
            c if !inside => text.push(c),
            _ => {}
        }
    }
    let lines = text.lines().map(str::trim).filter(|line| !line.is_empty());
    lines.collect::<Vec<_>>().join("\n")
}

#[test]
fn each_verdict_has_its_sentence() {
    let reports = [
        specimen::traced(79),
        specimen::two(),
        specimen::set(),
        specimen::unmarked(),
        specimen::untraceable(),
        specimen::not_ours(),
    ];
    let sentences: Vec<String> = reports
        .iter()
        .map(|report| format!("{}: {}", report.verdict.name(), first_sentence(report)))
        .collect();
    insta::assert_snapshot!(sentences.join("\n\n"));
}

#[test]
fn one_copy_traced() {
    insta::assert_snapshot!(words(&specimen::traced(79)));
}

#[test]
fn two_copies_and_a_pair() {
    let page = words(&specimen::two());
    let (finding, _) = page.split_once("What this figure covers").unwrap();
    insta::assert_snapshot!(finding);
}

#[test]
fn nobody_but_a_pair() {
    let page = words(&specimen::set());
    let (finding, _) = page.split_once("What this figure covers").unwrap();
    insta::assert_snapshot!(finding);
}

#[test]
fn unmarked_accuses_nobody() {
    let page = words(&specimen::unmarked());
    let (finding, _) = page.split_once("Controls\n").unwrap();
    insta::assert_snapshot!(finding);
    assert!(!page.contains("The copy issued to"));
}

#[test]
fn ours_but_untraceable_and_late() {
    let page = words(&specimen::untraceable());
    let (finding, _) = page.split_once("Controls\n").unwrap();
    insta::assert_snapshot!(finding);
    assert!(page.starts_with("Skip to the finding\n"));
    let main = page.lines().position(|line| line.starts_with("No breach.")).unwrap();
    assert!(main < page.lines().position(|line| line.contains("holds protected material")).unwrap());
}

#[test]
fn not_ours() {
    insta::assert_snapshot!(words(&specimen::not_ours()));
}

/// Six copies: small enough to read.
#[test]
fn the_picture_of_six_copies() {
    let mut report = specimen::traced(79);
    report.recipients.truncate(6);
    let page = render(&report).unwrap();
    let (_, rest) = page.split_once("<svg").unwrap();
    insta::assert_snapshot!("picture_by_chance", rest.split_once("</svg>").unwrap().0);
    report.scale = Scale::Score { mean: -5.3, sd: 1.6, threshold: 9.6 };
    let page = render(&report).unwrap();
    let (_, rest) = page.split_once("<desc").unwrap();
    insta::assert_snapshot!("picture_by_score_in_words", rest.split_once("</desc>").unwrap().0);
}

#[test]
fn the_reading_document_is_found_again() {
    let report = specimen::traced(79);
    let page = render(&report).unwrap();
    let found: serde_json::Value = serde_json::from_str(reading_in(&page).unwrap()).unwrap();
    assert_eq!(found, serde_json::from_str::<serde_json::Value>(&report.reading).unwrap());
}

/// A hearing's words and a set's words never go missing.
#[test]
fn fixed_words_are_there() {
    let mut report = specimen::set();
    report.for_hearing = Some(report.recipients[0].recipient.clone());
    let page = words(&report);
    assert!(page.contains("For the hearing of harbor."));
    assert!(page.contains("This says nothing about any single member of the set."));
    assert!(page.contains("never ground for a sanction"));
    for not in ["theft from the recipient", "wrong delivery", "a stolen program key", "a holder not recorded"]
    {
        assert!(page.contains(not), "{not}");
    }
    assert!(!page.to_lowercase().contains("leaked by"));
}
