//! A mail server (aiosmtpd) on this machine, ended with the test.

use std::fs;
use std::net::{TcpListener, TcpStream};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::thread;
use std::time::{Duration, Instant};

use tempfile::TempDir;

use crate::peer;

/// How it deals with its customers: who is called `away` hears "later" twice, who is called `nobody` hears "never", and
/// each mail it takes becomes a file. The answer comes after the file is written.
const HANDLER: &str = r#"
import os, itertools
numbers = itertools.count()
tries = {}

class Keeper:
    def __init__(self, folder):
        self.folder = folder

    @classmethod
    def from_cli(cls, parser, *arguments):
        return cls(arguments[0])

    async def handle_RCPT(self, server, session, envelope, address, options):
        name = address.split("@")[0]
        tries[address] = tries.get(address, 0) + 1
        if name == "nobody":
            return "550 5.1.1 there is nobody of that name"
        if name == "away" and tries[address] <= 2:
            return "451 4.3.2 not now"
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server, session, envelope):
        path = os.path.join(self.folder, f"{os.getpid()}-{next(numbers):06}.eml")
        with open(path + ".part", "wb") as file:
            file.write(b"X-To: " + envelope.rcpt_tos[0].encode() + b"\r\n" + envelope.content)
        os.rename(path + ".part", path)
        return "250 OK"
"#;

/// A mail server that keeps what it takes.
#[derive(Debug)]
pub struct MailServer {
    folder: TempDir,
    port: u16,
    child: Option<Child>,
}

impl MailServer {
    /// Starts one; `None`, with the skip printed, where there is none on this machine.
    ///
    /// # Panics
    /// When it does not start.
    #[must_use]
    pub fn start() -> Option<Self> {
        peer("aiosmtpd")?;
        let folder = tempfile::tempdir().ok()?;
        fs::write(folder.path().join("keeper.py"), HANDLER).ok()?;
        fs::create_dir(folder.path().join("taken")).ok()?;
        // The port is free a moment later: nobody else asks for that one.
        let port = TcpListener::bind("127.0.0.1:0").ok()?.local_addr().ok()?.port();
        let mut server = Self { folder, port, child: None };
        server.open();
        Some(server)
    }

    /// Opens the server, if it is closed, at the same address.
    ///
    /// # Panics
    /// When it does not start.
    pub fn open(&mut self) {
        let Some(program) = peer("aiosmtpd") else { return };
        let child = Command::new(program)
            .args(["-n", "-l", &format!("127.0.0.1:{}", self.port), "-c", "keeper.Keeper"])
            .arg(self.folder.path().join("taken"))
            .env("PYTHONPATH", self.folder.path())
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn();
        self.child = child.ok();
        let begun = Instant::now();
        while TcpStream::connect(("127.0.0.1", self.port)).is_err() {
            assert!(begun.elapsed() < Duration::from_secs(60), "the mail server does not start");
            thread::sleep(Duration::from_millis(50));
        }
    }

    /// Closes it; what it took stays.
    pub fn close(&mut self) {
        if let Some(mut child) = self.child.take() {
            let _ = child.kill();
            let _ = child.wait();
        }
    }

    /// Its address.
    #[must_use]
    pub fn url(&self) -> String {
        format!("smtp://127.0.0.1:{}", self.port)
    }

    /// The folder of what it took.
    #[must_use]
    pub fn folder(&self) -> &Path {
        self.folder.path()
    }

    /// What it took, in the order it was taken; the first line of each says for whom.
    #[must_use]
    pub fn taken(&self) -> Vec<String> {
        let items = fs::read_dir(self.folder.path().join("taken")).into_iter().flatten().flatten();
        let mut paths: Vec<_> = items.map(|item| item.path()).collect();
        paths.retain(|path| path.extension().is_some_and(|end| end == "eml"));
        paths.sort_by_key(|path| (fs::metadata(path).and_then(|about| about.modified()).ok(), path.clone()));
        paths.iter().filter_map(|path| fs::read_to_string(path).ok()).collect()
    }
}

impl Drop for MailServer {
    fn drop(&mut self) {
        self.close();
    }
}
