use proptest::prelude::*;

use crate::align;

/// The textbook table: an oracle that shares nothing with the code it judges.
fn naive_length(a: &[u32], b: &[u32]) -> usize {
    let mut table = vec![vec![0usize; b.len() + 1]; a.len() + 1];
    for i in 0..a.len() {
        for j in 0..b.len() {
            table[i + 1][j + 1] =
                if a[i] == b[j] { table[i][j] + 1 } else { table[i][j + 1].max(table[i + 1][j]) };
        }
    }
    table[a.len()][b.len()]
}

fn check(a: &[u32], b: &[u32], pairs: &[(usize, usize)]) {
    assert!(pairs.windows(2).all(|two| two[0].0 < two[1].0 && two[0].1 < two[1].1), "not monotone");
    assert!(pairs.iter().all(|(i, j)| a[*i] == b[*j]), "unequal tokens");
}

/// A fixed stream of pseudo-random numbers (SplitMix64), for tests that need many.
fn numbers(mut seed: u64) -> impl FnMut() -> u64 {
    move || {
        seed = seed.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = seed;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }
}

/// Replaces, drops or inserts about one token in `every`.
fn edited(a: &[u32], every: u64, alphabet: u64, next: &mut impl FnMut() -> u64) -> Vec<u32> {
    let mut b = Vec::with_capacity(a.len());
    for token in a {
        match next() % (3 * every) {
            0 => b.push((next() % alphabet) as u32),
            1 => {}
            2 => b.extend([*token, (next() % alphabet) as u32]),
            _ => b.push(*token),
        }
    }
    b
}

proptest! {
    #[test]
    fn any_two_streams_give_equal_tokens_in_order(
        a in prop::collection::vec(0u32..6, 0..300),
        b in prop::collection::vec(0u32..6, 0..300),
    ) {
        check(&a, &b, &align(&a, &b));
    }

    #[test]
    fn small_streams_are_aligned_exactly(
        a in prop::collection::vec(0u32..5, 0..32),
        b in prop::collection::vec(0u32..5, 0..32),
    ) {
        let pairs = align(&a, &b);
        check(&a, &b, &pairs);
        prop_assert_eq!(pairs.len(), naive_length(&a, &b));
    }

    #[test]
    fn the_bit_rows_agree_with_the_table(
        a in prop::collection::vec(0u32..9, 0..200),
        b in prop::collection::vec(0u32..9, 0..200),
    ) {
        let mut pairs = Vec::new();
        crate::exact::longest(&a, &b, (0, 0), &mut pairs);
        check(&a, &b, &pairs);
        prop_assert_eq!(pairs.len(), naive_length(&a, &b));
    }

    #[test]
    fn a_short_script_is_shortest_or_refused(
        a in prop::collection::vec(0u32..4, 0..60),
        b in prop::collection::vec(0u32..4, 0..60),
        limit in 0usize..80,
    ) {
        let mut pairs = Vec::new();
        let found = crate::edit::short_script(&a, &b, (0, 0), limit, &mut pairs);
        check(&a, &b, &pairs);
        let common = naive_length(&a, &b);
        let edits = a.len() + b.len() - 2 * common;
        prop_assert_eq!(found, edits <= limit);
        prop_assert_eq!(pairs.len(), if found { common } else { 0 });
    }

    /// The promise for edits short against what lies between: at least 98 % of the longest common subsequence.
    #[test]
    fn small_edits_lose_next_to_nothing(seed in any::<u64>(), every in 4u64..40, alphabet in 8u64..500) {
        let mut next = numbers(seed);
        let a: Vec<u32> = (0..600).map(|_| (next() % alphabet) as u32).collect();
        let b = edited(&a, every, alphabet, &mut next);
        let pairs = align(&a, &b);
        check(&a, &b, &pairs);
        let best = naive_length(&a, &b);
        prop_assert!(pairs.len() * 100 >= best * 98, "{} of {}", pairs.len(), best);
    }
}

#[test]
fn an_excerpt_in_foreign_text_is_found_whole() {
    let mut next = numbers(3);
    let a: Vec<u32> = (0..20_000).map(|_| (next() % 60) as u32).collect();
    let mut b: Vec<u32> = (0..9_000).map(|_| (next() % 60) as u32).collect();
    b.splice(4_000..4_000, a[7_000..7_500].iter().copied());
    let pairs = align(&a, &b);
    check(&a, &b, &pairs);
    let held = pairs.iter().filter(|(i, j)| i + 4_000 == j + 7_000).count();
    assert!(held >= 495, "{held} of 500");
}

#[test]
fn a_moved_block_does_not_beat_what_stayed() {
    let a: Vec<u32> = (0..3_000).collect();
    let mut b = a[1_000..].to_vec();
    b.extend(&a[..1_000]);
    assert_eq!(align(&a, &b).len(), 2_000);
}

#[test]
fn hostile_streams_end_soon() {
    let period: Vec<u32> = (0..200_000).map(|i| i % 2).collect();
    let shifted: Vec<u32> = (1..180_001).map(|i| i % 2 + u32::from(i % 1_000 == 7) * 5).collect();
    check(&period, &shifted, &align(&period, &shifted));
    let rising: Vec<u32> = (0..200_000).collect();
    let falling: Vec<u32> = (0..200_000).rev().collect();
    check(&rising, &falling, &align(&rising, &falling));
    let mut next = numbers(9);
    let noise: Vec<u32> = (0..200_000).map(|_| (next() % 3) as u32).collect();
    check(&period, &noise, &align(&period, &noise));
    assert_eq!(align(&[], &noise), []);
    let zeros = vec![0; 100_000];
    assert_eq!(align(&zeros, &zeros[..90_000]).len(), 90_000);
}

/// Run with `--release -- --ignored --nocapture`: the promise is a second.
#[test]
#[ignore = "measures time: meaningful in release only"]
fn a_million_tokens_take_under_a_second() {
    let mut next = numbers(1);
    for (alphabet, every) in [(200, 20), (200, 5), (40, 8), (5, 10)] {
        let a: Vec<u32> = (0..1_000_000).map(|_| (next() % alphabet) as u32).collect();
        let b = edited(&a, every, alphabet, &mut next);
        let start = std::time::Instant::now();
        let pairs = align(&a, &b);
        let spent = start.elapsed();
        println!("alphabet {alphabet}, edit every {every}: {} pairs in {spent:?}", pairs.len());
        assert!(spent.as_secs_f64() < 1.0);
    }
}
