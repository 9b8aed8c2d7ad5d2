//! Dealing: which symbol each recipient has at each position of a revision.

use earmark_mark::{FileTable, SiteTable};
use earmark_model::{PositionNumber, RecipientId, Symbol};
use earmark_odds::code::Code;

/// The positions of one revision with their levels, ready to be dealt to any recipient.
pub struct Dealer<'a> {
    code: &'a Code,
    positions: Vec<u32>,
    kinds: Vec<(u8, u8)>,
}

/// One recipient's symbols at the positions of one revision.
pub struct Hand<'a> {
    positions: &'a [u32],
    symbols: Vec<u8>,
}

impl<'a> Dealer<'a> {
    /// Reads the levels of every position that `table` uses, once for all recipients.
    #[must_use]
    pub fn new(code: &'a Code, table: &SiteTable) -> Self {
        let mut places: Vec<(u32, u8)> = table
            .files
            .iter()
            .flat_map(|file| file.sites.iter().map(|site| (site.position.0, site.k)))
            .collect();
        places.sort_unstable();
        places.dedup_by_key(|place| place.0);
        let positions: Vec<u32> = places.iter().map(|place| place.0).collect();
        let kinds = code.levels(&positions).into_iter().zip(places.iter().map(|place| place.1)).collect();
        Self { code, positions, kinds }
    }

    /// Deals `recipient`'s symbols.
    #[must_use]
    pub fn deal(&self, recipient: &RecipientId) -> Hand<'_> {
        self.deal_to(recipient.as_str())
    }

    /// Deals the symbols that belong to any name.
    #[must_use]
    pub fn deal_to(&self, name: &str) -> Hand<'_> {
        let symbols = self.code.codeword_at(name, &self.positions, &self.kinds);
        Hand { positions: &self.positions, symbols }
    }

    /// How many positions the revision shows.
    #[must_use]
    pub fn positions(&self) -> usize {
        self.positions.len()
    }

    /// The information that the positions can carry, in bits: the sum of log2 k.
    #[must_use]
    pub fn bits(&self) -> f64 {
        self.kinds.iter().map(|&(_, k)| f64::from(k).log2()).sum()
    }
}

impl Hand<'_> {
    /// The symbol at a position; the original's for a position the revision does not show.
    #[must_use]
    pub fn symbol(&self, position: PositionNumber) -> Symbol {
        let index = self.positions.binary_search(&position.0).ok();
        Symbol(index.and_then(|index| self.symbols.get(index)).copied().unwrap_or(0))
    }

    /// Writes the recipient's copy of one file.
    #[must_use]
    pub fn write(&self, original: &[u8], table: &FileTable) -> Vec<u8> {
        earmark_mark::write(original, table, &mut |position, _| self.symbol(position))
    }
}
