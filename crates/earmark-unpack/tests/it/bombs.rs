use std::io::Write as _;
use std::time::Instant;

use earmark_model::{Flow, Leaf, Limits, Loss, Sink};

use crate::collect::{open, open_within};
use crate::damage::{tar, zip};

fn gz(bytes: &[u8]) -> Vec<u8> {
    let mut writer = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
    writer.write_all(bytes).unwrap();
    writer.finish().unwrap()
}

/// `length` zeros, compressed.
fn zeros(kind: &str, length: usize) -> Vec<u8> {
    let zeros = vec![0; 1 << 20];
    let repeat = |writer: &mut dyn std::io::Write| {
        for _ in 0..length >> 20 {
            writer.write_all(&zeros).unwrap();
        }
    };
    match kind {
        "gz" => {
            let mut writer = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::best());
            repeat(&mut writer);
            writer.finish().unwrap()
        }
        "xz" => {
            let mut writer = liblzma::write::XzEncoder::new(Vec::new(), 1);
            repeat(&mut writer);
            writer.finish().unwrap()
        }
        "bz2" => {
            let mut writer = bzip2::write::BzEncoder::new(Vec::new(), bzip2::Compression::best());
            repeat(&mut writer);
            writer.finish().unwrap()
        }
        _ => {
            let mut writer = zstd::Encoder::new(Vec::new(), 1).unwrap();
            repeat(&mut writer);
            writer.finish().unwrap()
        }
    }
}

#[test]
fn the_ratio_stops_a_bomb_early() {
    let limits = Limits { ratio: 100, ..Limits::default() };
    for kind in ["gz", "xz", "bz2", "zst"] {
        let bomb = zeros(kind, 64 << 20);
        let found = open_within("bomb", &bomb, &limits);
        assert!(found.bytes() < 4 << 20, "{kind}: {} bytes", found.bytes());
        assert!(
            found.losses.iter().any(|loss| loss.why.contains("expands more than 100 times")),
            "{:?}",
            found.losses
        );
        let zipped = zip(&[("one", &vec![0; 64 << 20]), ("two", b"small")]);
        let found = open_within("bomb.zip", &zipped, &limits);
        assert!(found.bytes() < 4 << 20);
        assert!(found.leaves.iter().any(|leaf| leaf.bytes == b"small"), "what is beside a bomb is found");
    }
}

#[test]
fn bytes_leaves_and_lengths_are_bounded() {
    let limits = Limits { bytes: 3 << 20, ..Limits::default() };
    let found = open_within("bomb", &zeros("gz", 64 << 20), &limits);
    assert!(found.bytes() <= 4 << 20);
    assert!(
        found.losses.iter().any(|loss| loss.why.contains("limit of 3145728 bytes")),
        "{:?}",
        found.losses
    );

    let many: Vec<(String, &[u8])> = (0..1000).map(|number| (format!("f{number}"), &b"x"[..])).collect();
    let many: Vec<(&str, &[u8])> = many.iter().map(|(name, content)| (name.as_str(), *content)).collect();
    for packed in [tar(&many), zip(&many)] {
        let found = open_within("many", &packed, &Limits { leaves: 10, ..Limits::default() });
        assert_eq!((found.leaves.len(), found.losses.len()), (10, 1));
    }

    let found = open_within("long", &vec![b'x'; 1000], &Limits { leaf_bytes: 100, ..Limits::default() });
    assert_eq!((found.leaves[0].bytes.len(), found.leaves[0].partial, found.losses.len()), (100, true, 1));
    let found = open_within("never", &zeros("gz", 1 << 20), &Limits { seconds: 0, ..Limits::default() });
    assert!(found.losses.iter().any(|loss| loss.why.contains("limit of 0 s")), "{:?}", found.losses);
}

