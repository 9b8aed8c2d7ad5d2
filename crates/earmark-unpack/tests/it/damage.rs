use std::io::Write as _;

use crate::coats::{coat, passage};
use crate::collect::{Found, open};

/// A tar archive of the files.
pub(crate) fn tar(files: &[(&str, &[u8])]) -> Vec<u8> {
    let mut out = Vec::new();
    for (name, content) in files {
        let mut head = [0; 512];
        head[..name.len()].copy_from_slice(name.as_bytes());
        head[100..107].copy_from_slice(b"0000644");
        head[124..135].copy_from_slice(format!("{:011o}", content.len()).as_bytes());
        head[156] = b'0';
        head[257..265].copy_from_slice(b"ustar\x0000");
        head[148..156].copy_from_slice(b"        ");
        let sum: u32 = head.iter().map(|byte| u32::from(*byte)).sum();
        head[148..156].copy_from_slice(format!("{sum:06o}\0 ").as_bytes());
        out.extend_from_slice(&head);
        out.extend_from_slice(content);
        out.resize(out.len().next_multiple_of(512), 0);
    }
    out.resize(out.len() + 1024, 0);
    out
}

/// A zip archive of the files, deflated.
pub(crate) fn zip(files: &[(&str, &[u8])]) -> Vec<u8> {
    let (mut out, mut directory) = (Vec::new(), Vec::new());
    for (name, content) in files {
        let mut writer = flate2::write::DeflateEncoder::new(Vec::new(), flate2::Compression::default());
        writer.write_all(content).unwrap();
        let packed = writer.finish().unwrap();
        let mut crc = flate2::Crc::new();
        crc.update(content);
        let mut fields = vec![20, 0, 0, 0, 8, 0, 0, 0, 0, 0];
        fields.extend(crc.sum().to_le_bytes());
        fields.extend((packed.len() as u32).to_le_bytes());
        fields.extend((content.len() as u32).to_le_bytes());
        fields.extend((name.len() as u16).to_le_bytes());
        fields.extend([0, 0]);
        directory.extend(b"PK\x01\x02\x14\x03");
        directory.extend(&fields);
        directory.extend([0; 6]);
        directory.extend((0o100_644_u32 << 16).to_le_bytes());
        directory.extend((out.len() as u32).to_le_bytes());
        directory.extend(name.as_bytes());
        out.extend(b"PK\x03\x04");
        out.extend(&fields);
        out.extend(name.as_bytes());
        out.extend(packed);
    }
    let (start, count) = (out.len() as u32, files.len() as u16);
    out.extend(&directory);
    out.extend(b"PK\x05\x06\0\0\0\0");
    out.extend(count.to_le_bytes());
    out.extend(count.to_le_bytes());
    out.extend((directory.len() as u32).to_le_bytes());
    out.extend(start.to_le_bytes());
    out.extend([0, 0]);
    out
}

/// 200 files that differ, each about the passage's length.
pub(crate) fn tree() -> Vec<(String, Vec<u8>)> {
    let passage = passage();
    let words: Vec<&str> = passage.split_inclusive(' ').collect();
    (0..200_usize)
        .map(|number| {
            let mut text = format!("/* file {number} */\n");
            let mut state = (number as u64).wrapping_mul(0x9e37_79b9_7f4a_7c15) + 1;
            for _ in 0..words.len() {
                state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
                text.push_str(words[(state >> 33) as usize % words.len()]);
            }
            (format!("tree/file-{number}.c"), text.into_bytes())
        })
        .collect()
}

fn borrowed(tree: &[(String, Vec<u8>)]) -> Vec<(&str, &[u8])> {
    tree.iter().map(|(name, content)| (name.as_str(), content.as_slice())).collect()
}

/// How many files of the tree came out whole, and in all how many of their bytes.
fn recovered(found: &Found, tree: &[(String, Vec<u8>)]) -> (usize, usize) {
    let whole = tree
        .iter()
        .filter(|(_, content)| found.leaves.iter().any(|leaf| leaf.bytes == *content && !leaf.partial))
        .count();
    let bytes = tree
        .iter()
        .map(|(_, content)| {
            let same = |leaf: &earmark_model::Leaf| {
                leaf.bytes.iter().zip(content).take_while(|(a, b)| a == b).count()
            };
            found.leaves.iter().map(same).max().unwrap_or(0)
        })
        .sum();
    (whole, bytes)
}

