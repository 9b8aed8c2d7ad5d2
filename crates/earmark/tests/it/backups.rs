//! Whole vaults in one file: saved, opened by other programs, restored, killed half-way, on a full disk.

use std::fs;
use std::path::Path;
use std::process::{Command, Stdio};
use std::thread;
use std::time::{Duration, Instant};

use earmark_testkit::{fresh_database, peer, skip};
use serde_json::{Value, json};

use crate::bench::{Bench, EARMARK};

/// A bench whose vault holds an issued asset and a signed log.
fn furnished(ledger: Option<&str>) -> Bench {
    let bench = Bench::on_ledger(ledger, &["amber", "birch"]);
    let tree = bench.tree("tree", 4, 12);
    bench.ok(&["protect", &tree.display().to_string(), "--name", "asset"]);
    bench.ok(&["issue", "asset", "--to", "all", "--plain", "--out", &bench.path("out")]);
    bench.ok(&["log", "publish"]);
    bench
}

fn kit(bench: &Bench) -> String {
    bench.path("vault/keys/recovery-kit.txt")
}

/// Restores a backup into the folder `to`.
fn restore(bench: &Bench, file: &str, to: &str) -> Value {
    bench.ok(&["restore", file, "--vault", &bench.path(to), "--kit", &kit(bench)])
}

#[test]
fn a_vault_comes_back_and_goes_on() {
    let bench = furnished(None);
    let file = bench.path("b.age");
    let saved = bench.ok(&["backup", &file]);
    assert_eq!(saved["keys"], 4);
    assert_eq!(saved["bytes"], fs::metadata(&file).unwrap().len());
    // Never overwritten.
    assert!(bench.refused(3, &["backup", &file]).contains("cannot write"));
    let restored = restore(&bench, &file, "again");
    assert_eq!((&restored["sound"], &restored["rows"]), (&json!(true), &saved["rows"]));
    let again = bench.path("again");
    let check = bench.ok(&["vault", "check", "--vault", &again]);
    assert_eq!((&check["sound"], &check["left_behind"]), (&json!(true), &json!([])));
    let log = bench.ok(&["log", "verify", "--vault", &again]);
    assert_eq!(log["faults"], json!([]));
    // It traces what the old one issued, issues the same copies, and its log goes on.
    let traced = bench.ok(&["trace", &bench.path("out/birch"), "--vault", &again]);
    assert_eq!(traced["suspects"][0]["recipient"], "birch");
    bench.ok(&[
        "issue",
        "asset",
        "--to",
        "amber",
        "--plain",
        "--out",
        &bench.path("out2"),
        "--vault",
        &again,
    ]);
    let same =
        Command::new("diff").args(["-r", &bench.path("out/amber"), &bench.path("out2/amber")]).status();
    assert!(same.unwrap().success());
    bench.ok(&["log", "publish", "--now", "--vault", &again]);
    assert_eq!(bench.ok(&["log", "verify", "--vault", &again])["faults"], json!([]));
    // The kit is not in it: it belongs on paper.
    assert!(!Path::new(&bench.path("again/keys/recovery-kit.txt")).exists());
    assert!(bench.refused(3, &["restore", &file, "--vault", &again]).contains("cannot be opened"));
    let occupied = ["restore", &file, "--vault", &again, "--kit", &kit(&bench)];
    assert!(bench.refused(3, &occupied).contains("is not empty"));
}

