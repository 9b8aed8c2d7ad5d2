//! The inside of a build: confines itself, runs the command, watches it, leaves nothing behind.

use std::ffi::OsString;
use std::io::{self, PipeReader, Read as _};
use std::os::fd::{AsFd as _, AsRawFd as _};
use std::os::unix::process::ExitStatusExt as _;
use std::path::PathBuf;
use std::process::{Child, Command, ExitStatus, Stdio};
use std::time::{Duration, Instant};

use crate::budget::BuildBudget;
use crate::descriptors::{close_inherited, wait_readable};
use crate::landlocked::{self, Reachable};
use crate::limits::{adopt_orphans, limit, no_new_privileges};
use crate::{build_syscalls, caps, frame, marker, procs};

/// How the command ended, as it goes over the wire: these and a number.
pub(crate) const EXIT: u8 = 1;
pub(crate) const SIGNAL: u8 = 2;
pub(crate) const OUT_OF_TIME: u8 = 3;
pub(crate) const OUT_OF_MEMORY: u8 = 4;
pub(crate) const TOO_MANY_PROCESSES: u8 = 5;

/// How often the processes are counted and weighed.
const WATCH: Duration = Duration::from_millis(50);

/// What of the system a build may read. Of `/etc` only what programs need to start: no keys, no
/// password hashes.
const READABLE: &[&str] = &[
    "/usr",
    "/bin",
    "/sbin",
    "/lib",
    "/lib32",
    "/lib64",
    "/libx32",
    "/opt",
    "/nix/store",
    "/proc",
    "/sys/devices/system/cpu",
    "/etc/alternatives",
    "/etc/ld.so.cache",
    "/etc/ld.so.conf",
    "/etc/ld.so.conf.d",
    "/etc/passwd",
    "/etc/group",
    "/etc/nsswitch.conf",
    "/etc/localtime",
    "/etc/timezone",
    "/etc/os-release",
    "/etc/debian_version",
    "/etc/mime.types",
    "/etc/magic",
    "/etc/perl",
    "/etc/java",
    "/etc/ssl/openssl.cnf",
    "/etc/ssl/certs",
    "/dev/urandom",
    "/dev/random",
];

const WRITABLE: &[&str] = &["/dev/null", "/dev/zero", "/dev/full", "/dev/tty"];

/// Everything the supervisor is told.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Order {
    pub(crate) command: String,
    pub(crate) tree: PathBuf,
    pub(crate) scratch: PathBuf,
    pub(crate) budget: BuildBudget,
}

impl Order {
    /// As arguments of a program.
    pub(crate) fn to_arguments(&self) -> Vec<OsString> {
        let budget = &self.budget;
        let mode = if budget.without_landlock { marker::LENIENT } else { marker::STRICT };
        let mut arguments: Vec<OsString> = vec![
            mode.into(),
            budget.wall_seconds.to_string().into(),
            budget.cpu_seconds.to_string().into(),
            budget.memory_bytes.to_string().into(),
            budget.file_bytes.to_string().into(),
            budget.processes.to_string().into(),
            budget.tail_bytes.to_string().into(),
            self.command.clone().into(),
            self.tree.clone().into(),
            self.scratch.clone().into(),
            budget.read_also.len().to_string().into(),
        ];
        arguments.extend(budget.read_also.iter().map(OsString::from));
        for (name, value) in &budget.environment {
            arguments.push(name.into());
            arguments.push(value.into());
        }
        arguments
    }