fn pack(program: &str, bytes: &[u8]) -> Vec<u8> {
    match program {
        "gz" => {
            let mut writer = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::default());
            writer.write_all(bytes).unwrap();
            writer.finish().unwrap()
        }
        "xz" => {
            let mut writer = liblzma::write::XzEncoder::new(Vec::new(), 6);
            writer.write_all(bytes).unwrap();
            writer.finish().unwrap()
        }
        "xz-blocks" => {
            // As `xz -T` writes it: blocks that stand alone.
            use liblzma::stream::{Action, Check, Stream};
            let mut stream = Stream::new_easy_encoder(6, Check::Crc64).unwrap();
            let mut out = Vec::with_capacity(bytes.len() + (1 << 20));
            for block in bytes.chunks(64 << 10) {
                stream.process_vec(block, &mut out, Action::Run).unwrap();
                while !matches!(
                    stream.process_vec(b"", &mut out, Action::FullFlush),
                    Ok(liblzma::stream::Status::StreamEnd)
                ) {}
            }
            while !matches!(
                stream.process_vec(b"", &mut out, Action::Finish),
                Ok(liblzma::stream::Status::StreamEnd)
            ) {}
            out
        }
        "bz2" => {
            let mut writer = bzip2::write::BzEncoder::new(Vec::new(), bzip2::Compression::new(1));
            writer.write_all(bytes).unwrap();
            writer.finish().unwrap()
        }
        "zst" => zstd::encode_all(bytes, 3).unwrap(),
        _ => bytes.to_vec(),
    }
}

/// What must be recovered at least of 200 files: when cut to 60 %, and when so many bytes are flipped.
const FLOORS: &[(&str, usize, usize, usize)] = &[
    ("tar", 118, 4, 195),
    ("gz", 110, 4, 35),
    ("xz", 110, 4, 30),
    ("xz-blocks", 110, 2, 100),
    ("bz2", 95, 2, 80),
    ("zst", 95, 2, 20),
    ("zip", 115, 4, 195),
];

#[test]
fn cut_and_flipped_archives_give_what_is_whole() {
    let tree = tree();
    for (kind, cut_floor, flips, flip_floor) in FLOORS {
        let packed = if *kind == "zip" { zip(&borrowed(&tree)) } else { pack(kind, &tar(&borrowed(&tree))) };
        let found = open("x", &packed);
        assert_eq!(recovered(&found, &tree).0, 200, "{kind}: {:?}", found.losses);
        assert!(found.losses.is_empty(), "{kind}: {:?}", found.losses);

        let cut = open("x", &packed[..packed.len() * 6 / 10]);
        let (whole, bytes) = recovered(&cut, &tree);
        println!("{kind}: cut to 60 %: {whole} of 200 files whole, {bytes} bytes");
        assert!(whole >= *cut_floor, "{kind} cut: {whole}");
        assert!(!cut.losses.is_empty(), "{kind}: silence");

        let mut flipped = packed.clone();
        for part in 1..=*flips {
            flipped[packed.len() * part / (flips + 1)] ^= 0x55;
        }
        let flip = open("x", &flipped);
        let (whole, bytes) = recovered(&flip, &tree);
        println!("{kind}: {flips} bytes flipped: {whole} of 200 files whole, {bytes} bytes");
        assert!(whole >= *flip_floor, "{kind} flipped: {whole}");
        if *kind != "tar" {
            // A flipped byte in the content of a plain tar cannot be noticed.
            assert!(!flip.losses.is_empty(), "{kind}: silence");
        }
    }
}

#[test]
fn the_tail_of_an_archive_is_enough() {
    let tree = tree();
    for (kind, packed) in [("tar", tar(&borrowed(&tree))), ("zip", zip(&borrowed(&tree)))] {
        // An odd start: nothing is on its grid any more.
        let found = open("x", &packed[packed.len() * 4 / 10 + 13..]);
        let (whole, _) = recovered(&found, &tree);
        println!("{kind}: last 60 %: {whole} of 200 files whole");
        assert!(whole >= 112, "{kind}: {whole}");
    }
}

