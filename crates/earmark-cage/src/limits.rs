//! Resource limits and the tie to the parent's life.

use std::io;

fn checked(result: libc::c_int) -> io::Result<()> {
    if result < 0 { Err(io::Error::last_os_error()) } else { Ok(()) }
}

/// Sets the soft and hard limit of `resource` to `value`, or to the present hard limit if that is
/// lower.
pub(crate) fn limit(resource: libc::__rlimit_resource_t, value: u64) -> io::Result<()> {
    let mut now = libc::rlimit { rlim_cur: 0, rlim_max: 0 };
    // SAFETY: both calls get a valid `rlimit`.
    unsafe {
        checked(libc::getrlimit(resource, &raw mut now))?;
        let value = value.min(now.rlim_max);
        checked(libc::setrlimit(resource, &libc::rlimit { rlim_cur: value, rlim_max: value }))
    }
}

/// Lets process `pid` use `seconds` more of processor time than it has used.
pub(crate) fn allow_cpu(pid: u32, seconds: u64) -> io::Result<()> {
    let pid = libc::pid_t::try_from(pid).map_err(|_| io::Error::from(io::ErrorKind::InvalidInput))?;
    let mut used = libc::timespec { tv_sec: 0, tv_nsec: 0 };
    let mut clock = 0;
    let mut now = libc::rlimit { rlim_cur: 0, rlim_max: 0 };
    // SAFETY: every pointer is to a valid local of the right type.
    unsafe {
        if libc::clock_getcpuclockid(pid, &raw mut clock) != 0 {
            return Err(io::Error::from(io::ErrorKind::NotFound));
        }
        checked(libc::clock_gettime(clock, &raw mut used))?;
        checked(libc::prlimit(pid, libc::RLIMIT_CPU, std::ptr::null(), &raw mut now))?;
        let used = u64::try_from(used.tv_sec).unwrap_or(0).saturating_add(1);
        now.rlim_cur = used.saturating_add(seconds).min(now.rlim_max);
        checked(libc::prlimit(pid, libc::RLIMIT_CPU, &raw const now, std::ptr::null_mut()))
    }
}

/// Has the kernel kill this process when the thread that started it ends.
///
/// # Errors
/// If that thread has already ended.
pub(crate) fn die_with_parent() -> io::Result<()> {
    // SAFETY: plain calls without pointers.
    unsafe {
        checked(libc::prctl(libc::PR_SET_PDEATHSIG, libc::SIGKILL))?;
        if libc::getppid() == 1 && std::process::id() != 1 {
            return Err(io::Error::other("the parent process is gone"));
        }
    }
    Ok(())
}

/// Forbids this process and what it starts to gain rights by executing a file.
pub(crate) fn no_new_privileges() -> io::Result<()> {
    // SAFETY: a plain call without pointers.
    checked(unsafe { libc::prctl(libc::PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) })
}

/// Makes this process the parent of every orphan among its descendants.
pub(crate) fn adopt_orphans() -> io::Result<()> {
    // SAFETY: a plain call without pointers.
    checked(unsafe { libc::prctl(libc::PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0) })
}
