use earmark_scan::refine;

use crate::disguise::{prefixed, reformatted, renamed, stripped};
use crate::garden::{Seed, code, prose, scanner};

/// A piece in foreign text: the refined region starts and ends within two lines of where the piece does.
#[test]
fn refined_regions_end_where_the_copy_ends() {
    let file = code(&mut Seed(1), 400);
    let scanner = scanner(&[&file]);
    let lines: Vec<&str> = file.lines().collect();
    let piece: String = lines[150..250].iter().map(|line| format!("{line}\n")).collect();
    let start = file.find(&piece).unwrap() as u32;
    let foreign = code(&mut Seed(77), 100);
    for disguised in [piece.clone(), reformatted(&renamed(&stripped(&piece), 1))] {
        let leaf = format!("{foreign}{disguised}{foreign}");
        let found = &scanner.scan(leaf.as_bytes()).matches[0];
        let exact = refine(leaf.as_bytes(), file.as_bytes(), found);
        let spans = exact.regions.iter();
        let low = spans.clone().map(|region| region.sample_span.start).min().unwrap();
        let high = spans.clone().map(|region| region.sample_span.end).max().unwrap();
        let (want_low, want_high) = (foreign.len() as u32, (foreign.len() + disguised.len()) as u32);
        assert!(low.abs_diff(want_low) <= 120, "starts at {low}, not {want_low}");
        assert!(high.abs_diff(want_high) <= 120, "ends at {high}, not {want_high}");
        let low = spans.clone().map(|region| region.file_span.start).min().unwrap();
        let high = spans.map(|region| region.file_span.end).max().unwrap();
        assert!(
            low.abs_diff(start) <= 120 && high.abs_diff(start + piece.len() as u32) <= 120,
            "{low}..{high}"
        );
    }
}

#[test]
fn listings_and_prose_are_refined_in_their_own_bytes() {
    let text = prose(&mut Seed(3), 300).chunks(9).map(|words| words.join(" ") + "\n").collect::<String>();
    let scanner = scanner(&[&text]);
    let leaf = prefixed(&text.to_uppercase(), |number| format!("{number:4}: "));
    let found = &scanner.scan(leaf.as_bytes()).matches[0];
    let exact = refine(leaf.as_bytes(), text.as_bytes(), found);
    assert_eq!(exact.regions.len(), 1);
    let (here, there) = (exact.regions[0].sample_span, exact.regions[0].file_span);
    assert!(here.start <= 8 && here.end as usize + 8 >= leaf.len());
    assert!(there.start <= 8 && there.end as usize + 8 >= text.len());
}
