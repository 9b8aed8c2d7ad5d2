//! The system calls of a worker: a short list that it may use, and a list that betrays an attack.

use seccompiler::SeccompAction;

use crate::seccomped::{Line, When, install};

/// Confines this thread to a worker's system calls. Those of [`deadly`] kill the process, all others
/// that are not allowed fail with `EPERM`.
pub(crate) fn confine() -> Result<(), String> {
    install(&allowed(), SeccompAction::Allow, SeccompAction::Errno(libc::EPERM as u32))?;
    install(&deadly(), SeccompAction::KillProcess, SeccompAction::Allow)
}

fn allowed() -> Vec<Line> {
    let not_executable = When { argument: 2, mask: libc::PROT_EXEC as u32, equals: 0 };
    let ourselves = When { argument: 0, mask: u32::MAX, equals: std::process::id() };
    let mut lines: Vec<Line> = [
        libc::SYS_read,
        libc::SYS_write,
        libc::SYS_readv,
        libc::SYS_writev,
        libc::SYS_recvfrom,
        libc::SYS_recvmsg,
        libc::SYS_close,
        libc::SYS_fstat,
        libc::SYS_lseek,
        libc::SYS_munmap,
        libc::SYS_mremap,
        libc::SYS_brk,
        libc::SYS_madvise,
        libc::SYS_futex,
        libc::SYS_getrandom,
        libc::SYS_getpid,
        libc::SYS_gettid,
        libc::SYS_clock_gettime,
        libc::SYS_clock_nanosleep,
        libc::SYS_nanosleep,
        libc::SYS_sched_yield,
        libc::SYS_sched_getaffinity,
        libc::SYS_rt_sigaction,
        libc::SYS_rt_sigprocmask,
        libc::SYS_rt_sigreturn,
        libc::SYS_sigaltstack,
        libc::SYS_restart_syscall,
        libc::SYS_exit,
        libc::SYS_exit_group,
        // Installing the second filter.
        libc::SYS_seccomp,
        libc::SYS_prctl,
    ]
    .map(|call| (call, None))
    .into();
    lines.push((libc::SYS_mmap, Some(not_executable)));
    lines.push((libc::SYS_mprotect, Some(not_executable)));
    // `abort` signals itself.
    lines.push((libc::SYS_tgkill, Some(ourselves)));
    lines
}

fn deadly() -> Vec<Line> {
    #[cfg(target_arch = "x86_64")]
    let forks = [libc::SYS_fork, libc::SYS_vfork];
    #[cfg(not(target_arch = "x86_64"))]
    let forks = [];
    [
        libc::SYS_socket,
        libc::SYS_socketpair,
        libc::SYS_connect,
        libc::SYS_bind,
        libc::SYS_listen,
        libc::SYS_accept,
        libc::SYS_accept4,
        libc::SYS_sendto,
        libc::SYS_sendmsg,
        libc::SYS_sendmmsg,
        libc::SYS_execve,
        libc::SYS_execveat,
        libc::SYS_clone,
        libc::SYS_clone3,
        libc::SYS_kill,
        libc::SYS_tkill,
        libc::SYS_ptrace,
        libc::SYS_process_vm_readv,
        libc::SYS_process_vm_writev,
        libc::SYS_pidfd_open,
        libc::SYS_pidfd_getfd,
        libc::SYS_bpf,
        libc::SYS_io_uring_setup,
        libc::SYS_unshare,
        libc::SYS_setns,
        libc::SYS_mount,
        libc::SYS_perf_event_open,
        libc::SYS_userfaultfd,
        libc::SYS_keyctl,
        libc::SYS_add_key,
        libc::SYS_prlimit64,
        libc::SYS_prctl,
        libc::SYS_seccomp,
    ]
    .into_iter()
    .chain(forks)
    .map(|call| (call, None))
    .collect()
}
