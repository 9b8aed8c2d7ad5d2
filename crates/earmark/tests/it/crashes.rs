//! Killed processes, full disks, and two processes at once: nothing is lost, nothing is half there.
//!
//! `EARMARK_KILLS` sets how many processes are killed in all (24 if it is not set). The figure for a release is
//! `EARMARK_KILLS=200`. Other moments are chosen with `EARMARK_KILL_SEED`.

use std::env;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Output, Stdio};
use std::thread;
use std::time::{Duration, Instant};

use earmark_testkit::skip;
use serde_json::Value;

use crate::bench::{Bench, EARMARK};

const PARTNERS: [&str; 4] = ["amber", "birch", "cedar", "delta"];

/// An age recipient and an OpenPGP certificate whose private keys nobody has: what is sealed here is never opened.
const AGE: &str = "age1zswhwfzt4steu95tvp8vzkj2kh7529g9y9gfp7t2pjpfefchvq9qhckam9";
const OPENPGP: &str = "\
-----BEGIN PGP PUBLIC KEY BLOCK-----\n\
\n\
mDMEZZIAgBYJKwYBBAHaRw8BAQdA1T0jHICup8fvghfwhPynTn/xB+pvXe7yroWb\n\
Q3U4oVG0Em5vYm9keUBleGFtcGxlLm9yZ4iQBBMWCAA4FiEECanrHE9KKm9oKEvk\n\
FB8niVi4bvAFAmWSAIACGwMFCwkIBwIGFQoJCAsCBBYCAwECHgECF4AACgkQFB8n\n\
iVi4bvBzrgD+MUrR7hxXgnLapZIBc/ZiR7/rH2zPJtw8hfaCWaXfu5kBANNDeKqO\n\
Fv+aUhMSSaAUFRATNwONtr0YbWOKxIal+DAHuDgEZZIAgBIKKwYBBAGXVQEFAQEH\n\
QLrKIut4baGHGc8dhHRScTRjp2GPMrWRzATgrDvglqIGAwEIB4h4BBgWCAAgFiEE\n\
CanrHE9KKm9oKEvkFB8niVi4bvAFAmWSAIACGwwACgkQFB8niVi4bvA9XgD9FN2s\n\
Db3ItIdy8d5C1psI6BBMBckN/xWgt/kI79SWGhgBAJ0wMGCKztiBL2CbpPgRvZo5\n\
FJTptCKlyjQCWi4/Z/II\n\
=C+9r\n\
-----END PGP PUBLIC KEY BLOCK-----\n\n";

/// Numbers that look random and are the same for a seed (splitmix64).
struct Dice(u64);

impl Dice {
    fn new(salt: u64) -> Self {
        let seed = env::var("EARMARK_KILL_SEED").map_or(7, |text| text.parse().unwrap());
        Self(seed ^ (salt << 32))
    }

