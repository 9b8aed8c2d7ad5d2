//! Carrying leaves and losses out of a cage, and limits into it.
//!
//! The job of the cage is [`serve`], its question [`ask`]; each frame that comes out goes to [`receive`].

use std::io;

use earmark_model::{Flow, Leaf, Limits, Loss, Sink};

use crate::open::open_bytes;

/// Name of the job, for the table given to the cage.
pub const JOB: &str = "unpack";

const LEAF: u8 = 1;
const PARTIAL_LEAF: u8 = 2;
const LOSS: u8 = 3;

/// The question for a cage: how to open what, and under which limits. Six numbers as u64 little-endian, then
/// the name.
#[must_use]
pub fn ask(name: &str, limits: &Limits) -> Vec<u8> {
    let mut ask = Vec::with_capacity(48 + name.len());
    let Limits { depth, leaves, bytes, leaf_bytes, ratio, seconds } = *limits;
    for number in [u64::from(depth), leaves, bytes, leaf_bytes, ratio, seconds] {
        ask.extend_from_slice(&number.to_le_bytes());
    }
    ask.extend_from_slice(name.as_bytes());
    ask
}

/// The job itself: opens `input` as `ask` says, and writes a frame for every leaf and loss.
///
/// # Errors
/// If the question is malformed or nobody takes the frames.
pub fn serve(
    ask: &[u8],
    input: &[u8],
    out: &mut (dyn FnMut(&[u8]) -> io::Result<()> + '_),
) -> io::Result<()> {
    let (limits, name) = read_ask(ask).ok_or_else(|| io::Error::from(io::ErrorKind::InvalidInput))?;
    let mut frames = Frames { out, frame: Vec::new(), failed: None };
    open_bytes(name, input, &limits, &mut frames);
    frames.failed.map_or(Ok(()), Err)
}

/// Gives the leaf or loss in `frame` to `sink`. A malformed frame is a loss: the worker is not to be trusted.
pub fn receive(mut frame: Vec<u8>, sink: &mut dyn Sink) -> Flow {
    match split(&frame) {
        Some((kind @ (LEAF | PARTIAL_LEAF), path, content)) => {
            let path = String::from_utf8_lossy(path).into_owned();
            let start = frame.len() - content.len();
            frame.drain(..start);
            sink.leaf(Leaf { path, bytes: frame, partial: kind == PARTIAL_LEAF })
        }
        Some((LOSS, path, why)) => {
            let (path, why) =
                (String::from_utf8_lossy(path).into_owned(), String::from_utf8_lossy(why).into_owned());
            sink.loss(Loss { path, why })
        }
        _ => sink.loss(Loss { path: String::new(), why: "malformed message from the sandbox".to_owned() }),
    }
}

fn read_ask(ask: &[u8]) -> Option<(Limits, &str)> {
    let number = |at: usize| Some(u64::from_le_bytes(ask.get(8 * at..8 * at + 8)?.try_into().ok()?));
    let limits = Limits {
        depth: u32::try_from(number(0)?).ok()?,
        leaves: number(1)?,
        bytes: number(2)?,
        leaf_bytes: number(3)?,
        ratio: number(4)?,
        seconds: number(5)?,
    };
    Some((limits, std::str::from_utf8(ask.get(48..)?).ok()?))
}

fn split(frame: &[u8]) -> Option<(u8, &[u8], &[u8])> {
    let (kind, rest) = frame.split_first()?;
    let (length, rest) = rest.split_first_chunk::<4>()?;
    let (path, content) = rest.split_at_checked(u32::from_le_bytes(*length) as usize)?;
    Some((*kind, path, content))
}

struct Frames<'a, 'b> {
    out: &'a mut (dyn FnMut(&[u8]) -> io::Result<()> + 'b),
    frame: Vec<u8>,
    failed: Option<io::Error>,
}

impl Frames<'_, '_> {
    fn send(&mut self, kind: u8, path: &str, content: &[u8]) -> Flow {
        self.frame.clear();
        self.frame.push(kind);
        let path = &path.as_bytes()[..path.len().min(u32::MAX as usize)];
        self.frame.extend_from_slice(&(path.len() as u32).to_le_bytes());
        self.frame.extend_from_slice(path);
        self.frame.extend_from_slice(content);
        match (self.out)(&self.frame) {
            Ok(()) => Flow::Continue,
            Err(error) => {
                self.failed = Some(error);
                Flow::Stop
            }
        }
    }
}

impl Sink for Frames<'_, '_> {
    fn leaf(&mut self, leaf: Leaf) -> Flow {
        self.send(if leaf.partial { PARTIAL_LEAF } else { LEAF }, &leaf.path, &leaf.bytes)
    }

    fn loss(&mut self, loss: Loss) -> Flow {
        self.send(LOSS, &loss.path, loss.why.as_bytes())
    }
}
