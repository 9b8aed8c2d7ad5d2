use std::fs;
use std::net::TcpListener;
use std::path::Path;
use std::time::{Duration, Instant};

use earmark_cage::{BuildBudget, BuildOutcome, CageError, End, build};

use crate::Test;

pub(crate) const TESTS: &[Test] = &[
    ("a_c_program_is_built_and_run", a_c_program_is_built_and_run),
    ("make_runs_in_parallel", make_runs_in_parallel),
    ("failure_is_an_outcome", failure_is_an_outcome),
    ("nothing_outside_is_written_or_read", nothing_outside_is_written_or_read),
    ("the_network_is_refused", the_network_is_refused),
    ("runaways_are_killed_with_their_children", runaways_are_killed_with_their_children),
    ("hoarders_are_killed", hoarders_are_killed),
    ("the_tail_of_long_output_is_kept", the_tail_of_long_output_is_kept),
    ("toolchains_and_environment_can_be_added", toolchains_and_environment_can_be_added),
    ("a_missing_tree_is_an_error", a_missing_tree_is_an_error),
];

fn quick() -> BuildBudget {
    BuildBudget { wall_seconds: 30, memory_bytes: 1 << 30, ..BuildBudget::default() }
}

fn tree() -> tempfile::TempDir {
    tempfile::tempdir().unwrap()
}

fn run(command: &str, tree: &Path) -> BuildOutcome {
    build(command, tree, &quick()).unwrap()
}

fn said(outcome: &BuildOutcome) -> String {
    String::from_utf8_lossy(&outcome.tail).into_owned()
}

/// Whether a program is installed; says so when a check is left out.
fn has(program: &str) -> bool {
    let found = ["/usr/bin", "/bin"].iter().any(|folder| Path::new(folder).join(program).exists());
    if !found {
        println!("skipped: `{program}` is not installed");
    }
    found
}

fn a_c_program_is_built_and_run() {
    if !has("gcc") {
        return;
    }
    let tree = tree();
    fs::write(tree.path().join("a.c"), "#include <stdio.h>\nint main(void){puts(\"hello\");return 0;}\n")
        .unwrap();
    let outcome = run("gcc -O2 -o a a.c && ./a && pwd", tree.path());
    assert_eq!(outcome.end, End::Exit(0), "{}", said(&outcome));
    let here = tree.path().canonicalize().unwrap();
    assert_eq!(said(&outcome), format!("hello\n{}\n", here.display()));
    assert!(tree.path().join("a").exists());
}

fn make_runs_in_parallel() {
    if !has("make") {
        return;
    }
    let tree = tree();
    fs::write(tree.path().join("Makefile"), "all: a b c\na b c:\n\tsleep 0.1; echo made $@ > $@\n").unwrap();
    let outcome = run("make -j3", tree.path());
    assert!(outcome.succeeded(), "{}", said(&outcome));
    assert_eq!(fs::read_to_string(tree.path().join("b")).unwrap(), "made b\n");
}

fn failure_is_an_outcome() {
    let tree = tree();
    assert_eq!(run("exit 7", tree.path()).end, End::Exit(7));
    assert_eq!(run("kill -TERM $$", tree.path()).end, End::Signal(libc::SIGTERM));
    let outcome = run("no-such-program-here", tree.path());
    assert_eq!(outcome.end, End::Exit(127));
    assert!(said(&outcome).contains("not found"));
}

fn nothing_outside_is_written_or_read() {
    let (tree, outside) = (tree(), tree());
    let secret = outside.path().join("secret");
    fs::write(&secret, "secret").unwrap();
    let path = secret.display().to_string();
    for attack in [
        format!("cat {path}"),
        format!("echo x > {path}"),
        format!("rm -f {path} && test ! -e {path}"),
        format!("ls {}", outside.path().display()),
        format!("ln {path} here && cat here"),
        format!("ln -s {path} link && cat link"),
        format!("mv {path} here"),
        "cat /etc/shadow".to_owned(),
        "ls /root".to_owned(),
        "echo x > /tmp/earmark-cage-outside".to_owned(),
        "mount -t tmpfs none /mnt".to_owned(),
        format!("cat /proc/{}/environ", std::process::id()),
        format!("kill -CONT {}", std::process::id()),
    ] {
        let outcome = run(&attack, tree.path());
        assert!(!outcome.succeeded(), "`{attack}` succeeded");
        assert!(!said(&outcome).contains("secret\n"), "{}", said(&outcome));
    }
    assert_eq!(fs::read_to_string(&secret).unwrap(), "secret");
    let outcome = run("echo ok > \"$TMPDIR/x\" && cat \"$TMPDIR/x\" && echo \"$HOME\"", tree.path());
    let scratch = said(&outcome).lines().last().unwrap().to_owned();
    assert!(outcome.succeeded() && scratch.contains("earmark-build-"), "{}", said(&outcome));
    assert!(!Path::new(&scratch).exists(), "the private folder is gone afterwards");
}

