//! File descriptors: sealed memory, passing one over a socket, mapping, waiting with a deadline.

use std::fs::File;
use std::io::{self, Read, Write};
use std::os::fd::{AsRawFd, FromRawFd, OwnedFd, RawFd};
use std::os::unix::net::UnixStream;
use std::time::{Duration, Instant};

fn checked(result: libc::c_int) -> io::Result<libc::c_int> {
    if result < 0 { Err(io::Error::last_os_error()) } else { Ok(result) }
}

/// Makes an anonymous file in memory.
pub(crate) fn memory_file() -> io::Result<File> {
    // SAFETY: the name is a valid C string; the descriptor that comes back is new and ours alone.
    unsafe {
        let fd =
            checked(libc::memfd_create(c"earmark".as_ptr(), libc::MFD_CLOEXEC | libc::MFD_ALLOW_SEALING))?;
        Ok(File::from_raw_fd(fd))
    }
}

/// Puts `bytes` into memory that nobody can change any more.
pub(crate) fn sealed(bytes: &[u8]) -> io::Result<File> {
    let mut file = memory_file()?;
    file.write_all(bytes)?;
    let seals = libc::F_SEAL_SEAL | libc::F_SEAL_SHRINK | libc::F_SEAL_GROW | libc::F_SEAL_WRITE;
    // SAFETY: a plain call on a descriptor we own.
    checked(unsafe { libc::fcntl(file.as_raw_fd(), libc::F_ADD_SEALS, seals) })?;
    Ok(file)
}

/// Room for one descriptor in a control message, aligned as the kernel wants it.
#[repr(C, align(8))]
struct Ancillary([u8; 64]);

/// Sends `head` together with a copy of `file`.
pub(crate) fn send_with_file(socket: &UnixStream, head: &[u8], file: &File) -> io::Result<()> {
    let mut room = Ancillary([0; 64]);
    let mut part = libc::iovec { iov_base: head.as_ptr().cast_mut().cast(), iov_len: head.len() };
    // SAFETY: `message` points to `part` and `room`, which outlive the call; `CMSG_FIRSTHDR` is not
    // null because `room` is longer than one header; the payload of one descriptor fits in it.
    let sent = unsafe {
        let mut message: libc::msghdr = std::mem::zeroed();
        message.msg_iov = &raw mut part;
        message.msg_iovlen = 1;
        message.msg_control = room.0.as_mut_ptr().cast();
        message.msg_controllen = libc::CMSG_SPACE(size_of::<RawFd>() as u32) as _;
        let header = libc::CMSG_FIRSTHDR(&raw const message);
        (*header).cmsg_level = libc::SOL_SOCKET;
        (*header).cmsg_type = libc::SCM_RIGHTS;
        (*header).cmsg_len = libc::CMSG_LEN(size_of::<RawFd>() as u32) as _;
        libc::CMSG_DATA(header).cast::<RawFd>().write_unaligned(file.as_raw_fd());
        libc::sendmsg(socket.as_raw_fd(), &raw const message, libc::MSG_NOSIGNAL)
    };
    match usize::try_from(sent) {
        Ok(sent) if sent == head.len() => Ok(()),
        Ok(sent) => (&mut &*socket).write_all(&head[sent..]),
        Err(_) => Err(io::Error::last_os_error()),
    }
}

/// Receives `head.len()` bytes and the file sent with them; `None` when the other end is closed.
pub(crate) fn receive_with_file(socket: &UnixStream, head: &mut [u8]) -> io::Result<Option<File>> {
    let mut room = Ancillary([0; 64]);
    let mut part = libc::iovec { iov_base: head.as_mut_ptr().cast(), iov_len: head.len() };
    // SAFETY: as in `send_with_file`; a descriptor found in the message is new and ours alone.
    let (received, file) = unsafe {
        let mut message: libc::msghdr = std::mem::zeroed();
        message.msg_iov = &raw mut part;
        message.msg_iovlen = 1;
        message.msg_control = room.0.as_mut_ptr().cast();
        message.msg_controllen = room.0.len() as _;
        let received = libc::recvmsg(socket.as_raw_fd(), &raw mut message, libc::MSG_CMSG_CLOEXEC);
        let header = libc::CMSG_FIRSTHDR(&raw const message);
        let file = (received > 0
            && !header.is_null()
            && (*header).cmsg_level == libc::SOL_SOCKET
            && (*header).cmsg_type == libc::SCM_RIGHTS)
            .then(|| {
                File::from(OwnedFd::from_raw_fd(libc::CMSG_DATA(header).cast::<RawFd>().read_unaligned()))
            });
        (received, file)
    };
    match usize::try_from(received) {
        Ok(0) => Ok(None),
        Ok(received) => {
            (&mut &*socket).read_exact(&mut head[received..])?;
            file.map(Some).ok_or_else(|| io::Error::from(io::ErrorKind::InvalidData))
        }
        Err(_) => Err(io::Error::last_os_error()),
    }
}

