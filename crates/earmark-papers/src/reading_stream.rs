//! The reading document of a page as a stream, so that one of a million copies can be checked in little memory.

use std::io::{self, BufRead, Read};

use crate::reading::OPENING;

/// What stands between the opening of the script element and the next `<`, which no reading document holds in a page.
#[derive(Debug)]
pub struct ReadingStream<R> {
    from: R,
    ended: bool,
}

impl<R: BufRead> ReadingStream<R> {
    /// Goes through `html` up to the reading document; `None` if there is none.
    ///
    /// # Errors
    /// When `html` cannot be read.
    pub fn find(mut html: R) -> io::Result<Option<Self>> {
        let opening = OPENING.as_bytes();
        let mut matched = 0;
        loop {
            let buffer = html.fill_buf()?;
            if buffer.is_empty() {
                return Ok(None);
            }
            let mut used = 0;
            for byte in buffer {
                used += 1;
                // `<` stands at the beginning alone, so a match that breaks off can only begin anew at this byte.
                matched =
                    if opening.get(matched) == Some(byte) { matched + 1 } else { usize::from(*byte == b'<') };
                if matched == opening.len() {
                    break;
                }
            }
            html.consume(used);
            if matched == opening.len() {
                return Ok(Some(Self { from: html, ended: false }));
            }
        }
    }
}

impl<R: BufRead> Read for ReadingStream<R> {
    fn read(&mut self, out: &mut [u8]) -> io::Result<usize> {
        if self.ended || out.is_empty() {
            return Ok(0);
        }
        let buffer = self.from.fill_buf()?;
        let until = buffer.iter().position(|byte| *byte == b'<').unwrap_or(buffer.len());
        let count = until.min(out.len());
        let (Some(to), Some(from)) = (out.get_mut(..count), buffer.get(..count)) else { return Ok(0) };
        to.copy_from_slice(from);
        self.ended = count == until && until < buffer.len();
        self.from.consume(count);
        Ok(count)
    }
}

#[cfg(test)]
mod tests {
    use std::io::BufReader;

    use super::*;
    use crate::reading::reading_in;

    #[test]
    fn a_stream_finds_what_the_whole_text_holds() {
        let pages = [
            format!("<html><{OPENING}{{\"a\":1}}</script></html>"),
            format!("<script type=\"<script{OPENING}[]</script>{OPENING}{{}}</script>"),
            format!("{OPENING}</script>"),
            "<html><script type=\"application/json\" id=\"other\">{}</script>".to_owned(),
            String::new(),
        ];
        for page in pages {
            for room in [1, 2, 7, 4_096] {
                let found = ReadingStream::find(BufReader::with_capacity(room, page.as_bytes())).unwrap();
                let text = found.map(|mut stream| {
                    let mut text = String::new();
                    stream.read_to_string(&mut text).unwrap();
                    text
                });
                assert_eq!(text.as_deref(), reading_in(&page), "{page}, {room} at a time");
            }
        }
    }
}
