//! Running a job on hostile bytes in a child process, and an owner's build in a locked room.
//!
//! Whatever parses a foreign format may have a flaw. Here such code runs in a *worker*: the same
//! binary, entered again through `/proc/self/exe`, that has given up the file system (landlock),
//! nearly all system calls (seccomp), its capabilities and its right to memory and time beyond a
//! [`Budget`] before it sees the first hostile byte. Input reaches it as a mapped file or sealed
//! memory, results come back as frames on a pipe. A worker that dies is a result ([`Death`]), not a
//! crash.
//!
//! ```no_run
//! use earmark_cage::{Budget, Cage, Flow, Input, Job, OWN_EXE};
//!
//! fn count(_ask: &[u8], input: &[u8], out: &mut earmark_cage::Out<'_>) -> std::io::Result<()> {
//!     out(&(input.len() as u64).to_le_bytes())
//! }
//!
//! const JOBS: &[Job] = &[("count", count)];
//!
//! // The first statement of `main`, before arguments are parsed:
//! earmark_cage::enter(JOBS);
//!
//! let cage = Cage::new(OWN_EXE.as_ref(), 2, Budget::default())?;
//! match cage.run("count", b"", Input::Bytes(b"hostile"), &mut |frame| {
//!     println!("{frame:?}");
//!     Flow::Continue
//! }) {
//!     Ok(()) => {}
//!     Err(death) => eprintln!("unscanned: {death}"),
//! }
//! # Ok::<(), earmark_cage::CageError>(())
//! ```
//!
//! [`build`] runs an owner's build or test command with a wider profile: the system is readable,
//! one folder is writable, there is no network, and everything it started is gone when it returns.
//!
//! Not here: what a job does; the encoding of its results; anything but Linux.

mod budget;
mod build_syscalls;
mod caps;
mod death;
mod descriptors;
mod frame;
mod landlocked;
mod limits;
mod marker;
mod pool;
mod procs;
mod seccomped;
mod supervisor;
mod workbench;
mod worker;
mod worker_syscalls;

pub use budget::{Budget, BuildBudget};
pub use death::{CageError, Death, Why};
pub use pool::{Cage, Flow, Input, OWN_EXE};
pub use workbench::{BuildOutcome, End, build};
pub use worker::{Job, JobFn, Out, enter};
