//! The outside: a pool of workers.

use std::fs::File;
use std::io::{Read as _, Seek as _, SeekFrom, Write as _};
use std::os::fd::OwnedFd;
use std::os::unix::net::UnixStream;
use std::os::unix::process::{CommandExt as _, ExitStatusExt as _};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, ExitStatus, Stdio};
use std::sync::mpsc::{Receiver, sync_channel};
use std::sync::{Condvar, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use crate::budget::Budget;
use crate::death::{CageError, Death, Why};
use crate::descriptors::{Timed, memory_file, sealed, send_with_file, widen_pipe};
use crate::frame::{self, FrameReader, Gap};
use crate::limits::allow_cpu;
use crate::marker;
use crate::worker::HEADER;

/// The running program itself, also after its file was replaced or removed.
pub const OWN_EXE: &str = "/proc/self/exe";

/// How long a fresh worker may take to confine itself.
const START: Duration = Duration::from_secs(20);

/// How much of a worker's error output is kept.
const NOTE_BYTES: u64 = 4 << 10;

/// Whether the receiver of frames wants more.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Flow {
    /// More, please.
    Continue,
    /// Enough: the job is ended.
    Stop,
}

/// The hostile bytes of a job.
#[derive(Debug, Clone, Copy)]
pub enum Input<'a> {
    /// In memory; copied once, into sealed memory.
    Bytes(&'a [u8]),
    /// A regular file; mapped by the worker, never copied whole.
    File(&'a File),
}

/// A pool of workers that run jobs on hostile bytes. May be shared between threads; each
/// [`run`](Cage::run) occupies one worker.
#[derive(Debug)]
pub struct Cage {
    budget: Budget,
    fresh: Mutex<Receiver<Result<Worker, CageError>>>,
    idle: Mutex<Vec<Worker>>,
    free: Mutex<usize>,
    freed: Condvar,
}

impl Cage {
    /// Opens a pool of at most `workers` workers at a time, made by running `exe` (usually
    /// [`OWN_EXE`]), whose `main` must begin with [`enter`](crate::enter).
    ///
    /// # Errors
    /// [`CageError::Refused`] if the kernel cannot confine a worker as it should be: then nothing
    /// hostile may be opened. [`CageError::NoEntry`] if `exe` does not enter.
    pub fn new(exe: &Path, workers: usize, budget: Budget) -> Result<Self, CageError> {
        Self::open(exe, workers, budget, marker::STRICT)
    }

    /// Like [`Cage::new`], but goes on where the kernel has no landlock: the worker's system call
    /// filter, which has no `open`, is then the only wall around the file system.
    ///
    /// # Errors
    /// As for [`Cage::new`].
    pub fn without_landlock(exe: &Path, workers: usize, budget: Budget) -> Result<Self, CageError> {
        Self::open(exe, workers, budget, marker::LENIENT)
    }

    fn open(exe: &Path, workers: usize, budget: Budget, mode: &'static str) -> Result<Self, CageError> {
        if marker::inside() {
            return Err(CageError::Inside);
        }
        // Workers die with the *thread* that started them, so one thread of the pool's own starts
        // them all; it keeps one spare in hand, and ends when the pool does.
        let (give, fresh) = sync_channel(0);
        let path: PathBuf = exe.to_path_buf();
        std::thread::Builder::new()
            .name("earmark-cage".to_owned())
            .spawn(move || while give.send(Worker::start(&path, &budget, mode)).is_ok() {})?;
        let first = fresh.recv().map_err(|_| CageError::NoEntry(exe.display().to_string()))??;
        Ok(Self {
            budget,
            fresh: Mutex::new(fresh),
            idle: Mutex::new(vec![first]),
            free: Mutex::new(workers.max(1)),
            freed: Condvar::new(),
        })
    }

    /// The budget of each job.
    #[must_use]
    pub fn budget(&self) -> &Budget {
        &self.budget
    }

    /// Runs `job` with the question `ask` on `input`; each frame of its result is given to
    /// `on_frame` as it comes. Waits while all workers are busy.
    ///
    /// # Errors
    /// [`Death`] if the job did not come to its end. The frames delivered before are good, and the
    /// pool goes on with another worker.
    pub fn run(
        &self,
        job: &str,
        ask: &[u8],
        input: Input<'_>,
        on_frame: &mut dyn FnMut(Vec<u8>) -> Flow,
    ) -> Result<(), Death> {
        let _permit = self.permit();
        let (file, length) = self.prepare(input)?;
        let mut worker = self.worker()?;
        let outcome = worker.serve(&self.budget, (job, ask), (file.get(), length), on_frame);
        match outcome {
            Ok(Served::Done) if worker.jobs < self.budget.jobs_per_worker => held(&self.idle).push(worker),
            Ok(_) => {}
            Err(failure) => return Err(worker.bury(failure)),
        }
        Ok(())
    }

    fn permit(&self) -> Permit<'_> {
        let mut free = held(&self.free);
        while *free == 0 {
            free = self.freed.wait(free).unwrap_or_else(PoisonError::into_inner);
        }
        *free -= 1;
        Permit { cage: self }
    }

    fn prepare<'a>(&self, input: Input<'a>) -> Result<(InputFile<'a>, u64), Death> {
        let broken = |error: std::io::Error| Death::new(Why::Worker, error.to_string());
        let length = match input {
            Input::Bytes(bytes) => bytes.len() as u64,
            Input::File(file) => {
                let about = file.metadata().map_err(broken)?;
                if !about.is_file() {
                    return Err(Death::new(Why::Worker, "not a regular file"));
                }
                about.len()
            }
        };
        if length > self.budget.input_bytes {
            return Err(Death::new(Why::Input, ""));
        }
        Ok(match input {
            Input::Bytes(bytes) => (InputFile::Ours(sealed(bytes).map_err(broken)?), length),
            Input::File(file) => (InputFile::Theirs(file), length),
        })
    }

    fn worker(&self) -> Result<Worker, Death> {
        if let Some(worker) = held(&self.idle).pop() {
            return Ok(worker);
        }
        match held(&self.fresh).recv() {
            Ok(Ok(worker)) => Ok(worker),
            Ok(Err(error)) => Err(Death::new(Why::Worker, error.to_string())),
            Err(_) => Err(Death::new(Why::Worker, "the pool is closed")),
        }
    }
}

