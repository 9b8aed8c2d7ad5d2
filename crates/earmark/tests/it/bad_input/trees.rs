//! Trees with everything in them that a file system can hold.

use std::ffi::OsStr;
use std::fs;
use std::os::unix::ffi::OsStrExt;
use std::os::unix::fs::{MetadataExt, PermissionsExt, chown, symlink};
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::{Duration, Instant};

use earmark_testkit::{peer, skip};

use super::{refused, well_refused};
use crate::bench::Bench;

fn folder(bench: &Bench, name: &str) -> PathBuf {
    let folder = bench.root().join(name);
    fs::create_dir_all(&folder).unwrap();
    folder
}

fn odd_name(bytes: &[u8]) -> &OsStr {
    OsStr::from_bytes(bytes)
}

#[test]
fn strange_files_are_carried_over_byte_for_byte() {
    let bench = Bench::with_partners(&["amber"]);
    let odd = folder(&bench, "odd");
    let noise: Vec<u8> = (0..200_000u32).map(|n| (n.wrapping_mul(2_654_435_761) >> 11) as u8).collect();
    let files: [(&[u8], &[u8]); 12] = [
        (b"binary.c", &noise),
        (b"empty.c", b""),
        (b"latin.c", b"/* caf\xe9 */\nint f(int a) { return a + 1; }\n"),
        (b"wide.c", b"\xff\xfei\0n\0t\0 \0x\0;\0\n\0"),
        (b"mark.c", b"\xef\xbb\xbfint x;\n"),
        (b"zero.c", b"int a;\0int b;\n"),
        (b"no-end.c", b"int z;"),
        (b"returns.c", b"int q;\rint r;\r"),
        (b"\xff\xfename.c", b"int g(int a, int b) { return a == b; }\n"),
        (b"new\nline\\x.c", b"int h(int a, int b) { return a < b; }\n"),
        (b"-rf", b"x\n"),
        (b"\x1b[2J.c", b"int i;\n"),
    ];
    for (name, bytes) in files {
        fs::write(odd.join(odd_name(name)), bytes).unwrap();
    }
    for (name, target) in
        [("one", "two"), ("two", "one"), ("self", "."), ("out", "/etc/passwd"), ("gone", "nowhere")]
    {
        symlink(target, odd.join(name)).unwrap();
    }
    symlink(odd_name(b"\xff\xfe"), odd.join("not-text")).unwrap();
    fs::write(odd.join("run"), "#!/bin/sh\n").unwrap();
    fs::set_permissions(odd.join("run"), fs::Permissions::from_mode(0o750)).unwrap();
    let piped = Command::new("mkfifo").arg(odd.join("pipe")).status().is_ok_and(|status| status.success());

    let protected = bench.ok(&["protect", "odd", "--name", "odd"]);
    if piped {
        let left = protected["left_alone"].as_array().unwrap();
        assert!(left.iter().any(|one| one["path"] == "pipe"), "{protected}");
    }
    bench.ok(&["issue", "odd", "--to", "all", "--out", "out", "--plain"]);
    let copy = bench.root().join("out/amber");
    let mut names = 0;
    for item in fs::read_dir(&odd).unwrap() {
        let item = item.unwrap();
        let (there, here) = (item.path(), copy.join(item.file_name()));
        if item.file_name() == "pipe" {
            assert!(!here.exists());
            continue;
        }
        names += 1;
        let meta = here.symlink_metadata().unwrap();
        assert_eq!(item.file_type().unwrap().is_symlink(), meta.is_symlink(), "{}", here.display());
        if meta.is_symlink() {
            assert_eq!(fs::read_link(&there).unwrap(), fs::read_link(&here).unwrap());
        } else {
            assert_eq!(item.metadata().unwrap().mode(), meta.mode(), "{}", here.display());
            let lines = |path: &Path| fs::read(path).unwrap().iter().filter(|byte| **byte == b'\n').count();
            assert_eq!(lines(&there), lines(&here), "{}", here.display());
        }
    }
    assert_eq!(fs::read_dir(&copy).unwrap().count(), names);
    assert_eq!(fs::read(copy.join("binary.c")).unwrap(), noise);
    // Scanning and tracing see the same names, and print them without moving the cursor.
    for verb in ["scan", "trace"] {
        let output = bench.run(&[verb, "out/amber"]);
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
        assert!(!output.stdout.contains(&0x1b));
    }
    assert_eq!(bench.ok(&["vault", "check"])["sound"], true);
}

#[test]
fn trees_without_a_file_are_refused_and_an_empty_file_is_not() {
    let bench = Bench::with_partners(&["amber"]);
    folder(&bench, "empty");
    folder(&bench, "hollow/.git/objects");
    fs::write(bench.root().join("hollow/.git/config"), "x\n").unwrap();
    for tree in ["empty", "hollow"] {
        let said = refused(&bench, 5, &["protect", tree, "--name", "nothing"]);
        assert!(said.contains(&format!("`{tree}` holds no file")), "{said}");
    }
    if Path::new("/dev/null").exists() {
        refused(&bench, 5, &["protect", "/dev/null", "--name", "nothing"]);
    }
    fs::write(bench.root().join("empty.c"), "").unwrap();
    let protected = bench.ok(&["protect", "empty.c", "--name", "hollow"]);
    assert_eq!((&protected["files"], &protected["positions"]), (&1.into(), &0.into()));
    bench.ok(&["issue", "hollow", "--to", "all", "--out", "out", "--plain"]);
    assert_eq!(fs::read(bench.root().join("out/amber/empty.c")).unwrap(), b"");
}

