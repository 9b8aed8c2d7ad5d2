//! The outside of a build.

use std::fs::{self, DirBuilder, File};
use std::io;
use std::os::fd::OwnedFd;
use std::os::unix::fs::DirBuilderExt as _;
use std::os::unix::process::CommandExt as _;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

use crate::budget::BuildBudget;
use crate::death::CageError;
use crate::descriptors::Timed;
use crate::frame::{self, FrameReader};
use crate::marker;
use crate::pool::OWN_EXE;
use crate::supervisor::{self, Order};

/// What the supervisor may take beyond the command's own time to clean up.
const GRACE: Duration = Duration::from_secs(30);

/// How a command ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum End {
    /// By itself, with this status.
    Exit(i32),
    /// The shell was killed by this signal. (A program under the shell shows as status 128 + signal.)
    Signal(i32),
    /// It took too long and was killed.
    OutOfTime,
    /// It took too much memory and was killed.
    OutOfMemory,
    /// It started too many processes and was killed.
    TooManyProcesses,
}

impl std::fmt::Display for End {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Exit(code) => write!(f, "ended with status {code}"),
            Self::Signal(signal) => write!(f, "killed by signal {signal}"),
            Self::OutOfTime => f.write_str("killed: out of time"),
            Self::OutOfMemory => f.write_str("killed: out of memory"),
            Self::TooManyProcesses => f.write_str("killed: too many processes"),
        }
    }
}

/// The result of a build.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BuildOutcome {
    /// How the command ended.
    pub end: End,
    /// The end of its standard and error output, as they came.
    pub tail: Vec<u8>,
    /// Wall-clock time it took.
    pub took: Duration,
}

impl BuildOutcome {
    /// Whether the command ended by itself with status 0.
    #[must_use]
    pub fn succeeded(&self) -> bool {
        self.end == End::Exit(0)
    }
}

/// Runs a shell command with `tree` as its working folder.
///
/// It may write in `tree` and in a private temporary folder (`TMPDIR`, `HOME`), read and execute the
/// system's own files (not `/home`, `/root`, `/etc` at large), and open no socket. When the command
/// ends, whatever it started is killed, also what ran away from its process group. `tree` should be
/// a copy: the command may change it. The running binary must have called
/// [`enter`](crate::enter).
///
/// # Errors
/// [`CageError`] if the command could not be run under these rules; a command that fails is a
/// [`BuildOutcome`].
pub fn build(command: &str, tree: &Path, budget: &BuildBudget) -> Result<BuildOutcome, CageError> {
    if marker::inside() {
        return Err(CageError::Inside);
    }
    let tree_error = |source| CageError::Tree { path: tree.display().to_string(), source };
    let tree = tree.canonicalize().map_err(tree_error)?;
    if !tree.is_dir() {
        return Err(tree_error(io::ErrorKind::NotADirectory.into()));
    }
    let scratch = Scratch::new()?;
    let order =
        Order { command: command.to_owned(), tree, scratch: scratch.path.clone(), budget: budget.clone() };
    let started = Instant::now();
    let child = Command::new(OWN_EXE)
        .arg0(marker::SUPERVISOR)
        .args(order.to_arguments())
        .env_clear()
        .env(marker::INSIDE, "1")
        .current_dir("/")
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()?;
    let mut running = Running { child };
    let Some(output) = running.child.stdout.take() else {
        return Err(CageError::System(io::ErrorKind::BrokenPipe.into()));
    };
    let deadline = started + Duration::from_secs(budget.wall_seconds) + GRACE;
    let mut frames = FrameReader::new(Timed { from: File::from(OwnedFd::from(output)), deadline });
    let mut tail = Vec::new();
    loop {
        match frames.next(u32::MAX) {
            Ok((frame::DATA, content)) => tail = content,
            Ok((frame::DONE, end)) => {
                return Ok(BuildOutcome { end: decode(&end)?, tail, took: started.elapsed() });
            }
            Ok((frame::REFUSED, why)) => {
                return Err(CageError::Refused(String::from_utf8_lossy(&why).into_owned()));
            }
            Ok((frame::FAILED, why)) => {
                return Err(CageError::System(io::Error::other(String::from_utf8_lossy(&why).into_owned())));
            }
            _ => return Err(CageError::NoEntry(OWN_EXE.to_owned())),
        }
    }
}

fn decode(end: &[u8]) -> Result<End, CageError> {
    let number = end.get(1..5).and_then(|bytes| bytes.try_into().ok()).map(i32::from_le_bytes);
    Ok(match (end.first(), number) {
        (Some(&supervisor::EXIT), Some(code)) => End::Exit(code),
        (Some(&supervisor::SIGNAL), Some(signal)) => End::Signal(signal),
        (Some(&supervisor::OUT_OF_TIME), _) => End::OutOfTime,
        (Some(&supervisor::OUT_OF_MEMORY), _) => End::OutOfMemory,
        (Some(&supervisor::TOO_MANY_PROCESSES), _) => End::TooManyProcesses,
        _ => return Err(CageError::System(io::ErrorKind::InvalidData.into())),
    })
}

/// A supervisor; when it is let go of, it and its process group are gone.
struct Running {
    child: Child,
}

impl Drop for Running {
    fn drop(&mut self) {
        // It has normally ended by now; then there is nobody left in its group.
        if let (Ok(None), Ok(group)) = (self.child.try_wait(), libc::pid_t::try_from(self.child.id())) {
            // SAFETY: plain calls; the unreaped child keeps its number, and the group of that number
            // is the one it made for itself (or does not exist yet).
            unsafe { libc::kill(-group, libc::SIGKILL) };
            let _ = self.child.kill();
        }
        let _ = self.child.wait();
    }
}

/// A private temporary folder.
struct Scratch {
    path: PathBuf,
}

impl Scratch {
    fn new() -> io::Result<Self> {
        static NEXT: AtomicU64 = AtomicU64::new(0);
        let base = std::env::temp_dir().canonicalize()?;
        loop {
            let number = NEXT.fetch_add(1, Ordering::Relaxed);
            let path = base.join(format!("earmark-build-{}-{number}", std::process::id()));
            match DirBuilder::new().mode(0o700).create(&path) {
                Ok(()) => return Ok(Self { path }),
                Err(error) if error.kind() == io::ErrorKind::AlreadyExists => {}
                Err(error) => return Err(error),
            }
        }
    }
}

impl Drop for Scratch {
    fn drop(&mut self) {
        // A leftover in the system's temporary folder harms nobody.
        let _ = fs::remove_dir_all(&self.path);
    }
}
