use earmark_model::{Digest, Level};
use earmark_scan::{IndexBuilder, IndexError, IndexKey, ScanOptions, Scanner, Segment};

use crate::disguise::{reformatted, renamed};
use crate::garden::{Seed, code, key, scanner, scanner_beside};

#[test]
fn what_upstream_has_is_told_apart() {
    let (own, vendored) = (code(&mut Seed(1), 150), code(&mut Seed(2), 150));
    let scanner = scanner_beside(&[&own, &vendored], &[&vendored]);
    for leaf in [vendored.clone(), reformatted(&renamed(&vendored, 1))] {
        let result = scanner.scan(leaf.as_bytes());
        assert_eq!(result.matches, []);
        assert_eq!(result.upstream.len(), 1);
        assert_eq!(result.upstream[0].file, 1);
    }
    let both = scanner.scan(format!("{own}{vendored}").as_bytes());
    assert_eq!((both.matches.len(), both.matches[0].file, both.upstream.len()), (1, 0, 1));
}

#[test]
fn what_the_owner_added_to_upstream_is_the_owners() {
    let (before, own, after) = (code(&mut Seed(1), 100), code(&mut Seed(2), 60), code(&mut Seed(3), 100));
    let scanner = scanner_beside(&[format!("{before}{own}{after}")], &[&format!("{before}{after}")]);
    let result = scanner.scan(renamed(&own, 1).as_bytes());
    assert_eq!((result.matches.len(), result.upstream.len()), (1, 0));
    let result = scanner.scan(before.as_bytes());
    assert_eq!((result.matches.len(), result.upstream.len()), (0, 1));
}

#[test]
fn a_small_sample_of_upstream_is_upstreams() {
    let (own, vendored) = (code(&mut Seed(1), 150), code(&mut Seed(2), 150));
    let files = [own, vendored];
    let scanner = scanner_beside(&files, &[&files[1]]);
    let sample: String = files[1].lines().skip(60).take(8).map(|line| format!("{line}\n")).collect();
    let result = scanner.exact(sample.as_bytes(), |_, file| Some(files[file as usize].clone().into_bytes()));
    assert_eq!((result.matches.len(), result.upstream.len()), (0, 1));
}

#[test]
fn a_license_is_nobodys() {
    let license = "Permission is hereby granted, free of charge, to any person to deal in it without restriction. \
                   The software is provided as is, without warranty of any kind, express or implied. In no event \
                   shall the authors be liable. See the terms and conditions under this license and the \
                   above copyright notice; all rights reserved. "
        .repeat(2);
    let own = code(&mut Seed(1), 80);
    let files = [format!("/* {license} */\n{own}"), license.clone()];
    let scanner = scanner(&files);
    let foreign = format!("/* {license} */\n{}", code(&mut Seed(9), 80));
    assert_eq!(scanner.scan(foreign.as_bytes()).matches, []);
    assert_eq!(scanner.scan(license.as_bytes()).matches, []);
    assert_eq!(scanner.scan(files[0].as_bytes()).matches[0].level, Level::Hash);
}

#[test]
fn a_file_with_the_passage_of_another_does_not_stand_for_it() {
    let shared = code(&mut Seed(1), 40);
    let files = [
        format!("{}{shared}{}", code(&mut Seed(2), 200), code(&mut Seed(3), 200)),
        format!("{}{shared}", code(&mut Seed(4), 200)),
    ];
    let scanner = scanner(&files);
    let result = scanner.scan(renamed(&files[0], 1).as_bytes());
    assert_eq!(result.matches.iter().map(|one| one.file).collect::<Vec<u32>>(), [0]);
    let result = scanner.scan(renamed(&shared, 1).as_bytes());
    assert_eq!(result.matches.len(), 2);
}

#[test]
fn other_digests_can_be_made_known() {
    let mut scanner = scanner(&[code(&mut Seed(1), 30)]);
    scanner.know(Digest::of(b"a bundle"), 17);
    assert_eq!(scanner.known(&Digest::of(b"a bundle")), Some(17));
    assert_eq!(scanner.known(&Digest::of(b"another")), None);
}

#[test]
fn revisions_answer_each_for_itself_and_only_to_their_key() {
    let (one, two) = (code(&mut Seed(1), 100), code(&mut Seed(2), 100));
    let build = |name: &[u8], files: &[&str]| {
        let mut builder = IndexBuilder::new(&key(), Digest::of(name));
        files.iter().zip(5..).for_each(|(file, number)| builder.file(number, file.as_bytes()));
        Segment::open(builder.finish().unwrap()).unwrap()
    };
    let segments = vec![build(b"first", &[&one]), build(b"second", &[&one, &two])];
    let wrong = Scanner::new(&IndexKey::new([1; 32]), segments.clone(), ScanOptions::default());
    assert_eq!(wrong.err(), Some(IndexError::OtherKey));
    let scanner = Scanner::new(&key(), segments, ScanOptions::default()).unwrap();
    let found = scanner.scan(renamed(&one, 1).as_bytes()).matches;
    assert_eq!(found.iter().map(|one| one.file).collect::<Vec<u32>>(), [5, 5]);
    assert_ne!(found[0].revision, found[1].revision);
}
