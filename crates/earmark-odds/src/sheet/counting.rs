//! Adding up the bits of 256 rows together by carry-save adders, in the widest registers the processor has.
//!
//! About five logic operations a position for a whole register, two where there are operations of three operands. Only
//! whole numbers are added, so no order and no register width changes a result: the code is the same for all of them, and
//! is only translated once more for each.

#![expect(
    unsafe_code,
    reason = "wide registers can only be used after asking the processor; argued at each place"
)]

/// Words side by side: 256 rows of one position.
pub(super) const LANES: usize = 4;
/// Rows counted together.
pub(super) const BLOCK_ROWS: usize = 64 * LANES;
/// Counters of up to 2^24 - 1 positions a group.
const PLANES: usize = 24;

/// One position of 256 rows.
pub(super) type Lane = [u64; LANES];

/// Which registers are used.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Width {
    /// Those that every processor of this kind has.
    Plain,
    /// 256 bits.
    #[cfg(target_arch = "x86_64")]
    Avx2,
    /// 256 bits with operations of three operands, and 512 for the sums.
    #[cfg(target_arch = "x86_64")]
    Avx512,
}

impl Width {
    /// All that this processor can use, the fastest last.
    pub(super) fn usable() -> Vec<Self> {
        let mut widths = vec![Self::Plain];
        #[cfg(target_arch = "x86_64")]
        {
            use std::arch::is_x86_feature_detected as has;
            if has!("avx2") {
                widths.push(Self::Avx2);
            }
            if has!("avx512f") && has!("avx512bw") && has!("avx512dq") && has!("avx512vl") {
                widths.push(Self::Avx512);
            }
        }
        widths
    }

    /// The fastest that this processor can use.
    pub(super) fn widest() -> Self {
        Self::usable().pop().unwrap_or(Self::Plain)
    }

    /// Adds one group's set bits, times `weight`, to 256 sums.
    pub(super) fn add_group(
        self,
        sums: &mut [i32; BLOCK_ROWS],
        block: &[Lane],
        columns: &[u32],
        weight: i32,
    ) {
        match self {
            Self::Plain => add_group(sums, block, columns, weight),
            // SAFETY: this variant comes only from `usable`, which has seen that the processor has AVX2.
            #[cfg(target_arch = "x86_64")]
            Self::Avx2 => unsafe { add_group_avx2(sums, block, columns, weight) },
            // SAFETY: this variant comes only from `usable`, which has seen that the processor has all of these.
            #[cfg(target_arch = "x86_64")]
            Self::Avx512 => unsafe { add_group_avx512(sums, block, columns, weight) },
        }
    }
}

#[cfg(target_arch = "x86_64")]
#[target_feature(enable = "avx2")]
fn add_group_avx2(sums: &mut [i32; BLOCK_ROWS], block: &[Lane], columns: &[u32], weight: i32) {
    add_group(sums, block, columns, weight);
}

#[cfg(target_arch = "x86_64")]
#[target_feature(enable = "avx512f,avx512bw,avx512dq,avx512vl")]
fn add_group_avx512(sums: &mut [i32; BLOCK_ROWS], block: &[Lane], columns: &[u32], weight: i32) {
    add_group(sums, block, columns, weight);
}

/// Adds one group's set bits, times `weight`, to 256 sums.
#[inline(always)]
fn add_group(sums: &mut [i32; BLOCK_ROWS], block: &[Lane], columns: &[u32], weight: i32) {
    let mut planes = [[0u64; LANES]; PLANES];
    let [mut ones, mut twos, mut fours] = [[0u64; LANES]; 3];
    let at = |column: u32| block.get(column as usize).copied().unwrap_or_default();
    let (eights, rest) = columns.as_chunks::<8>();
    for &[a, b, c, d, e, f, g, h] in eights {
        let two_a = add(&mut ones, at(a), at(b));
        let two_b = add(&mut ones, at(c), at(d));
        let four_a = add(&mut twos, two_a, two_b);
        let two_a = add(&mut ones, at(e), at(f));
        let two_b = add(&mut ones, at(g), at(h));
        let four_b = add(&mut twos, two_a, two_b);
        let eight = add(&mut fours, four_a, four_b);
        ripple(&mut planes, 3, eight);
    }
    [planes[0], planes[1], planes[2]] = [ones, twos, fours];
    for &column in rest {
        ripple(&mut planes, 0, at(column));
    }
    let depth = (usize::BITS - columns.len().leading_zeros()) as usize;
    for (power, plane) in planes.iter().enumerate().take(depth) {
        let worth = weight << power;
        for (sums, word) in sums.chunks_exact_mut(64).zip(plane) {
            for (sums, byte) in sums.chunks_exact_mut(8).zip(word.to_le_bytes()) {
                let byte = i32::from(byte);
                for (bit, sum) in sums.iter_mut().enumerate() {
                    *sum += if byte & (1 << bit) == 0 { 0 } else { worth };
                }
            }
        }
    }
}

/// Full adder: `sum` takes the low bits of sum + a + b, the carries are returned.
#[inline(always)]
fn add(sum: &mut Lane, a: Lane, b: Lane) -> Lane {
    let mut carry = [0u64; LANES];
    for (((sum, carry), a), b) in sum.iter_mut().zip(&mut carry).zip(a).zip(b) {
        let either = *sum ^ a;
        *carry = (*sum & a) | (either & b);
        *sum = either ^ b;
    }
    carry
}

/// Adds one more at `from` to counters held in planes.
#[inline(always)]
fn ripple(planes: &mut [Lane; PLANES], from: usize, mut carry: Lane) {
    for plane in planes.iter_mut().skip(from) {
        if carry == [0; LANES] {
            break;
        }
        for (plane, carry) in plane.iter_mut().zip(&mut carry) {
            (*plane, *carry) = (*plane ^ *carry, *plane & *carry);
        }
    }
}