    /// From arguments of a program.
    pub(crate) fn from_arguments(arguments: &[OsString]) -> Option<Self> {
        let text = |index: usize| arguments.get(index)?.to_str();
        let number = |index: usize| text(index)?.parse::<u64>().ok();
        let count = usize::try_from(number(10)?).ok()?;
        let rest = arguments.get(11..)?;
        let (folders, environment) = (rest.get(..count)?, rest.get(count..)?);
        let budget = BuildBudget {
            wall_seconds: number(1)?,
            cpu_seconds: number(2)?,
            memory_bytes: number(3)?,
            file_bytes: number(4)?,
            processes: u32::try_from(number(5)?).ok()?,
            tail_bytes: usize::try_from(number(6)?).ok()?,
            read_also: folders.iter().map(PathBuf::from).collect(),
            environment: environment
                .chunks_exact(2)
                .map(|pair| Some((pair[0].to_str()?.to_owned(), pair[1].to_str()?.to_owned())))
                .collect::<Option<_>>()?,
            without_landlock: text(0)? == marker::LENIENT,
        };
        let (tree, scratch) = (arguments.get(8)?.into(), arguments.get(9)?.into());
        Some(Self { command: text(7)?.to_owned(), tree, scratch, budget })
    }
}

/// The whole life of a supervisor; returns its exit status.
pub(crate) fn supervise(arguments: &[OsString]) -> i32 {
    close_inherited();
    let Ok(output) = io::stdout().as_fd().try_clone_to_owned() else { return 1 };
    let mut output = std::fs::File::from(output);
    let Some(order) = Order::from_arguments(arguments) else { return 1 };
    if let Err(why) = confine(&order) {
        return i32::from(frame::write(&mut output, frame::REFUSED, why.as_bytes()).is_err());
    }
    let (end, tail) = match run(&order) {
        Ok(result) => result,
        Err(error) => {
            procs::kill_descendants();
            let said = error.to_string();
            return i32::from(frame::write(&mut output, frame::FAILED, said.as_bytes()).is_err());
        }
    };
    let (kind, number) = end;
    let mut done = vec![kind];
    done.extend_from_slice(&number.to_le_bytes());
    let written = frame::write(&mut output, frame::DATA, &tail)
        .and_then(|()| frame::write(&mut output, frame::DONE, &done));
    i32::from(written.is_err())
}

fn confine(order: &Order) -> Result<(), String> {
    let stop = |what: &str, error: &dyn std::fmt::Display| format!("{what}: {error}");
    // SAFETY: a plain call without pointers. A session of our own has no terminal; if it fails we
    // are its leader already.
    unsafe { libc::setsid() };
    adopt_orphans().map_err(|error| stop("subreaper", &error))?;
    no_new_privileges().map_err(|error| stop("no_new_privs", &error))?;
    caps::drop_all().map_err(|error| stop("capabilities", &error))?;
    for (resource, value) in [
        (libc::RLIMIT_CORE, 0),
        (libc::RLIMIT_CPU, order.budget.cpu_seconds),
        (libc::RLIMIT_DATA, order.budget.memory_bytes),
        (libc::RLIMIT_FSIZE, order.budget.file_bytes),
        (libc::RLIMIT_MSGQUEUE, 0),
    ] {
        limit(resource, value).map_err(|error| stop("limits", &error))?;
    }
    let mut reachable = Reachable {
        read: READABLE.iter().map(PathBuf::from).collect(),
        write: WRITABLE.iter().map(PathBuf::from).collect(),
    };
    reachable.read.extend(order.budget.read_also.iter().cloned());
    reachable.write.extend([order.tree.clone(), order.scratch.clone()]);
    match landlocked::confine(&reachable) {
        Ok(true) => {}
        Ok(false) if order.budget.without_landlock => {}
        Ok(false) => {
            return Err("the kernel has no landlock (Linux 5.13 or newer with it enabled)".to_owned());
        }
        Err(error) => return Err(stop("landlock", &error)),
    }
    build_syscalls::confine().map_err(|error| stop("seccomp", &error))
}

