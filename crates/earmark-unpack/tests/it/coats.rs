use std::fs;
use std::path::PathBuf;

use crate::collect::open;

pub(crate) fn coats() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../testdata/coats")
}

pub(crate) fn coat(name: &str) -> Vec<u8> {
    fs::read(coats().join(name)).unwrap()
}

pub(crate) fn passage() -> String {
    String::from_utf8(coat("passage.c")).unwrap()
}

/// Coats that keep every byte, and the path that the passage has inside.
const EXACT: &[(&str, &str)] = &[
    ("passage.c", "passage.c"),
    ("passage.gz", "passage.gz!passage"),
    ("members.gz", "members.gz!members"),
    ("passage.zlib", "passage.zlib!passage.zlib"),
    ("passage.bz2", "passage.bz2!passage"),
    ("passage.xz", "passage.xz!passage"),
    ("passage.lzma", "passage.lzma!passage"),
    ("passage.zst", "passage.zst!passage"),
    ("ustar.tar", "ustar.tar!ring/passage.c"),
    ("passage.tar.gz", "passage.tar.gz!ring/passage.c"),
    ("passage.tar.xz", "passage.tar.xz!ring/passage.c"),
    ("stored.zip", "stored.zip!ring/passage.c"),
    ("deflated.zip", "deflated.zip!ring/passage.c"),
    ("bzip2.zip", "bzip2.zip!ring/passage.c"),
    ("lzma.zip", "lzma.zip!ring/passage.c"),
    ("streamed.zip", "streamed.zip!ring/passage.c"),
    ("streamed-stored.zip", "streamed-stored.zip!ring/passage.c"),
    ("utf-16le.txt", "utf-16le.txt"),
    ("utf-16be.txt", "utf-16be.txt"),
    ("utf-32le.txt", "utf-32le.txt"),
    ("base64.txt", "base64.txt!base64-1"),
    ("numbered.txt", "numbered.txt"),
    ("quoted.txt", "quoted.txt"),
    ("uuencoded.txt", "uuencoded.txt!passage.c"),
    ("new.diff", "new.diff!new/ring/passage.c"),
    ("base64.eml", "base64.eml!passage.c"),
    ("quoted-printable.eml", "quoted-printable.eml!passage.c"),
    ("pre.html", "pre.html!code-1"),
    ("inline-numbers.html", "inline-numbers.html!code-1"),
    ("gutter-column.html", "gutter-column.html!code-1"),
    ("plain-numbers.html", "plain-numbers.html!code-1"),
    ("utf16-in-base64-in-html.html", "utf16-in-base64-in-html.html!code-1!base64-1"),
    ("data-address.html", "data-address.html!data-1!data-1"),
    ("tar.gz-in.zip", "tar.gz-in.zip!in/passage.tar.gz!ring/passage.c"),
];

/// Coats that change white space.
const LOOSE: &[(&str, &str)] = &[
    ("two.mbox", "two.mbox!message-2!passage.c"),
    ("rows.html", "rows.html!code-1"),
    ("divs.html", "divs.html!code-1"),
    ("hard-spaces.html", "hard-spaces.html!code-1"),
];

#[test]
fn the_passage_comes_out_of_every_coat() {
    let passage = passage();
    for (name, path) in EXACT {
        let found = open(name, &coat(name));
        let Some(leaf) = found.leaves.iter().find(|leaf| leaf.path == *path) else {
            panic!("{name}: {:?} {:?}", found.paths(), found.losses)
        };
        assert!(leaf.bytes == passage.as_bytes(), "{name}:\n{}", String::from_utf8_lossy(&leaf.bytes));
        assert!(!leaf.partial, "{name}");
        assert!(found.losses.is_empty(), "{name}: {:?}", found.losses);
    }
    let words = |text: &str| text.split_whitespace().map(str::to_owned).collect::<Vec<_>>();
    for (name, path) in LOOSE {
        let found = open(name, &coat(name));
        let Some(leaf) = found.leaves.iter().find(|leaf| leaf.path == *path) else {
            panic!("{name}: {:?} {:?}", found.paths(), found.losses)
        };
        let text = String::from_utf8(leaf.bytes.clone()).unwrap();
        assert_eq!(words(&text), words(&passage), "{name}:\n{text}");
        assert_eq!(
            text.lines().filter(|line| !line.trim().is_empty()).count(),
            passage.lines().filter(|line| !line.is_empty()).count(),
            "{name}: lines stay lines"
        );
        assert!(found.losses.is_empty(), "{name}: {:?}", found.losses);
    }
}

