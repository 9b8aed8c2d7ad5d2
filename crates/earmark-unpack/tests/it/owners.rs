use std::process::Command;

use earmark_model::Limits;
use earmark_unpack::{ArchivedFile, ExtractError, extract};

use crate::coats::{coat, passage};
use crate::damage::{tar, zip};

fn strict(bytes: &[u8]) -> Result<Vec<ArchivedFile>, ExtractError> {
    extract(bytes, &Limits::default())
}

#[test]
fn every_archive_of_an_owner_is_read_with_modes() {
    for (name, mode) in [
        ("ustar.tar", 0o755),
        ("passage.tar.gz", 0o755),
        ("passage.tar.xz", 0o755),
        ("stored.zip", 0o755),
        ("deflated.zip", 0o755),
        ("bzip2.zip", 0o755),
        ("lzma.zip", 0o755),
        ("streamed.zip", 0o600),
    ] {
        let files = strict(&coat(name)).unwrap();
        assert_eq!(files.len(), 1, "{name}");
        assert_eq!((files[0].path.as_slice(), files[0].mode), (&b"ring/passage.c"[..], mode), "{name}");
        assert_eq!(files[0].content, passage().as_bytes(), "{name}");
    }
    assert_eq!(
        strict(&coat("pax.tar")).unwrap()[0].path,
        ("b/".repeat(160) + "gr\u{fc}n/passage.c").into_bytes()
    );
}

#[test]
fn links_are_kept_as_the_system_tools_write_them() {
    let folder = tempfile::tempdir().unwrap();
    let script = "mkdir d && echo hello > d/a && chmod 750 d/a && ln -s a d/soft && ln d/a d/twin && tar cf x.tar d && zip -q -r -y x.zip d";
    let made = Command::new("sh").args(["-c", script]).current_dir(folder.path()).status().unwrap();
    if !made.success() {
        println!("skipped: `tar` or `zip` is not installed");
        return;
    }
    for name in ["x.tar", "x.zip"] {
        let mut files = strict(&std::fs::read(folder.path().join(name)).unwrap()).unwrap();
        files.sort_by(|a, b| a.path.cmp(&b.path));
        let seen: Vec<_> = files
            .iter()
            .map(|file| {
                (
                    String::from_utf8_lossy(&file.path),
                    file.is_symlink(),
                    String::from_utf8_lossy(&file.content),
                )
            })
            .collect();
        let expected = [("d/a", false, "hello\n"), ("d/soft", true, "a"), ("d/twin", false, "hello\n")];
        assert_eq!(seen, expected.map(|(path, link, content)| (path.into(), link, content.into())), "{name}");
        assert_eq!((files[0].mode, files[2].mode), (0o750, 0o750), "{name}");
    }
}

#[test]
fn any_damage_is_an_error() {
    for name in ["ustar.tar", "passage.tar.gz", "passage.tar.xz", "deflated.zip", "stored.zip", "bzip2.zip"] {
        let packed = coat(name);
        let step = (packed.len() / 60).max(1);
        for length in (0..packed.len()).step_by(step) {
            // A tar may end at its end mark.
            if name == "ustar.tar" && length >= 512 + passage().len().next_multiple_of(512) + 512 {
                continue;
            }
            assert!(strict(&packed[..length]).is_err(), "{name} cut to {length} of {}", packed.len());
        }
        if name == "ustar.tar" {
            continue;
        }
        let mut same = 0;
        for at in (0..packed.len()).step_by(step) {
            let mut flipped = packed.clone();
            flipped[at] ^= 0x10;
            // Times and the like may change unnoticed, content never.
            if let Ok(files) = strict(&flipped) {
                same += 1;
                assert!(
                    files.iter().all(|file| file.content == passage().as_bytes()),
                    "{name} flipped at {at}"
                );
            }
        }
        assert!(same < 30, "{name}: {same} flips unnoticed");
    }
}

#[test]
fn odd_archives_are_refused() {
    assert_eq!(strict(b"plain text"), Err(ExtractError::Unknown));
    assert_eq!(strict(b""), Err(ExtractError::Unknown));
    for name in ["../x", "/x", "a/../../x"] {
        assert_eq!(strict(&tar(&[(name, b"x")])), Err(ExtractError::Path(name.to_owned())));
        assert_eq!(strict(&zip(&[(name, b"x")])), Err(ExtractError::Path(name.to_owned())));
    }
    assert_eq!(strict(&tar(&[("x", b"1"), ("./x", b"2")])), Err(ExtractError::Twice("x".to_owned())));
    let mut device = tar(&[("dev", b"")]);
    device[156] = b'3';
    let sum: u32 =
        device[..148].iter().chain(&device[156..512]).map(|byte| u32::from(*byte)).sum::<u32>() + 8 * 32;
    device[148..156].copy_from_slice(format!("{sum:06o}\0 ").as_bytes());
    assert!(matches!(strict(&device), Err(ExtractError::Unsupported { .. })));
    let small = Limits { bytes: 100, ..Limits::default() };
    assert_eq!(extract(&coat("ustar.tar"), &small), Err(ExtractError::TooLarge(100)));
    assert!(matches!(extract(&coat("passage.tar.gz"), &small), Err(ExtractError::TooLarge(_))));
    assert!(matches!(extract(&coat("deflated.zip"), &small), Err(ExtractError::TooLarge(_))));
}