fn run(order: &Order) -> io::Result<((u8, i32), Vec<u8>)> {
    let (mut heard, said) = io::pipe()?;
    let mut command = Command::new("/bin/sh");
    command
        .arg("-c")
        .arg(&order.command)
        .current_dir(&order.tree)
        .env_clear()
        .env("PATH", "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin")
        .env("HOME", &order.scratch)
        .env("TMPDIR", &order.scratch)
        .env("LANG", "C.UTF-8")
        .envs(order.budget.environment.iter().map(|(name, value)| (name, value)))
        .env(marker::INSIDE, "1")
        .stdin(Stdio::null())
        .stdout(said.try_clone()?)
        .stderr(said);
    let mut child = command.spawn()?;
    drop(command);
    let mut tail = Tail { bytes: Vec::new(), most: order.budget.tail_bytes };
    let end = watch(&mut child, &mut heard, &mut tail, &order.budget)?;
    procs::kill_descendants();
    // All writers are dead: what is still in the pipe is the end.
    while wait_readable(heard.as_raw_fd(), Duration::ZERO)? && tail.take(&mut heard)? {}
    Ok((end, tail.finish()))
}

fn watch(
    child: &mut Child,
    heard: &mut PipeReader,
    tail: &mut Tail,
    budget: &BuildBudget,
) -> io::Result<(u8, i32)> {
    let until = Instant::now() + Duration::from_secs(budget.wall_seconds);
    let mut next_look = Instant::now();
    let mut open = true;
    loop {
        if open {
            let left = next_look.saturating_duration_since(Instant::now()).min(Duration::from_millis(10));
            if wait_readable(heard.as_raw_fd(), left)? {
                open = tail.take(heard)?;
            }
        } else {
            std::thread::sleep(Duration::from_millis(10));
        }
        if let Some(status) = child.try_wait()? {
            return Ok(ended(status));
        }
        if Instant::now() < next_look {
            continue;
        }
        next_look = Instant::now() + WATCH;
        // Whoever ordered the build closes our input by going away.
        if Instant::now() >= until || wait_readable(io::stdin().as_raw_fd(), Duration::ZERO)? {
            return Ok((OUT_OF_TIME, 0));
        }
        let pids = procs::descendants();
        if pids.len() > budget.processes as usize {
            return Ok((TOO_MANY_PROCESSES, 0));
        }
        if procs::resident_bytes(&pids) > budget.memory_bytes {
            return Ok((OUT_OF_MEMORY, 0));
        }
    }
}

fn ended(status: ExitStatus) -> (u8, i32) {
    match (status.code(), status.signal()) {
        (Some(code), _) => (EXIT, code),
        (None, signal) => (SIGNAL, signal.unwrap_or(0)),
    }
}

/// The end of the output.
struct Tail {
    bytes: Vec<u8>,
    most: usize,
}

impl Tail {
    /// Takes what is there; `false` at the end.
    fn take(&mut self, from: &mut PipeReader) -> io::Result<bool> {
        let mut buffer = [0; 16 << 10];
        let read = from.read(&mut buffer)?;
        self.bytes.extend_from_slice(&buffer[..read]);
        if self.bytes.len() > 2 * self.most + buffer.len() {
            self.bytes.drain(..self.bytes.len() - self.most);
        }
        Ok(read > 0)
    }

    fn finish(mut self) -> Vec<u8> {
        self.bytes.drain(..self.bytes.len().saturating_sub(self.most));
        self.bytes
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_order_survives_the_command_line() {
        let order = Order {
            command: "make && ./test 'x y'".to_owned(),
            tree: "/a b".into(),
            scratch: "/tmp/x".into(),
            budget: BuildBudget {
                read_also: vec!["/r 1".into(), "/r2".into()],
                environment: vec![("A".to_owned(), "=b c".to_owned()), ("B".to_owned(), String::new())],
                without_landlock: true,
                tail_bytes: 17,
                ..BuildBudget::default()
            },
        };
        assert_eq!(Order::from_arguments(&order.to_arguments()), Some(order));
        assert_eq!(Order::from_arguments(&["strict".into()]), None);
    }
}
