//! Workers that die, a database that stops in between, a mail server: each instant fires exactly once and everybody is
//! told, on both databases.

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

use std::process::{Child, Stdio};
use std::thread;
use std::time::{Duration, Instant};

use earmark_model::UnixMillis;
use earmark_testkit::{MailServer, OwnPostgres, peer};

use crate::bench::Bench;

const DISCLOSURES: usize = 6;

/// The instant so many milliseconds from now. Instants are shown to the second; the program reads fractions too.
#[expect(clippy::disallowed_methods, reason = "the program under test asks the machine's clock")]
fn after(millis: i64) -> String {
    let since = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).unwrap();
    let at = UnixMillis(i64::try_from(since.as_millis()).unwrap() + millis);
    at.rfc3339().replace('Z', &format!(".{:03}Z", at.0.rem_euclid(1000)))
}

fn worker(bench: &Bench, means: &[&str]) -> Child {
    let mut command = bench.command(&[&["worker", "--json"], means].concat());
    command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::piped()).spawn().unwrap()
}

/// Six disclosures, due 4 s to 8 s after each is added.
fn arm(bench: &Bench) {
    for n in 0..DISCLOSURES {
        let (id, public) = (format!("d{n}"), after(8_000));
        let stages: Vec<String> = ["heads-up", "advisory", "detection-guidance", "source"]
            .iter()
            .zip([4_000, 5_000, 6_000, 7_000])
            .map(|(stage, millis)| format!("{stage}:one={}", after(millis)))
            .collect();
        let mut arguments = vec!["disclosure", "add", &id, "--title", "A flaw", "--public", &public];
        for stage in &stages {
            arguments.extend(["--stage", stage]);
        }
        bench.ok(&arguments);
        bench.ok(&["disclosure", "accept", &id]);
    }
}

/// Starts three workers and kills two in the midst of the work: SIGKILL, no handler, no destructor. Gives the third.
fn two_of_three_die(bench: &Bench, means: &[&str]) -> Child {
    arm(bench);
    let mut workers: Vec<Child> = (0..3).map(|_| worker(bench, means)).collect();
    let begun = Instant::now();
    for (victim, seconds) in [(0, 4.9), (1, 6.0)] {
        thread::sleep(Duration::from_secs_f64(seconds).saturating_sub(begun.elapsed()));
        workers[victim].kill().unwrap();
        workers[victim].wait().unwrap();
    }
    let mut last = workers.pop().unwrap();
    all_fire(bench, &mut last);
    last
}

/// Waits until everything has fired, and checks that it did so once.
fn all_fire(bench: &Bench, last: &mut Child) {
    // A job whose holder died is taken over when its lease ends, after ten seconds.
    let fired = |n: usize| {
        let shown = bench.ok(&["disclosure", "show", &format!("d{n}")]);
        shown["stages"].as_array().unwrap().iter().filter(|line| line["state"] == "released").count()
    };
    let begun = Instant::now();
    while (0..DISCLOSURES).any(|n| fired(n) < 5) {
        assert!(begun.elapsed() < Duration::from_secs(90), "not all instants fired");
        assert!(last.try_wait().unwrap().is_none(), "the last worker ended");
        thread::sleep(Duration::from_millis(200));
    }
    for n in 0..DISCLOSURES {
        let shown = bench.ok(&["disclosure", "show", &format!("d{n}")]);
        let released: Vec<_> =
            shown["history"].as_array().unwrap().iter().filter(|line| line["act"] == "release").collect();
        assert_eq!(released.len(), 5, "each instant once");
        for line in released {
            let (due, fired) = (&line["particulars"]["due"], &line["particulars"]["fired"]);
            assert!(fired.as_str() >= due.as_str(), "{line}");
        }
        // Two partners of tier one, four stages.
        assert_eq!(shown["deliveries"].as_array().unwrap().len(), 8);
        assert_eq!(shown["embargo"], "exited");
    }
}

