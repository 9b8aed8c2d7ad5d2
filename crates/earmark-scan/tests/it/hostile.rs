use earmark_model::Digest;
use earmark_scan::{IndexBuilder, IndexError, ScanOptions, Scanner, Segment};
use proptest::prelude::*;

use crate::garden::{Seed, code, key, scanner};

fn segment() -> Vec<u8> {
    let mut builder = IndexBuilder::new(&key(), Digest::of(b"hostile"));
    for number in 0..3 {
        builder.file(number, code(&mut Seed(u64::from(number)), 60).as_bytes());
    }
    builder.upstream(code(&mut Seed(1), 60).as_bytes());
    builder.finish().unwrap()
}

/// Puts the right checksum on wrong bytes, as a hostile writer would: bytes 80 to 112, over all others.
fn sealed(mut bytes: Vec<u8>) -> Vec<u8> {
    if bytes.len() >= 112 {
        let mut hasher = blake3::Hasher::new();
        hasher.update(&bytes[..80]);
        hasher.update(&bytes[112..]);
        let sum = *hasher.finalize().as_bytes();
        bytes[80..112].copy_from_slice(&sum);
    }
    bytes
}

/// Whatever can be opened can be used: scanning with it does not panic.
fn use_it(bytes: Vec<u8>) {
    if let Ok(segment) = Segment::open(bytes)
        && let Ok(scanner) = Scanner::new(&key(), vec![segment], ScanOptions::default())
    {
        let leaf = code(&mut Seed(1), 60);
        let _ = scanner.scan(leaf.as_bytes());
        let _ = scanner.exact(&leaf.as_bytes()[..500], |_, _| Some(leaf.clone().into_bytes()));
    }
}

#[test]
fn damage_is_noticed() {
    let good = segment();
    assert!(Segment::open(good.clone()).is_ok());
    for at in (0..good.len()).step_by(97) {
        let mut bad = good.clone();
        bad[at] ^= 1;
        assert!(Segment::open(bad).is_err(), "byte {at}");
    }
    assert_eq!(Segment::open(good[..100].to_vec()).err(), Some(IndexError::NotAnIndex));
    let mut newer = good.clone();
    newer[8] = 9;
    assert_eq!(Segment::open(newer).err(), Some(IndexError::Version(9)));
    assert_eq!(
        Segment::open(sealed([good, vec![0; 4]].concat())).err(),
        Some(IndexError::Contradiction("length"))
    );
}

#[test]
fn the_same_files_give_the_same_bytes() {
    assert_eq!(segment(), segment());
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(96))]

    #[test]
    fn a_hostile_segment_is_refused_or_harmless(
        changes in prop::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 1..4),
        head in prop::collection::vec((112usize..160, any::<u8>()), 0..2),
        cut in prop::option::of(any::<prop::sample::Index>()),
    ) {
        let mut bytes = segment();
        for (at, value) in changes {
            let at = at.index(bytes.len());
            bytes[at] = value;
        }
        for (at, value) in head {
            bytes[at] = value;
        }
        if let Some(cut) = cut {
            bytes.truncate(cut.index(bytes.len()));
        }
        use_it(sealed(bytes));
    }

    #[test]
    fn any_leaf_is_scanned(bytes in prop::collection::vec(any::<u8>(), 0..3_000)) {
        let result = scanner(&[code(&mut Seed(1), 30)]).scan(&bytes);
        prop_assert!(result.matches.is_empty());
    }
}

/// A leaf made of one protected passage over and over: hits multiply, the work must not.
#[test]
fn repetition_ends_soon() {
    let file = code(&mut Seed(1), 60).repeat(8);
    let scanner = scanner(&[&file]);
    let leaf = file.repeat(40);
    let found = scanner.scan(leaf.as_bytes()).matches;
    assert_eq!(found.len(), 1);
    assert_eq!(scanner.scan(&vec![b'a'; 1 << 20]).matches, []);
    assert_eq!(scanner.scan("if(a){b;}".repeat(100_000).as_bytes()).matches, []);
}