#[test]
fn a_hundred_thousand_levels_end_at_the_limit() {
    // Stored zip entries, each holding all that follow.
    let (head, heart, levels) = (31_usize, b"the innermost", 100_000_usize);
    let mut nested = Vec::new();
    for level in 0..levels {
        let inside = ((levels - 1 - level) * head + heart.len()) as u32;
        nested.extend(b"PK\x03\x04\x14\0\0\0\0\0\0\0\0\0\0\0\0\0");
        nested.extend(inside.to_le_bytes());
        nested.extend(inside.to_le_bytes());
        nested.extend([1, 0, 0, 0, b'x']);
    }
    nested.extend(heart);
    let started = Instant::now();
    let found = open("deep.zip", &nested);
    assert!(started.elapsed().as_secs() < 60, "{:?}", started.elapsed());
    assert_eq!(found.leaves.len(), 1);
    assert!(
        found.losses.iter().any(|loss| loss.why.contains("nested more than 16 deep")),
        "{:?}",
        found.losses
    );

    let mut members = b"the innermost".to_vec();
    for _ in 0..100 {
        members = gz(&members);
    }
    let found = open("deep.gz", &members);
    assert_eq!(found.leaves.len(), 1);
    assert!(
        found.losses.iter().any(|loss| loss.why.contains("nested more than 16 deep")),
        "{:?}",
        found.losses
    );

    let mut tars = b"the innermost".to_vec();
    for _ in 0..200 {
        tars = tar(&[("inner.tar", &tars)]);
    }
    let found = open("deep.tar", &tars);
    assert_eq!(found.leaves.len(), 1);
    // Marks before marks, and parts in parts.
    let quoted = format!("{} x\n", ">".repeat(100_000)).repeat(5);
    assert_eq!(open("quoted", quoted.as_bytes()).leaves.len(), 1);
    let mut mail = "x".to_owned();
    for level in 0..500 {
        mail = format!(
            "From: a\nTo: b\nContent-Type: multipart/mixed; boundary=b{level}x\n\n--b{level}x\n{mail}\n--b{level}x--\n"
        );
    }
    assert!(!open("mail", mail.as_bytes()).leaves.is_empty());
    let html = format!("<html><body>{}x", "<table><tr><td><div>".repeat(100_000));
    let started = Instant::now();
    open("deep.html", html.as_bytes());
    assert!(started.elapsed().as_secs() < 60, "{:?}", started.elapsed());
}

/// An archive that holds itself (Cox 2010, "Zip files all the way down", by other means): a
/// zip whose entries overlap, so that carving each failed one again could go on for long.
#[test]
fn overlapping_entries_cost_little() {
    // Heads only, each claiming to hold all that follow.
    let mut bytes = Vec::new();
    for number in 0..20_000_u32 {
        bytes.extend(b"PK\x03\x04\x14\0\0\0\x08\0\0\0\0\0");
        bytes.extend(number.to_le_bytes());
        bytes.extend([0xff, 0xff, 0, 0, 0xff, 0xff, 0, 0, 1, 0, 0, 0, b'x']);
    }
    let started = Instant::now();
    open("overlap.zip", &bytes);
    assert!(started.elapsed().as_secs() < 60, "{:?}", started.elapsed());
}

struct Impatient(u32);

impl Sink for Impatient {
    fn leaf(&mut self, _: Leaf) -> Flow {
        self.0 += 1;
        if self.0 == 3 { Flow::Stop } else { Flow::Continue }
    }

    fn loss(&mut self, loss: Loss) -> Flow {
        panic!("a loss after stopping: {loss:?}")
    }
}

#[test]
fn a_sink_that_has_had_enough_is_left_alone() {
    let files: Vec<(String, Vec<u8>)> =
        (0..50).map(|number| (format!("f{number}"), gz(&[number; 100]))).collect();
    let files: Vec<(&str, &[u8])> =
        files.iter().map(|(name, content)| (name.as_str(), content.as_slice())).collect();
    for packed in [tar(&files), zip(&files), gz(&tar(&files))] {
        let mut sink = Impatient(0);
        earmark_unpack::open_bytes("x", &packed, &Limits::default(), &mut sink);
        assert_eq!(sink.0, 3);
    }
}