fn the_network_is_refused() {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    listener.set_nonblocking(true).unwrap();
    let port = listener.local_addr().unwrap().port();
    let tree = tree();
    if has("bash") {
        let outcome = run(&format!("bash -c 'echo x > /dev/tcp/127.0.0.1/{port}'"), tree.path());
        assert!(!outcome.succeeded());
    }
    if has("gcc") {
        let program = "#include <sys/socket.h>\n#include <errno.h>\nint main(void){\
            int f[] = {AF_INET, AF_INET6, AF_UNIX, AF_NETLINK, AF_PACKET};\
            for (int i = 0; i < 5; i++) for (int t = 1; t < 4; t++)\
            if (socket(f[i], t, 0) >= 0 || errno != EACCES) return 10 + i; return 0;}\n";
        fs::write(tree.path().join("s.c"), program).unwrap();
        let outcome = run("gcc -o s s.c && ./s", tree.path());
        assert_eq!(outcome.end, End::Exit(0), "{}", said(&outcome));
    }
    assert!(listener.accept().is_err(), "somebody connected");
}

/// Processes with `word` on their command line.
fn living(word: &str) -> usize {
    fs::read_dir("/proc")
        .unwrap()
        .flatten()
        .filter(|entry| {
            let line = fs::read(entry.path().join("cmdline")).unwrap_or_default();
            line.split(|byte| *byte == 0).any(|part| part == word.as_bytes())
        })
        .count()
}

fn runaways_are_killed_with_their_children() {
    let tree = tree();
    let budget = BuildBudget { wall_seconds: 1, ..quick() };
    let started = Instant::now();
    // One in the group, one in a session of its own, one orphaned.
    let outcome = build(
        "sleep 98761 & setsid sleep 98762 & (setsid sh -c 'sleep 98763 & exit') ; sleep 98764",
        tree.path(),
        &budget,
    )
    .unwrap();
    assert_eq!(outcome.end, End::OutOfTime);
    assert!(started.elapsed() < Duration::from_secs(10));
    let outcome = run("setsid sleep 98765 & echo started", tree.path());
    assert_eq!((outcome.end, said(&outcome).as_str()), (End::Exit(0), "started\n"));
    for word in ["98761", "98762", "98763", "98764", "98765"] {
        assert_eq!(living(word), 0, "sleep {word} lives");
    }
}

fn hoarders_are_killed() {
    let tree = tree();
    let small = BuildBudget { memory_bytes: 100 << 20, processes: 20, ..quick() };
    let outcome = build("for i in $(seq 50); do sleep 98766 & done; wait", tree.path(), &small).unwrap();
    assert_eq!(outcome.end, End::TooManyProcesses);
    assert_eq!(living("98766"), 0);
    if has("gcc") {
        let program = "#include <stdlib.h>\n#include <string.h>\n#include <unistd.h>\nint main(int n, char **v){\
            size_t s = (size_t)atoi(v[1]) << 20; char *p = malloc(s); if (!p) return 3; memset(p, 1, s); sleep(20); return 0;}\n";
        fs::write(tree.path().join("m.c"), program).unwrap();
        assert!(run("gcc -o m m.c", tree.path()).succeeded());
        // Alone too much: refused by the kernel. Together too much: killed by us.
        assert_eq!(build("./m 200", tree.path(), &small).unwrap().end, End::Exit(3));
        assert_eq!(build("./m 60 & ./m 60 & wait", tree.path(), &small).unwrap().end, End::OutOfMemory);
    }
    let outcome = build(
        "head -c 3000000 /dev/zero > big",
        tree.path(),
        &BuildBudget { file_bytes: 1 << 20, ..quick() },
    );
    assert!(!outcome.unwrap().succeeded());
    assert_eq!(fs::metadata(tree.path().join("big")).unwrap().len(), 1 << 20);
}

fn the_tail_of_long_output_is_kept() {
    let tree = tree();
    let outcome =
        build("seq 200000; echo end >&2", tree.path(), &BuildBudget { tail_bytes: 19, ..quick() }).unwrap();
    assert_eq!(said(&outcome), "\n199999\n200000\nend\n");
}

fn toolchains_and_environment_can_be_added() {
    let (tree, tools) = (tree(), tree());
    fs::write(tools.path().join("tool"), "hello").unwrap();
    let path = tools.path().join("tool").display().to_string();
    let budget = BuildBudget {
        read_also: vec![tools.path().to_path_buf()],
        environment: vec![("TOOL".to_owned(), path.clone())],
        ..quick()
    };
    let outcome = build("cat \"$TOOL\"", tree.path(), &budget).unwrap();
    assert_eq!((said(&outcome).as_str(), outcome.succeeded()), ("hello", true));
    assert!(!build("echo x > \"$TOOL\"", tree.path(), &budget).unwrap().succeeded());
}

fn a_missing_tree_is_an_error() {
    assert!(matches!(build("true", "/no/such/tree".as_ref(), &quick()), Err(CageError::Tree { .. })));
    assert!(matches!(build("true", "/etc/passwd".as_ref(), &quick()), Err(CageError::Tree { .. })));
}
