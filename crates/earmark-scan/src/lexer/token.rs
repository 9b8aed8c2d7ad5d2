/// Codes below this tell a name by its recurrence: 0 is new, 1 to 31 how many tokens back it stood.
pub(crate) const NAMES: u8 = 32;
/// A number, whatever its value.
pub(crate) const NUMBER: u8 = 32;
/// A string, whatever it says.
pub(crate) const STRING: u8 = 33;
/// Single and double punctuation have codes from here to below [`FIRST_KEYWORD`].
pub(super) const FIRST_MARK: u8 = 34;
/// Keywords have codes from here.
pub(super) const FIRST_KEYWORD: u8 = 96;

/// The tokens of a text.
#[derive(Debug, Default, Clone)]
pub(crate) struct Tokens {
    /// The code of each token; of a name its recurrence.
    pub(crate) codes: Vec<u8>,
    /// The code of each token; of every name 0.
    pub(crate) kinds: Vec<u8>,
    /// Where each token starts, in bytes.
    pub(crate) starts: Vec<u32>,
    /// Where the last token ends, in bytes.
    pub(crate) end: u32,
}

impl Tokens {
    /// How many tokens there are.
    pub(crate) fn len(&self) -> usize {
        self.codes.len()
    }

    /// The byte where token `index` starts; past the last one, where the text's tokens end.
    pub(crate) fn start(&self, index: usize) -> u32 {
        self.starts.get(index).copied().unwrap_or(self.end)
    }

    /// Empties the list.
    pub(crate) fn reset(&mut self) {
        self.codes.clear();
        self.kinds.clear();
        self.starts.clear();
        self.end = 0;
    }

    #[inline]
    pub(super) fn push(&mut self, kind: u8, code: u8, start: usize) {
        self.kinds.push(kind);
        self.codes.push(code);
        self.starts.push(start as u32);
    }
}
