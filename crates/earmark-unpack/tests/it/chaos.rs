use earmark_model::Limits;
use proptest::prelude::*;

use crate::coats::coat;
use crate::collect::open_within;

const LIMITS: Limits =
    Limits { depth: 8, leaves: 200, bytes: 4 << 20, leaf_bytes: 1 << 20, ratio: 500, seconds: 20 };

const COATS: &[&str] = &[
    "passage.gz",
    "members.gz",
    "passage.zlib",
    "passage.bz2",
    "passage.xz",
    "passage.lzma",
    "passage.zst",
    "gnu.tar",
    "pax.tar",
    "passage.tar.gz",
    "stored.zip",
    "deflated.zip",
    "bzip2.zip",
    "lzma.zip",
    "streamed.zip",
    "streamed-stored.zip",
    "utf-16le.txt",
    "utf-32le.txt",
    "base64.txt",
    "numbered.txt",
    "quoted.txt",
    "uuencoded.txt",
    "new.diff",
    "base64.eml",
    "quoted-printable.eml",
    "two.mbox",
    "inline-numbers.html",
    "gutter-column.html",
    "rows.html",
    "divs.html",
    "utf16-in-base64-in-html.html",
    "data-address.html",
    "tar.gz-in.zip",
];

/// Opens and checks that the limits held and that the same comes out again.
fn check(name: &str, bytes: &[u8]) {
    let found = open_within(name, bytes, &LIMITS);
    assert!(found.leaves.len() as u64 <= LIMITS.leaves);
    assert!(found.bytes() <= LIMITS.bytes + LIMITS.leaf_bytes + bytes.len() as u64);
    assert!(
        found
            .leaves
            .iter()
            .all(|leaf| leaf.bytes.len() as u64 <= LIMITS.leaf_bytes && leaf.path.starts_with(name))
    );
    let again = open_within(name, bytes, &LIMITS);
    assert_eq!((&found.leaves, &found.losses), (&again.leaves, &again.losses));
    let _ = earmark_unpack::looks_like_container(name, bytes);
    let _ = earmark_unpack::extract(bytes, &LIMITS);
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 150, ..ProptestConfig::default() })]

    #[test]
    fn arbitrary_bytes(bytes in prop::collection::vec(any::<u8>(), 0..3000)) {
        check("x", &bytes);
    }

    #[test]
    fn arbitrary_bytes_behind_a_magic(
        magic in prop::sample::select(vec![
            &b"\x1f\x8b\x08\0\0\0\0\0\0\x03"[..], b"BZh91AY&SY", b"\xfd7zXZ\0", b"\x28\xb5\x2f\xfd", b"PK\x03\x04\x14\0\0\0\x08\0",
            b"\xff\xfe", b"<html><pre>", b"From x 10:10\nFrom: a\nTo: b\nDate: c\n", b"begin 644 x\n", b"@@ -1,2 +1,2 @@\n", b"\x5d\0\0",
            b"\x78\x9c",
        ]),
        bytes in prop::collection::vec(any::<u8>(), 0..2000),
    ) {
        check("x", &[magic, &bytes].concat());
    }

    #[test]
    fn damaged_coats(
        index in 0..COATS.len(),
        flips in prop::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 0..12),
        cut in any::<prop::sample::Index>(),
        keep in prop::bool::weighted(0.5),
    ) {
        let mut bytes = coat(COATS[index]);
        for (at, value) in flips {
            let at = at.index(bytes.len());
            bytes[at] = value;
        }
        if !keep {
            bytes.truncate(cut.index(bytes.len()));
        }
        check(COATS[index], &bytes);
    }

    #[test]
    fn arbitrary_text_of_the_formats(
        words in prop::collection::vec(prop::sample::select(vec![
            "<pre>", "</pre>", "<table>", "<tr>", "<td class=lineno>", "</td>", "</table>", "12", ": ", "> ", "\n", "\n\n", "&lt;", "&#x", "<!--",
            "--b", "--b--", "Content-Type: multipart/mixed; boundary=b\n", "From: x\n", "To: y\n", "From a 10:10:10\n", "begin 644 f\n", "end\n",
            "@@ -1,2 +3,4 @@\n", "+x\n", "-y\n", "QUJDREVGR0hJSktMTU5PUFFSU1RVVldYWVphYmNkZWZnaGlqa2xtbm9wcXJzdHV2", "=3D", "\u{fc}", "<", ">", "\"",
        ]), 0..200),
    ) {
        check("x", words.concat().as_bytes());
    }
}
