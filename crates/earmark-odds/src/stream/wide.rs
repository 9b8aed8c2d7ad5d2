//! Sixteen ChaCha20 blocks of one key at a time, wherever in the stream they lie (RFC 8439, section 2.3).
//!
//! The cipher crate computes neighboring blocks side by side, but a scattered one alone; here each lane of a
//! register has its own block counter. Where the processor has no wide registers the cipher crate does the
//! work, with the same result.

#![expect(
    unsafe_code,
    reason = "wide registers can only be used after asking the processor; argued at each place"
)]

use super::{BLOCK, KeyStream};

/// Blocks computed at a time.
pub(crate) const BLOCKS: usize = 16;
/// Bytes of that many blocks.
pub(crate) const BYTES: usize = 64 * BLOCKS;

/// Who computes, and so where a block's bytes lie in the result.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Engine {
    /// The cipher crate, run by run.
    Portable,
    /// Twice eight lanes.
    #[cfg(target_arch = "x86_64")]
    Avx2,
    /// Sixteen lanes.
    #[cfg(target_arch = "x86_64")]
    Avx512,
}

impl Engine {
    /// All that this processor can use, the fastest last.
    pub(crate) fn usable() -> Vec<Self> {
        let mut engines = vec![Self::Portable];
        #[cfg(target_arch = "x86_64")]
        {
            if std::arch::is_x86_feature_detected!("avx2") {
                engines.push(Self::Avx2);
            }
            if std::arch::is_x86_feature_detected!("avx512f") {
                engines.push(Self::Avx512);
            }
        }
        engines
    }

    /// Where byte `offset` of the block in `lane` lies.
    pub(crate) const fn place(self, lane: usize, offset: usize) -> usize {
        match self {
            Self::Portable => lane * 64 + offset,
            #[cfg(target_arch = "x86_64")]
            Self::Avx2 => lane / 8 * 512 + offset / 4 * 32 + lane % 8 * 4 + offset % 4,
            #[cfg(target_arch = "x86_64")]
            Self::Avx512 => offset / 4 * 64 + lane * 4 + offset % 4,
        }
    }

    /// Computes the blocks with these numbers.
    pub(crate) fn fill(self, key: &[u8; 32], blocks: &[u32; BLOCKS], out: &mut [u8; BYTES]) {
        match self {
            Self::Portable => run_by_run(key, blocks, out),
            #[cfg(target_arch = "x86_64")]
            Self::Avx2 => {
                let (halves, _) = out.as_chunks_mut::<512>();
                let (counters, _) = blocks.as_chunks::<8>();
                for (half, counters) in halves.iter_mut().zip(counters) {
                    // SAFETY: this variant comes only from `usable`, which has seen that the processor has AVX2.
                    unsafe { x86::eight(&words(key), counters, half) }
                }
            }
            #[cfg(target_arch = "x86_64")]
            // SAFETY: this variant comes only from `usable`, which has seen that the processor has AVX-512F.
            Self::Avx512 => unsafe { x86::sixteen(&words(key), blocks, out) },
        }
    }
}

fn run_by_run(key: &[u8; 32], blocks: &[u32; BLOCKS], out: &mut [u8; BYTES]) {
    let mut cipher = KeyStream::new(key).cipher();
    let mut rest = out.as_mut_slice();
    for run in blocks.chunk_by(|a, b| a.checked_add(1) == Some(*b)) {
        let (now, later) = rest.split_at_mut(64 * run.len());
        KeyStream::fill(&mut cipher, u64::from(run.first().copied().unwrap_or(0)) * BLOCK, now);
        rest = later;
    }
}

#[cfg(target_arch = "x86_64")]
fn words(key: &[u8; 32]) -> [u32; 8] {
    let mut words = [0; 8];
    for (word, bytes) in words.iter_mut().zip(key.as_chunks::<4>().0) {
        *word = u32::from_le_bytes(*bytes);
    }
    words
}

#[cfg(target_arch = "x86_64")]
mod x86 {
    use std::arch::x86_64::*;

    /// "expand 32-byte k".
    const SIGMA: [u32; 4] = [0x6170_7865, 0x3320_646e, 0x7962_2d32, 0x6b20_6574];

