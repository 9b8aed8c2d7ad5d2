//! What a container is read from: a piece of memory, or a stream with a look ahead.

use std::borrow::Cow;
use std::io::{self, Read};

/// How far one can look ahead.
pub(crate) const AHEAD: usize = 64 << 10;

/// How far one can step back.
pub(crate) const BACK: usize = 16;

/// Where an inner content comes from.
pub(crate) enum Source<'a> {
    /// It lies in memory as a whole.
    Slice(&'a [u8]),
    /// It comes bit by bit.
    Stream(&'a mut dyn Read),
}

/// A [`Source`] that is being read.
pub(crate) struct Input<'a> {
    kind: Kind<'a>,
    consumed: u64,
}

enum Kind<'a> {
    Slice { all: &'a [u8], at: usize },
    Stream { from: &'a mut dyn Read, buffer: Vec<u8>, start: usize, ended: bool },
}

impl<'a> Input<'a> {
    pub(crate) fn new(source: Source<'a>) -> Self {
        let kind = match source {
            Source::Slice(all) => Kind::Slice { all, at: 0 },
            Source::Stream(from) => Kind::Stream { from, buffer: Vec::new(), start: 0, ended: false },
        };
        Self { kind, consumed: 0 }
    }

    /// The next bytes: at least `want` of them (at most [`AHEAD`]) unless the end is nearer, often more.
    pub(crate) fn ahead(&mut self, want: usize) -> io::Result<&[u8]> {
        match &mut self.kind {
            Kind::Slice { all, at } => Ok(&all[*at..]),
            Kind::Stream { from, buffer, start, ended } => {
                let want = want.min(AHEAD);
                while buffer.len() - *start < want && !*ended {
                    if *start > BACK {
                        buffer.drain(..*start - BACK);
                        *start = BACK;
                    }
                    let have = buffer.len();
                    buffer.resize(BACK + AHEAD, 0);
                    let read = from.read(&mut buffer[have..]);
                    buffer.truncate(have + read.as_ref().map_or(0, |read| *read));
                    *ended = read? == 0;
                }
                Ok(&buffer[*start..])
            }
        }
    }

    /// Goes on by `count` bytes, which must have been seen by [`Input::ahead`].
    pub(crate) fn consume(&mut self, count: usize) {
        self.consumed += count as u64;
        match &mut self.kind {
            Kind::Slice { all, at } => *at = (*at + count).min(all.len()),
            Kind::Stream { buffer, start, .. } => *start = (*start + count).min(buffer.len()),
        }
    }

    /// Goes back by `count` bytes (at most [`BACK`]) that were consumed.
    pub(crate) fn step_back(&mut self, count: usize) {
        let start = match &mut self.kind {
            Kind::Slice { at, .. } => at,
            Kind::Stream { start, .. } => start,
        };
        let count = count.min(*start);
        *start -= count;
        self.consumed -= count as u64;
    }

    /// How many bytes have been consumed.
    pub(crate) fn consumed(&self) -> u64 {
        self.consumed
    }

    /// The rest, if it lies in memory.
    pub(crate) fn slice(&self) -> Option<&'a [u8]> {
        match self.kind {
            Kind::Slice { all, at } => Some(&all[at..]),
            Kind::Stream { .. } => None,
        }
    }

    /// The rest as one piece of memory of at most `most` bytes, and whether more was left.
    pub(crate) fn hold(&mut self, most: usize) -> io::Result<(Cow<'a, [u8]>, bool)> {
        if let Some(bytes) = self.slice() {
            return Ok((Cow::Borrowed(bytes), false));
        }
        let mut held = Vec::new();
        let more = self.read_up_to(most, &mut held)?;
        Ok((Cow::Owned(held), more))
    }

    /// Appends at most `most` bytes to `into` and tells whether more is left. What was read before an
    /// error is kept.
    pub(crate) fn read_up_to(&mut self, most: usize, into: &mut Vec<u8>) -> io::Result<bool> {
        let end = into.len().saturating_add(most);
        loop {
            let ahead = self.ahead(1)?;
            if ahead.is_empty() {
                return Ok(false);
            }
            let room = ahead.len().min(end - into.len());
            if room == 0 {
                return Ok(true);
            }
            into.extend_from_slice(&ahead[..room]);
            self.consume(room);
        }
    }
}

impl Read for Input<'_> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let ahead = self.ahead(1)?;
        let count = ahead.len().min(buffer.len());
        buffer[..count].copy_from_slice(&ahead[..count]);
        self.consume(count);
        Ok(count)
    }
}

/// The next `left` bytes of an input.
pub(crate) struct Take<'a, 'i> {
    pub(crate) from: &'a mut Input<'i>,
    pub(crate) left: u64,
}

impl Take<'_, '_> {
    /// Skips to the end; how many bytes are missing there.
    pub(crate) fn skip(mut self) -> io::Result<u64> {
        while self.left > 0 {
            let ahead = self.from.ahead(1)?.len() as u64;
            if ahead == 0 {
                break;
            }
            let count = ahead.min(self.left);
            self.from.consume(count as usize);
            self.left -= count;
        }
        Ok(self.left)
    }
}

impl Read for Take<'_, '_> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let room = usize::try_from(self.left).unwrap_or(usize::MAX).min(buffer.len());
        let count = self.from.read(&mut buffer[..room])?;
        self.left -= count as u64;
        Ok(count)
    }
}
