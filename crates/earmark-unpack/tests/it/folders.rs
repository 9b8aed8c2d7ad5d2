use std::fs;
use std::os::unix::ffi::OsStrExt as _;
use std::os::unix::net::UnixListener;

use earmark_model::{Flow, Limits};
use earmark_unpack::{Met, OpenError, caged, open_path, walk};

use crate::coats::{coat, passage};
use crate::collect::Found;

#[test]
fn a_folder_is_walked_without_following_or_waiting() {
    let folder = tempfile::tempdir().unwrap();
    let path = |name: &str| folder.path().join(name);
    fs::create_dir_all(path("b/c")).unwrap();
    fs::write(path("b/c/passage.zip"), coat("deflated.zip")).unwrap();
    fs::write(path("b/plain.txt"), "plain").unwrap();
    fs::write(folder.path().join(std::ffi::OsStr::from_bytes(b"a\xff.txt")), "no text").unwrap();
    std::os::unix::fs::symlink("..", path("b/loop")).unwrap();
    std::os::unix::fs::symlink("/etc/passwd", path("outside")).unwrap();
    let _socket = UnixListener::bind(path("socket")).unwrap();
    let pipe = std::process::Command::new("mkfifo").arg(path("pipe")).status().unwrap();
    assert!(pipe.success());

    let mut found = Found::default();
    open_path(folder.path(), &Limits::default(), &mut found).unwrap();
    assert_eq!(found.paths(), ["a\u{fffd}.txt", "b/c/passage.zip!ring/passage.c", "b/plain.txt"]);
    assert_eq!(found.leaves[1].bytes, passage().as_bytes());
    let losses: Vec<_> = found.losses.iter().map(|loss| (loss.path.as_str(), loss.why.as_str())).collect();
    assert_eq!(
        losses,
        [
            ("b/loop", "a symbolic link: not opened"),
            ("outside", "a symbolic link: not opened"),
            ("pipe", "a pipe: not opened"),
            ("socket", "a socket: not opened"),
        ]
    );
}

#[test]
fn a_walk_can_be_stopped_and_starts_anywhere() {
    let folder = tempfile::tempdir().unwrap();
    for name in ["1", "2", "3"] {
        fs::write(folder.path().join(name), name).unwrap();
    }
    let mut seen = Vec::new();
    let flow = walk(folder.path(), &mut |met| {
        if let Met::File { shown, length, .. } = met {
            seen.push((shown.to_owned(), length));
        }
        if seen.len() == 2 { Flow::Stop } else { Flow::Continue }
    })
    .unwrap();
    assert_eq!((flow, seen.as_slice()), (Flow::Stop, &[("1".to_owned(), 1), ("2".to_owned(), 1)][..]));

    let mut found = Found::default();
    open_path(&folder.path().join("3"), &Limits::default(), &mut found).unwrap();
    assert_eq!(found.paths(), ["3"]);
    assert!(matches!(walk("/no/such".as_ref(), &mut |_| Flow::Continue), Err(OpenError::Unreadable { .. })));
    assert!(matches!(walk("/dev/null".as_ref(), &mut |_| Flow::Continue), Err(OpenError::Special { .. })));
}

#[test]
fn a_deep_folder_does_not_overflow() {
    let folder = tempfile::tempdir().unwrap();
    let mut deep = folder.path().to_path_buf();
    for _ in 0..1500 {
        deep.push("d");
    }
    fs::create_dir_all(&deep).unwrap();
    fs::write(deep.join("f"), "x").unwrap();
    let mut found = Found::default();
    open_path(folder.path(), &Limits::default(), &mut found).unwrap();
    assert_eq!(found.leaves.len(), 1);
}

#[test]
fn leaves_and_losses_pass_through_a_cage() {
    let bytes = [coat("tar.gz-in.zip"), coat("streamed.zip")[..800].to_vec()].concat();
    let mut direct = Found::default();
    earmark_unpack::open_bytes("x!y", &bytes, &Limits::default(), &mut direct);
    let mut carried = Found::default();
    caged::serve(&caged::ask("x!y", &Limits::default()), &bytes, &mut |frame| {
        assert_eq!(caged::receive(frame.to_vec(), &mut carried), Flow::Continue);
        Ok(())
    })
    .unwrap();
    assert!(!direct.leaves.is_empty() && !direct.losses.is_empty());
    assert_eq!((direct.leaves, direct.losses), (carried.leaves, carried.losses));

    for nonsense in [&b""[..], &[1], &[9, 0, 0, 0, 0], &[1, 0xff, 0xff, 0xff, 0xff], &[3, 2, 0, 0, 0, b'x']] {
        let mut found = Found::default();
        caged::receive(nonsense.to_vec(), &mut found);
        assert_eq!((found.leaves.len(), found.losses.len()), (0, 1));
    }
    assert!(caged::serve(b"short", b"", &mut |_| Ok(())).is_err());
}
