//! Three workers on one vault, two of them killed: each instant fires exactly once, on both databases.

use std::process::{Child, Stdio};
use std::thread;
use std::time::{Duration, Instant};

use earmark_model::UnixMillis;

use crate::bench::Bench;

const DISCLOSURES: usize = 6;

/// The instant so many milliseconds from now. Instants are shown to the second; the program reads fractions too.
#[expect(clippy::disallowed_methods, reason = "the program under test asks the machine's clock")]
fn after(millis: i64) -> String {
    let since = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).unwrap();
    let at = UnixMillis(i64::try_from(since.as_millis()).unwrap() + millis);
    at.rfc3339().replace('Z', &format!(".{:03}Z", at.0.rem_euclid(1000)))
}

fn worker(bench: &Bench) -> Child {
    let mut command = bench.command(&["worker", "--json", "--outbox", &bench.path("outbox")]);
    command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::piped()).spawn().unwrap()
}

fn two_of_three_die(bench: &Bench) {
    // Due 4 s to 8 s after each is added.
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
    let mut workers: Vec<Child> = (0..3).map(|_| worker(bench)).collect();
    // In the midst of the work, and again: SIGKILL, no handler, no destructor.
    let begun = Instant::now();
    for (victim, seconds) in [(0, 4.9), (1, 6.0)] {
        thread::sleep(Duration::from_secs_f64(seconds).saturating_sub(begun.elapsed()));
        workers[victim].kill().unwrap();
        workers[victim].wait().unwrap();
    }
    // A job whose holder died is taken over when its lease ends, after ten seconds.
    let fired = |n: usize| {
        let shown = bench.ok(&["disclosure", "show", &format!("d{n}")]);
        shown["stages"].as_array().unwrap().iter().filter(|line| line["state"] == "released").count()
    };
    while (0..DISCLOSURES).any(|n| fired(n) < 5) {
        assert!(begun.elapsed() < Duration::from_secs(60), "not all instants fired");
        assert!(workers[2].try_wait().unwrap().is_none(), "the last worker ended");
        thread::sleep(Duration::from_millis(200));
    }
    thread::sleep(Duration::from_secs(1));
    workers[2].kill().unwrap();
    workers[2].wait().unwrap();

    for n in 0..DISCLOSURES {
        let shown = bench.ok(&["disclosure", "show", &format!("d{n}")]);
        let released =
            shown["history"].as_array().unwrap().iter().filter(|line| line["act"] == "release").count();
        assert_eq!(released, 5, "each instant once");
        for line in shown["history"].as_array().unwrap().iter().filter(|line| line["act"] == "release") {
            let (due, fired) = (&line["particulars"]["due"], &line["particulars"]["fired"]);
            assert!(fired.as_str() >= due.as_str(), "{line}");
        }
        // Two partners of tier one, four stages.
        assert_eq!(shown["deliveries"].as_array().unwrap().len(), 8);
        assert_eq!(shown["embargo"], "exited");
    }
    bench.ok(&["worker", "--once", "--outbox", &bench.path("outbox")]);
    let mails = std::fs::read_dir(bench.root().join("outbox")).unwrap();
    let mails =
        mails.filter(|item| item.as_ref().unwrap().path().extension().is_some_and(|end| end == "eml"));
    assert_eq!(mails.count(), DISCLOSURES * 5 * 2, "everybody is told of each instant once");
}

#[test]
fn each_instant_fires_once_on_sqlite() {
    two_of_three_die(&Bench::with_partners(&["amber", "birch"]));
}

#[test]
fn each_instant_fires_once_on_postgres() {
    let Some(url) = earmark_testkit::fresh_database() else { return };
    two_of_three_die(&Bench::on_ledger(Some(&url), &["amber", "birch"]));
}
