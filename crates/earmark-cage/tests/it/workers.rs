use std::fs::File;
use std::io::Write as _;
use std::net::TcpListener;
use std::process::Command;
use std::time::{Duration, Instant};

use earmark_cage::{Budget, Cage, CageError, Death, Flow, Input, OWN_EXE, Why};

use crate::Test;

pub(crate) const TESTS: &[Test] = &[
    ("frames_come_back_in_order", frames_come_back_in_order),
    ("big_input_and_output", big_input_and_output),
    ("a_file_is_mapped", a_file_is_mapped),
    ("files_cannot_be_touched", files_cannot_be_touched),
    ("the_network_is_deadly", the_network_is_deadly),
    ("processes_and_memory_rights_are_out_of_reach", processes_and_memory_rights_are_out_of_reach),
    ("secrets_of_the_environment_stay_out", secrets_of_the_environment_stay_out),
    ("bombs_die_and_the_pool_goes_on", bombs_die_and_the_pool_goes_on),
    ("input_and_output_are_bounded", input_and_output_are_bounded),
    ("stopping_early_ends_the_job", stopping_early_ends_the_job),
    ("many_threads_share_a_pool", many_threads_share_a_pool),
    ("workers_are_reused_only_as_often_as_told", workers_are_reused_only_as_often_as_told),
    ("a_shortened_file_kills_only_the_worker", a_shortened_file_kills_only_the_worker),
    ("a_stranger_is_no_worker", a_stranger_is_no_worker),
    ("without_landlock_it_fails_closed", without_landlock_it_fails_closed),
    ("workers_die_with_us", workers_die_with_us),
];

pub(crate) const WITHOUT_KERNEL_SUPPORT: &str = "--act";

fn budget() -> Budget {
    Budget {
        memory_bytes: 64 << 20,
        input_bytes: 256 << 20,
        cpu_seconds: 20,
        wall_seconds: 30,
        ..Budget::default()
    }
}

fn cage() -> Cage {
    Cage::new(OWN_EXE.as_ref(), 2, budget()).unwrap()
}

fn run(cage: &Cage, job: &str, ask: &[u8], input: &[u8]) -> (Vec<Vec<u8>>, Result<(), Death>) {
    let mut frames = Vec::new();
    let result = cage.run(job, ask, Input::Bytes(input), &mut |frame| {
        frames.push(frame);
        Flow::Continue
    });
    (frames, result)
}

fn why(cage: &Cage, job: &str, ask: &[u8]) -> Why {
    run(cage, job, ask, b"input").1.expect_err(job).why
}

fn frames_come_back_in_order() {
    let cage = cage();
    let bytes: Vec<u8> = (0..=255).cycle().take(10_000).collect();
    let (frames, result) = run(&cage, "many", b"", &bytes);
    assert_eq!(result, Ok(()));
    assert_eq!(frames.concat(), bytes);
    assert_eq!(run(&cage, "echo", b"ask", b"").0, [b"ask".to_vec(), Vec::new()]);
    assert_eq!(run(&cage, "decode-like", b"", &bytes).0, [256_u64.to_le_bytes().to_vec()]);
    assert_eq!(why(&cage, "no such job", b""), Why::UnknownJob);
    assert_eq!(
        run(&cage, "fail", b"", b"").1.unwrap_err(),
        Death { why: Why::Failed, note: "cannot".to_owned() }
    );
}

fn big_input_and_output() {
    let cage = cage();
    // Longer than the worker's memory: the mapped input comes on top of it.
    let bytes: Vec<u8> = (0..200_u32 << 18).flat_map(u32::to_le_bytes).collect();
    let (frames, result) = run(&cage, "echo", b"", &bytes);
    assert_eq!(result, Ok(()));
    assert!(frames[1] == bytes);
}

fn a_file_is_mapped() {
    let mut file = tempfile::tempfile().unwrap();
    file.write_all(b"content").unwrap();
    let mut frames = Vec::new();
    cage()
        .run("echo", b"", Input::File(&file), &mut |frame| {
            frames.push(frame);
            Flow::Continue
        })
        .unwrap();
    assert_eq!(frames[1], b"content");
    let folder = File::open("/").unwrap();
    let death = cage().run("echo", b"", Input::File(&folder), &mut |_| Flow::Continue).unwrap_err();
    assert_eq!(death.why, Why::Worker);
}