#[test]
fn a_vault_moves_to_postgresql_and_back() {
    let (Some(from), Some(to)) = (fresh_database(), fresh_database()) else { return };
    let bench = furnished(Some(&from));
    bench.ok(&["backup", &bench.path("b")]);
    let moved = bench.path("moved");
    bench.ok(&["restore", &bench.path("b"), "--vault", &moved, "--ledger", &to, "--kit", &kit(&bench)]);
    assert_eq!(bench.ok(&["log", "verify", "--vault", &moved])["faults"], json!([]));
    let occupied =
        ["restore", &bench.path("b"), "--vault", &bench.path("x"), "--ledger", &to, "--kit", &kit(&bench)];
    assert!(bench.refused(3, &occupied).contains("already holds a ledger"));
    bench.ok(&["backup", &bench.path("c"), "--vault", &moved]);
    let restored = restore(&bench, &bench.path("c"), "back");
    assert_eq!(restored["sound"], true);
    let traced = bench.ok(&["trace", &bench.path("out/amber"), "--vault", &bench.path("back")]);
    assert_eq!(traced["suspects"][0]["recipient"], "amber");
}

#[test]
fn other_programs_open_it() {
    let bench = furnished(None);
    let (Some(age), Some(keygen), Some(zstd)) = (peer("age"), peer("age-keygen"), peer("zstd")) else {
        return;
    };
    let identity = bench.path("id");
    assert!(Command::new(keygen).args(["-o", &identity]).stderr(Stdio::null()).status().unwrap().success());
    let text = fs::read_to_string(&identity).unwrap();
    let public = text.lines().find_map(|line| line.strip_prefix("# public key: ")).unwrap();
    bench.ok(&["backup", &bench.path("b"), "--seal-to", public]);
    let (age, zstd) = (age.display(), zstd.display());
    let pipe = format!("{age} -d -i {identity} {} | {zstd} -d | tar t", bench.path("b"));
    let output = Command::new("sh").args(["-c", &pipe]).output().unwrap();
    let names = String::from_utf8(output.stdout).unwrap();
    assert!(names.starts_with("earmark-backup.json\nledger.jsonl\nkeys/blinding.key\n"), "{names}");
    assert!(names.ends_with("manifest.json\n"));
    // An unsealed one, made with those programs, is taken too; and the identity opens the sealed one.
    let plain = format!("{age} -d -i {identity} {} > {}", bench.path("b"), bench.path("plain"));
    assert!(Command::new("sh").args(["-c", &plain]).status().unwrap().success());
    assert_eq!(bench.ok(&["restore", &bench.path("plain"), "--vault", &bench.path("one")])["sound"], true);
    let mut by_identity = bench.command(&["restore", &bench.path("b")]);
    by_identity.env("EARMARK_IDENTITY", &identity).env("EARMARK_VAULT", bench.path("two"));
    assert!(by_identity.output().unwrap().status.success());
}

#[test]
fn what_does_not_open_says_so_in_one_line() {
    let bench = Bench::with_partners(&["amber"]);
    let file = bench.path("b");
    bench.ok(&["backup", &file]);
    let to = bench.path("again");
    let said = bench.refused(3, &["restore", &file, "--vault", &to]);
    assert!(said.contains("--kit"), "{said}");
    let other = Bench::with_partners(&[]);
    let said = bench.refused(3, &["restore", &file, "--vault", &to, "--kit", &kit(&other)]);
    assert!(said.contains("cannot be opened"), "{said}");
    bench.refused(5, &["restore", &file, "--vault", &to, "--kit", &file]);
    bench.refused(4, &["restore", &bench.path("none"), "--vault", &to]);
    fs::write(bench.path("none"), "no backup").unwrap();
    assert!(
        bench.refused(5, &["restore", &bench.path("none"), "--vault", &to]).contains("cannot be restored")
    );
    let bytes = fs::read(&file).unwrap();
    for cut in [0, 100, 300, bytes.len() / 2, bytes.len() - 1] {
        fs::write(bench.path("cut"), &bytes[..cut]).unwrap();
        let said = bench.run(&["restore", &bench.path("cut"), "--vault", &to, "--kit", &kit(&bench)]);
        assert!(matches!(said.status.code(), Some(3 | 5)), "{cut}: {said:?}");
        assert!(!Path::new(&to).exists());
    }
    assert!(bench.refused(5, &["backup", &bench.path("c"), "--seal-to", "no key"]).contains("no key"));
}

