//! ChaCha20 key streams, read at any byte, and the seeded generator of the simulator.
//!
//! RFC 8439 with a zero nonce and a block counter from 0, as the chapter on codes asks.

mod wide;

use chacha20::ChaCha20;
use chacha20::cipher::{KeyIvInit, StreamCipher, StreamCipherSeek};
pub(crate) use wide::{BLOCKS, BYTES, Engine};

/// Bytes a stream has: 2^32 blocks of 64.
const STREAM_BYTES: u64 = 1 << 38;
/// How many bytes are produced at a time where positions lie close together.
const RUN_BYTES: usize = 4096;
const BLOCK: u64 = 64;

/// One key's stream.
#[derive(Clone)]
pub(crate) struct KeyStream {
    key: [u8; 32],
}

impl KeyStream {
    pub(crate) const fn new(key: &[u8; 32]) -> Self {
        Self { key: *key }
    }

    fn cipher(&self) -> ChaCha20 {
        ChaCha20::new(&self.key.into(), &[0u8; 12].into())
    }

    /// Fills `out` with the stream from byte `at` on; zeros past the stream's end, which no 32-bit
    /// position reaches.
    fn fill(cipher: &mut ChaCha20, at: u64, out: &mut [u8]) {
        out.fill(0);
        if at + out.len() as u64 <= STREAM_BYTES && cipher.try_seek(at).is_ok() {
            // A failure would be the stream's end, excluded above.
            let _ = cipher.try_apply_keystream(out);
        }
    }

    /// Calls `take(i, bytes)` with the `width` bytes of item `positions[i]`, item `n` lying at byte
    /// `n * width`.
    ///
    /// `positions` may be in any order; runs of ascending ones that lie close share one call of the
    /// cipher, and a scattered one costs one block.
    pub(crate) fn visit(&self, positions: &[u32], width: usize, mut take: impl FnMut(usize, &[u8])) {
        let mut cipher = self.cipher();
        let step = width as u64;
        let mut buffer = [0u8; RUN_BYTES];
        let mut first = 0;
        while let Some(&head) = positions.get(first) {
            let from = u64::from(head) * step / BLOCK * BLOCK;
            let mut end = from + BLOCK;
            let mut last = first + 1;
            while let Some(&next) = positions.get(last) {
                let at = u64::from(next) * step;
                let block_end = at / BLOCK * BLOCK + BLOCK;
                // A gap of more than three blocks is cheaper to seek over than to compute.
                if at < from || at > end + 3 * BLOCK || block_end > from + RUN_BYTES as u64 {
                    break;
                }
                end = end.max(block_end);
                last += 1;
            }
            let run = buffer.get_mut(..(end - from) as usize).unwrap_or_default();
            Self::fill(&mut cipher, from, run);
            for (index, &position) in positions.iter().enumerate().take(last).skip(first) {
                let at = (u64::from(position) * step - from) as usize;
                if let Some(bytes) = run.get(at..at + width) {
                    take(index, bytes);
                }
            }
            first = last;
        }
    }
}

/// A seeded generator for trials: the same seed gives the same trials on every machine.
pub(crate) struct Dice {
    stream: KeyStream,
    at: u64,
    buffer: [u8; RUN_BYTES],
    used: usize,
}

impl Dice {
    pub(crate) fn new(seed: u64, salt: u64) -> Self {
        let mut key = [0u8; 32];
        let words = [seed, salt, 0x6561_726d_6172_6b20, 0x7369_6d75_6c61_7465];
        for (bytes, word) in key.chunks_exact_mut(8).zip(words) {
            bytes.copy_from_slice(&word.to_le_bytes());
        }
        Self { stream: KeyStream::new(&key), at: 0, buffer: [0; RUN_BYTES], used: RUN_BYTES }
    }

    fn bytes<const N: usize>(&mut self) -> [u8; N] {
        if self.used + N > RUN_BYTES {
            self.refill();
        }
        let mut out = [0; N];
        if let Some(from) = self.buffer.get(self.used..self.used + N) {
            out.copy_from_slice(from);
        }
        self.used += N;
        out
    }

    #[cfg(test)]
    pub(crate) fn byte(&mut self) -> u8 {
        let [byte] = self.bytes::<1>();
        byte
    }

    /// As many bytes as `out` has, the same as if they were drawn one by one.
    pub(crate) fn fill(&mut self, mut out: &mut [u8]) {
        while !out.is_empty() {
            if self.used == RUN_BYTES {
                self.refill();
            }
            let from = self.buffer.get(self.used..).unwrap_or_default();
            let count = from.len().min(out.len());
            let (now, later) = out.split_at_mut(count);
            now.copy_from_slice(from.get(..count).unwrap_or_default());
            self.used += count;
            out = later;
        }
    }

    fn refill(&mut self) {
        KeyStream::fill(&mut self.stream.cipher(), self.at, &mut self.buffer);
        self.at += RUN_BYTES as u64;
        self.used = 0;
    }

    pub(crate) fn word(&mut self) -> u32 {
        u32::from_le_bytes(self.bytes::<4>())
    }

    /// A number in [0, 1) with 53 random bits.
    pub(crate) fn unit(&mut self) -> f64 {
        (u64::from_le_bytes(self.bytes::<8>()) >> 11) as f64 / (1u64 << 53) as f64
    }

    /// A number below `n` (0 for `n` = 0); the bias is below 2^-32 n.
    pub(crate) fn below(&mut self, n: u32) -> u32 {
        ((u64::from(self.word()) * u64::from(n)) >> 32) as u32
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn many_bytes_at_once_are_the_same_as_one_by_one() {
        let (mut bulk, mut single) = (Dice::new(5, 1), Dice::new(5, 1));
        for count in [1, 0, 7, 4_096, 10_000, 3] {
            let mut out = vec![0; count];
            bulk.fill(&mut out);
            assert_eq!(out, (0..count).map(|_| single.byte()).collect::<Vec<u8>>());
            assert_eq!(bulk.word(), single.word());
        }
    }
}
