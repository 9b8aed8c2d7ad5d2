use super::*;
use crate::decoder::pairs::pair_factor_ln;
use crate::sheet::{ReadPosition, SheetBuilder};
use crate::stream::Dice;

/// Two colluders showing a coin where they differ, so short that no single stands out.
fn two_colluders(seed: u64, positions: usize, rows: usize) -> Sheet {
    let mut dice = Dice::new(seed, 9);
    let words: Vec<Vec<u8>> = (0..rows).map(|_| (0..positions).map(|_| dice.byte() & 1).collect()).collect();
    let read: Vec<ReadPosition> = (0..positions)
        .map(|i| {
            let y = words[usize::from(dice.byte() & 1)][i];
            ReadPosition { level: 0, y, class: None, err: 0.01 }
        })
        .collect();
    let mut builder = SheetBuilder::new(&[vec![128, 128]], &read);
    for word in &words {
        builder.add(|i| word[i]);
    }
    builder.finish()
}

/// The pair start as two plain loops: nothing cached, nothing cut short but the pool.
fn plain_pair(sheet: &Sheet, n: f64, left_out: &[usize]) -> Option<(usize, usize)> {
    let rows: Vec<usize> = (0..sheet.rows()).filter(|row| !left_out.contains(row)).collect();
    let entries = |known: &[usize]| -> Vec<Entry> {
        let weighed = Weighed::fitted(sheet, known, 1);
        let mut list: Vec<Entry> = rows
            .iter()
            .filter(|row| !known.contains(row))
            .map(|&row| {
                let (score, ranked) = weighed.rank(sheet, row);
                Entry { row, score, ranked }
            })
            .collect();
        list.sort_by(Entry::order);
        list
    };
    let mut least = f64::INFINITY;
    let mut found = None;
    for a in entries(&[]).iter().take(64) {
        for b in entries(&[a.row]) {
            let ln_p = a.ranked.saddle + b.ranked.saddle;
            if ln_p < least {
                least = ln_p;
                found = Some((a.row.min(b.row), a.row.max(b.row)));
            }
        }
    }
    found.filter(|_| least + pair_factor_ln(n) < GROW_LN)
}

#[test]
fn the_pair_start_agrees_with_a_plain_double_loop() {
    let (mut searched, mut taken, mut regrown, mut alone) = (0, 0, 0, 0);
    for seed in 0..40 {
        let sheet = two_colluders(seed, [24, 42][seed as usize % 2], 70);
        let mut decoder = Decoder::new(&sheet, 70);
        let full = decoder.grow(&[]);
        if full.pool.is_none() {
            continue;
        }
        searched += 1;
        let lone: Vec<usize> = full.lone.into_iter().collect();
        alone += lone.len();
        match plain_pair(&sheet, 70.0, &lone) {
            Some((a, b)) => {
                taken += 1;
                assert!(full.members.contains(&a) && full.members.contains(&b), "seed {seed}");
            }
            None => assert_eq!(full.members, lone, "seed {seed}"),
        }
        for row in
            [0, 1, full.lone.unwrap_or(2), full.pool.as_ref().unwrap()[5], full.pool.as_ref().unwrap()[63]]
        {
            let given = decoder.given_for(&full, row);
            let without = decoder.grow(&[row]);
            assert_eq!(given, without.members, "seed {seed}, row {row}");
            if without.pool.is_some() {
                regrown += 1;
                let passed_over: Vec<usize> = without.lone.into_iter().chain([row]).collect();
                match plain_pair(&sheet, 70.0, &passed_over) {
                    Some((a, b)) => assert!(given.contains(&a) && given.contains(&b)),
                    None => assert!(given.iter().eq(&without.lone), "seed {seed}, row {row}"),
                }
            }
        }
    }
    let seen = format!("{searched} {taken} {regrown} {alone}");
    assert!(searched >= 6 && taken >= 3 && searched > taken && regrown >= 8 && alone >= 2, "{seen}");
}

