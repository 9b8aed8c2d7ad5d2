//! The inside of a worker.

use std::io::{self, Read, Write};
use std::os::fd::{AsFd as _, AsRawFd as _, FromRawFd as _};
use std::os::unix::net::UnixStream;

use crate::descriptors::{Mapped, close_inherited, receive_with_file};
use crate::landlocked::{self, Reachable};
use crate::limits::{die_with_parent, limit, no_new_privileges};
use crate::{caps, frame, marker, supervisor, worker_syscalls};

/// Takes one frame of a job's result; fails when nobody listens any more.
pub type Out<'a> = dyn FnMut(&[u8]) -> io::Result<()> + 'a;

/// What a job does: gets the question (small, written by us), the input (hostile) and a way to
/// give results, frame by frame.
pub type JobFn = fn(ask: &[u8], input: &[u8], out: &mut Out<'_>) -> io::Result<()>;

/// A job and its name.
pub type Job = (&'static str, JobFn);

/// Length of a job's header: three lengths (name, question, input) as u64 little-endian.
pub(crate) const HEADER: usize = 24;

/// Stack and whatever the loader needs beside the heap.
const SPARE: u64 = 64 << 20;

/// Returns at once in an ordinary process. In one that a [`Cage`](crate::Cage) or
/// [`build`](crate::build) entered again: confines it, serves and never returns.
///
/// Must be the first statement of `main`, before threads are started or arguments are parsed.
pub fn enter(jobs: &[Job]) {
    let mut arguments = std::env::args_os();
    let Some(name) = arguments.next() else { return };
    let serve: fn(&[Job], &[std::ffi::OsString]) -> i32 = if name == marker::WORKER {
        serve
    } else if name == marker::SUPERVISOR {
        supervise
    } else {
        return;
    };
    let arguments: Vec<_> = arguments.collect();
    std::process::exit(serve(jobs, &arguments));
}

fn supervise(_: &[Job], arguments: &[std::ffi::OsString]) -> i32 {
    supervisor::supervise(arguments)
}

fn serve(jobs: &[Job], arguments: &[std::ffi::OsString]) -> i32 {
    close_inherited();
    // Written to directly: the standard library's handle would split frames at line ends.
    let Ok(output) = io::stdout().as_fd().try_clone_to_owned() else { return 1 };
    let mut output = std::fs::File::from(output);
    if let Err(why) = confine(arguments) {
        return i32::from(frame::write(&mut output, frame::REFUSED, why.as_bytes()).is_err());
    }
    // SAFETY: descriptor 0 is the socket that the pool made; nothing else in this process uses it,
    // and it is not closed before the process ends.
    let control = std::mem::ManuallyDrop::new(unsafe { UnixStream::from_raw_fd(io::stdin().as_raw_fd()) });
    match frame::write(&mut output, frame::READY, b"").and_then(|()| work(jobs, &control, &mut output)) {
        Ok(()) => 0,
        Err(_) => 1,
    }
}

fn confine(arguments: &[std::ffi::OsString]) -> Result<(), String> {
    let number = |index: usize| {
        arguments
            .get(index)
            .and_then(|text| text.to_str())
            .and_then(|text| text.parse::<u64>().ok())
            .ok_or_else(|| "malformed arguments".to_owned())
    };
    let lenient = arguments.first().is_some_and(|text| text == marker::LENIENT);
    let memory = number(1)?;
    let input = number(2)?;
    let stop = |what: &str, error: &dyn std::fmt::Display| format!("{what}: {error}");

    die_with_parent().map_err(|error| stop("parent", &error))?;
    no_new_privileges().map_err(|error| stop("no_new_privs", &error))?;
    caps::drop_all().map_err(|error| stop("capabilities", &error))?;
    for (resource, value) in [
        (libc::RLIMIT_DATA, memory),
        (libc::RLIMIT_AS, memory.saturating_add(input).saturating_add(SPARE)),
        (libc::RLIMIT_NOFILE, 16),
        (libc::RLIMIT_CORE, 0),
        (libc::RLIMIT_FSIZE, 64 << 10),
        (libc::RLIMIT_STACK, 8 << 20),
        (libc::RLIMIT_MEMLOCK, 0),
        (libc::RLIMIT_MSGQUEUE, 0),
    ] {
        limit(resource, value).map_err(|error| stop("limits", &error))?;
    }
    match landlocked::confine(&Reachable::default()) {
        Ok(true) => {
            // Trust, but look.
            if std::fs::File::open("/").is_ok() {
                return Err("landlock is on, yet `/` can be opened".to_owned());
            }
        }
        Ok(false) if lenient => {}
        Ok(false) => {
            return Err("the kernel has no landlock (Linux 5.13 or newer with it enabled)".to_owned());
        }
        Err(error) => return Err(stop("landlock", &error)),
    }
    worker_syscalls::confine().map_err(|error| stop("seccomp", &error))
}

fn work(jobs: &[Job], control: &UnixStream, output: &mut impl Write) -> io::Result<()> {
    let mut header = [0; HEADER];
    while let Some(file) = receive_with_file(control, &mut header)? {
        let length = |at: usize| {
            let mut bytes = [0; 8];
            bytes.copy_from_slice(&header[at..at + 8]);
            usize::try_from(u64::from_le_bytes(bytes)).map_err(io::Error::other)
        };
        let (name, ask, input) = (length(0)?, length(8)?, length(16)?);
        let mut question = vec![0; name.saturating_add(ask)];
        (&mut &*control).read_exact(&mut question)?;
        let (name, ask) = question.split_at(name);
        let Some((_, job)) = jobs.iter().find(|(known, _)| known.as_bytes() == name) else {
            frame::write(output, frame::UNKNOWN, name)?;
            continue;
        };
        let mapped = Mapped::new(&file, input)?;
        let mut broken = false;
        let result = job(ask, mapped.bytes(), &mut |content| {
            let written = frame::write(output, frame::DATA, content);
            broken |= written.is_err();
            written
        });
        // After half a frame nothing we say would be understood.
        if broken {
            return Err(io::ErrorKind::BrokenPipe.into());
        }
        match result {
            Ok(()) => frame::write(output, frame::DONE, b"")?,
            Err(error) => frame::write(output, frame::FAILED, error.to_string().as_bytes())?,
        }
    }
    Ok(())
}