#[test]
fn lost_bytes_in_the_middle_lose_one_file() {
    let tree = tree();
    for (kind, packed) in [("tar", tar(&borrowed(&tree))), ("zip", zip(&borrowed(&tree)))] {
        let middle = packed.len() / 2;
        let shorter = [&packed[..middle], &packed[middle + 77..]].concat();
        let (whole, _) = recovered(&open("x", &shorter), &tree);
        assert!(whole >= 197, "{kind}: {whole}");
    }
}

#[test]
fn a_lost_head_leaves_its_content_without_a_name() {
    let tree = tree();
    let mut packed = tar(&borrowed(&tree[..3]));
    let second = 512 + tree[0].1.len().next_multiple_of(512);
    packed[second + 20] ^= 0xff;
    let found = open("x.tar", &packed);
    let orphan = found.leaves.iter().find(|leaf| leaf.path == "x.tar!lost+found/1").unwrap();
    assert!(orphan.partial && orphan.bytes[512..] == tree[1].1, "the content of file 1 is in it");
    assert_eq!(recovered(&found, &tree).0, 2);
    assert_eq!(found.losses.len(), 1);
}

#[test]
fn a_stub_before_and_rubbish_behind_do_not_matter() {
    let tree = tree();
    let packed = zip(&borrowed(&tree[..5]));
    let stub: Vec<u8> = (0..5000_u32).flat_map(|n| (n.wrapping_mul(2_654_435_761)).to_le_bytes()).collect();
    let found = open("setup.exe", &[stub.clone(), packed, stub.clone()].concat());
    assert_eq!(recovered(&found, &tree).0, 5);
    assert!(found.leaves.iter().any(|leaf| leaf.path == "setup.exe!lost+found/1" && leaf.bytes == stub));
}

#[test]
fn damage_marks_leaves_as_partial() {
    let packed = coat("passage.gz");
    let found = open("passage.gz", &packed[..packed.len() / 2]);
    assert_eq!(found.leaves.len(), 1);
    let leaf = &found.leaves[0];
    assert!(leaf.partial && !leaf.bytes.is_empty() && passage().as_bytes().starts_with(&leaf.bytes));
    assert_eq!((found.losses.len(), found.losses[0].path.as_str()), (1, "passage.gz"));
    let mut wrong_sum = packed.clone();
    let at = packed.len() - 6;
    wrong_sum[at] ^= 1;
    let found = open("passage.gz", &wrong_sum);
    assert!(found.leaves[0].partial && found.leaves[0].bytes == passage().as_bytes());
    assert_eq!(found.losses[0].why, "wrong checksum");
}

#[test]
fn a_compressed_tar_without_its_beginning_still_gives_contents() {
    // The worst of texts: the words between the numbers are only ever copied, so that they stay unknown.
    let mut state = 5_u64;
    let tree: Vec<(String, Vec<u8>)> = (0..150)
        .map(|number| {
            let mut text = format!("/* file {number} */\n");
            for _ in 0..900 {
                state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
                text.push_str(&format!("int x{:x} = f({});\n", state >> 20, state >> 50));
            }
            (format!("tree/file-{number}.c"), text.into_bytes())
        })
        .collect();
    let packed = pack("gz", &tar(&borrowed(&tree)));
    let found = open("x.tar.gz", &packed[packed.len() / 20..]);
    let all: Vec<&[u8]> = tree.iter().flat_map(|(_, content)| content.split(|byte| *byte == b'\n')).collect();
    let seen: std::collections::HashSet<&[u8]> =
        found.leaves.iter().flat_map(|leaf| leaf.bytes.split(|byte| *byte == b'\n')).collect();
    let lines = all.iter().filter(|line| seen.contains(*line)).count();
    let unknown: usize =
        found.leaves.iter().map(|leaf| leaf.bytes.iter().filter(|byte| **byte == 0x1a).count()).sum();
    println!(
        "gz without its first 5 %: {lines} of {} lines, {unknown} of {} bytes unknown",
        all.len(),
        found.bytes()
    );
    assert!(found.leaves.iter().all(|leaf| leaf.path.starts_with("x.tar.gz!")), "{:?}", found.paths());
    assert!(found.bytes() as usize > tree.iter().map(|(_, content)| content.len()).sum::<usize>() * 8 / 10);
    assert!(found.leaves.iter().any(|leaf| leaf.partial));
}
