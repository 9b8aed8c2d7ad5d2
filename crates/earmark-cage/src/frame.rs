//! Frames on a worker's output: one byte of kind, the length as u32 little-endian, the content.

use std::io::{self, Read, Write};

/// The worker is confined and waits for jobs.
pub(crate) const READY: u8 = 1;
/// A piece of a result.
pub(crate) const DATA: u8 = 2;
/// The job is done.
pub(crate) const DONE: u8 = 3;
/// The job failed; the content says why.
pub(crate) const FAILED: u8 = 4;
/// The confinement failed; the content says why.
pub(crate) const REFUSED: u8 = 5;
/// No job of the name asked for.
pub(crate) const UNKNOWN: u8 = 6;

const HEAD: usize = 5;
/// Shorter frames are put together with their head and written at once.
const SMALL: usize = 32 << 10;

/// Writes one frame.
pub(crate) fn write(to: &mut impl Write, kind: u8, content: &[u8]) -> io::Result<()> {
    let length = u32::try_from(content.len()).map_err(|_| io::Error::from(io::ErrorKind::InvalidInput))?;
    let mut head = [kind, 0, 0, 0, 0];
    head[1..].copy_from_slice(&length.to_le_bytes());
    if content.len() <= SMALL {
        let mut whole = Vec::with_capacity(HEAD + content.len());
        whole.extend_from_slice(&head);
        whole.extend_from_slice(content);
        to.write_all(&whole)
    } else {
        to.write_all(&head)?;
        to.write_all(content)
    }
}

/// Why no further frame came.
#[derive(Debug)]
pub(crate) enum Gap {
    /// The other end is closed.
    Closed,
    /// The frame is longer than allowed.
    TooLong,
    /// Nothing came in time.
    Late,
    /// Reading failed.
    Io(io::Error),
}

impl From<io::Error> for Gap {
    fn from(error: io::Error) -> Self {
        match error.kind() {
            io::ErrorKind::TimedOut => Self::Late,
            _ => Self::Io(error),
        }
    }
}

/// Takes frames off a stream.
#[derive(Debug)]
pub(crate) struct FrameReader<R> {
    from: R,
    buffer: Box<[u8]>,
    start: usize,
    end: usize,
}

impl<R: Read> FrameReader<R> {
    pub(crate) fn new(from: R) -> Self {
        Self { from, buffer: vec![0; 64 << 10].into_boxed_slice(), start: 0, end: 0 }
    }

    pub(crate) fn get_mut(&mut self) -> &mut R {
        &mut self.from
    }

    /// Reads the next frame: its kind and its content of at most `longest` bytes.
    pub(crate) fn next(&mut self, longest: u32) -> Result<(u8, Vec<u8>), Gap> {
        while self.end - self.start < HEAD {
            self.buffer.copy_within(self.start..self.end, 0);
            self.end -= self.start;
            self.start = 0;
            match self.from.read(&mut self.buffer[self.end..])? {
                0 => return Err(Gap::Closed),
                n => self.end += n,
            }
        }
        let head = &self.buffer[self.start..self.start + HEAD];
        let kind = head[0];
        let length = u32::from_le_bytes([head[1], head[2], head[3], head[4]]);
        if length > longest {
            return Err(Gap::TooLong);
        }
        self.start += HEAD;
        let length = length as usize;
        let ready = length.min(self.end - self.start);
        // The claim is believed only as far as bytes arrive.
        let mut content = Vec::with_capacity(length.min(1 << 20));
        content.extend_from_slice(&self.buffer[self.start..self.start + ready]);
        self.start += ready;
        while content.len() < length {
            let have = content.len();
            content.resize(length.min(have + (1 << 20)), 0);
            match self.from.read(&mut content[have..]) {
                Ok(0) => return Err(Gap::Closed),
                Ok(n) => content.truncate(have + n),
                Err(error) => return Err(error.into()),
            }
        }
        Ok((kind, content))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn frames_of_all_sizes_come_back() {
        let sizes = [0, 1, 4, 5, SMALL, SMALL + 1, 64 << 10, (3 << 20) + 7];
        let mut wire = Vec::new();
        for (kind, size) in sizes.iter().enumerate() {
            write(&mut wire, kind as u8, &vec![kind as u8; *size]).unwrap();
        }
        let mut reader = FrameReader::new(wire.as_slice());
        for (kind, size) in sizes.iter().enumerate() {
            assert_eq!(reader.next(u32::MAX).unwrap(), (kind as u8, vec![kind as u8; *size]));
        }
        assert!(matches!(reader.next(9), Err(Gap::Closed)));
    }

    #[test]
    fn a_claim_beyond_the_limit_is_refused_before_it_is_read() {
        let mut reader = FrameReader::new(&[DATA, 0xff, 0xff, 0xff, 0xff][..]);
        assert!(matches!(reader.next(100), Err(Gap::TooLong)));
    }
}