#[test]
fn leaving_one_out_never_uses_its_symbols() {
    // Growing without a row must equal growing over a sheet in which that row's symbols are replaced.
    for seed in 0..4 {
        let mut dice = Dice::new(seed, 4);
        let sheet = two_colluders(seed, 60, 20);
        let mut decoder = Decoder::new(&sheet, 20);
        let full = decoder.grow(&[]);
        for row in 0..20 {
            let given = decoder.given_for(&full, row);
            let noise: Vec<u8> = (0..60).map(|_| dice.byte() & 1).collect();
            let other = with_row_replaced(seed, row, &noise);
            let mut fresh = Decoder::new(&other, 20);
            assert_eq!(fresh.members_without(row), given, "seed {seed}, row {row}");
            let (a, b) = (decoder.weighed(&given), fresh.weighed(&given));
            assert_eq!((&a.strategy, &a.integers), (&b.strategy, &b.integers));
        }
    }
}

fn with_row_replaced(seed: u64, row: usize, noise: &[u8]) -> Sheet {
    let mut dice = Dice::new(seed, 9);
    let mut words: Vec<Vec<u8>> = (0..20).map(|_| (0..60).map(|_| dice.byte() & 1).collect()).collect();
    let read: Vec<ReadPosition> = (0..60)
        .map(|i| {
            let y = words[usize::from(dice.byte() & 1)][i];
            ReadPosition { level: 0, y, class: None, err: 0.01 }
        })
        .collect();
    words[row] = noise.to_vec();
    let mut builder = SheetBuilder::new(&[vec![128, 128]], &read);
    for word in &words {
        builder.add(|i| word[i]);
    }
    builder.finish()
}

#[test]
fn few_recipients_grow_no_set() {
    let sheet = two_colluders(1, 80, 2);
    assert!(Decoder::new(&sheet, 2).members().is_empty());
    assert!(Decoder::new(&sheet, 1).members().is_empty());
}

/// Several levels, a few colluders copying at random, errors: rows few and many.
fn crowd(seed: u64, positions: usize, rows: usize, colluders: usize) -> Sheet {
    let mut dice = Dice::new(seed, 21);
    let laws = vec![vec![192, 64], vec![64, 192], vec![100, 100, 56]];
    let levels: Vec<usize> = (0..positions).map(|_| dice.below(3) as usize).collect();
    let words: Vec<Vec<u8>> = (0..rows)
        .map(|_| levels.iter().map(|&l| crate::bias::BiasSet::symbol_of(&laws[l], dice.byte())).collect())
        .collect();
    let read: Vec<ReadPosition> = (0..positions)
        .map(|i| {
            let y = words[dice.below(colluders as u32) as usize][i];
            ReadPosition { level: levels[i], y, class: Some(dice.below(2) as u8), err: 0.01 }
        })
        .collect();
    let mut builder = SheetBuilder::new(&laws, &read);
    for word in &words {
        builder.add(|i| word[i]);
    }
    builder.finish()
}

#[test]
fn shortlists_give_the_ranking_of_everybody() {
    let mut short = 0;
    for (seed, positions, rows, colluders) in [
        (1, 200, 2_000, 1),
        (2, 150, 1_500, 3),
        (3, 5, 900, 1),
        (4, 90, 100, 2),
        (5, 1, 700, 1),
        (6, 400, 600, 2),
    ] {
        let sheet = crowd(seed, positions, rows, colluders);
        let mut decoder = Decoder::new(&sheet, rows as u64);
        let sets: [&[usize]; 5] = [&[], &[0], &[7], &[0, 9], &[1, 2, 60]];
        for known in sets {
            let keep = PASSED_OVER_MAX + if known.is_empty() { POOL } else { 1 };
            let ranking = decoder.ranking(known);
            let everybody = decoder.entries(&ranking.weighed, 0..rows, keep);
            assert_eq!(ranking.best, everybody, "seed {seed}, given {known:?}");
            let list =
                decoder.field.as_ref().map(|f| f.shortlists(&sheet, &[&ranking.weighed], keep).remove(0));
            short +=
                usize::from(list.is_some_and(|l| decoder.shortest(&ranking.weighed, &l, keep).is_some()));
        }
    }
    // Most rankings are short ones; with one or five positions nothing is sure, and everybody is ranked.
    assert!(short >= 15, "{short}");
}