#[test]
fn giant_files_are_refused_before_they_are_read_and_scanned_in_pieces() {
    let bench = Bench::with_partners(&["amber"]);
    let tree = folder(&bench, "tree");
    fs::write(tree.join("a.c"), "int main(void) { return 0; }\n").unwrap();
    let giant = fs::File::create(tree.join("giant.bin")).unwrap();
    giant.set_len(3 << 30).unwrap();
    let begun = Instant::now();
    let said = refused(&bench, 5, &["protect", "tree", "--name", "giant"]);
    assert!(begun.elapsed() < Duration::from_secs(20), "{:?}", begun.elapsed());
    assert!(said.contains("giant.bin") && said.contains("leave large binaries out"), "{said}");
    refused(&bench, 5, &["protect", "tree/giant.bin", "--name", "giant"]);
    giant.set_len(70 << 20).unwrap();
    let scanned = bench.ok(&["scan", "tree"]);
    assert_eq!((&scanned["samples"], &scanned["leaves"]), (&2.into(), &3.into()), "{scanned}");
    assert_eq!(scanned["bytes"], (70 << 20) + 29);
}

/// Makes the folder readable by everybody: the bench's own is private.
fn open_to_all(path: &Path) {
    for above in path.ancestors().filter(|above| above.starts_with("/tmp") && *above != Path::new("/tmp")) {
        fs::set_permissions(above, fs::Permissions::from_mode(0o755)).unwrap();
    }
}

#[test]
fn a_file_that_may_not_be_read_is_named() {
    let bench = Bench::with_partners(&["amber"]);
    let tree = folder(&bench, "tree");
    fs::write(tree.join("a.c"), "int a;\n").unwrap();
    fs::write(tree.join("secret.c"), "int b;\n").unwrap();
    fs::set_permissions(tree.join("secret.c"), fs::Permissions::from_mode(0o000)).unwrap();
    let mut command = bench.command(&["protect", "tree", "--name", "tree"]);
    if fs::metadata(bench.root()).unwrap().uid() == 0 {
        // Root may read everything; somebody else may not.
        let Some(setpriv) = peer("setpriv") else { return };
        open_to_all(bench.root());
        let mut waiting = vec![bench.root().join("vault")];
        while let Some(path) = waiting.pop() {
            chown(&path, Some(65_534), Some(65_534)).unwrap();
            if path.is_dir() {
                waiting.extend(fs::read_dir(&path).unwrap().map(|item| item.unwrap().path()));
            }
        }
        let reachable = Path::new(crate::bench::EARMARK)
            .ancestors()
            .skip(1)
            .all(|above| fs::metadata(above).unwrap().mode() & 0o001 != 0);
        if !reachable {
            skip("the program lies where others cannot reach it");
            return;
        }
        let mut other = Command::new(setpriv);
        other.args(["--reuid=65534", "--regid=65534", "--clear-groups"]).arg(crate::bench::EARMARK);
        other.args(["protect", "tree", "--name", "tree"]);
        other.env("EARMARK_VAULT", bench.path("vault")).current_dir(bench.root());
        command = other;
    }
    let said = well_refused(&command.output().unwrap(), 6, &["an unreadable file"]);
    assert!(said.contains("secret.c") && said.contains("ermission denied"), "{said}");
    fs::set_permissions(tree.join("secret.c"), fs::Permissions::from_mode(0o644)).unwrap();
    assert!(command.output().unwrap().status.success());
}

#[test]
fn deep_nesting_ends_no_process() {
    let bench = Bench::with_partners(&["amber"]);
    let tree = folder(&bench, "deep");
    let n = 100_000;
    let nested = |open: &str, middle: &str, close: &str| open.repeat(n) + middle + &close.repeat(n);
    for (name, text) in [
        ("parens.c", format!("int f(void) {{ return {}; }}\n", nested("(", "1", ")"))),
        ("braces.c", format!("void f(void){}\n", nested("{", "", "}"))),
        ("unclosed.c", "void f(void)".to_owned() + &"{".repeat(n)),
        ("branches.c", format!("void f(int a) {{ {}; }}\n", "if (a) ".repeat(n))),
        ("else.c", format!("void f(int a) {{ {}; }}\n", "if (a) {} else ".repeat(n))),
        ("lists.json", nested("[", "", "]")),
        ("objects.json", nested("{\"a\":", "1", "}")),
        ("tags.xml", nested("<a>", "", "</a>")),
        ("parens.rs", format!("fn f() {{ {}; }}\n", nested("(", "1", ")"))),
        ("parens.py", format!("x = {}\n", nested("(", "1", ")"))),
        ("quotes.md", ">".repeat(n) + " x\n"),
    ] {
        fs::write(tree.join(name), text).unwrap();
    }
    let begun = Instant::now();
    bench.ok(&["protect", "deep", "--name", "deep"]);
    bench.ok(&["issue", "deep", "--to", "all", "--out", "out", "--plain"]);
    bench.ok(&["trace", "out/amber"]);
    assert!(begun.elapsed() < Duration::from_secs(120), "{:?}", begun.elapsed());
}

