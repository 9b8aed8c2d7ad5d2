//! The system calls that an owner's build never needs and that lead out of its room.

use seccompiler::SeccompAction;

use crate::seccomped::{Line, When, install};

/// Confines this thread and its descendants to a build's system calls.
pub(crate) fn confine() -> Result<(), String> {
    // Callers fall back to older calls that can be looked into.
    install(
        &[libc::SYS_clone3, libc::SYS_io_uring_setup, libc::SYS_io_uring_enter, libc::SYS_io_uring_register]
            .map(|call| (call, None)),
        SeccompAction::Errno(libc::ENOSYS as u32),
        SeccompAction::Allow,
    )?;
    // Not even AF_UNIX: landlock does not guard sockets that have a path, and behind some of them
    // (a container engine's, a session bus) stands a service that would do anything for its user.
    install(&[(libc::SYS_socket, None)], SeccompAction::Errno(libc::EACCES as u32), SeccompAction::Allow)?;
    install(&refused(), SeccompAction::Errno(libc::EPERM as u32), SeccompAction::Allow)
}

fn refused() -> Vec<Line> {
    let mut lines: Vec<Line> = [
        libc::SYS_connect,
        libc::SYS_ptrace,
        libc::SYS_process_vm_readv,
        libc::SYS_process_vm_writev,
        libc::SYS_pidfd_getfd,
        libc::SYS_bpf,
        libc::SYS_unshare,
        libc::SYS_setns,
        libc::SYS_mount,
        libc::SYS_umount2,
        libc::SYS_pivot_root,
        libc::SYS_chroot,
        libc::SYS_open_tree,
        libc::SYS_move_mount,
        libc::SYS_fsopen,
        libc::SYS_open_by_handle_at,
        libc::SYS_perf_event_open,
        libc::SYS_userfaultfd,
        libc::SYS_keyctl,
        libc::SYS_add_key,
        libc::SYS_request_key,
        libc::SYS_kexec_load,
        libc::SYS_init_module,
        libc::SYS_finit_module,
        libc::SYS_delete_module,
        libc::SYS_reboot,
        libc::SYS_swapon,
        libc::SYS_swapoff,
        libc::SYS_settimeofday,
        libc::SYS_clock_settime,
        libc::SYS_sethostname,
        libc::SYS_setdomainname,
        libc::SYS_quotactl,
        libc::SYS_acct,
        libc::SYS_syslog,
    ]
    .map(|call| (call, None))
    .into();
    let clones = [libc::CLONE_NEWUSER, libc::CLONE_NEWNS, libc::CLONE_NEWNET, libc::CLONE_NEWPID];
    for flag in clones {
        let flag = flag as u32;
        lines.push((libc::SYS_clone, Some(When { argument: 0, mask: flag, equals: flag })));
    }
    // Pushing characters into a terminal that the owner sits at.
    lines.push((libc::SYS_ioctl, Some(When { argument: 1, mask: u32::MAX, equals: libc::TIOCSTI as u32 })));
    lines
}
