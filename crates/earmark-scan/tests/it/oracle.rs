use crate::garden::{Seed, code, scanner};

/// The longest stretch, in letters and digits, that the two texts share: the quadratic search that judges recall.
fn longest_shared(a: &str, b: &str) -> usize {
    let plain = |text: &str| {
        text.bytes()
            .filter(u8::is_ascii_alphanumeric)
            .map(|byte| byte.to_ascii_lowercase())
            .collect::<Vec<u8>>()
    };
    let (a, b) = (plain(a), plain(b));
    let mut row = vec![0usize; b.len() + 1];
    let mut best = 0;
    for x in &a {
        for j in (0..b.len()).rev() {
            row[j + 1] = if *x == b[j] { row[j] + 1 } else { 0 };
            best = best.max(row[j + 1]);
        }
    }
    best
}

/// 60 leaves with a piece of 1 to 40 lines of a protected file: wherever the quadratic search sees 500 symbols in a row,
/// so does the scanner; where it sees fewer than 60, the scanner sees nothing (seeded).
#[test]
fn recall_agrees_with_a_quadratic_search() {
    let file = code(&mut Seed(1), 120);
    let scanner = scanner(&[&file]);
    let lines: Vec<&str> = file.lines().collect();
    let mut seed = Seed(8);
    let (mut long, mut short) = (0, 0);
    for _ in 0..60 {
        let count = 1 + seed.below(40);
        let from = seed.below(lines.len() - count);
        let foreign = code(&mut Seed(5_000 + seed.next() % 1_000), 20);
        let leaf = format!("{foreign}{}\n{foreign}", lines[from..from + count].join("\n"));
        let shared = longest_shared(&leaf, &file);
        let found = !scanner.scan(leaf.as_bytes()).matches.is_empty();
        if shared >= 500 {
            long += 1;
            assert!(found, "{shared} symbols shared, none seen");
        }
        if shared < 60 {
            short += 1;
            assert!(!found, "only {shared} symbols shared");
        }
    }
    assert!(long >= 10 && short >= 1, "{long} long, {short} short");
}
