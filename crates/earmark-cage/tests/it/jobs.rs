//! What the workers of these tests do: tame things and attacks.

use std::io;
use std::net::{TcpStream, UdpSocket};

use earmark_cage::{Job, Out};

pub(crate) const JOBS: &[Job] = &[
    ("echo", echo),
    ("many", many),
    ("open", open),
    ("tcp", tcp),
    ("udp", udp),
    ("exec", exec),
    ("fork", fork),
    ("thread", thread),
    ("kill", kill),
    ("executable-memory", executable_memory),
    ("more-memory", more_memory),
    ("environment", environment),
    ("memory", memory),
    ("cpu", cpu),
    ("sleep", sleep),
    ("stack", stack),
    ("panic", panic),
    ("fail", fail),
    ("leave", leave),
    ("babble", babble),
    ("decode-like", decode_like),
];

type Done = io::Result<()>;

fn echo(ask: &[u8], input: &[u8], out: &mut Out<'_>) -> Done {
    out(ask)?;
    out(input)
}

fn many(_: &[u8], input: &[u8], out: &mut Out<'_>) -> Done {
    input.iter().try_for_each(|byte| out(&[*byte]))
}

fn open(ask: &[u8], _: &[u8], out: &mut Out<'_>) -> Done {
    let path = std::str::from_utf8(ask).map_err(io::Error::other)?;
    let read = std::fs::read(path).map(drop);
    let written = std::fs::write(format!("{path}.x"), b"x");
    let listed = std::fs::read_dir("/").map(drop);
    let removed = std::fs::remove_file(path);
    for (index, result) in [read, written, listed, removed].into_iter().enumerate() {
        if result.is_ok() {
            out(&[index as u8])?;
        }
    }
    Ok(())
}

fn tcp(ask: &[u8], _: &[u8], out: &mut Out<'_>) -> Done {
    let address = std::str::from_utf8(ask).map_err(io::Error::other)?;
    let _ = TcpStream::connect(address);
    out(b"alive")
}

fn udp(_: &[u8], _: &[u8], out: &mut Out<'_>) -> Done {
    let _ = UdpSocket::bind("127.0.0.1:0");
    out(b"alive")
}

fn exec(_: &[u8], _: &[u8], out: &mut Out<'_>) -> Done {
    use std::os::unix::process::CommandExt as _;
    let _ = std::process::Command::new("/bin/true").exec();
    out(b"alive")
}

fn fork(_: &[u8], _: &[u8], out: &mut Out<'_>) -> Done {
    let _ = std::process::Command::new("/bin/true").status();
    out(b"alive")
}

fn thread(_: &[u8], _: &[u8], out: &mut Out<'_>) -> Done {
    let _ = std::thread::Builder::new().spawn(|| {});
    out(b"alive")
}

fn kill(ask: &[u8], _: &[u8], out: &mut Out<'_>) -> Done {
    let pid = std::str::from_utf8(ask).ok().and_then(|text| text.parse().ok()).unwrap_or(i32::MAX);
    // SAFETY: signal 0 only asks.
    unsafe { libc::kill(pid, 0) };
    out(b"alive")
}

fn executable_memory(_: &[u8], _: &[u8], out: &mut Out<'_>) -> Done {
    // SAFETY: a new anonymous map that nothing uses.
    let map = unsafe {
        libc::mmap(
            std::ptr::null_mut(),
            4096,
            libc::PROT_READ | libc::PROT_WRITE | libc::PROT_EXEC,
            libc::MAP_PRIVATE | libc::MAP_ANONYMOUS,
            -1,
            0,
        )
    };
    if map == libc::MAP_FAILED { Ok(()) } else { out(b"mapped") }
}

fn more_memory(_: &[u8], _: &[u8], out: &mut Out<'_>) -> Done {
    let all = libc::rlimit { rlim_cur: libc::RLIM_INFINITY, rlim_max: libc::RLIM_INFINITY };
    // SAFETY: a valid `rlimit`.
    unsafe { libc::setrlimit(libc::RLIMIT_DATA, &raw const all) };
    out(b"alive")
}

fn environment(_: &[u8], _: &[u8], out: &mut Out<'_>) -> Done {
    std::env::vars_os().try_for_each(|(name, _)| out(name.as_encoded_bytes()))
}

fn memory(_: &[u8], _: &[u8], out: &mut Out<'_>) -> Done {
    out(b"before")?;
    let mut hoard = Vec::new();
    loop {
        hoard.push(vec![1_u8; 1 << 20]);
        std::hint::black_box(&hoard);
    }
}

fn cpu(_: &[u8], _: &[u8], out: &mut Out<'_>) -> Done {
    out(b"before")?;
    let mut number = 1_u64;
    loop {
        number = std::hint::black_box(number.wrapping_mul(3));
    }
}

fn sleep(_: &[u8], _: &[u8], out: &mut Out<'_>) -> Done {
    out(b"before")?;
    loop {
        std::thread::sleep(std::time::Duration::from_secs(60));
    }
}

fn stack(_: &[u8], input: &[u8], _: &mut Out<'_>) -> Done {
    fn deeper(level: u64, seed: u8) -> u64 {
        let room = [seed; 4096];
        std::hint::black_box(&room);
        if level == u64::MAX { 0 } else { deeper(level + 1, seed) + u64::from(room[7]) }
    }
    Err(io::Error::other(deeper(0, input.first().copied().unwrap_or(1)).to_string()))
}

fn panic(_: &[u8], _: &[u8], _: &mut Out<'_>) -> Done {
    panic!("a flaw in the decoder")
}

fn fail(_: &[u8], _: &[u8], _: &mut Out<'_>) -> Done {
    Err(io::Error::other("cannot"))
}

fn leave(_: &[u8], _: &[u8], _: &mut Out<'_>) -> Done {
    std::process::exit(0)
}

fn babble(_: &[u8], _: &[u8], out: &mut Out<'_>) -> Done {
    let much = vec![0; 1 << 20];
    loop {
        out(&much)?;
    }
}

/// As much as a decoder needs: allocation, hashing with random keys, time.
fn decode_like(_: &[u8], input: &[u8], out: &mut Out<'_>) -> Done {
    let start = std::time::Instant::now();
    let mut seen = std::collections::HashMap::new();
    for byte in input {
        *seen.entry(*byte).or_insert(0_u64) += 1;
    }
    let copies: Vec<Vec<u8>> = (0..64).map(|_| input.to_vec()).collect();
    std::hint::black_box((&copies, start.elapsed()));
    out(&(seen.len() as u64).to_le_bytes())
}