fn files_cannot_be_touched() {
    let cage = cage();
    assert_eq!(run(&cage, "open", b"/etc/passwd", b""), (vec![], Ok(())));
    let file = tempfile::NamedTempFile::new().unwrap();
    let path = file.path().to_str().unwrap();
    assert_eq!(run(&cage, "open", path.as_bytes(), b""), (vec![], Ok(())));
    assert!(file.path().exists());
    // The same attack succeeds in the open: the test can fail.
    let mut reached = 0;
    let attack = crate::jobs::JOBS.iter().find(|(name, _)| *name == "open").unwrap().1;
    attack(path.as_bytes(), b"", &mut |_| {
        reached += 1;
        Ok(())
    })
    .unwrap();
    assert_eq!(reached, 4);
    std::fs::remove_file(format!("{path}.x")).unwrap();
}

fn the_network_is_deadly() {
    let cage = cage();
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    listener.set_nonblocking(true).unwrap();
    let address = listener.local_addr().unwrap().to_string();
    assert_eq!(why(&cage, "tcp", address.as_bytes()), Why::Forbidden);
    assert!(listener.accept().is_err(), "somebody connected");
    assert_eq!(why(&cage, "udp", b""), Why::Forbidden);
}

fn processes_and_memory_rights_are_out_of_reach() {
    let cage = cage();
    for job in ["exec", "fork", "thread", "more-memory"] {
        assert_eq!(why(&cage, job, b""), Why::Forbidden, "{job}");
    }
    assert_eq!(why(&cage, "kill", std::process::id().to_string().as_bytes()), Why::Forbidden);
    assert_eq!(run(&cage, "executable-memory", b"", b""), (vec![], Ok(())));
}

fn secrets_of_the_environment_stay_out() {
    let cage = cage();
    assert_eq!(run(&cage, "environment", b"", b"").0, [b"EARMARK_CAGE".to_vec()]);
}

fn bombs_die_and_the_pool_goes_on() {
    let cage =
        Cage::new(OWN_EXE.as_ref(), 1, Budget { cpu_seconds: 1, wall_seconds: 4, ..budget() }).unwrap();
    for (job, expected) in [
        ("memory", Why::Memory),
        ("cpu", Why::Cpu),
        ("sleep", Why::Wall),
        ("stack", Why::Stack),
        ("panic", Why::Panic),
        ("leave", Why::Exit(0)),
    ] {
        let started = Instant::now();
        let (frames, result) = run(&cage, job, b"", b"x");
        let death = result.expect_err(job);
        assert_eq!(death.why, expected, "{job}: {death}");
        assert!(started.elapsed() < Duration::from_secs(8), "{job}");
        if ["memory", "cpu", "sleep"].contains(&job) {
            assert_eq!(frames, [b"before".to_vec()], "what came before a death is kept");
        }
        assert_eq!(run(&cage, "echo", b"still", b"here").1, Ok(()));
    }
    assert!(run(&cage, "panic", b"", b"").1.unwrap_err().note.contains("a flaw in the decoder"));
}

fn input_and_output_are_bounded() {
    let small = Budget { input_bytes: 100, output_bytes: 10 << 20, frame_bytes: 2 << 20, ..budget() };
    let cage = Cage::new(OWN_EXE.as_ref(), 1, small).unwrap();
    assert_eq!(run(&cage, "echo", b"", &[0; 101]).1.unwrap_err().why, Why::Input);
    let (frames, result) = run(&cage, "babble", b"", b"");
    assert_eq!((frames.len(), result.unwrap_err().why), (10, Why::Output));
    let cage = Cage::new(OWN_EXE.as_ref(), 1, Budget { frame_bytes: 1000, ..budget() }).unwrap();
    assert_eq!(run(&cage, "babble", b"", b"").1.unwrap_err().why, Why::Output);
}

fn stopping_early_ends_the_job() {
    let cage = cage();
    let mut seen = 0;
    let result = cage.run("babble", b"", Input::Bytes(b""), &mut |_| {
        seen += 1;
        if seen == 3 { Flow::Stop } else { Flow::Continue }
    });
    assert_eq!((seen, result), (3, Ok(())));
    assert_eq!(run(&cage, "echo", b"", b"").1, Ok(()));
}

fn many_threads_share_a_pool() {
    let cage = cage();
    std::thread::scope(|scope| {
        for thread in 0_u8..8 {
            let cage = &cage;
            scope.spawn(move || {
                for round in 0..10 {
                    assert_eq!(run(cage, "echo", &[thread], &[round]).0, [[thread], [round]]);
                }
            });
        }
    });
}

