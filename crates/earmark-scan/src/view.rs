use earmark_model::Span;

use crate::lexer::PrefixCount;

/// A text made from a leaf by leaving bytes out, with the way back.
pub(crate) struct View {
    bytes: Vec<u8>,
    /// (offset in the view, offset in the leaf) where each kept piece starts, rising.
    pieces: Vec<(u32, u32)>,
    leaf_length: u32,
}

impl View {
    /// Nothing of the leaf yet.
    pub(crate) fn empty(leaf: &[u8]) -> Self {
        Self { bytes: Vec::new(), pieces: Vec::new(), leaf_length: leaf.len() as u32 }
    }

    /// Appends `bytes`, which stand in the leaf from `at`.
    pub(crate) fn push(&mut self, bytes: &[u8], at: usize) {
        self.pieces.push((self.bytes.len() as u32, at as u32));
        self.bytes.extend(bytes);
    }

    /// The leaf without line numbers, quote marks and diff marks.
    pub(crate) fn without_prefixes(leaf: &[u8]) -> Self {
        let mut view = Self::empty(leaf);
        view.bytes.reserve(leaf.len());
        let mut at = 0;
        for line in leaf.split_inclusive(|byte| *byte == b'\n') {
            let skip = prefix(line);
            view.push(&line[skip..], at + skip);
            at += line.len();
        }
        view
    }

    pub(crate) fn bytes(&self) -> &[u8] {
        &self.bytes
    }

    /// The stretch of the leaf that a stretch of the view came from.
    pub(crate) fn leaf_span(&self, span: Span) -> Span {
        Span::new(self.leaf_offset(span.start), self.leaf_offset(span.end))
    }

    fn leaf_offset(&self, offset: u32) -> u32 {
        let next = self.pieces.partition_point(|piece| piece.0 <= offset);
        match next.checked_sub(1).and_then(|index| self.pieces.get(index)) {
            Some((view, leaf)) => (leaf + (offset - view)).min(self.leaf_length),
            None => 0,
        }
    }
}

/// Length of what a listing, a mail or a diff puts before a line.
fn prefix(line: &[u8]) -> usize {
    let blanks = |from: usize| line[from..].iter().take_while(|byte| matches!(byte, b' ' | b'\t')).count();
    let start = blanks(0);
    let digits = line[start..].iter().take_while(|byte| byte.is_ascii_digit()).count();
    if (1..=7).contains(&digits) {
        let end = start + digits;
        return match line.get(end) {
            Some(b':' | b'|' | b'.' | b')' | b'-') => end + 1,
            Some(b' ' | b'\t') => {
                let bar = end + blanks(end);
                if matches!(line.get(bar), Some(b'|' | b':')) { bar + 1 } else { end + 1 }
            }
            Some(b'\n' | b'\r') => end,
            _ => 0,
        };
    }
    match line.first() {
        Some(b'>' | b'|') => {
            let mut end = 0;
            while matches!(line.get(end), Some(b'>' | b'|' | b' ')) {
                end += 1;
            }
            end
        }
        Some(b'+' | b'-') => 1,
        _ => 0,
    }
}

/// Whether enough lines look like those of a listing, a mail or a diff.
pub(crate) fn worth_stripping(count: PrefixCount) -> bool {
    count.prefixed >= 5 && count.prefixed.saturating_mul(20) >= count.lines
}

/// Whether bytes are no text: then they have symbols, but no tokens.
pub(crate) fn is_binary(bytes: &[u8]) -> bool {
    let head = &bytes[..bytes.len().min(4096)];
    let odd = head.iter().filter(|byte| matches!(byte, 0..=8 | 14..=26 | 28..=31)).count();
    odd * 20 > head.len()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn prefixes_go_and_the_way_back_stays() {
        let leaf = b"  12: int a;\n> > int b;\n+int c;\n 7 | int d;\nint e;\n";
        let view = View::without_prefixes(leaf);
        assert_eq!(view.bytes(), b" int a;\nint b;\nint c;\n int d;\nint e;\n");
        let at = view.bytes().windows(5).position(|five| five == b"int d").unwrap() as u32;
        let back = view.leaf_span(Span::new(at, at + 5));
        assert_eq!(&leaf[back.range()], b"int d");
    }

    #[test]
    fn text_is_told_from_bytes() {
        assert!(!is_binary("plain\ttext\r\n\u{e9}".as_bytes()));
        assert!(is_binary(&[0, 1, 2, 3, 100, 200]));
        assert!(!is_binary(b""));
    }
}
