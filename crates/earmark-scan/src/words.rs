/// A text as words: runs of letters, digits, `_` and bytes beyond ASCII, letters in lower case.
#[derive(Debug, Default)]
pub(crate) struct Words {
    pub(crate) hashes: Vec<u32>,
    pub(crate) spans: Vec<(u32, u32)>,
}

impl Words {
    /// Replaces the content by the words of `bytes`.
    pub(crate) fn read(&mut self, bytes: &[u8]) {
        self.hashes.clear();
        self.spans.clear();
        let mut start = None;
        let mut hash = 0u64;
        for (at, byte) in bytes.iter().chain(std::iter::once(&b' ')).enumerate() {
            if byte.is_ascii_alphanumeric() || *byte == b'_' || *byte >= 0x80 {
                if start.is_none() {
                    start = Some(at);
                    hash = 0x51_7cc1_b727_220a;
                }
                hash = (hash.rotate_left(5) ^ u64::from(byte.to_ascii_lowercase()))
                    .wrapping_mul(0x9e37_79b9_7f4a_7c15);
            } else if let Some(from) = start.take() {
                self.hashes.push((hash >> 32) as u32);
                self.spans.push((from as u32, at as u32));
            }
        }
    }
}

/// Mixes two hashes.
pub(crate) fn pair(a: u32, b: u32) -> u32 {
    let mixed = (u64::from(a) << 32 | u64::from(b)).wrapping_mul(0xff51_afd7_ed55_8ccd);
    ((mixed ^ mixed >> 29).wrapping_mul(0x9e37_79b9_7f4a_7c15) >> 32) as u32
}