fn held<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

struct Permit<'a> {
    cage: &'a Cage,
}

impl Drop for Permit<'_> {
    fn drop(&mut self) {
        *held(&self.cage.free) += 1;
        self.cage.freed.notify_one();
    }
}

enum InputFile<'a> {
    Ours(File),
    Theirs(&'a File),
}

impl InputFile<'_> {
    fn get(&self) -> &File {
        match self {
            Self::Ours(file) => file,
            Self::Theirs(file) => file,
        }
    }
}

enum Served {
    Done,
    Stopped,
}

enum Failure {
    /// The stream ended: the process's end tells why.
    Gone,
    /// We ended it.
    Ours(Why, String),
}

#[derive(Debug)]
struct Worker {
    child: Child,
    control: UnixStream,
    frames: FrameReader<Timed>,
    errors: File,
    jobs: u32,
}

impl Worker {
    fn start(exe: &Path, budget: &Budget, mode: &str) -> Result<Self, CageError> {
        let (control, theirs) = UnixStream::pair()?;
        let errors = memory_file()?;
        let mut child = Command::new(exe)
            .arg0(marker::WORKER)
            .args([mode, &budget.memory_bytes.to_string(), &budget.input_bytes.to_string()])
            .env_clear()
            .env(marker::INSIDE, "1")
            .current_dir("/")
            .stdin(OwnedFd::from(theirs))
            .stdout(Stdio::piped())
            .stderr(errors.try_clone()?)
            .spawn()?;
        let Some(output) = child.stdout.take() else {
            return Err(CageError::System(std::io::ErrorKind::BrokenPipe.into()));
        };
        widen_pipe(&output);
        let output = File::from(OwnedFd::from(output));
        let frames = FrameReader::new(Timed { from: output, deadline: Instant::now() + START });
        let mut worker = Self { child, control, frames, errors, jobs: 0 };
        match worker.frames.next(NOTE_BYTES as u32) {
            Ok((frame::READY, _)) => Ok(worker),
            Ok((frame::REFUSED, why)) => Err(CageError::Refused(String::from_utf8_lossy(&why).into_owned())),
            _ => Err(CageError::NoEntry(exe.display().to_string())),
        }
    }

