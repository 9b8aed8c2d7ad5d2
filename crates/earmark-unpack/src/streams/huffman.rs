//! Prefix codes of deflate (RFC 1951, section 3.2.2), by one table of all 15-bit patterns.

/// Longest code in bits.
const LONGEST: u32 = 15;

/// Bits of deflate data, lowest first.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Bits<'a> {
    data: &'a [u8],
    /// Bits used.
    pub(crate) at: usize,
}

impl<'a> Bits<'a> {
    pub(crate) fn new(data: &'a [u8], at: usize) -> Self {
        Self { data, at }
    }

    /// The next bits, at least 56 of them; zeros behind the end.
    fn ahead(&self) -> u64 {
        let from = self.at / 8;
        let word = match self.data.get(from..from + 8) {
            Some(bytes) => bytes.iter().rev().fold(0, |sum, byte| sum << 8 | u64::from(*byte)),
            None => {
                let rest = self.data.get(from..).unwrap_or_default();
                rest.iter().rev().fold(0, |sum, byte| sum << 8 | u64::from(*byte))
            }
        };
        word >> (self.at % 8)
    }

    /// Takes `count` bits (at most 32); `None` behind the end.
    pub(crate) fn take(&mut self, count: u32) -> Option<u32> {
        let value = self.ahead() & ((1 << count) - 1);
        self.at += count as usize;
        (self.at <= self.data.len() * 8).then_some(value as u32)
    }
}

/// One prefix code.
#[derive(Debug)]
pub(crate) struct Code {
    /// Symbol and length for every pattern of 15 bits; length 0 where there is no code.
    table: Box<[(u16, u8)]>,
}

impl Code {
    /// Builds the code with these lengths; 0 is no code. `None` if they are no prefix code, or, unless `sparse`
    /// allows it for a single symbol, not a complete one.
    pub(crate) fn new(lengths: &[u8], sparse: bool) -> Option<Self> {
        if !is_code(lengths, sparse) {
            return None;
        }
        let mut table = vec![(0, 0); 1 << LONGEST].into_boxed_slice();
        let mut code = 0_u32;
        for length in 1..=LONGEST {
            for (symbol, _) in lengths.iter().enumerate().filter(|(_, found)| u32::from(**found) == length) {
                // Codes are sent highest bit first, everything else lowest first.
                let pattern = (code.reverse_bits() >> (32 - length)) as usize;
                for at in (pattern..1 << LONGEST).step_by(1 << length) {
                    table[at] = (symbol as u16, length as u8);
                }
                code += 1;
            }
            code <<= 1;
        }
        Some(Self { table })
    }

    /// Takes one symbol.
    pub(crate) fn take(&self, bits: &mut Bits<'_>) -> Option<u16> {
        let (symbol, length) = self.table[(bits.ahead() & ((1 << LONGEST) - 1)) as usize];
        bits.take(u32::from(length))?;
        (length > 0).then_some(symbol)
    }
}

/// Whether the lengths are those of a complete prefix code (Kraft's sum is one).
pub(crate) fn is_code(lengths: &[u8], sparse: bool) -> bool {
    let sum: u32 =
        lengths.iter().filter(|length| **length > 0).map(|length| 1 << (LONGEST - u32::from(*length))).sum();
    sum == 1 << LONGEST || sparse && lengths.iter().filter(|length| **length > 0).count() <= 1
}
