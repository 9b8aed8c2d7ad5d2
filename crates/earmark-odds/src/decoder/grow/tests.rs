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
    let (mut searched, mut taken, mut regrown) = (0, 0, 0);
    for seed in 0..40 {
        let sheet = two_colluders(seed, [24, 42][seed as usize % 2], 70);
        let mut decoder = Decoder::new(&sheet, 70);
        let full = decoder.grow(&[]);
        if full.pool.is_none() {
            continue;
        }
        searched += 1;
        let plain = plain_pair(&sheet, 70.0, &[]);
        match plain {
            Some((a, b)) => {
                taken += 1;
                assert!(full.members.contains(&a) && full.members.contains(&b), "seed {seed}");
            }
            None => assert!(full.members.is_empty(), "seed {seed}"),
        }
        for row in [0, 1, full.pool.as_ref().unwrap()[5], full.pool.as_ref().unwrap()[63]] {
            let given = decoder.given_for(&full, row);
            let without = decoder.grow(&[row]);
            assert_eq!(given, without.members, "seed {seed}, row {row}");
            if without.pool.is_some() {
                regrown += 1;
                let plain = plain_pair(&sheet, 70.0, &[row]);
                assert_eq!(plain.is_some(), !given.is_empty(), "seed {seed}, row {row}");
                if let Some((a, b)) = plain {
                    assert!(given.contains(&a) && given.contains(&b));
                }
            }
        }
    }
    assert!(searched >= 6 && taken >= 3 && searched > taken && regrown >= 8, "{searched} {taken} {regrown}");
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