    fn serve(
        &mut self,
        budget: &Budget,
        (job, ask): (&str, &[u8]),
        (file, length): (&File, u64),
        on_frame: &mut dyn FnMut(Vec<u8>) -> Flow,
    ) -> Result<Served, Failure> {
        self.jobs += 1;
        self.frames.get_mut().deadline = Instant::now() + Duration::from_secs(budget.wall_seconds);
        allow_cpu(self.child.id(), budget.cpu_seconds).map_err(|_| Failure::Gone)?;
        let mut header = [0; HEADER];
        header[..8].copy_from_slice(&(job.len() as u64).to_le_bytes());
        header[8..16].copy_from_slice(&(ask.len() as u64).to_le_bytes());
        header[16..].copy_from_slice(&length.to_le_bytes());
        send_with_file(&self.control, &header, file)
            .and_then(|()| self.control.write_all(job.as_bytes()))
            .and_then(|()| self.control.write_all(ask))
            .map_err(|_| Failure::Gone)?;
        let mut left = budget.output_bytes;
        loop {
            let longest = budget.frame_bytes.max(NOTE_BYTES as u32);
            let (kind, content) = self.frames.next(longest).map_err(|gap| match gap {
                Gap::Closed => Failure::Gone,
                Gap::TooLong => Failure::Ours(Why::Output, "one frame too long".to_owned()),
                Gap::Late => Failure::Ours(Why::Wall, String::new()),
                Gap::Io(error) => Failure::Ours(Why::Worker, error.to_string()),
            })?;
            match kind {
                frame::DATA => {
                    left = left
                        .checked_sub(content.len() as u64)
                        .ok_or_else(|| Failure::Ours(Why::Output, String::new()))?;
                    if on_frame(content) == Flow::Stop {
                        return Ok(Served::Stopped);
                    }
                }
                frame::DONE => return Ok(Served::Done),
                frame::FAILED => {
                    return Err(Failure::Ours(Why::Failed, String::from_utf8_lossy(&content).into_owned()));
                }
                frame::UNKNOWN => return Err(Failure::Ours(Why::UnknownJob, job.to_owned())),
                _ => return Err(Failure::Ours(Why::Worker, "nonsense on its output".to_owned())),
            }
        }
    }

    /// Ends the worker and tells what it died of.
    fn bury(mut self, failure: Failure) -> Death {
        match failure {
            Failure::Ours(why, note) => Death::new(why, note),
            Failure::Gone => {
                // Its output is closed, so it is dead or dying; should it linger, it is killed.
                let status = self.wait_briefly();
                let note = self.last_words();
                Death::new(cause(status, &note), note)
            }
        }
    }

    fn wait_briefly(&mut self) -> Option<ExitStatus> {
        for _ in 0..200 {
            match self.child.try_wait() {
                Ok(Some(status)) => return Some(status),
                Ok(None) => std::thread::sleep(Duration::from_millis(5)),
                Err(_) => return None,
            }
        }
        None
    }

    fn last_words(&mut self) -> String {
        let length = self.errors.metadata().map_or(0, |about| about.len());
        let mut note = Vec::new();
        let start = SeekFrom::Start(length.saturating_sub(NOTE_BYTES));
        if self.errors.seek(start).is_ok() {
            // What cannot be read is not said.
            let _ = (&self.errors).take(NOTE_BYTES).read_to_end(&mut note);
        }
        String::from_utf8_lossy(&note).trim().to_owned()
    }
}

impl Drop for Worker {
    fn drop(&mut self) {
        // Both fail only if the process is already reaped.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

fn cause(status: Option<ExitStatus>, note: &str) -> Why {
    let Some(status) = status else { return Why::Worker };
    match status.signal() {
        Some(libc::SIGXCPU) => Why::Cpu,
        Some(libc::SIGSYS) => Why::Forbidden,
        Some(libc::SIGABRT) if note.contains("memory allocation of") => Why::Memory,
        Some(libc::SIGABRT | libc::SIGSEGV) if note.contains("overflowed its stack") => Why::Stack,
        Some(signal) => Why::Signal(signal),
        None => match status.code() {
            Some(101) => Why::Panic,
            code => Why::Exit(code.unwrap_or(0)),
        },
    }
}
