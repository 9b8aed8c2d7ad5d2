use std::io;

/// Why a job did not come to its end.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Why {
    /// It wanted more memory than the budget has.
    #[error("out of memory")]
    Memory,
    /// It used up its processor time.
    #[error("out of processor time")]
    Cpu,
    /// It used up its wall-clock time.
    #[error("out of time")]
    Wall,
    /// It produced more than the budget allows.
    #[error("too much output")]
    Output,
    /// The input is longer than the budget allows; nothing was started.
    #[error("input too long")]
    Input,
    /// It asked the kernel for what a worker never needs (network, another program, a new
    /// process): a flaw was exploited, or a decoder changed its ways.
    #[error("forbidden system call")]
    Forbidden,
    /// It recursed too deeply.
    #[error("stack overflow")]
    Stack,
    /// A check inside the decoder failed.
    #[error("the decoder gave up on an inner contradiction")]
    Panic,
    /// The job itself reported a failure.
    #[error("the job failed")]
    Failed,
    /// There is no job of that name.
    #[error("no such job")]
    UnknownJob,
    /// Killed by a signal.
    #[error("killed by signal {0}")]
    Signal(i32),
    /// Ended without saying it was done.
    #[error("ended early with status {0}")]
    Exit(i32),
    /// It could not be started or spoken to.
    #[error("worker not usable")]
    Worker,
}

/// The end of a job before it was done. Frames delivered until then are good.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Death {
    /// The kind.
    pub why: Why,
    /// The end of what the worker said on its error output, or the cause in words; may be empty.
    pub note: String,
}

impl Death {
    pub(crate) fn new(why: Why, note: impl Into<String>) -> Self {
        Self { why, note: note.into() }
    }
}

impl std::fmt::Display for Death {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}", self.why)?;
        match self.note.lines().next() {
            Some(line) if !line.is_empty() => write!(f, " ({line})"),
            _ => Ok(()),
        }
    }
}

impl std::error::Error for Death {}

/// A cage could not be set up.
#[derive(Debug, thiserror::Error)]
pub enum CageError {
    /// The kernel refused part of the confinement; nothing hostile was opened.
    #[error("the sandbox is not available: {0}")]
    Refused(String),
    /// The executable did not behave as a worker.
    #[error("`{0}` did not enter the cage: it must call `enter` first in `main`")]
    NoEntry(String),
    /// Called inside a worker or build, where there are no cages.
    #[error("already inside a cage")]
    Inside,
    /// The folder to build in is not usable.
    #[error("cannot build in `{path}`: {source}")]
    Tree {
        /// The folder.
        path: String,
        /// What the system said.
        source: io::Error,
    },
    /// The operating system failed us.
    #[error("cannot start a sandboxed process: {0}")]
    System(#[from] io::Error),
}