#[test]
fn folders_as_deep_as_a_path_can_say_and_deeper() {
    let bench = Bench::with_partners(&["amber"]);
    let part = "d".repeat(250);
    let mut deep = folder(&bench, "deep");
    for _ in 0..12 {
        deep.push(&part);
    }
    fs::create_dir_all(&deep).unwrap();
    fs::write(deep.join("a.c"), "int a;\n").unwrap();
    bench.ok(&["protect", "deep", "--name", "deep"]);
    bench.ok(&["issue", "deep", "--to", "all", "--out", "out", "--plain"]);
    // Deeper than the system lets one name from the root: made step by step.
    let steps = format!("mkdir {part} && cd -P {part} && ").repeat(8);
    let shell = format!("{steps} echo 'int a;' >a.c");
    let Some(bash) = peer("bash") else { return };
    assert!(Command::new(bash).args(["-c", &shell]).current_dir(&deep).status().unwrap().success());
    let said = refused(&bench, 5, &["protect", "deep", "--name", "deep"]);
    assert!(said.contains("File name too long"), "{said}");
}

#[test]
fn declarations_that_do_not_fit_name_their_line() {
    let bench = Bench::with_partners(&["amber"]);
    let tree = folder(&bench, "poc");
    fs::write(tree.join("send.py"), "WIDTH = 37\n").unwrap();
    for (text, line, named) in [
        ("x", 1, ""),
        ("version = 1\n\na = 1\n", 3, "`a`"),
        ("version = 1\n[[parameter]]\n", 2, "file"),
        ("version = 1\n[[parameter]]\nfile = 3\n", 3, ""),
        ("version = 1\n[[alternative]]\nfile = \"gone.py\"\n", 2, ""),
    ] {
        fs::write(tree.join("earmark.toml"), text).unwrap();
        let said = refused(&bench, 5, &["protect", "poc", "--name", "poc"]);
        assert!(said.contains("earmark.toml") && said.contains(&format!("line {line}")), "{text:?}: {said}");
        assert!(said.contains(named), "{text:?}: {said}");
    }
    fs::write(tree.join("earmark.toml"), [0xff, 0xfe]).unwrap();
    refused(&bench, 5, &["protect", "poc", "--name", "poc"]);
}

#[test]
fn what_stands_in_the_place_of_a_copy_is_kept() {
    let bench = Bench::with_partners(&["amber", "birch"]);
    let tree = bench.tree("asset", 71, 4);
    bench.ok(&["protect", tree.to_str().unwrap(), "--name", "asset"]);
    let issue = ["issue", "asset", "--to", "all", "--out", "out", "--plain"];
    bench.ok(&issue);
    // Untouched copies: nothing to do. An edited one: a conflict, and the edit stays.
    bench.ok(&issue);
    let edited = fs::read_dir(bench.root().join("out/birch")).unwrap().next().unwrap().unwrap().path();
    let edited = walk_to_file(&edited);
    let text = fs::read_to_string(&edited).unwrap() + "/* mine */\n";
    fs::write(&edited, &text).unwrap();
    let said = refused(&bench, 3, &issue);
    assert!(said.contains("birch") && said.contains("--out"), "{said}");
    assert_eq!(fs::read_to_string(&edited).unwrap(), text);
    let left: Vec<_> =
        fs::read_dir(bench.root().join("out")).unwrap().map(|item| item.unwrap().file_name()).collect();
    assert_eq!(left.len(), 2, "{left:?}");

    fs::write(bench.root().join("file"), "mine").unwrap();
    let issue_to = |out: &'static str| ["issue", "asset", "--to", "all", "--out", out, "--plain"];
    refused(&bench, 3, &issue_to("file"));
    refused(&bench, 5, &issue_to("file/below"));
    assert_eq!(fs::read_to_string(bench.root().join("file")).unwrap(), "mine");
    // A link in the place of a copy is not followed.
    let elsewhere = folder(&bench, "elsewhere");
    symlink(&elsewhere, folder(&bench, "linked").join("amber")).unwrap();
    refused(&bench, 3, &issue_to("linked"));
    assert_eq!(fs::read_dir(&elsewhere).unwrap().count(), 0);
    assert_eq!(bench.ok(&["vault", "check"])["sound"], true);
}

fn walk_to_file(path: &Path) -> PathBuf {
    let mut path = path.to_owned();
    while path.is_dir() {
        path = fs::read_dir(&path).unwrap().next().unwrap().unwrap().path();
    }
    path
}