#[test]
fn every_coat_is_worn_here() {
    for entry in fs::read_dir(coats()).unwrap() {
        let name = entry.unwrap().file_name().into_string().unwrap();
        let known = EXACT.iter().chain(LOOSE).any(|(coat, _)| *coat == name);
        assert!(known || ["make.py", "gnu.tar", "pax.tar"].contains(&name.as_str()), "{name} is in no test");
    }
}

#[test]
fn long_names_come_whole() {
    for (name, inner) in
        [("gnu.tar", "a/".repeat(80) + "passage.c"), ("pax.tar", "b/".repeat(160) + "gr\u{fc}n/passage.c")]
    {
        let found = open(name, &coat(name));
        assert_eq!(found.paths(), [format!("{name}!{inner}")]);
        assert_eq!(found.leaves[0].bytes, passage().as_bytes());
    }
}

#[test]
fn what_surrounds_an_inner_content_is_kept() {
    let found = open("uuencoded.txt", &coat("uuencoded.txt"));
    assert!(found.leaves.iter().any(|leaf| leaf.bytes == b"Look at this:\n\n\nBye\n"));
    let page = coat("pre.html");
    let found = open("pre.html", &page);
    assert_eq!(found.paths(), ["pre.html", "pre.html!code-1", "pre.html!text"]);
    assert_eq!(found.leaves[0].bytes, page);
    let text = String::from_utf8_lossy(&found.leaves[2].bytes);
    assert!(
        text.contains("A paste & more.") && text.contains("End.") && !text.contains("RING_SLOTS"),
        "{text}"
    );
}

#[test]
fn containers_are_told_from_plain_text() {
    for (name, _) in EXACT.iter().chain(LOOSE) {
        assert_eq!(earmark_unpack::looks_like_container(name, &coat(name)), *name != "passage.c", "{name}");
    }
    for plain in
        ["int main(void) { return 0; }\n", "", "#!/bin/sh\necho hello\n", "a,b\n1,2\n2,3\n3,4\n4,5\n5,6\n"]
    {
        assert!(!earmark_unpack::looks_like_container("plain", plain.as_bytes()), "{plain}");
    }
}

#[test]
fn every_order_of_coats_opens() {
    use std::io::Write as _;
    type Coat = (&'static str, fn(&[u8]) -> Vec<u8>);
    fn gz(bytes: &[u8]) -> Vec<u8> {
        let mut writer = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
        writer.write_all(bytes).unwrap();
        writer.finish().unwrap()
    }
    fn xz(bytes: &[u8]) -> Vec<u8> {
        let mut writer = liblzma::write::XzEncoder::new(Vec::new(), 0);
        writer.write_all(bytes).unwrap();
        writer.finish().unwrap()
    }
    fn base64(bytes: &[u8]) -> Vec<u8> {
        const DIGITS: &[u8] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
        let mut out = b"some words before\n\n".to_vec();
        for line in bytes.chunks(57) {
            for group in line.chunks(3) {
                let mut bits = [0; 3];
                bits[..group.len()].copy_from_slice(group);
                let bits = u32::from_be_bytes([0, bits[0], bits[1], bits[2]]);
                out.extend((0..=group.len()).map(|at| DIGITS[(bits >> (18 - 6 * at) & 63) as usize]));
                out.extend(std::iter::repeat_n(b'=', 3 - group.len()));
            }
            out.push(b'\n');
        }
        out
    }
    fn tar(bytes: &[u8]) -> Vec<u8> {
        crate::damage::tar(&[("inner", bytes)])
    }
    fn zip(bytes: &[u8]) -> Vec<u8> {
        crate::damage::zip(&[("inner", bytes)])
    }
    fn utf_16(bytes: &[u8]) -> Vec<u8> {
        // Only text can wear this one.
        match std::str::from_utf8(bytes) {
            Ok(text) if !text.contains('\0') => text.encode_utf16().flat_map(u16::to_le_bytes).collect(),
            _ => bytes.to_vec(),
        }
    }
    let coats: &[Coat] =
        &[("gz", gz), ("xz", xz), ("base64", base64), ("tar", tar), ("zip", zip), ("utf-16", utf_16)];
    let passage = passage();
    for (one, wrap_one) in coats {
        for (two, wrap_two) in coats {
            for (three, wrap_three) in coats {
                let wrapped = wrap_three(&wrap_two(&wrap_one(passage.as_bytes())));
                let found = open("x", &wrapped);
                assert!(
                    found.leaves.iter().any(|leaf| leaf.bytes == passage.as_bytes() && !leaf.partial),
                    "{one} in {two} in {three}: {:?} {:?}",
                    found.paths(),
                    found.losses
                );
            }
        }
    }
}