/// Starts the program, kills it after `wait`, and says whether it was still at work.
fn killed(command: &mut Command, wait: Duration) -> bool {
    let mut child = command.stdout(Stdio::null()).stderr(Stdio::null()).spawn().unwrap();
    thread::sleep(wait);
    let at_work = child.try_wait().unwrap().is_none();
    child.kill().unwrap();
    child.wait().unwrap();
    at_work
}

#[test]
fn killed_half_way_leaves_nothing_half() {
    let bench = furnished(None);
    let noise: Vec<u8> =
        (0..400_000u64).flat_map(|n| n.wrapping_mul(0x9e37_79b9_7f4a_7c15).to_le_bytes()).collect();
    fs::create_dir(bench.path("big")).unwrap();
    for n in 0..2u8 {
        let bytes: Vec<u8> = noise.iter().map(|byte| byte ^ n).collect();
        fs::write(bench.path(&format!("big/{n}.bin")), bytes).unwrap();
    }
    bench.ok(&["protect", &bench.path("big"), "--name", "big"]);
    fs::create_dir(bench.path("saved")).unwrap();
    let whole = bench.path("whole");
    let started = Instant::now();
    bench.ok(&["backup", &whole]);
    let takes = started.elapsed();
    let (mut half, file) = (0, bench.path("saved/b"));
    for kill in 1..8u32 {
        half += u32::from(killed(&mut bench.command(&["backup", &file]), takes * kill / 8));
        if Path::new(&file).exists() {
            restore(&bench, &file, &format!("saved{kill}"));
            fs::remove_file(&file).unwrap();
        }
        assert_eq!(fs::read_dir(bench.path("saved")).unwrap().count(), 0, "no half file");
    }
    let again = bench.path("again");
    let started = Instant::now();
    restore(&bench, &whole, "first");
    let takes = started.elapsed();
    for kill in 1..8u32 {
        let arguments = ["restore", &whole, "--vault", &again, "--kit", &kit(&bench)];
        half += u32::from(killed(Command::new(EARMARK).args(arguments), takes * kill / 8));
        if Path::new(&again).join("vault.toml").exists() {
            assert_eq!(bench.ok(&["vault", "check", "--vault", &again])["sound"], true);
            fs::remove_dir_all(&again).unwrap();
        }
    }
    eprintln!("14 kills, {half} of them amid the work");
    // What the last kill left is taken up again.
    assert_eq!(restore(&bench, &whole, "again")["sound"], true);
}

#[test]
fn a_full_disk_gives_one_clear_error() {
    let disk = tempfile::tempdir().unwrap();
    let mounted = Command::new("mount")
        .args(["-t", "tmpfs", "-o", "size=1m", "earmark-test"])
        .arg(disk.path())
        .output();
    if !mounted.is_ok_and(|output| output.status.success()) {
        return skip("mounting a small disk needs root");
    }
    let bench = Bench::with_partners(&["amber"]);
    fs::create_dir(bench.path("big")).unwrap();
    let noise: Vec<u8> =
        (0..500_000u64).flat_map(|n| (n * n).wrapping_mul(0x9e37_79b9_7f4a_7c15).to_le_bytes()).collect();
    fs::write(bench.path("big/a.bin"), noise).unwrap();
    bench.ok(&["protect", &bench.path("big"), "--name", "big"]);
    let place = disk.path().join("b").display().to_string();
    let said = bench.refused(6, &["backup", &place]);
    assert!(said.contains("No space") && said.contains("free some room"), "{said}");
    bench.ok(&["backup", &bench.path("b")]);
    let to = disk.path().join("v").display().to_string();
    let said = bench.refused(6, &["restore", &bench.path("b"), "--vault", &to, "--kit", &kit(&bench)]);
    assert!(said.to_lowercase().contains("no space") && said.contains("free some room"), "{said}");
    assert_eq!(fs::read_dir(disk.path()).unwrap().count(), 0);
    drop(Command::new("umount").arg("--lazy").arg(disk.path()).output());
}