fn end(mut worker: Child) {
    worker.kill().unwrap();
    worker.wait().unwrap();
}

/// Everybody is told of each instant.
const MESSAGES: usize = DISCLOSURES * 5 * 2;

fn files_are_written_once(bench: &Bench) {
    let means = ["--outbox", &bench.path("outbox")];
    end(two_of_three_die(bench, &means));
    bench.ok(&["worker", "--once", "--outbox", &bench.path("outbox")]);
    let mails = std::fs::read_dir(bench.root().join("outbox")).unwrap();
    let mails =
        mails.filter(|item| item.as_ref().unwrap().path().extension().is_some_and(|end| end == "eml"));
    assert_eq!(mails.count(), MESSAGES, "everybody is told of each instant once");
}

#[test]
fn each_instant_fires_once_on_sqlite() {
    files_are_written_once(&Bench::with_partners(&["amber", "birch"]));
}

#[test]
fn each_instant_fires_once_on_postgres() {
    let Some(url) = earmark_testkit::fresh_database() else { return };
    files_are_written_once(&Bench::on_ledger(Some(&url), &["amber", "birch"]));
}

/// A vault whose two partners have mail.
fn with_mail(ledger: Option<&str>) -> Bench {
    let bench = Bench::on_ledger(ledger, &[]);
    for slug in ["amber", "birch"] {
        let contact = format!("desk@{slug}.example");
        bench.add_partner(slug, &["--contact", &contact]);
    }
    bench
}

/// Waits until the ledger says that all mail left, and checks what the server took: each message, and of those that a
/// worker held as it was killed at most one more copy under the same Message-ID.
fn all_mail_leaves(bench: &Bench, server: &MailServer, killed: usize) {
    let begun = Instant::now();
    let sent = |n: usize| {
        let shown = bench.ok(&["disclosure", "show", &format!("d{n}")]);
        assert_eq!(shown["told"]["given_up"].as_array().unwrap().len(), 0);
        usize::try_from(shown["told"]["sent"].as_u64().unwrap()).unwrap()
    };
    while (0..DISCLOSURES).map(sent).sum::<usize>() < MESSAGES {
        assert!(begun.elapsed() < Duration::from_secs(60), "not all mail left");
        thread::sleep(Duration::from_millis(300));
    }
    assert_eq!((0..DISCLOSURES).map(sent).sum::<usize>(), MESSAGES);
    let taken = server.taken();
    let id = |mail: &String| mail.lines().find(|line| line.starts_with("Message-ID: ")).unwrap().to_owned();
    let ids: BTreeSet<String> = taken.iter().map(id).collect();
    assert_eq!(ids.len(), MESSAGES, "everybody is told of each instant");
    assert!(taken.len() <= MESSAGES + 16 * killed, "{} mails", taken.len());
}

/// A message that a killed worker held is free again when its lease ends, after five minutes: the test shortens that by
/// forgetting the lease, as the clock would.
fn leases_end(ledger: &str) {
    let psql = peer("psql").unwrap();
    let folder = ledger.split_once("host=").unwrap().1;
    let database = ledger.rsplit_once('/').map_or("", |(_, rest)| rest);
    let database = ledger.split('?').next().unwrap().rsplit('/').next().unwrap_or(database);
    let mut psql = std::process::Command::new(psql);
    psql.args(["-q", "-h", folder, "-U", "earmark", "-d", database, "-c", "update message set lease = null"]);
    assert!(psql.status().unwrap().success());
}

#[test]
fn mail_leaves_whoever_dies() {
    let (Some(server), Some(url)) = (MailServer::start(), earmark_testkit::fresh_database()) else { return };
    let bench = with_mail(Some(&url));
    let last = two_of_three_die(&bench, &["--smtp", &server.url()]);
    leases_end(&url);
    all_mail_leaves(&bench, &server, 2);
    end(last);
}