fn workers_are_reused_only_as_often_as_told() {
    for (jobs_per_worker, jobs) in [(1, 40), (1_000, 400)] {
        let cage = Cage::new(OWN_EXE.as_ref(), 1, Budget { jobs_per_worker, ..budget() }).unwrap();
        let started = Instant::now();
        for _ in 0..jobs {
            assert_eq!(run(&cage, "echo", b"", b"x").1, Ok(()));
        }
        println!("{:?} a job, workers of {jobs_per_worker} jobs", started.elapsed() / jobs);
    }
}

fn a_shortened_file_kills_only_the_worker() {
    let cage = cage();
    let file = tempfile::tempfile().unwrap();
    file.set_len(8 << 20).unwrap();
    let shorter = file.try_clone().unwrap();
    // The echo of the question comes first; then the file shrinks under the map.
    let result = cage.run("echo", b"ask", Input::File(&file), &mut |_| {
        shorter.set_len(0).unwrap();
        Flow::Continue
    });
    // Whether the worker had already read it all is a matter of speed.
    assert!(
        matches!(&result, Ok(()) | Err(Death { why: Why::Signal(libc::SIGBUS) | Why::Exit(1), .. })),
        "{result:?}"
    );
    assert_eq!(run(&cage, "echo", b"", b"").1, Ok(()));
}

fn a_stranger_is_no_worker() {
    let result = Cage::new("/bin/true".as_ref(), 1, budget());
    assert!(matches!(result, Err(CageError::NoEntry(_))), "{result:?}");
    assert!(matches!(Cage::new("/no/such".as_ref(), 1, budget()), Err(CageError::System(_))));
}

/// Runs this binary again as an ordinary process in which the kernel says it knows no landlock.
fn act(what: &str) -> std::process::Output {
    Command::new(OWN_EXE).args([WITHOUT_KERNEL_SUPPORT, what]).output().unwrap()
}

fn without_landlock_it_fails_closed() {
    let output = act("strict");
    let said = String::from_utf8_lossy(&output.stdout).into_owned();
    assert!(said.contains("the sandbox is not available: the kernel has no landlock"), "{said}");
    let output = act("lenient");
    assert_eq!(String::from_utf8_lossy(&output.stdout), "no file reached, network: forbidden system call\n");
}

pub(crate) fn without_kernel_support(command: &str) {
    use std::collections::BTreeMap;
    if command == "orphan" {
        let cage = cage();
        let _ = cage.run("sleep", b"", Input::Bytes(b""), &mut |_| std::process::abort());
    }
    let filter = seccompiler::SeccompFilter::new(
        BTreeMap::from([(libc::SYS_landlock_create_ruleset, vec![])]),
        seccompiler::SeccompAction::Allow,
        seccompiler::SeccompAction::Errno(libc::ENOSYS as u32),
        std::env::consts::ARCH.try_into().unwrap(),
    )
    .unwrap();
    let program: seccompiler::BpfProgram = filter.try_into().unwrap();
    seccompiler::apply_filter(&program).unwrap();
    if command == "strict" {
        println!("{}", Cage::new(OWN_EXE.as_ref(), 1, budget()).unwrap_err());
        return;
    }
    let cage = Cage::without_landlock(OWN_EXE.as_ref(), 1, budget()).unwrap();
    assert_eq!(run(&cage, "open", b"/etc/passwd", b""), (vec![], Ok(())));
    println!("no file reached, network: {}", why(&cage, "tcp", b"127.0.0.1:9"));
}

fn workers_die_with_us() {
    let output = act("orphan");
    assert!(!output.status.success());
    // The sleeping worker would show as a process of that name.
    let until = Instant::now() + Duration::from_secs(5);
    while Instant::now() < until && sleeping_workers() > 0 {
        std::thread::sleep(Duration::from_millis(20));
    }
    assert_eq!(sleeping_workers(), 0);
}

/// Workers whose parent is neither us nor alive.
fn sleeping_workers() -> usize {
    std::fs::read_dir("/proc")
        .unwrap()
        .flatten()
        .filter(|entry| {
            let name = std::fs::read(entry.path().join("cmdline")).unwrap_or_default();
            let status = std::fs::read_to_string(entry.path().join("status")).unwrap_or_default();
            name.starts_with(b"earmark-cage-worker\0") && status.contains("PPid:\t1\n")
        })
        .count()
}
