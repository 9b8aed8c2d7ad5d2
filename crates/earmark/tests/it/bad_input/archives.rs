//! Archives as the thing to be protected.

use std::fs;
use std::path::Path;
use std::process::Command;

use earmark_testkit::peer;
use serde_json::Value;

use super::refused;
use crate::bench::Bench;

fn run(command: &mut Command) {
    let output = command.output().unwrap();
    assert!(output.status.success(), "{command:?}: {}", String::from_utf8_lossy(&output.stderr));
}

/// Changes one byte in the middle.
fn damage(from: &Path, to: &Path) {
    let mut bytes = fs::read(from).unwrap();
    let middle = bytes.len() / 2;
    bytes[middle] ^= 0x55;
    fs::write(to, bytes).unwrap();
}

fn protect(bench: &Bench, path: &str, name: &str) -> Value {
    bench.ok(&["protect", path, "--name", name])
}

#[test]
fn an_archive_is_its_content_and_a_damaged_one_is_refused() {
    let (Some(tar), Some(zip)) = (peer("tar"), peer("zip")) else { return };
    let bench = Bench::with_partners(&["amber"]);
    let tree = bench.tree("asset", 41, 6);
    let revision = protect(&bench, tree.to_str().unwrap(), "tree")["revision"].clone();
    run(Command::new(&zip).args(["-qr", "../asset.zip", "."]).current_dir(&tree));
    for (name, way) in
        [("asset.tar", "-cf"), ("asset.tar.gz", "-czf"), ("asset.tar.xz", "-cJf"), ("asset.tar.bz2", "-cjf")]
    {
        run(Command::new(&tar).arg(way).arg(bench.path(name)).arg("-C").arg(&tree).arg("."));
    }
    for name in ["asset.tar", "asset.tar.gz", "asset.tar.xz", "asset.tar.bz2", "asset.zip"] {
        assert_eq!(protect(&bench, name, "tree")["revision"], revision, "{name}");
        let bytes = fs::read(bench.root().join(name)).unwrap();
        fs::write(bench.root().join(format!("cut-{name}")), &bytes[..bytes.len() / 2]).unwrap();
        let said = refused(&bench, 5, &["protect", &format!("cut-{name}"), "--name", "cut"]);
        assert!(said.contains(&format!("cut-{name}")), "{said}");
        if name != "asset.tar" {
            // Only its heads have a checksum: a tar archive with another byte in a file is a sound one.
            damage(&bench.root().join(name), &bench.root().join(format!("flip-{name}")));
            refused(&bench, 5, &["protect", &format!("flip-{name}"), "--name", "flip"]);
        }
    }
    for (name, bytes) in
        [("empty.zip", b"".as_slice()), ("noise.tar.gz", b"no archive at all"), ("zeros.tar", &[0; 100])]
    {
        fs::write(bench.root().join(name), bytes).unwrap();
        refused(&bench, 5, &["protect", name, "--name", "noise"]);
    }
    assert_eq!(bench.ok(&["vault", "check"])["sound"], true);
}

/// A tar archive of these entries: path, type, link, content.
fn tar_of(entries: &[(&str, u8, &str, &[u8])]) -> Vec<u8> {
    let mut archive = Vec::new();
    for (path, kind, link, content) in entries {
        let mut head = [0u8; 512];
        head[..path.len()].copy_from_slice(path.as_bytes());
        head[100..108].copy_from_slice(b"0000644\0");
        head[124..136].copy_from_slice(format!("{:011o}\0", content.len()).as_bytes());
        head[136..148].copy_from_slice(b"00000000000\0");
        head[148..156].fill(b' ');
        head[156] = *kind;
        head[157..157 + link.len()].copy_from_slice(link.as_bytes());
        head[257..265].copy_from_slice(b"ustar\x0000");
        let sum: u32 = head.iter().map(|byte| u32::from(*byte)).sum();
        head[148..156].copy_from_slice(format!("{sum:06o}\0 ").as_bytes());
        archive.extend_from_slice(&head);
        archive.extend_from_slice(content);
        archive.resize(archive.len().next_multiple_of(512), 0);
    }
    archive.resize(archive.len() + 1_024, 0);
    archive
}

#[test]
fn an_archive_cannot_lead_out_of_its_folder() {
    let bench = Bench::with_partners(&["amber"]);
    let outside = bench.path("outside");
    fs::create_dir(&outside).unwrap();
    let text = b"int out;\n".as_slice();
    let hostile: [(&str, Vec<u8>); 7] = [
        ("up.tar", tar_of(&[("../../evil.c", b'0', "", text)])),
        ("root.tar", tar_of(&[("/evil.c", b'0', "", text)])),
        ("device.tar", tar_of(&[("null", b'3', "", b"")])),
        ("twice.tar", tar_of(&[("a.c", b'0', "", text), ("a.c", b'0', "", text)])),
        ("through.tar", tar_of(&[("d", b'2', &outside, b""), ("d/evil.c", b'0', "", text)])),
        ("file.tar", tar_of(&[("d", b'0', "", text), ("d/evil.c", b'0', "", text)])),
        ("deep.tar", tar_of(&[("d/e", b'2', &outside, b""), ("d/e/f/evil.c", b'0', "", text)])),
    ];
    for (name, bytes) in hostile {
        fs::write(bench.root().join(name), bytes).unwrap();
        refused(&bench, 5, &["protect", name, "--name", "hostile"]);
    }
    assert_eq!(fs::read_dir(&outside).unwrap().count(), 0);
    // A link that leads outside is a link, kept as it is.
    let links = tar_of(&[("a.c", b'0', "", text), ("d", b'2', &outside, b"")]);
    fs::write(bench.root().join("links.tar"), links).unwrap();
    protect(&bench, "links.tar", "links");
    bench.ok(&["issue", "links", "--to", "all", "--out", "out", "--plain"]);
    assert_eq!(fs::read_link(bench.root().join("out/amber/d")).unwrap(), Path::new(&outside));
}