/// A file's first `length` bytes, mapped for reading.
pub(crate) struct Mapped {
    start: *mut libc::c_void,
    length: usize,
}

impl Mapped {
    /// Maps `file`. If somebody shortens the file meanwhile, touching the lost part kills this
    /// process (which a worker may suffer).
    pub(crate) fn new(file: &File, length: usize) -> io::Result<Self> {
        if length == 0 {
            return Ok(Self { start: std::ptr::null_mut(), length });
        }
        // SAFETY: a new private read-only map at an address of the kernel's choice.
        let start = unsafe {
            libc::mmap(std::ptr::null_mut(), length, libc::PROT_READ, libc::MAP_PRIVATE, file.as_raw_fd(), 0)
        };
        if start == libc::MAP_FAILED {
            return Err(io::Error::last_os_error());
        }
        Ok(Self { start, length })
    }

    pub(crate) fn bytes(&self) -> &[u8] {
        if self.length == 0 {
            return &[];
        }
        // SAFETY: the map is `length` bytes long, readable and lives as long as `self`. Sealed
        // memory cannot change under us; a real file can, and then only this caged process reads
        // nonsense.
        unsafe { std::slice::from_raw_parts(self.start.cast::<u8>(), self.length) }
    }
}

impl Drop for Mapped {
    fn drop(&mut self) {
        if self.length > 0 {
            // SAFETY: exactly the map made in `new`; no slice of it outlives `self`.
            unsafe { libc::munmap(self.start, self.length) };
        }
    }
}

/// A stream whose reads fail with `TimedOut` once its deadline has passed.
#[derive(Debug)]
pub(crate) struct Timed {
    pub(crate) from: File,
    pub(crate) deadline: Instant,
}

impl Read for Timed {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        if wait_readable(self.from.as_raw_fd(), self.deadline.saturating_duration_since(Instant::now()))? {
            self.from.read(buffer)
        } else {
            Err(io::Error::from(io::ErrorKind::TimedOut))
        }
    }
}

/// Waits until `fd` can be read or is closed (`true`), or the time is over (`false`).
pub(crate) fn wait_readable(fd: RawFd, timeout: Duration) -> io::Result<bool> {
    let until = Instant::now() + timeout;
    loop {
        let left = until.saturating_duration_since(Instant::now());
        let millis = i32::try_from(left.as_millis().saturating_add(1)).unwrap_or(i32::MAX);
        let mut poll = libc::pollfd { fd, events: libc::POLLIN, revents: 0 };
        // SAFETY: one valid `pollfd`.
        match unsafe { libc::poll(&raw mut poll, 1, millis) } {
            0 if Instant::now() >= until => return Ok(false),
            0 => {}
            n if n > 0 => return Ok(true),
            _ => {
                let error = io::Error::last_os_error();
                if error.kind() != io::ErrorKind::Interrupted {
                    return Err(error);
                }
            }
        }
    }
}

/// Makes a pipe's buffer larger, if the system lets us: fewer switches between the processes.
pub(crate) fn widen_pipe(pipe: &impl AsRawFd) {
    // SAFETY: a plain call; failure changes nothing and is of no consequence.
    unsafe { libc::fcntl(pipe.as_raw_fd(), libc::F_SETPIPE_SZ, 1 << 20) };
}

/// Closes everything from descriptor 3 on: what the parent left open by accident is not for us.
pub(crate) fn close_inherited() {
    // SAFETY: called first thing in a fresh process that owns no descriptors beyond the standard
    // three, so nothing in use is closed.
    unsafe { libc::syscall(libc::SYS_close_range, 3u32, u32::MAX, 0u32) };
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_goes_through_a_socket_and_cannot_change() {
        let (here, there) = UnixStream::pair().unwrap();
        send_with_file(&here, b"head", &sealed(b"content").unwrap()).unwrap();
        let mut head = [0; 4];
        let mut file = receive_with_file(&there, &mut head).unwrap().unwrap();
        assert_eq!(&head, b"head");
        assert_eq!(Mapped::new(&file, 7).unwrap().bytes(), b"content");
        assert!(file.write_all(b"x").is_err());
        assert!(file.set_len(0).is_err());
        drop(here);
        assert!(receive_with_file(&there, &mut head).unwrap().is_none());
    }
}