    macro_rules! blocks {
        ($(#[$meta:meta])* $name:ident, $lanes:literal, $feature:literal, $set:ident, $load:ident, $store:ident,
         $add:ident, $xor:ident, $rotate:ident) => {
            $(#[$meta])*
            #[target_feature(enable = $feature)]
            pub(super) fn $name(key: &[u32; 8], counters: &[u32; $lanes], out: &mut [u8; 64 * $lanes]) {
                // SAFETY: the pointer is to as many bytes as one register has, and need not be aligned.
                let counter = unsafe { $load(counters.as_ptr().cast()) };
                let zero = $set(0);
                let [s0, s1, s2, s3] = SIGMA.map(|word| $set(word.cast_signed()));
                let [k0, k1, k2, k3, k4, k5, k6, k7] = key.map(|word| $set(word.cast_signed()));
                let start = [s0, s1, s2, s3, k0, k1, k2, k3, k4, k5, k6, k7, counter, zero, zero, zero];
                let [mut a0, mut a1, mut a2, mut a3, mut b0, mut b1, mut b2, mut b3, mut c0, mut c1, mut c2,
                    mut c3, mut d0, mut d1, mut d2, mut d3] = start;
                macro_rules! quarter {
                    ($a:ident, $b:ident, $c:ident, $d:ident) => {
                        $a = $add($a, $b);
                        $d = $rotate::<16, 16>($xor($d, $a));
                        $c = $add($c, $d);
                        $b = $rotate::<12, 20>($xor($b, $c));
                        $a = $add($a, $b);
                        $d = $rotate::<8, 24>($xor($d, $a));
                        $c = $add($c, $d);
                        $b = $rotate::<7, 25>($xor($b, $c));
                    };
                }
                for _ in 0..10 {
                    quarter!(a0, b0, c0, d0);
                    quarter!(a1, b1, c1, d1);
                    quarter!(a2, b2, c2, d2);
                    quarter!(a3, b3, c3, d3);
                    quarter!(a0, b1, c2, d3);
                    quarter!(a1, b2, c3, d0);
                    quarter!(a2, b3, c0, d1);
                    quarter!(a3, b0, c1, d2);
                }
                let end = [a0, a1, a2, a3, b0, b1, b2, b3, c0, c1, c2, c3, d0, d1, d2, d3];
                for ((out, start), end) in out.as_chunks_mut::<{ 4 * $lanes }>().0.iter_mut().zip(start).zip(end) {
                    // SAFETY: the chunk has as many bytes as one register, and need not be aligned.
                    unsafe { $store(out.as_mut_ptr().cast(), $add(start, end)) };
                }
            }
        };
    }

    #[inline]
    #[target_feature(enable = "avx2")]
    fn rotate_8<const LEFT: i32, const RIGHT: i32>(x: __m256i) -> __m256i {
        _mm256_or_si256(_mm256_slli_epi32::<LEFT>(x), _mm256_srli_epi32::<RIGHT>(x))
    }

    #[inline]
    #[target_feature(enable = "avx512f")]
    fn rotate_16<const LEFT: i32, const RIGHT: i32>(x: __m512i) -> __m512i {
        _mm512_rol_epi32::<LEFT>(x)
    }

    blocks!(
        /// Eight blocks: word by word, in each the eight lanes.
        eight, 8, "avx2", _mm256_set1_epi32, _mm256_loadu_si256, _mm256_storeu_si256, _mm256_add_epi32,
        _mm256_xor_si256, rotate_8
    );
    blocks!(
        /// Sixteen blocks: word by word, in each the sixteen lanes.
        sixteen, 16, "avx512f", _mm512_set1_epi32, _mm512_loadu_si512, _mm512_storeu_si512, _mm512_add_epi32,
        _mm512_xor_si512, rotate_16
    );
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_engine_gives_the_stream_of_the_cipher_crate() {
        // The block of the last position that 32 bits can number.
        const LAST: u32 = u32::MAX / 64;
        let key: [u8; 32] = std::array::from_fn(|i| (7 * i + 1) as u8);
        let blocks: [u32; BLOCKS] =
            [0, 1, 2, 3, 9, 8, 8, 77, 4_687, 4_688, LAST, LAST - 1, 1 << 25, 5, 6, 1_000_000];
        for engine in Engine::usable() {
            let mut out = [0; BYTES];
            engine.fill(&key, &blocks, &mut out);
            for (lane, &block) in blocks.iter().enumerate() {
                let mut plain = [0; 64];
                KeyStream::fill(&mut KeyStream::new(&key).cipher(), u64::from(block) * BLOCK, &mut plain);
                let read: Vec<u8> = (0..64).map(|offset| out[engine.place(lane, offset)]).collect();
                assert_eq!(read, plain, "{engine:?}, block {block}");
            }
        }
    }
}