/// The database stops for two seconds amid the instants, and once more as mail leaves; two workers live through it.
#[test]
fn a_database_that_stops_delays_and_loses_nothing() {
    let (Some(server), Some(mut database)) = (MailServer::start(), OwnPostgres::start()) else { return };
    let bench = with_mail(Some(&database.url()));
    arm(&bench);
    let mut workers: Vec<Child> = (0..2).map(|_| worker(&bench, &["--smtp", &server.url()])).collect();
    for _ in 0..2 {
        thread::sleep(Duration::from_secs(3));
        database.stop();
        thread::sleep(Duration::from_secs(2));
        database.start_again();
    }
    all_fire(&bench, &mut workers[0]);
    leases_end(&database.url());
    all_mail_leaves(&bench, &server, 2);
    for mut worker in workers {
        assert!(worker.try_wait().unwrap().is_none(), "no worker ended");
        end(worker);
    }
}

/// At its instant, not before, a stage's bundles are made and the log is published, by nobody's hand.
#[test]
fn bundles_are_made_and_the_log_is_published_at_the_instant() {
    let (Some(age), Some(keygen)) = (peer("age"), peer("age-keygen")) else { return };
    let bench = Bench::with_partners(&["birch"]);
    let identity = bench.path("key.txt");
    assert!(std::process::Command::new(&keygen).args(["-o", &identity]).status().unwrap().success());
    let public = std::process::Command::new(&keygen).args(["-y", &identity]).output().unwrap().stdout;
    let public = String::from_utf8(public).unwrap();
    let add = [
        "partner",
        "add",
        "amber",
        "--name",
        "Amber",
        "--country",
        "DE",
        "--tier",
        "one",
        "--key",
        public.trim(),
    ];
    bench.ok(&add);
    let tree = bench.tree("poc", 1, 6).display().to_string();
    bench.ok(&["protect", &tree, "--name", "poc"]);
    let (due, public) = (after(6_000), after(600_000));
    let stage = format!("proof-of-concept:one={due}");
    bench.ok(&["disclosure", "add", "d", "--title", "A flaw", "--public", &public, "--stage", &stage]);
    bench.ok(&["disclosure", "attach", "d", "poc", "--stage", "proof-of-concept"]);
    // Birch has no key: the preflight says so, and is told to go on.
    let refused = bench.refused(3, &["disclosure", "accept", "d"]);
    assert!(refused.contains("keys: "), "{refused}");
    let checks = bench.ok(&["disclosure", "preflight", "d"]);
    let keys = checks["checks"].as_array().unwrap().iter().find(|check| check["name"] == "keys").unwrap();
    assert!(keys["light"] == "red" && keys["about"][0].as_str().unwrap().starts_with("birch: "), "{keys}");
    bench.ok(&["partner", "suspend", "birch", "--why", "no key"]);
    bench.ok(&["disclosure", "accept", "d"]);
    let (bundles, log) = (bench.path("bundles"), bench.path("log"));
    let working = worker(&bench, &["--bundles", &bundles, "--log", &log]);
    let folder = Path::new(&bundles).join("d");
    let begun = Instant::now();
    let bundle = loop {
        let there = fs::read_dir(&folder).into_iter().flatten().flatten().map(|item| item.path());
        if let Some(path) = there.filter(|path| path.extension().is_some_and(|end| end == "age")).last() {
            break path;
        }
        assert!(begun.elapsed() < Duration::from_secs(60), "no bundle is made");
        thread::sleep(Duration::from_millis(100));
    };
    assert!(after(0) >= due, "not before its instant");
    let opened =
        std::process::Command::new(&age).args(["-d", "-i", &identity]).arg(&bundle).output().unwrap();
    assert!(opened.status.success() && opened.stdout.len() > 1_000);
    end(working);
    let verified = bench.ok(&["log", "verify", "--log", &log]);
    assert_eq!(verified["faults"].as_array().map(Vec::len), Some(0), "{verified}");
}
