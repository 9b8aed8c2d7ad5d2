//! Signed notes, after C2SP's `signed-note`.
//!
//! ```text
//! log.example/engine
//! 256
//! CsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=
//!
//! — log.example/engine Az3grlgtzPICa5OS8npVmf1Myq/5IZniMp+ZJurmRDeOoRDe4URYN7u5/Zhcyv2q1gGzGku9nTo+zyWE+xeMcTOAYQ8=
//! ```
//!
//! Not here: what a text must look like ([`crate::Checkpoint`]), keys ([`crate::VerifierKey`]).

use std::fmt;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;

/// Longest note that is read, in bytes: room for a hundred post-quantum signatures.
const LONGEST: usize = 1 << 20;

/// Most signatures that are read.
const MOST_SIGNATURES: usize = 100;

/// A text is no signed note.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum NoteError {
    /// Longer than a note may be.
    #[error("the note is longer than 1 MiB")]
    Long,
    /// Control characters other than line ends.
    #[error("the note holds control characters")]
    Control,
    /// No blank line before the signatures.
    #[error("the note has no blank line before its signatures")]
    NoBlank,
    /// A line among the signatures is none.
    #[error("line {0} of the signatures is none")]
    Signature(usize),
    /// More signatures than anybody needs.
    #[error("the note has more than 100 signatures")]
    Many,
    /// The text does not end in a line end, or is empty.
    #[error("a note's text must end in a line end")]
    Text,
}

/// One signature line.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NoteSignature {
    /// The key's name.
    pub name: String,
    /// The key's id, which depends on name, kind and key.
    pub id: u32,
    /// What the signer wrote; its form depends on the kind of the key.
    pub bytes: Vec<u8>,
}

/// A text with signatures, none of which is checked yet.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Note {
    text: String,
    /// The signatures, in their order.
    pub signatures: Vec<NoteSignature>,
}

impl Note {
    /// An unsigned note.
    ///
    /// # Errors
    /// [`NoteError::Text`] and [`NoteError::Control`].
    pub fn new(text: String) -> Result<Self, NoteError> {
        if !text.ends_with('\n') {
            return Err(NoteError::Text);
        }
        if text.chars().any(|c| c < ' ' && c != '\n') {
            return Err(NoteError::Control);
        }
        Ok(Self { text, signatures: Vec::new() })
    }

    /// Reads a note; checks no signature.
    ///
    /// # Errors
    /// [`NoteError`].
    pub fn parse(note: &str) -> Result<Self, NoteError> {
        if note.len() > LONGEST {
            return Err(NoteError::Long);
        }
        let split = note.rfind("\n\n").ok_or(NoteError::NoBlank)?;
        let (text, signatures) = (&note[..=split], &note[split + 2..]);
        let mut read = Self::new(text.to_owned())?;
        let lines = signatures.strip_suffix('\n').ok_or(NoteError::Signature(1))?;
        for (number, line) in lines.split('\n').enumerate() {
            if number >= MOST_SIGNATURES {
                return Err(NoteError::Many);
            }
            read.signatures.push(NoteSignature::parse(line).ok_or(NoteError::Signature(number + 1))?);
        }
        Ok(read)
    }

    /// The text, with its last line end.
    #[must_use]
    pub fn text(&self) -> &str {
        &self.text
    }
}

impl NoteSignature {
    /// Reads one line without its line end.
    #[must_use]
    pub fn parse(line: &str) -> Option<Self> {
        let (name, encoded) = line.strip_prefix("— ")?.split_once(' ')?;
        let bytes = STANDARD.decode(encoded).ok()?;
        let (id, bytes) = bytes.split_first_chunk()?;
        if !is_key_name(name) || bytes.is_empty() {
            return None;
        }
        Some(Self { name: name.to_owned(), id: u32::from_be_bytes(*id), bytes: bytes.to_vec() })
    }
}

/// Whether a key may have this name: not empty, without spaces, plus signs and control characters.
pub(crate) fn is_key_name(name: &str) -> bool {
    !name.is_empty() && !name.chars().any(|c| c.is_whitespace() || c == '+' || c.is_control())
}

impl fmt::Display for NoteSignature {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut bytes = self.id.to_be_bytes().to_vec();
        bytes.extend(&self.bytes);
        write!(f, "— {} {}", self.name, STANDARD.encode(bytes))
    }
}

impl fmt::Display for Note {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "{}", self.text)?;
        for signature in &self.signatures {
            writeln!(f, "{signature}")?;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOTE: &str = "one\n\ntwo\n\n— a.example/b AAAAAQI=\n— c AAAAAgM=\n";

    #[test]
    fn a_note_comes_back() {
        let note = Note::parse(NOTE).unwrap();
        assert_eq!(note.text(), "one\n\ntwo\n");
        let ids: Vec<u32> = note.signatures.iter().map(|signature| signature.id).collect();
        assert_eq!(ids, [1, 2]);
        assert_eq!(note.to_string(), NOTE);
    }

    #[test]
    fn what_is_none_is_refused() {
        for (wrong, why) in [
            ("", NoteError::NoBlank),
            ("text\n— a AAAAAQI=\n", NoteError::NoBlank),
            ("text\n\n", NoteError::Signature(1)),
            ("text\n\n— a AAAAAQI=", NoteError::Signature(1)),
            ("text\n\n— a AAAAAQI=\nx\n", NoteError::Signature(2)),
            ("text\n\n— a+b AAAAAQI=\n", NoteError::Signature(1)),
            ("text\n\n— a AAAAAQ==\n", NoteError::Signature(1)),
            ("te\rxt\n\n— a AAAAAQI=\n", NoteError::Control),
        ] {
            assert_eq!(Note::parse(wrong), Err(why), "{wrong:?}");
        }
        let many = format!("text\n\n{}", "— a AAAAAQI=\n".repeat(101));
        assert_eq!(Note::parse(&many), Err(NoteError::Many));
        assert_eq!(Note::parse(&"x".repeat(LONGEST + 1)), Err(NoteError::Long));
    }
}
