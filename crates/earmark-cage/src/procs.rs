//! Looking after descendants by `/proc`.

use std::fs;

/// Page size times pages would overflow nowhere near reality; 4 KiB is the smallest page.
fn page_bytes() -> u64 {
    // SAFETY: a plain call without pointers.
    u64::try_from(unsafe { libc::sysconf(libc::_SC_PAGESIZE) }).unwrap_or(4096)
}

/// All living descendants of this process, nearest first.
pub(crate) fn descendants() -> Vec<u32> {
    let mut found = children(std::process::id());
    let mut next = 0;
    while next < found.len() {
        let more = children(found[next]);
        found.extend(more);
        next += 1;
    }
    found
}

fn children(pid: u32) -> Vec<u32> {
    let Ok(tasks) = fs::read_dir(format!("/proc/{pid}/task")) else { return Vec::new() };
    tasks
        .flatten()
        .filter_map(|task| fs::read_to_string(task.path().join("children")).ok())
        .flat_map(|list| list.split_whitespace().filter_map(|pid| pid.parse().ok()).collect::<Vec<_>>())
        .collect()
}

/// Resident bytes of the processes together; pages they share are counted for each.
pub(crate) fn resident_bytes(pids: &[u32]) -> u64 {
    let pages: u64 = pids
        .iter()
        .filter_map(|pid| fs::read_to_string(format!("/proc/{pid}/statm")).ok())
        .filter_map(|line| {
            let mut fields = line.split_whitespace().skip(1).map(|field| field.parse::<u64>().unwrap_or(0));
            let (resident, shared) = (fields.next()?, fields.next()?);
            Some(resident.saturating_sub(shared))
        })
        .sum();
    pages * page_bytes()
}

/// Kills every descendant of this process and buries it, however often they try to fork away.
///
/// This process must adopt orphans, or those would escape.
pub(crate) fn kill_descendants() {
    // A bomb is first stopped, so that it cannot fork faster than we kill.
    for signal in [libc::SIGSTOP, libc::SIGKILL] {
        for _ in 0..4 {
            descendants().into_iter().for_each(|pid| send(pid, signal));
        }
    }
    loop {
        descendants().into_iter().for_each(|pid| send(pid, libc::SIGKILL));
        // SAFETY: waiting for any child, with no status wanted.
        match unsafe { libc::waitpid(-1, std::ptr::null_mut(), libc::WNOHANG) } {
            0 => std::thread::sleep(std::time::Duration::from_millis(2)),
            pid if pid > 0 => {}
            _ => return,
        }
    }
}

fn send(pid: u32, signal: libc::c_int) {
    if let Ok(pid) = libc::pid_t::try_from(pid)
        && pid > 1
    {
        // SAFETY: a plain call; `pid` names a single process that was our descendant a moment ago.
        // Should the number have passed to a stranger since, landlock's signal scope protects it.
        unsafe { libc::kill(pid, signal) };
    }
}
