//! Entries that only rename the one that follows.

use crate::tar::header::{Header, Kind};

/// What the entries before a file said about it.
#[derive(Debug, Default)]
pub(crate) struct Names {
    name: Option<Vec<u8>>,
    link: Option<Vec<u8>>,
    size: Option<u64>,
}

impl Names {
    /// Longest content of such an entry that is read.
    pub(crate) const LONGEST: u64 = 1 << 20;

    /// Whether an entry of this kind speaks of the next one.
    pub(crate) fn are_in(kind: Kind) -> bool {
        matches!(kind, Kind::LongName | Kind::LongLink | Kind::Pax)
    }

    /// Takes up the content of such an entry.
    pub(crate) fn learn(&mut self, kind: Kind, content: &[u8]) {
        let up_to_zero = || content.split(|byte| *byte == 0).next().unwrap_or_default().to_vec();
        match kind {
            Kind::LongName => self.name = Some(up_to_zero()),
            Kind::LongLink => self.link = Some(up_to_zero()),
            Kind::Pax => {
                for (key, value) in records(content) {
                    match key {
                        b"path" => self.name = Some(value.to_vec()),
                        b"linkpath" => self.link = Some(value.to_vec()),
                        b"size" => {
                            self.size = std::str::from_utf8(value).ok().and_then(|text| text.parse().ok())
                        }
                        _ => {}
                    }
                }
            }
            _ => {}
        }
    }

    /// Applies to `header` what was learned, and forgets it.
    pub(crate) fn apply(&mut self, header: &mut Header) {
        let Self { name, link, size } = std::mem::take(self);
        header.name = name.unwrap_or(std::mem::take(&mut header.name));
        header.link = link.unwrap_or(std::mem::take(&mut header.link));
        header.size = size.unwrap_or(header.size);
    }
}

/// The records `length key=value\n` of a pax header; stops at the first that is malformed.
fn records(mut content: &[u8]) -> impl Iterator<Item = (&[u8], &[u8])> {
    std::iter::from_fn(move || {
        let space = memchr::memchr(b' ', content)?;
        let length: usize = std::str::from_utf8(&content[..space]).ok()?.parse().ok()?;
        let record = content.get(space + 1..length)?.strip_suffix(b"\n")?;
        content = &content[length..];
        let equals = memchr::memchr(b'=', record)?;
        Some((&record[..equals], &record[equals + 1..]))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pax_records_rename() {
        let mut names = Names::default();
        names.learn(Kind::Pax, b"18 path=some/name\n20 ctime=1234567890\n11 size=42\nxx");
        let mut header = Header {
            name: b"short".to_vec(),
            link: b"l".to_vec(),
            mode: 0,
            size: 0,
            kind: Kind::File,
            flag: b'0',
        };
        names.apply(&mut header);
        assert_eq!(
            (header.name.as_slice(), header.link.as_slice(), header.size),
            (&b"some/name"[..], &b"l"[..], 42)
        );
        names.apply(&mut header);
        assert_eq!(header.size, 42, "what was learned holds for one entry");
    }

    #[test]
    fn malformed_records_end_the_list() {
        for bad in
            [&b"99999999999999999999 a=b\n"[..], b"0 a=b\n", b"3 a=b\n", b"a=b\n", b"", b"5 a=b", b"2 \n"]
        {
            assert_eq!(records(bad).count(), 0, "{bad:?}");
        }
    }
}
