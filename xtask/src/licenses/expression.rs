use anyhow::{Result, bail};

/// Tells whether a license expression can be met with licenses that `allowed` accepts.
///
/// Reads SPDX 2.3, annex D: `OR`, `AND`, `WITH`, parentheses, `AND` binding tighter; and the old
/// `MIT/Apache-2.0`, which meant `OR`.
///
/// # Errors
/// When the text is no expression.
pub(crate) fn satisfied(text: &str, allowed: &dyn Fn(&str) -> bool) -> Result<bool> {
    let spaced = text.replace('(', " ( ").replace(')', " ) ").replace('/', " OR ");
    let words: Vec<&str> = spaced.split_whitespace().collect();
    let mut reader = Reader { words: &words, at: 0, allowed };
    let answer = reader.any()?;
    match words.get(reader.at) {
        None => Ok(answer),
        Some(word) => bail!("`{word}` is not expected there"),
    }
}

struct Reader<'a> {
    words: &'a [&'a str],
    at: usize,
    allowed: &'a dyn Fn(&str) -> bool,
}

impl<'a> Reader<'a> {
    fn next(&mut self) -> Option<&'a str> {
        let word = self.words.get(self.at).copied();
        self.at += 1;
        word
    }

    fn skip(&mut self, word: &str) -> bool {
        let here = self.words.get(self.at) == Some(&word);
        self.at += usize::from(here);
        here
    }

    fn any(&mut self) -> Result<bool> {
        let mut answer = self.all()?;
        while self.skip("OR") {
            answer |= self.all()?;
        }
        Ok(answer)
    }

    fn all(&mut self) -> Result<bool> {
        let mut answer = self.one()?;
        while self.skip("AND") {
            answer &= self.one()?;
        }
        Ok(answer)
    }

    fn one(&mut self) -> Result<bool> {
        match self.next() {
            Some("(") => {
                let answer = self.any()?;
                if !self.skip(")") {
                    bail!("a parenthesis is not closed");
                }
                Ok(answer)
            }
            None | Some(")" | "OR" | "AND" | "WITH") => bail!("a license is missing"),
            Some(license) if self.skip("WITH") => match self.next() {
                Some(exception) => Ok((self.allowed)(&format!("{license} WITH {exception}"))),
                None => bail!("an exception is missing"),
            },
            Some(license) => Ok((self.allowed)(license)),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn met(text: &str) -> bool {
        satisfied(text, &|id| ["MIT", "Zlib", "Apache-2.0 WITH LLVM-exception"].contains(&id)).unwrap()
    }

    #[test]
    fn and_binds_tighter_than_or() {
        assert!(met("MIT") && met("GPL-3.0-only OR MIT") && met("GPL-3.0-only/MIT"));
        assert!(met("MIT OR GPL-3.0-only AND X") && !met("(MIT OR GPL-3.0-only) AND X"));
        assert!(met("(MIT OR X) AND Zlib") && !met("MIT AND X"));
        assert!(met("Apache-2.0 WITH LLVM-exception OR X") && !met("Apache-2.0"));
    }

    #[test]
    fn broken_expressions_are_refused() {
        for text in ["", "MIT OR", "(MIT", "MIT Zlib", "MIT)", "AND MIT", "MIT WITH"] {
            assert!(satisfied(text, &|_| true).is_err(), "{text}");
        }
    }
}
