use earmark_papers::{TraceReport, reading_in, render};
use proptest::prelude::*;

use crate::specimen;

/// Puts `text` everywhere a stranger, a partner or a file could have put it.
fn poisoned(text: &str) -> TraceReport {
    let mut report = specimen::two();
    let text = || text.to_owned();
    report.program = text();
    report.matter = text();
    report.earmark = text();
    report.asset.as_mut().unwrap().name = text();
    report.also = vec![text()];
    report.recipients[0].name = text();
    report.suspects[0].name = text();
    report.suspects[0].given = vec![text()];
    report.suspects[0].attack = Some(text());
    report.one_of[0].members[0].1 = text();
    report.samples[0].path = text();
    report.controls[0].what = text();
    report.controls[0].suspects = vec![text()];
    let plan = report.plan.as_mut().unwrap();
    (plan.bias_set, plan.catalog, plan.reader) = (text(), text(), text());
    report.upstream = vec![earmark_papers::UpstreamLine { name: text(), lines: 1 }];
    report.unscanned = vec![earmark_model::Loss { path: text(), why: text() }];
    for region in &mut report.regions {
        (region.sample_path, region.file_path) = (text(), text());
        region.sites[0].rule = text();
        region.rows[0].sample = region.rows[0].sample.as_ref().map(|(n, _)| (*n, text()));
        region.rows[0].file = region.rows[0].file.as_ref().map(|(n, _)| (*n, text()));
    }
    report.reading = serde_json::json!({ "version": 1, "asset": text() }).to_string();
    report
}

/// The page's tags, in order, without their attributes' values: what a browser would build.
fn skeleton(page: &str) -> Vec<String> {
    page.split('<')
        .skip(1)
        .map(|tag| tag.chars().take_while(|c| !c.is_whitespace() && *c != '>').collect())
        .collect()
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(48))]

    #[test]
    fn foreign_text_never_becomes_markup(
        before in ".{0,12}",
        attack in prop::sample::select(vec![
            "<script>alert(1)</script>", "</script><script>alert(1)//", "\"><img src=x onerror=alert(1)>",
            "' onmouseover='alert(1)", "<!--", "-->", "]]>", "</title>", "</style>", "</svg>", "&lt;script&gt;", "{{ 7 * 7 }}",
            "\u{202e}exe.txt", "\0", "javascript:alert(1)", "</table></main>", "",
        ]),
        after in ".{0,12}",
    ) {
        let text = format!("{before}{attack}{after}");
        let page = render(&poisoned(&text)).unwrap();
        // The same skeleton as with a harmless text of that length: no element more, none less.
        let plain = "p".repeat(text.chars().count());
        prop_assert_eq!(skeleton(&page), skeleton(&render(&poisoned(&plain)).unwrap()));
        prop_assert_eq!(page.matches("<script").count(), 3);
        prop_assert_eq!(page.matches("</script").count(), 3);
        prop_assert_eq!(page.find(&['\u{202e}', '\0'][..]), None);
        let reading: serde_json::Value = serde_json::from_str(reading_in(&page).unwrap()).unwrap();
        prop_assert_eq!(reading["asset"].as_str().unwrap(), text);
    }
}

#[test]
fn nothing_is_asked_of_the_network() {
    let page = render(&specimen::traced(79)).unwrap();
    for word in ["http://", "https://", " src=", "@import", "url(//", "<link", "<iframe", "<form"] {
        assert!(!page.contains(word), "{word}");
    }
    assert!(page.contains("default-src &#39;none&#39;") || page.contains("default-src 'none'"));
    assert!(!page.contains(" style=") && !page.contains(" onclick="));
}

#[test]
fn the_page_can_be_walked_without_eyes() {
    let page = render(&specimen::traced(79)).unwrap();
    for part in [
        "<html lang=\"en\">",
        "href=\"#main\"",
        "<main id=\"main\">",
        "<header",
        "<nav aria-label",
        "<footer>",
    ] {
        assert!(page.contains(part), "{part}");
    }
    assert!(page.contains("role=\"img\" aria-labelledby=\"chart-title chart-description\""));
    assert_eq!(page.matches("<h1").count(), 1);
    // Every id that something points to is there, once.
    for (attribute, mark) in [("href=\"#", ""), ("aria-labelledby=\"", "")] {
        for piece in page.split(attribute).skip(1) {
            for id in piece.split('"').next().unwrap().split(' ') {
                assert_eq!(page.matches(&format!(" id=\"{id}\"")).count(), 1, "{mark}{id}");
            }
        }
    }
}
