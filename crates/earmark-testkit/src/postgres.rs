//! A real PostgreSQL, started by the test process and ended with it.

use std::fs;
use std::io::{self, Write};
use std::os::unix::fs::chown;
use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::{ChildStdin, Command, Stdio};
use std::sync::OnceLock;
use std::sync::atomic::{AtomicU32, Ordering};
use std::thread;
use std::time::Duration;

use crate::peer;

/// Runs the server until standard input ends, which it does when the test process dies, however it
/// dies; then stops it and removes its folder. `$1` is the server, `$2` the folder. The lines `stop` and `start` do
/// what they say.
const KEEPER: &str = r#"
run() {
    "$1" -D "$2/data" -k "$2" -c listen_addresses= -c fsync=off -c full_page_writes=off \
        -c synchronous_commit=off -c max_connections=300 >>"$2/log" 2>&1 </dev/null &
    server=$!
}
run "$@"
while read -r word; do
    case $word in
        stop) kill -INT $server; wait $server ;;
        start) run "$@" ;;
    esac
done
kill -QUIT $server
wait $server
rm -rf "$2"
"#;

struct Server {
    folder: PathBuf,
    psql: PathBuf,
    databases: AtomicU32,
    /// That it is open keeps the server alive.
    alive: ChildStdin,
}

/// A PostgreSQL of one test's own, that the test may stop and start again.
pub struct OwnPostgres(Server);

impl OwnPostgres {
    /// Starts one; `None`, with the skip printed, where PostgreSQL is not installed.
    ///
    /// # Panics
    /// When it is installed but does not start.
    #[must_use]
    pub fn start() -> Option<Self> {
        let own = Self(start()?);
        assert!(own.0.run("create database own"), "PostgreSQL makes no database");
        Some(own)
    }

    /// The address of its database.
    #[must_use]
    pub fn url(&self) -> String {
        format!("postgres://earmark@localhost/own?host={}", self.0.folder.display())
    }

    /// Stops it: whoever is connected is cut off.
    ///
    /// # Panics
    /// When it does not stop.
    pub fn stop(&mut self) {
        assert!(writeln!(self.0.alive, "stop").is_ok(), "the keeper of PostgreSQL is gone");
        self.0.wait_until(false);
    }

    /// Starts it again.
    ///
    /// # Panics
    /// When it does not start.
    pub fn start_again(&mut self) {
        assert!(writeln!(self.0.alive, "start").is_ok(), "the keeper of PostgreSQL is gone");
        self.0.wait_until(true);
    }
}

/// Gives the address of a new, empty database on a PostgreSQL that all tests of the process share.
///
/// The server listens on a socket in a temporary folder only, writes without syncing, and is gone
/// with its folder when the test process ends. Started by root it runs as the user `postgres`,
/// since PostgreSQL refuses root.
///
/// `None` means that PostgreSQL is not installed and the caller should return: the skip has been
/// printed.
///
/// # Panics
/// When it is installed but does not start, and where [`peer`] does.
#[must_use]
pub fn fresh_database() -> Option<String> {
    static SERVER: OnceLock<Option<Server>> = OnceLock::new();
    let server = SERVER.get_or_init(start).as_ref()?;
    let name = format!("test{}", server.databases.fetch_add(1, Ordering::Relaxed));
    let made = server.run(&format!("create database {name}"));
    assert!(made, "PostgreSQL makes no database; see {}", server.folder.join("log").display());
    Some(format!("postgres://earmark@localhost/{name}?host={}", server.folder.display()))
}

impl Server {
    /// Waits until it answers, or answers no more; says whether that came.
    fn comes_to(&self, answers: bool) -> bool {
        (0..300).any(|_| {
            let there = self.run("select 1") == answers;
            if !there {
                thread::sleep(Duration::from_millis(100));
            }
            there
        })
    }

    fn wait_until(&self, answers: bool) {
        assert!(
            self.comes_to(answers),
            "PostgreSQL does not obey; see {}",
            self.folder.join("log").display()
        );
    }

    fn run(&self, statement: &str) -> bool {
        let mut psql = Command::new(&self.psql);
        psql.args(["-q", "-h"]).arg(&self.folder).args(["-U", "earmark", "-d", "postgres", "-c", statement]);
        psql.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null());
        psql.status().is_ok_and(|status| status.success())
    }
}

fn start() -> Option<Server> {
    let (initdb, postgres, psql) = (peer("initdb")?, peer("postgres")?, peer("psql")?);
    let server = set_up(&initdb, &postgres, psql);
    assert!(server.is_ok(), "PostgreSQL does not start: {:?}", server.as_ref().err());
    server.ok()
}

fn set_up(initdb: &Path, postgres: &Path, psql: PathBuf) -> io::Result<Server> {
    // Directly in `/tmp`: the path of a socket has at most 107 bytes.
    let folder = tempfile::Builder::new().prefix("earmark-pg").tempdir_in("/tmp")?.keep();
    let user = server_user()?;
    if let Some((uid, gid)) = user {
        chown(&folder, Some(uid), Some(gid))?;
    }
    let as_user = |program: &Path| {
        let mut command = Command::new(program);
        if let Some((uid, gid)) = user {
            command.uid(uid).gid(gid);
        }
        command.current_dir(&folder);
        command
    };
    let made = as_user(initdb)
        .args(["--no-sync", "-A", "trust", "-U", "earmark", "-E", "UTF8", "--locale=C", "-D"])
        .arg(folder.join("data"))
        .output()?;
    if !made.status.success() {
        return Err(io::Error::other(String::from_utf8_lossy(&made.stderr).into_owned()));
    }
    let mut keeper = as_user(Path::new("/bin/sh"))
        .args(["-c", KEEPER, "keeper"])
        .arg(postgres)
        .arg(&folder)
        .stdin(Stdio::piped())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        // Its own group, so that Ctrl-C at the terminal reaches the test and not the keeper.
        .process_group(0)
        .spawn()?;
    let alive = keeper.stdin.take().ok_or_else(|| io::Error::other("no pipe to the keeper"))?;
    let server = Server { folder, psql, databases: AtomicU32::new(0), alive };
    if server.comes_to(true) {
        return Ok(server);
    }
    let log = fs::read_to_string(server.folder.join("log")).unwrap_or_default();
    Err(io::Error::other(format!("not ready after 30 s: {log}")))
}

/// Ids of the user `postgres` when this process is root's, else `None`: it runs as whoever tests.
fn server_user() -> io::Result<Option<(u32, u32)>> {
    use std::os::unix::fs::MetadataExt;
    if fs::metadata("/proc/self")?.uid() != 0 {
        return Ok(None);
    }
    let users = fs::read_to_string("/etc/passwd")?;
    let line = users.lines().find(|line| line.starts_with("postgres:"));
    let mut fields = line.unwrap_or_default().split(':').skip(2).map(str::parse);
    match (fields.next(), fields.next()) {
        (Some(Ok(uid)), Some(Ok(gid))) => Ok(Some((uid, gid))),
        _ => Err(io::Error::other("root needs the user `postgres` to run PostgreSQL as")),
    }
}
