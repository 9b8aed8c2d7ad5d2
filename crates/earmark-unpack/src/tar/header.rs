//! One head of 512 bytes. Offsets and kinds as in POSIX.1-2017, `pax`, "ustar Interchange Format".

/// Length of a head, and the unit that contents are filled up to.
pub(crate) const BLOCK: usize = 512;

/// What a head announces.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Kind {
    File,
    Folder,
    Symlink,
    HardLink,
    /// A GNU long name for the next entry.
    LongName,
    /// A GNU long link target for the next entry.
    LongLink,
    /// pax records for the next entry.
    Pax,
    /// pax records for all that follow, and other things without content of use.
    Other,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Header {
    pub(crate) name: Vec<u8>,
    pub(crate) link: Vec<u8>,
    pub(crate) mode: u32,
    pub(crate) size: u64,
    pub(crate) kind: Kind,
    /// The letter that the kind is read from.
    pub(crate) flag: u8,
}

impl Header {
    /// Reads the head at the start of `bytes`; `None` if it is none, by its checksum.
    pub(crate) fn parse(bytes: &[u8]) -> Option<Self> {
        let head = bytes.get(..BLOCK)?;
        if number(&head[148..156])? != sum(head) {
            return None;
        }
        let size = number(&head[124..136])?;
        let mode = u32::try_from(number(&head[100..108]).unwrap_or(0o644) & 0o7777).unwrap_or(0o644);
        let posix = &head[257..262] == b"ustar";
        let mut name = text(&head[..100]).to_vec();
        // GNU writes `ustar  ` and uses the room of the prefix otherwise.
        if posix && head[262] == 0 && head[345] != 0 {
            name = [text(&head[345..500]), b"/", &name].concat();
        }
        let kind = match head[156] {
            b'0' | 0 | b'7' | b'S' if name.ends_with(b"/") && size == 0 => Kind::Folder,
            b'0' | 0 | b'7' | b'S' => Kind::File,
            b'1' => Kind::HardLink,
            b'2' => Kind::Symlink,
            b'5' => Kind::Folder,
            b'L' => Kind::LongName,
            b'K' => Kind::LongLink,
            b'x' => Kind::Pax,
            _ => Kind::Other,
        };
        Some(Self { name, link: text(&head[157..257]).to_vec(), mode, size, kind, flag: head[156] })
    }
}

/// Where the next head starts in `bytes`, searching from `from`; heads that are not on the grid
/// of 512 are found by their magic.
pub(crate) fn find(bytes: &[u8], from: usize) -> Option<usize> {
    let is_head = |at: &usize| Header::parse(&bytes[*at..]).is_some_and(|head| !head.name.is_empty());
    let by_magic = memchr::memmem::find_iter(bytes, b"ustar")
        .filter_map(|at| at.checked_sub(257))
        .filter(|at| *at >= from)
        .find(is_head);
    let by_grid = (from.next_multiple_of(BLOCK)..bytes.len()).step_by(BLOCK).find(is_head);
    match (by_magic, by_grid) {
        (Some(one), Some(other)) => Some(one.min(other)),
        (one, other) => one.or(other),
    }
}

fn sum(head: &[u8]) -> u64 {
    let field: u64 = head[148..156].iter().map(|byte| u64::from(*byte)).sum();
    let all: u64 = head.iter().map(|byte| u64::from(*byte)).sum();
    all - field + 8 * u64::from(b' ')
}

/// Octal digits, or GNU's base 256 when the top bit is set.
fn number(field: &[u8]) -> Option<u64> {
    if field[0] & 0x80 != 0 {
        let mut value = u64::from(field[0] & 0x3f);
        for byte in &field[1..] {
            value = value.checked_mul(256)?.checked_add(u64::from(*byte))?;
        }
        return (field[0] & 0x40 == 0).then_some(value);
    }
    let digits = field.trim_ascii_start();
    let end = digits.iter().position(|byte| !matches!(byte, b'0'..=b'7')).unwrap_or(digits.len());
    if end == 0 && digits.iter().any(|byte| *byte != 0) {
        return None;
    }
    digits[..end]
        .iter()
        .try_fold(0_u64, |value, digit| value.checked_mul(8)?.checked_add(u64::from(digit - b'0')))
}

/// A field up to its first zero byte.
fn text(field: &[u8]) -> &[u8] {
    &field[..memchr::memchr(0, field).unwrap_or(field.len())]
}

#[cfg(test)]
pub(crate) mod tests {
    use super::*;

    /// A head as a minimal writer would make it.
    pub(crate) fn written(name: &[u8], size: u64, kind: u8) -> [u8; BLOCK] {
        let mut head = [0; BLOCK];
        head[..name.len()].copy_from_slice(name);
        head[100..107].copy_from_slice(b"0000644");
        head[124..135].copy_from_slice(format!("{size:011o}").as_bytes());
        head[156] = kind;
        head[257..265].copy_from_slice(b"ustar\x0000");
        let sum = sum(&head);
        head[148..156].copy_from_slice(format!("{sum:06o}\0 ").as_bytes());
        head
    }

    #[test]
    fn a_written_head_is_read() {
        let head = Header::parse(&written(b"dir/x.c", 1234, b'0')).unwrap();
        assert_eq!(
            (head.name.as_slice(), head.size, head.mode, head.kind),
            (&b"dir/x.c"[..], 1234, 0o644, Kind::File)
        );
        let mut damaged = written(b"x", 1, b'0');
        damaged[3] ^= 1;
        assert_eq!(Header::parse(&damaged), None);
        assert_eq!(Header::parse(&[0; 511]), None);
    }

    #[test]
    fn numbers_in_both_notations() {
        assert_eq!(number(b"0000644\0"), Some(0o644));
        assert_eq!(number(b"   644 \0"), Some(0o644));
        assert_eq!(number(&[0x80, 0, 0, 0, 0, 0, 0, 2, 0, 0, 0, 0]), Some(2 << 32));
        assert_eq!(number(&[0xff; 12]), None);
        assert_eq!(number(b"77777777777777777777777777"), None);
        assert_eq!(number(b"xyz"), None);
    }

    #[test]
    fn heads_are_found_on_and_off_the_grid() {
        let head = written(b"x", 0, b'0');
        for offset in [1, 511, 512, 700] {
            let bytes = [vec![7; offset], head.to_vec()].concat();
            assert_eq!(find(&bytes, 0), Some(offset));
            assert_eq!(find(&bytes, offset + 1), None);
        }
    }
}