    /// A number below 1.
    fn roll(&mut self) -> f64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut x = self.0;
        x = (x ^ (x >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        x = (x ^ (x >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        ((x ^ (x >> 31)) >> 11) as f64 / (1u64 << 53) as f64
    }
}

fn kills() -> usize {
    env::var("EARMARK_KILLS").map_or(24, |text| text.parse().unwrap())
}

fn start(bench: &Bench, arguments: &[&str]) -> Child {
    let mut command = bench.command(arguments);
    command.arg("--json").stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap()
}

fn finish(child: Child) -> Output {
    child.wait_with_output().unwrap()
}

fn document(output: &Output) -> Value {
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    serde_json::from_slice(&output.stdout).unwrap()
}

/// Starts a command and kills it after `wait`; says whether it was still at work.
fn kill_after(bench: &Bench, arguments: &[&str], wait: Duration) -> bool {
    let mut child = start(bench, arguments);
    thread::sleep(wait);
    let at_work = child.try_wait().unwrap().is_none();
    // SIGKILL: no handler, no destructor.
    child.kill().unwrap();
    finish(child);
    at_work
}

/// The vault has no fault; what a killed process left is no fault.
fn is_sound(bench: &Bench, what: &str) {
    let output = bench.run(&["vault", "check", "--json"]);
    let answer: Value = serde_json::from_slice(&output.stdout).unwrap();
    assert_eq!(output.status.code(), Some(0), "{what}: {answer}");
    assert_eq!((&answer["sound"], answer["faults"].as_array().unwrap().len()), (&true.into(), 0), "{what}");
}

/// Every visible entry of a folder with its files' bytes, or nothing where there is no folder.
fn visible(folder: &Path) -> Vec<(PathBuf, Vec<u8>)> {
    let (mut files, mut waiting) = (Vec::new(), vec![folder.to_owned()]);
    while let Some(next) = waiting.pop() {
        let Ok(listing) = fs::read_dir(&next) else { continue };
        for item in listing {
            let item = item.unwrap();
            let hidden = item.file_name().as_encoded_bytes().starts_with(b".");
            if item.file_type().unwrap().is_dir() {
                if !(hidden && next == folder) {
                    waiting.push(item.path());
                }
            } else if !(hidden && next == folder) {
                let below = item.path().strip_prefix(folder).unwrap().to_owned();
                files.push((below, fs::read(item.path()).unwrap()));
            }
        }
    }
    files.sort();
    files
}

/// Runs a command that must succeed; gives its answer and how long it took, the span within which the next one is
/// killed: the machine may be busy, and not with the same work all the time.
fn timed(bench: &Bench, arguments: &[&str]) -> (Value, Duration) {
    let begun = Instant::now();
    let answer = bench.ok(arguments);
    (answer, begun.elapsed())
}

#[test]
fn protect_survives_being_killed_at_any_moment() {
    let bench = Bench::with_partners(&PARTNERS);
    bench.tree("trial", 80, 8);
    let (_, mut span) = timed(&bench, &["protect", "trial", "--name", "trial"]);
    let mut dice = Dice::new(1);
    let mut at_work = 0;
    // Each victim protects further content of one asset: positions, code and plan grow under the kills.
    let tree = bench.tree("asset", 81, 8);
    for round in 0..kills().div_ceil(2) {
        fs::write(tree.join("round.c"), format!("int round(int a)\n{{\n    return a + {round};\n}}\n"))
            .unwrap();
        let protect = ["protect", "asset", "--name", "asset"];
        at_work += usize::from(kill_after(&bench, &protect, span.mul_f64(dice.roll())));
        is_sound(&bench, &format!("round {round}"));
        let answer;
        (answer, span) = timed(&bench, &protect);
        assert_eq!(bench.ok(&protect)["plan"], answer["plan"], "round {round}");
        is_sound(&bench, &format!("after round {round}"));
    }
    eprintln!("protect: killed {at_work} at work, span {span:?}");
    assert!(at_work * 4 > kills().div_ceil(2), "only {at_work} were at work when they were killed");
    bench.ok(&["issue", "asset", "--to", "all", "--out", "out", "--plain"]);
    assert_eq!(bench.ok(&["trace", "out/cedar"])["suspects"][0]["recipient"], "cedar");
    bench.ok(&["vault", "check", "--collect"]);
    is_sound(&bench, "collected");
}

#[test]
fn issue_survives_being_killed_at_any_moment() {
    let bench = Bench::with_partners(&PARTNERS);
    bench.tree("asset", 82, 24);
    bench.ok(&["protect", "asset", "--name", "asset"]);
    let issue = |out: &'static str| ["issue", "asset", "--to", "all", "--out", out, "--plain"];
    let (_, mut span) = timed(&bench, &issue("whole"));
    let mut dice = Dice::new(2);
    let mut at_work = 0;
    let out = bench.root().join("out");
    for round in 0..kills() / 2 {
        // A revision that nobody has yet in every third round: then the ledger is written too.
        if round % 3 == 0 {
            fs::write(bench.root().join("asset/round.c"), format!("int round{round};\n")).unwrap();
            bench.ok(&["protect", "asset", "--name", "asset"]);
        }
        drop(fs::remove_dir_all(&out));
        at_work += usize::from(kill_after(&bench, &issue("out"), span.mul_f64(dice.roll())));
        is_sound(&bench, &format!("round {round}"));
        // What stands there is whole: each of the copies is there with every file or not at all; and it was
        // committed to before: the plan first, then the copy.
        let killed = visible(&out);
        let committed = bench.ok(&["log", "list"]);
        let committed = committed.as_array().unwrap();
        let plan = committed.iter().rposition(|entry| entry["kind"] == "plan").unwrap();
        for partner in PARTNERS.iter().filter(|partner| out.join(partner).exists()) {
            let copy = committed
                .iter()
                .skip(plan)
                .any(|entry| entry["kind"] == "copy" && entry["about"] == **partner);
            assert!(copy, "round {round}: the copy of {partner} left before it was committed to");
        }
        assert_eq!(bench.ok(&["log", "verify"])["sound"], true, "round {round}");
        let issued;
        (issued, span) = timed(&bench, &issue("out"));
        assert_eq!(issued["copies"].as_array().unwrap().len(), PARTNERS.len());
        let leftovers = fs::read_dir(&out).unwrap().count() - PARTNERS.len();
        assert_eq!(
            leftovers, 0,
            "round {round}: the killed run left something that the next did not collect"
        );
        let finished = visible(&out);
        for partner in PARTNERS {
            let of = |files: &[(PathBuf, Vec<u8>)]| -> Vec<(PathBuf, Vec<u8>)> {
                files.iter().filter(|(path, _)| path.starts_with(partner)).cloned().collect()
            };
            assert!(
                of(&killed).is_empty() || of(&killed) == of(&finished),
                "round {round}: {partner} is half there"
            );
        }
        is_sound(&bench, &format!("after round {round}"));
    }
    eprintln!("issue: killed {at_work} at work, span {span:?}");
    assert!(at_work * 4 > kills() / 2, "only {at_work} were at work when they were killed");
}

#[test]
fn publish_survives_being_killed_at_any_moment() {
    let bench = Bench::with_partners(&PARTNERS);
    bench.tree("asset", 88, 2);
    bench.ok(&["protect", "asset", "--name", "asset"]);
    let publish = ["log", "publish", "--now"];
    let (_, mut span) = timed(&bench, &["log", "publish", "--block", "64"]);
    let mut dice = Dice::new(3);
    let mut at_work = 0;
    for round in 0..kills() / 2 {
        // Somebody issues at the same time: what is signed over grows under the signer.
        let issue = ["issue", "asset", "--to", PARTNERS[round % 4], "--out", "out", "--plain"];
        let issuing = start(&bench, &issue);
        at_work += usize::from(kill_after(&bench, &publish, span.mul_f64(dice.roll())));
        document(&finish(issuing));
        let verified = bench.ok(&["log", "verify"]);
        assert_eq!(verified["sound"], true, "round {round}: {verified}");
        let published;
        (published, span) = timed(&bench, &publish);
        assert_eq!(published["size"].as_u64().unwrap() % 64, 0);
        let verified = bench.ok(&["log", "verify"]);
        assert_eq!(
            (&verified["sound"], &verified["remarks"]),
            (&true.into(), &serde_json::json!([])),
            "{verified}"
        );
    }
    eprintln!("publish: killed {at_work} at work, span {span:?}");
    assert!(at_work * 4 > kills() / 2, "only {at_work} were at work when they were killed");
    is_sound(&bench, "after the kills");
}

/// A file system of its own, unmounted in the end.
struct SmallDisk(tempfile::TempDir);

impl SmallDisk {
    fn new(size: &str) -> Option<Self> {
        let folder = tempfile::tempdir().unwrap();
        let mount = Command::new("mount")
            .args(["-t", "tmpfs", "-o", &format!("size={size}"), "earmark-test"])
            .arg(folder.path())
            .output();
        if mount.is_ok_and(|output| output.status.success()) {
            return Some(Self(folder));
        }
        skip("mounting a small disk needs root");
        None
    }

    fn path(&self, name: &str) -> String {
        self.0.path().join(name).display().to_string()
    }

    /// Fills the disk up to so many bytes.
    fn fill_but(&self, room: u64) -> PathBuf {
        let ballast = self.0.path().join("ballast");
        let output = Command::new("df")
            .args(["--output=avail", "--block-size=1"])
            .arg(self.0.path())
            .output()
            .unwrap();
        let text = String::from_utf8(output.stdout).unwrap();
        let free: u64 = text.lines().last().unwrap().trim().parse().unwrap();
        fs::write(&ballast, vec![1; free.saturating_sub(room) as usize]).unwrap();
        ballast
    }
}

impl Drop for SmallDisk {
    fn drop(&mut self) {
        drop(Command::new("umount").arg("--lazy").arg(self.0.path()).output());
    }
}

fn full(output: &Output, what: &str) {
    let said = String::from_utf8_lossy(&output.stderr).into_owned();
    assert_eq!(output.status.code(), Some(6), "{what}: {said}");
    assert_eq!(said.lines().filter(|line| line.starts_with("error: ")).count(), 1, "{what}: {said}");
    assert!(said.contains("space"), "{what}: {said}");
    assert!(said.contains("  hint: free some room and run the same command again"), "{what}: {said}");
}

#[test]
fn a_full_disk_stops_protecting_and_loses_nothing() {
    let Some(disk) = SmallDisk::new("24m") else { return };
    let bench = Bench::with_partners(&[]);
    bench.tree("asset", 83, 20);
    let vault = disk.path("vault");
    let on_disk = |arguments: &[&str]| {
        Command::new(EARMARK)
            .args(arguments)
            .current_dir(bench.root())
            .env("EARMARK_VAULT", &vault)
            .output()
            .unwrap()
    };
    document(&on_disk(&["init", &vault, "--name", "Small", "--json"]));
    document(&on_disk(&[
        "partner",
        "add",
        "amber",
        "--name",
        "A",
        "--country",
        "DE",
        "--tier",
        "one",
        "--json",
    ]));
    let protect = ["protect", "asset", "--name", "asset"];
    // From no room at all in steps, so that it runs out at several places.
    let mut refused = 0;
    for room in [0, 8 << 10, 64 << 10, 128 << 10, 192 << 10, 256 << 10, 384 << 10] {
        let ballast = disk.fill_but(room);
        let output = on_disk(&protect);
        if output.status.success() {
            fs::remove_file(ballast).unwrap();
            break;
        }
        full(&output, &format!("{room} bytes of room"));
        refused += 1;
        fs::remove_file(ballast).unwrap();
        let checked = document(&on_disk(&["vault", "check", "--json"]));
        assert_eq!(checked["sound"], true, "{room}: {checked}");
    }
    assert!(refused >= 3, "the disk was never full");
    document(&on_disk(&["protect", "asset", "--name", "asset", "--json"]));
    document(&on_disk(&["issue", "asset", "--to", "all", "--out", "out", "--plain", "--json"]));
    assert_eq!(document(&on_disk(&["vault", "check", "--json"]))["sound"], true);
}

#[test]
fn a_full_disk_stops_issuing_and_leaves_nothing_half() {
    let Some(disk) = SmallDisk::new("4m") else { return };
    let bench = Bench::with_partners(&PARTNERS);
    bench.tree("asset", 84, 20);
    bench.ok(&["protect", "asset", "--name", "asset"]);
    let (out, sealed, papers) = (disk.path("out"), disk.path("sealed"), disk.path("traces"));
    let issue = ["issue", "asset", "--to", "all", "--out", &out, "--plain"];
    let mut refused = 0;
    for room in [0, 16 << 10, 100 << 10] {
        let ballast = disk.fill_but(room);
        full(&bench.run(&issue), &format!("{room} bytes of room"));
        refused += 1;
        let left: Vec<_> =
            fs::read_dir(&out).into_iter().flatten().map(|item| item.unwrap().file_name()).collect();
        assert!(left.iter().all(|name| !name.as_encoded_bytes().starts_with(b".")), "{left:?}");
        fs::remove_file(ballast).unwrap();
        is_sound(&bench, "after a full disk");
    }
    assert_eq!(refused, 3);
    let issued = bench.ok(&issue);
    assert_eq!(issued["copies"].as_array().unwrap().len(), PARTNERS.len());
    bench.ok(&["issue", "asset", "--to", "all", "--out", "elsewhere", "--plain"]);
    assert_eq!(visible(Path::new(&out)), visible(&bench.root().join("elsewhere")));
    // Sealed bundles, of both forms that they have.
    for (partner, key) in [("amber", AGE), ("birch", OPENPGP)] {
        bench.ok(&["partner", "key", "add", partner, key]);
        let seal = ["issue", "asset", "--to", partner, "--out", &sealed];
        for room in [0, 20 << 10, 60 << 10] {
            let ballast = disk.fill_but(room);
            full(&bench.run(&seal), &format!("{partner}: {room} bytes of room"));
            assert_eq!(fs::read_dir(&sealed).into_iter().flatten().count(), 0, "{partner}");
            fs::remove_file(ballast).unwrap();
        }
        bench.ok(&seal);
        fs::remove_dir_all(&sealed).unwrap();
    }
    // A report that finds no room is refused too, and the look stays on record.
    let ballast = disk.fill_but(0);
    full(&bench.run(&["trace", "elsewhere/amber", "--out", &papers]), "a report");
    fs::remove_file(ballast).unwrap();
    bench.ok(&["trace", "elsewhere/amber", "--out", &papers]);
    is_sound(&bench, "after a full disk");
}

#[test]
fn two_processes_on_one_vault_wait_for_each_other() {
    let bench = Bench::with_partners(&PARTNERS);
    for (name, seed) in [("first", 85), ("second", 86), ("third", 87)] {
        bench.tree(name, seed, 8);
    }
    bench.ok(&["protect", "first", "--name", "first"]);
    let both = |one: &[&str], other: &[&str]| {
        let (one, other) = (start(&bench, one), start(&bench, other));
        (document(&finish(one)), document(&finish(other)))
    };
    // Protecting and issuing.
    let (_, issued) = both(
        &["protect", "second", "--name", "second"],
        &["issue", "first", "--to", "all", "--out", "a", "--plain"],
    );
    is_sound(&bench, "protect beside issue");
    // The same copies twice, to two places: one record of each.
    let issue = |out: &'static str| ["issue", "second", "--to", "all", "--out", out, "--plain"];
    let (one, other) = both(&issue("b"), &issue("c"));
    for index in 0..PARTNERS.len() {
        for field in ["recipient", "log_index", "copy_sha256"] {
            assert_eq!(one["copies"][index][field], other["copies"][index][field]);
        }
    }
    let again = bench.ok(&["issue", "first", "--to", "all", "--out", "a", "--plain"]);
    assert_eq!(again["copies"], issued["copies"]);
    is_sound(&bench, "issue beside issue");
    // The same content twice: one plan.
    let protect = ["protect", "third", "--name", "third"];
    let (one, other) = both(&protect, &protect);
    assert_eq!((&one["plan"], &one["revision"]), (&other["plan"], &other["revision"]));
    is_sound(&bench, "the same content twice");
    // Two revisions of one asset at once: both are numbered, neither takes the other's positions.
    bench.tree("third/more", 88, 4);
    bench.tree("fourth", 89, 8);
    let (one, other) =
        both(&["protect", "third", "--name", "third"], &["protect", "fourth", "--name", "third"]);
    assert_ne!(one["revision"], other["revision"]);
    is_sound(&bench, "two revisions of one asset");
    for answer in [&one, &other] {
        let revision = answer["revision"].as_str().unwrap();
        bench.ok(&["issue", &format!("third@{revision}"), "--to", "birch", "--out", revision, "--plain"]);
        let traced = bench.ok(&["trace", &format!("{revision}/birch")]);
        assert_eq!(traced["suspects"][0]["recipient"], "birch", "{traced}");
    }
    // The same place twice: each sees a whole copy. That each made it again is an entry of its own.
    let (mut one, mut other) = both(&issue("d"), &issue("d"));
    for answer in [&mut one, &mut other] {
        for copy in answer["copies"].as_array_mut().unwrap() {
            copy.as_object_mut().unwrap().remove("again");
        }
    }
    assert_eq!(one["copies"], other["copies"]);
}
