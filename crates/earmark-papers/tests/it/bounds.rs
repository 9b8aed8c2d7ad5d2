use earmark_papers::{SHOWN_REGIONS, render};

use crate::specimen;

#[test]
fn a_large_program_gives_a_page_of_bounded_size() {
    let report = specimen::traced(1_643);
    let page = render(&report).unwrap();
    // About 400 bytes a row of the table; the picture is a histogram of fixed size.
    assert!(page.len() < 40_000 + 1_643 * 450, "{}", page.len());
    let picture = page.split_once("<svg").unwrap().1.split_once("</svg>").unwrap().0;
    assert!(picture.len() < 16_000, "{}", picture.len());
    assert_eq!(page.matches("<tr class=\"named\">").count(), 1);
    assert_eq!(page, render(&report).unwrap());
}

#[test]
fn what_is_long_is_cut_and_counted() {
    let mut report = specimen::traced(79);
    let mut long = report.regions[0].clone();
    long.rows = long.rows.iter().cycle().take(10_000).cloned().collect();
    long.rows[0].sample = Some((1, "x".repeat(100_000)));
    long.sites = long.sites.iter().cycle().take(5_000).cloned().collect();
    report.regions = vec![long; 40];
    report.unscanned =
        vec![earmark_model::Loss { path: "p/".repeat(999), why: "encrypted".to_owned() }; 10_000];
    let page = render(&report).unwrap();
    assert!(page.len() < 4_000_000, "{}", page.len());
    assert_eq!(page.matches("<article").count(), SHOWN_REGIONS);
    assert!(page.contains("9\u{202f}940 further lines are not shown"));
    assert!(page.contains("And 9\u{202f}800 more."));
}

/// Numbers that are none must not spoil the page or the order.
#[test]
fn no_number_is_taken_on_trust() {
    let mut report = specimen::traced(79);
    for (copy, value) in
        report.recipients.iter_mut().zip([f64::NAN, f64::INFINITY, f64::NEG_INFINITY, 1e300, -1e300])
    {
        (copy.score, copy.log10_p_exact, copy.log10_p_chernoff) = (value, value, value);
    }
    report.suspects[0].log10_bound = f64::NAN;
    report.alpha = -1.0;
    for scale in [
        earmark_papers::Scale::Chance { log10_threshold: f64::NAN },
        earmark_papers::Scale::Chance { log10_threshold: f64::NEG_INFINITY },
        earmark_papers::Scale::Score { mean: f64::NAN, sd: -1.0, threshold: f64::NAN },
        earmark_papers::Scale::Score { mean: 0.0, sd: f64::INFINITY, threshold: 1e300 },
    ] {
        report.scale = scale;
        let page = render(&report).unwrap();
        assert!(!page.contains("NaN") && !page.contains(">inf"), "{scale:?}");
    }
}
